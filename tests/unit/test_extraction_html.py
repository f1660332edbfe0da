"""What survives of a web page and what goes."""

# ruff: noqa: E501 (pages are easier to read unbroken)

import pytest

from monitor.errors import UsageError
from monitor.extraction import extract, join
from monitor.model import Document

PROSE = "We keep personal data for as long as the account is open, and for thirty days after it was closed."
OTHER = "You may ask us at any time to delete what we hold about you, and we answer within one month."
FILL = "".join(
    f"<p>Clause number {n} says that the vendor shall act in good faith, at all times.</p>" for n in range(20)
)


def page(main: str, *, before: str = "", after: str = "", head: str = "") -> str:
    return (
        f"<!doctype html><html lang=en><head><title>Privacy | Acme</title>{head}</head><body>"
        f"<header><a href=/>Acme</a><nav><a href=/pricing>Pricing</a></nav></header>{before}{main}{after}"
        "<footer><a href=/jobs>Jobs</a><p>© 2024 Acme Inc.</p></footer></body></html>"
    )


def html(source: str, **options: object) -> Document:
    return extract(source.encode(), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "kept",
    [
        f"<details><summary>More</summary><p>{PROSE}</p></details>",
        f'<div class="accordion-panel" hidden style="display:none"><p>{PROSE}</p></div>',
        f'<div role="tabpanel" aria-hidden="true"><p>{PROSE}</p></div>',
        f"<dl><dt>Retention</dt><dd>{PROSE}</dd></dl>",
        f"<ul><li>A<ul><li>{PROSE}</li></ul></li></ul>",
        f"<my-card><div>{PROSE}</div></my-card>",
        f"<div><template shadowrootmode=open><p>{PROSE}</p></template></div>",
        f"<aside><p>{PROSE} {OTHER}</p></aside>",
        f"<form><p>{PROSE} {OTHER} {PROSE} {OTHER}</p></form>",
        f"<blockquote>{PROSE}</blockquote>",
        f"<table><tr><td>Data</td><td>{PROSE}</td></tr></table>",
        f'<div class="modal-free text-menu-less">{PROSE}</div>',
    ],
)
@pytest.mark.parametrize("main", ["main", "div", "article"])
def test_content_survives(kept: str, main: str) -> None:
    document = html(page(f"<{main}><h1>Privacy</h1>{FILL}{kept}{FILL}</{main}>"))
    assert PROSE in document.text
    assert any(PROSE in clause.text for clause in document.clauses)


@pytest.mark.parametrize(
    "noise",
    [
        "<nav>Zebra navigation</nav>",
        '<div class="cookie-banner"><p>Zebra cookies. Accept or decline.</p></div>',
        '<div id="onetrust-consent-sdk"><div class="onetrust-banner-sdk">Zebra partners: 841</div></div>',
        '<div class="modal fade"><p>Zebra: enter your e-mail address.</p></div>',
        "<div role=dialog>Zebra</div>",
        '<div class="related-articles"><h3>Zebra articles</h3><a href=/a>Zebra</a></div>',
        '<div class="share-buttons">Share: Zebra</div>',
        '<div aria-live="assertive" class="route-announcer">Zebra page loaded</div>',
        '<span class="sr-only">Zebra for screen readers</span>',
        "<script>var zebra</script><style>.zebra{}</style><!-- Zebra -->",
        '<input type=hidden value="Zebra"><button>Zebra</button>',
        '<div class="toc"><ul><li><a href="#a">Zebra</a></li></ul></div>',
    ],
)
@pytest.mark.parametrize("main", ["main", "div"])
def test_furniture_goes(noise: str, main: str) -> None:
    document = html(page(f"<{main}><h1>Privacy</h1>{FILL}{noise}<p>{PROSE}</p></{main}>"))
    assert "zebra" not in document.text.lower()
    assert PROSE in document.text


@pytest.mark.parametrize(
    "widget",
    [
        "Was this article helpful?",
        "Updated 3 days ago",
        "Skip to main content",
        "Back to top",
        "Expand all",
        "Updated over a week ago",
    ],
)
def test_widget_words_go(widget: str) -> None:
    assert widget not in html(page(f"<main><p>{widget}</p>{FILL}</main>")).text


def test_new_window_notes_leave_the_sentence_whole() -> None:
    document = html(
        page(
            f"<main>{FILL}<p>See <a href=https://x.example/dpa>our DPA<span> (opens in a new window)</span></a>.</p></main>"
        )
    )
    assert document.clauses[-1].text == "See our DPA."
    assert document.clauses[-1].links == ("https://x.example/dpa",)


def test_contents_that_repeat_headings_are_no_clauses() -> None:
    names = ["Retention of data", "Your rights", "Contacting us"]
    toc = "".join(f'<li><a href="#{n}">{name}</a></li>' for n, name in enumerate(names))
    body = "".join(f'<h2 id="{n}">{name}</h2><p>{PROSE}</p>' for n, name in enumerate(names))
    document = html(page(f"<main><h1>Privacy</h1><ul>{toc}</ul>{body}</main>"))
    assert [c.text for c in document.clauses if c.kind == "item"] == []
    assert [c.text for c in document.clauses if c.kind == "heading"] == ["Privacy", *names]


def test_subprocessor_tables_become_records() -> None:
    table = (
        "<table><thead><tr><th>Entity<th>Purpose<th>Location</thead>"
        "<tr><td rowspan=2><a href=https://acme.example>Acme</a><td>Hosting<td>Ireland<tr><td>Backup<td>France</table>"
    )
    rows = [c for c in html(page(f"<main>{FILL}{table}</main>")).clauses if c.kind == "row"]
    assert rows[1].cells == (("Entity", "Acme"), ("Purpose", "Hosting"), ("Location", "Ireland"))
    assert rows[2].cells == (("Entity", "Acme"), ("Purpose", "Backup"), ("Location", "France"))
    assert rows[1].links == ("https://acme.example/",)


