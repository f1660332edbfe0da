"""Pages that are no policy, and policies that speak of errors."""

# ruff: noqa: E501 (pages are easier to read unbroken)

import pytest

from monitor.extraction import extract

POLICY = (
    "<h1>Terms</h1>"
    + "<p>If the page is not available or an error occurred, you must sign in to your account and enable JavaScript.</p>"
    * 3
    + "<p>Access may be denied to those who breach these terms, and the service may be under maintenance.</p>"
    * 30
)


def body(inner: str, title: str = "Acme", head: str = "") -> bytes:
    return f"<html><head><title>{title}</title>{head}</head><body><main>{inner}</main></body></html>".encode()


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        (body("<h1>404</h1><p>Page not found</p>"), "error_page"),
        (body("<p>Something went wrong. Try again later.</p>"), "error_page"),
        (
            body(
                "<p>This page isn’t available right now</p>"
                + "<p>Allow the use of cookies in this browser?</p>" * 60
            ),
            "error_page",
        ),
        (body("<p>Seite nicht gefunden</p>"), "error_page"),
        (body("<p>Please wait.</p>", "Just a moment..."), "block_page"),
        (body("<h1>Access Denied</h1><p>Reference #18.2</p>"), "block_page"),
        (body("<p>Verify you are human by completing the action below.</p>"), "block_page"),
        (body("<p>Please log in</p><form><input type=password></form>"), "sign_in_page"),
        (body("<form>E-mail <input> Password <input type=password></form>"), "sign_in_page"),
        (body("<p>We are undergoing scheduled maintenance. We'll be back soon.</p>"), "maintenance"),
        (body("<p>This domain is for sale. Inquire now.</p>"), "parked"),
        (body("<p>You need to enable JavaScript to run this app.</p>"), "shell"),
        (b"<html><body><div id=root></div><script>" + b"x()" * 900 + b"</script></body></html>", "shell"),
        (body("", head='<meta http-equiv="refresh" content="0; url=/new">'), "redirect_stub"),
        (body("<p>We value your privacy</p><p>We and our 841 partners store data.</p>"), "consent_wall"),
        (b"<html><body></body></html>", "empty"),
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "not_text"),
        (b"\x1f\x8b\x08junk", "not_text"),
    ],
)
def test_problems(page: bytes, problem: str) -> None:
    document = extract(page)
    assert document.problem == problem
    assert document.problem_reason


def test_a_policy_may_speak_of_errors() -> None:
    assert extract(body(POLICY)).problem is None


@pytest.mark.parametrize(
    "inner", ["<p>We keep data for 30 days.</p>", "<h1>Privacy</h1><p>We collect cookies.</p>"]
)
def test_a_short_page_is_not_a_problem(inner: str) -> None:
    assert extract(body(inner)).problem is None


def test_json_is_no_text_and_mistyped_html_is_html() -> None:
    assert extract(b'{"a": 1}', content_type="application/json").problem == "not_text"
    assert (
        extract(body("<p>We keep data for 30 days.</p>"), content_type="text/plain").text
        == "We keep data for 30 days."
    )
    assert extract(b"Just words.\nTwo lines.", content_type="text/html").text == "Just words.\nTwo lines."


def test_an_empty_plain_text_is_only_empty() -> None:
    assert extract(b"", content_type="text/plain").problem is None


CANONICAL = '<link rel="canonical" href="https://acme.example/{}">'
FRONT = "<h1>Meet Acme</h1>" + "<p>Thousands of teams plan their work with us, every single day.</p>" * 30


def test_the_front_page_instead_of_the_policy() -> None:
    assert extract(body(FRONT, head=CANONICAL.format(""))).problem == "home_page"
    assert extract(body(FRONT, head=CANONICAL.format("en-GB/"))).problem == "home_page"
    assert extract(body(FRONT, head=CANONICAL.format("plans"))).problem is None
    assert extract(body(FRONT, "Privacy", head=CANONICAL.format(""))).problem is None
    assert extract(body(FRONT + "<h2>Terms</h2>", head=CANONICAL.format(""))).problem is None
