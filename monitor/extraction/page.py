"""One page to one ``Document``: what is it, what does it say, is it a policy?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from monitor.extraction import dates, language, problems
from monitor.extraction.blocks import Block
from monitor.extraction.clauses import clauses
from monitor.extraction.furniture import without_contents
from monitor.extraction.mending import mended
from monitor.extraction.problems import Problem, Traces
from monitor.extraction.sections import section
from monitor.extraction.source import Source
from monitor.model import Document

_MOST_CHARACTERS = 3_000_000
"""The longest policies have half a million."""
_LONGEST_TITLE = 1000
_BROKEN_SHARE = 0.1
_CONTROL_SHARE = 0.002
_BROKEN = "\ufffd"


@dataclass(slots=True)
class Page:
    """What a reader found in a file, before it is judged."""

    blocks: list[Block] = field(default_factory=list)
    title: str = ""
    lang: str = ""
    beside: Sequence[str] = ()
    """Words beside the policy that may hold its dates."""
    traces: Traces | None = None
    """Of a web page only."""
    problem: Problem | None = None


def read(source: Source, *, url: str | None, select: str | None, remove: tuple[str, ...]) -> Document:
    """See ``monitor.extraction.extract``."""
    page = _bounded(_page(source, url, select, remove))
    made = _document(page, url)
    problem = page.problem
    if problem is None and page.traces is not None:
        problem = problems.judge(
            made.text.split("\n") if made.text else [],
            [clause.text for clause in made.clauses if clause.kind == "heading"],
            page.title,
            page.traces,
        )
    if problem is None and (share := source.control_share) > _CONTROL_SHARE and page.traces is not None:
        problem = Problem("not_text", f"{share:.1%} of the bytes are control characters")
    if problem is None and made.text.count(_BROKEN) > len(made.text) * _BROKEN_SHARE:
        problem = Problem("not_text", f"{made.text.count(_BROKEN)} of {len(made.text)} characters are broken")
    if select and not made.text and page.problem is None:
        problem = _nothing_selected(read(source, url=url, select=None, remove=remove), select)
    return replace(made, problem=problem.name, problem_reason=problem.reason) if problem else made


def _bounded(page: Page) -> Page:
    """The page, unless it says more than any policy does: such a text would be carried through the whole program."""
    characters = sum(len(block.text) for block in page.blocks)
    if characters <= _MOST_CHARACTERS:
        return page
    reason = f"{characters:,} characters of text, more than {_MOST_CHARACTERS:,}"
    return Page(title=page.title, lang=page.lang, problem=Problem("unreadable", reason))


def _nothing_selected(whole: Document, select: str) -> Problem:
    """Why a selection has no words: the page is no policy, or the selector is wrong."""
    if whole.problem is not None:
        return Problem(whole.problem, whole.problem_reason or "")
    cure = "`policy-monitor extract URL --select` tries another one"
    return Problem("empty", f'select = "{select}" matches nothing that has words on this page; {cure}')


def _page(source: Source, url: str | None, select: str | None, remove: tuple[str, ...]) -> Page:
    kind, name = source.format
    if kind == "foreign":
        return Page(problem=Problem("not_text", f"the file is {name}"))
    if kind == "pdf":
        page = _pdf(source.body)
    elif kind == "docx":
        page = _docx(source.body)
    else:
        if kind == "html":
            from monitor.extraction.web import read_html

            return read_html(source.text, url, select, remove)
        page = Page(_prose(source.text, markdown=kind == "markdown", url=url))
    page.blocks = section(mended(page.blocks), select)
    return page


def _prose(text: str, *, markdown: bool = False, url: str | None = None) -> list[Block]:
    from monitor.extraction import prose

    return prose.blocks(text, markdown=markdown, url=url)


def _pdf(body: bytes) -> Page:
    from monitor.extraction.pdf import PdfError, read_pdf

    try:
        pdf = read_pdf(body)
    except PdfError as error:
        return Page(problem=Problem("unreadable", str(error)))
    if not pdf.text.strip():
        return Page(
            title=pdf.title,
            problem=Problem("scanned", f"PDF: {pdf.pages} pages without any text, only pictures"),
        )
    return Page(_prose(pdf.text), pdf.title)


def _docx(body: bytes) -> Page:
    from monitor.extraction.docx import DocxError, read_docx

    try:
        blocks, title = read_docx(body)
    except DocxError as error:
        return Page(problem=Problem("unreadable", str(error)))
    return Page(blocks, title, problem=None if blocks else Problem("empty", "DOCX: no words"))


def _document(page: Page, url: str | None) -> Document:
    """Blocks to a document, without a judgement."""
    lines = [block.shown for block in page.blocks]
    text = "\n".join(lines)
    said, region = language.declared(page.lang)
    spoken = language.detect(text, said)
    when = dates.find(lines, more=page.beside, language=spoken, region=region)
    title = page.title or next((block.text for block in page.blocks if block.kind == "heading"), "")
    return Document(
        title=title[:_LONGEST_TITLE],
        text=text,
        clauses=tuple(clauses(without_contents(page.blocks))),
        language=spoken,
        stated_date=when.stated,
        effective_date=when.effective,
        date_note=when.note,
        url=url,
    )
