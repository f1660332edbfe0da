"""Equal fingerprints mean equal documents; what nobody reads does not count."""

# ruff: noqa: E501 (pages are easier to read unbroken)

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.extraction import extract, fingerprint

PAGE = """<!doctype html><html lang="en"><head><title>Terms</title><meta name="csrf-token" content="{nonce}">
<script nonce="{nonce}">var t = "{nonce}<p>"; if (a < b) {{}}</script><style>.a{{}}</style></head>
<body data-session="{nonce}"><!-- built {nonce} > --><input type="hidden" name="csrf" value="{nonce}">
<main><h1 class="title">Terms</h1><p data-id="{nonce}">We keep <b>data</b> for 30 days. See
<a href="/dpa?utm_source={nonce}">the list</a>.</p><svg><path d="{nonce}"/></svg><p title='{nonce}'>5 < 7 it's</p></main></body></html>"""


def mark(source: str, **options: object) -> str:
    return fingerprint(source.encode(), **options)  # type: ignore[arg-type]


def test_hidden_nonces_do_not_count() -> None:
    assert mark(PAGE.format(nonce="a1")) == mark(PAGE.format(nonce="b2"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("30 days", "31 days"),
        ("<b>data</b>", "<i>data</i>"),
        ('href="/dpa', 'href="/other'),
        ('lang="en"', 'lang="de"'),
        ("<title>Terms", "<title>Rules"),
        ('class="title"', 'class="modal"'),
        ("<h1", "<h2"),
        ("5 < 7", "5 < 8"),
    ],
)
def test_what_is_read_counts(old: str, new: str) -> None:
    source = PAGE.format(nonce="a1")
    assert old in source
    assert mark(source) != mark(source.replace(old, new))


def test_options_count() -> None:
    source = PAGE.format(nonce="a1")
    marks = {
        mark(source),
        mark(source, select="main"),
        mark(source, remove=("p",)),
        mark(source, url="https://a.example/"),
    }
    assert len(marks) == 4


def test_a_selector_by_attribute_makes_every_attribute_count() -> None:
    one, two = PAGE.format(nonce="a1"), PAGE.format(nonce="b2")
    assert mark(one, select="[data-id=a1]") != mark(two, select="[data-id=a1]")


PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<div a='", "'>", '<a href="', '">', "<script>", "</script>", "<!--", "-->", "--!>", "<title>", "</title>",
        "<textarea>", "</textarea>", "<", ">", "'", '"', "=", "<p title=it's>", "<p x=a=\"b>c\">", "keep ", "30 days ", "<?x ", "<![CDATA[",
        "]]>", "</", "<li value=3>", "<style>", "</style>", "<b/>", "data-x='<script>'",
    ]
)  # fmt: skip


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    st.lists(PIECES, max_size=14), st.integers(0, 20), st.sampled_from(["60 days ", "<p>", "x", "'", "-->"])
)
def test_no_change_hides_behind_an_equal_fingerprint(pieces: list[str], place: int, inserted: str) -> None:
    head = "<!doctype html><html><body><main>"
    one = (head + "".join(pieces)).encode()
    changed = [*pieces]
    changed.insert(place % (len(pieces) + 1), inserted)
    two = (head + "".join(changed)).encode()
    if fingerprint(one) == fingerprint(two):
        assert extract(one) == extract(two)
