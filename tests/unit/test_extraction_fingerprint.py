"""Equal fingerprints mean equal documents; what nobody reads does not count."""

# ruff: noqa: E501 (pages are easier to read unbroken)

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.extraction import extract, fingerprint
from monitor.extraction.digest import _seen

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


ATTRIBUTES = st.sampled_from(
    [
        ' class="a"', ' id="b c"', " class='a'", ' data-x="1"', " data-x='{\"a\": 1}'", ' href="/x"', ' href="/x?utm_source=1"', ' title="it\'s"',
        ' title="<p>"', ' class="<p>"', ' class="a > b"', " hidden", " async", ' style="color:red"', ' style="font-weight:bold"', ' name="n"',
        ' value="3"', " value=3", ' type="a"', "  lang=de", ' CLASS="a"', '\nclass="a"', ' data-class="id"', " /", ' aria-controls="t1"', '"', "'", "=",
    ]
)  # fmt: skip


@given(
    st.sampled_from(["p", "a", "li", "ol", "input", "time", "div", "x-y", "img"]),
    st.lists(ATTRIBUTES, max_size=6),
)
def test_a_tag_counts_alike_whether_it_is_passed_over_or_looked_at(name: str, attributes: list[str]) -> None:
    rest = "".join(attributes) + ">words <b>more</b>"
    passed, looked_at = _seen(f"<{name}{rest}"), _seen(f"<{name.upper()}{rest}")
    assert passed == looked_at
