"""The seed texts as pages such as their vendors would have: text in, several shapes of HTML out."""

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"

Block = tuple[str, str]
"""(``heading`` | ``title`` | ``paragraph`` | ``item`` | ``row``, text)"""


def text_of(seed: str) -> str:
    return (SEEDS / f"{seed}.txt").read_text("utf-8")


def blocks(seed: str, text: str) -> list[Block]:
    return list(_READ[seed](text))


def _connact(text: str) -> Iterator[Block]:
    """Hard-wrapped: a heading is in capitals, a paragraph ends where a sentence ends before the margin."""
    held: list[str] = []
    contents = False
    for line in text.splitlines():
        if line.isupper():
            contents = line == "TABLE OF CONTENTS"
            if held:
                yield "paragraph", " ".join(held)
                held = []
            yield "heading", line
        elif contents:
            yield "item", line
        else:
            held.append(line)
            if line.endswith(".") and len(line) < 60:
                yield "paragraph", " ".join(held)
                held = []
    if held:
        yield "paragraph", " ".join(held)


def _montra(text: str) -> Iterator[Block]:
    for line in filter(None, map(str.strip, text.splitlines())):
        if re.fullmatch(r"\d\. [A-Z ]+|[a-h]\. .{3,60}", line):
            yield "heading", line
        elif line.startswith("•"):
            yield "item", line.lstrip("• ")
        else:
            yield ("title" if line == "Privacy Policy" else "paragraph"), line


def _zarget(text: str) -> Iterator[Block]:
    for line in map(str.strip, text.splitlines()[2:]):
        if not line or line.startswith("---"):
            continue
        line = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", line).replace("<http", "http").replace(">", "")
        if line.startswith("# "):
            yield "title", line[2:]
        elif line.startswith("#"):
            yield "heading", line.lstrip("# ")
        elif "  |  " in line:
            yield "row", line
        else:
            yield "paragraph", line


def _zomentum(text: str) -> Iterator[Block]:
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("•"):
            yield "item", line.lstrip("• ")
        elif len(line) < 60 and not re.search(r"[.,:;\d]|Date|Inc|America", line.rstrip("Â")):
            yield "heading", line
        else:
            yield "paragraph", line


def _numonix(text: str) -> Iterator[Block]:
    titles = (
        "Acceptable Use Policy (AUP)",
        "IXCloud Fair Usage Policy",
        "API Policy",
        "SUBSCRIPTION SERVICES AGREEMENT",
        "DATA PROCESSING",
    )
    address = False
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines()))):
        address = line != "Other Terms" and (address or line.startswith("Calling us"))
        if number and line == "Compliance":
            continue
        if line in titles or not number:
            yield "title", line
        elif line.startswith("- "):
            yield "item", line[2:]
        elif " | " in line:
            yield "row", line
        elif len(line) < 90 and not address and (line.isupper() or not re.search(r"[.,:;]$|\d{4}|@|…", line)):
            yield "heading", line
        else:
            yield "paragraph", line


_READ: dict[str, Callable[[str], Iterator[Block]]] = {
    "connact": _connact,
    "montra": _montra,
    "zarget": _zarget,
    "zomentum": _zomentum,
    "numonix": _numonix,
}


def page(seed: str, shape: str, text: str, visit: int = 0) -> bytes:
    """A whole page of one shape; what stands around the policy differs from visit to visit."""
    main = _SHAPES[shape](blocks(seed, text), text)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{seed.title()} policy</title>
<meta name="csrf" content="t{visit * 7919}"><style>.x{visit} {{ color: red }}</style></head><body>
<header><nav><a href="/">Home</a> <a href="/products">Products</a> <a href="/pricing?v={visit}">Pricing</a></nav>
</header><div class="cookie-banner"><p>We use cookies. <button>Accept all</button></p></div>
<main>{main}</main>
<aside><h4>Most read posts</h4><ul><li><a href="/blog/{visit}">Post number {visit}</a></li></ul></aside>
<footer><p>© {seed.title()}</p><a href="/careers">Careers</a></footer>
<script nonce="n{visit}">track({visit})</script></body></html>""".encode()


def _modern(found: list[Block], _text: str) -> str:
    """Headings, lists and tables, as a text editor on the web makes them."""
    return "<article>" + _grouped(found, "<h1>{}</h1>", "<h2>{}</h2>", "<p>{}</p>") + "</article>"


def _old(found: list[Block], _text: str) -> str:
    """Bold paragraphs for headings, a table for the layout."""
    body = _grouped(found, '<p><font size="5"><b>{}</b></font></p>', "<p><b>{}</b></p>", "<p>{}<br></p>")
    return f'<table width="100%"><tr><td valign="top">{body}</td></tr></table>'


def _blocks_only(found: list[Block], _text: str) -> str:
    """Anonymous blocks: headings are told by a class and strong text."""
    return _grouped(
        found,
        '<div class="t1"><strong>{}</strong></div>',
        '<div class="t2"><strong>{}</strong></div>',
        '<div class="t3"><span>{}</span></div>',
    )


def _breaks(_found: list[Block], text: str) -> str:
    """One block, lines parted by ``<br>`` just as the text has them."""
    return "<div>" + "<br>\n".join(html.escape(line) for line in text.splitlines()) + "</div>"


def _pre(_found: list[Block], text: str) -> str:
    return f"<pre>{html.escape(text)}</pre>"


def _grouped(found: list[Block], title: str, heading: str, paragraph: str) -> str:
    forms = {"title": title, "heading": heading, "paragraph": paragraph}
    out: list[str] = []
    before = ""
    for kind, text in found:
        for one, tag in (("item", "ul"), ("row", "table")):
            if before == one != kind:
                out.append(f"</{tag}>")
            if kind == one != before:
                out.append(f"<{tag}>")
        if kind == "item":
            out.append(f"<li>{html.escape(text)}</li>")
        elif kind == "row":
            cells = [html.escape(cell.strip()) for cell in text.strip("| ").split("|")]
            tag = "th" if before != "row" else "td"
            out.append("<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>")
        else:
            out.append(forms[kind].format(html.escape(text)))
        before = kind
    if before in ("item", "row"):
        out.append("</ul>" if before == "item" else "</table>")
    return "\n".join(out)


_SHAPES: dict[str, Callable[[list[Block], str], str]] = {
    "modern": _modern,
    "old": _old,
    "blocks": _blocks_only,
    "breaks": _breaks,
    "pre": _pre,
}

SHAPES = {
    "connact": ("breaks", "pre", "modern", "old", "blocks"),
    "montra": ("modern", "old", "blocks"),
    "zarget": ("modern", "old", "blocks"),
    "zomentum": ("modern", "old", "blocks"),
    "numonix": ("modern", "old", "blocks"),
}