def test_headings_by_bold_paragraphs_and_line_breaks() -> None:
    document = html(
        page(
            f"<div><p><b>Retention</b></p><p>{PROSE}</p><p><strong>Your rights</strong><br>{OTHER}</p></div>"
        )
    )
    assert {c.text: c.path for c in document.clauses if c.kind != "heading"} == {
        PROSE: ("Retention",),
        OTHER: ("Your rights",),
    }


def test_lists_count_as_shown() -> None:
    document = html(
        page(
            f'<main>{FILL}<ol start=3><li>{PROSE}</li></ol><ol type="a"><li>one</li><li>{OTHER}</li></ol></main>'
        )
    )
    assert [c.label for c in document.clauses if c.text in (PROSE, OTHER)] == ["3.", "b."]
    assert f"3. {PROSE}" in document.text


def test_protected_addresses_and_spoiled_text() -> None:
    code = "2a" + "".join(f"{ord(letter) ^ 0x2A:02x}" for letter in "dpo@acme.example")
    mail = f'<a href="/cdn-cgi/l/email-protection" class="__cf_email__" data-cfemail="{code}">[email&#160;protected]</a>'
    document = html(
        page(
            f"<main>{FILL}<p>Write to {mail} or to 12 Coastal Highway,Â</p><p>itâ€™s yours\u00ad.</p></main>"
        )
    )
    assert "Write to dpo@acme.example or to 12 Coastal Highway," in document.text
    assert "it’s yours." in document.text
    assert "Â" not in document.text


def test_links_change_only_when_they_lead_elsewhere() -> None:
    def links(href: str) -> tuple[str, ...]:
        source = page(f'<main>{FILL}<p>See <a href="{href}">this</a> list.</p></main>')
        return html(source, url="https://acme.example/legal/privacy").clauses[-1].links

    assert links("dpa.pdf?utm_source=mail&session=1#page=2") == ("https://acme.example/legal/dpa.pdf",)
    assert links("/view?document=7") == ("https://acme.example/view?document=7",)
    assert links("javascript:void(0)") == links("#top") == ()


def test_sections_by_selector_range_and_fragment() -> None:
    long = f"<p>{PROSE} {OTHER} {PROSE}</p>"
    source = page(
        f'<main><h2 id="p">Privacy Policy</h2>{long}<h2 id="a">Use Policy</h2><p>{OTHER}</p>{long}<h2>Cookies</h2><p>end</p></main>'
    )
    ranged = html(source, select="Use Policy .. Cookies")
    assert ranged.clauses[0].text == "Use Policy"
    assert "end" not in ranged.text
    assert html(source, url="https://acme.example/legal#a").text == ranged.text
    assert html(source, select="h2").text == "Privacy Policy\nUse Policy\nCookies"
    assert OTHER not in html(source, remove=("p",)).text
    assert html(source, select="Missing .. Cookies").problem == "empty"
    with pytest.raises(UsageError, match="selector"):
        html(source, select="p[")


def test_parts_are_joined_and_a_bad_part_spoils_the_whole() -> None:
    one, two = (html(page(f"<main><h2>{name}</h2>{FILL}</main>")) for name in ("One", "Two"))
    both = join([one, two])
    assert len(both.clauses) == len(one.clauses) + len(two.clauses)
    assert both.problem is None
    bad = join([one, html("<html><body></body></html>")])
    assert bad.problem == "empty"
    assert "part 2 of 2" in (bad.problem_reason or "")


def test_title_language_and_header_date() -> None:
    source = page(
        f"<main>{FILL}</main>", before="<header><h1>Privacy</h1><p>Last updated: 3 May 2024</p></header>"
    )
    document = html(source)
    assert (document.title, document.language, document.stated_date) == ("Privacy | Acme", "en", "2024-05-03")


def test_the_words_decide_against_a_wrong_lang() -> None:
    german = (
        "Wir verarbeiten Ihre Daten nur, wenn das für die Erfüllung des Vertrages nötig ist und Sie nicht widersprechen. "
        * 8
    )
    assert html(page(f"<main><p>{german}</p></main>")).language == "de"


@pytest.mark.parametrize(
    "section",
    [
        '<section id="newsletter"><h2 id="newsletter">Newsletter</h2><p>{0} {1} {0} {1}</p></section>',
        '<div id="cookie-consent"><h2>Consent</h2><p>{0} {1} {0} {1}</p></div>',
        "<div>Kept for</div><div>30 days</div><div>Shared</div><div>No</div><p>{0} {1}</p>",
    ],
)
def test_sections_named_like_widgets_and_short_answers_survive(section: str) -> None:
    document = html(page(f"<main><h1>Privacy</h1>{FILL}{section.format(PROSE, OTHER)}{FILL}</main>"))
    assert f"{PROSE} {OTHER}" in document.text
    for words in ("30 days", "No", "Newsletter", "Consent"):
        assert (words in section) == (words in document.text.split("\n"))


def test_how_the_source_is_laid_out_does_not_decide_what_is_read() -> None:
    page = """<main><h1>Privacy Policy</h1><p>We keep your data for as long as you are a customer of ours.</p>
    <p aria-live="polite">{}</p></main>"""
    words = ["Privacy", "of", "the", "people", "we", "serve", "|", "Example"]
    tight, wide = (
        extract(page.format(gap.join(words)).encode(), content_type="text/html")
        for gap in (" ", "\n        ")
    )
    assert tight == wide
