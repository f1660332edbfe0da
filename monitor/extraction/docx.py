"""DOCX to blocks, by python-docx (extra ``docx``): headings by style, lists, tables, bold lines."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from monitor.extraction.blocks import Block

_LARGEST = 120 * 1024 * 1024
_HEADING = re.compile(r"(?:heading|überschrift|titre|título|titolo)\s*(\d)|^title$", re.I)


class DocxError(ValueError):
    """The file cannot be read; the message says why."""


def read_docx(body: bytes) -> tuple[list[Block], str]:
    """The blocks of a document and its title. ``DocxError`` if it is broken, too large or the extra is missing."""
    try:
        import docx
    except ImportError:
        raise DocxError("DOCX: install policy-monitor[docx] to read such files") from None
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _LARGEST:
                raise DocxError("DOCX: the file inflates to more than 120 MB")
        document = docx.Document(io.BytesIO(body))
        return _blocks(document), " ".join((document.core_properties.title or "").split())
    except DocxError:
        raise
    except Exception as error:  # python-docx passes on whatever zipfile, lxml or its own code raise
        raise DocxError(f"DOCX: the file is broken ({type(error).__name__})") from None


def _blocks(document: Any) -> list[Block]:
    out: list[Block] = []
    for part in document.iter_inner_content():
        if hasattr(part, "rows"):
            out += _rows(part)
        elif " ".join(part.text.split()):
            out.append(_paragraph(part))
    return out


def _paragraph(paragraph: Any) -> Block:
    text = "\n".join(" ".join(line.split()) for line in paragraph.text.split("\n"))
    style = (paragraph.style.name if paragraph.style is not None else "") or ""
    heading = _HEADING.search(style)
    links = tuple(link.address for link in paragraph.hyperlinks if link.address)
    if heading:
        return Block(text, "heading", int(heading.group(1) or 1), links=links)
    runs = [run for run in paragraph.runs if run.text.strip()]
    bold = bool(runs) and all(run.bold for run in runs)
    properties = paragraph._p.pPr
    listed = properties is not None and properties.numPr is not None
    if listed or style.lower().startswith("list"):
        level = properties.numPr.ilvl if listed else None
        return Block(text, "item", 1 + (int(level.val) if level is not None else 0), bold=bold, links=links)
    return Block(text, bold=bold, links=links)


def _rows(table: Any) -> list[Block]:
    out: list[Block] = []
    names: list[str] = []
    for index, row in enumerate(table.rows):
        words = [" ".join(cell.text.split()) for cell in row.cells]
        text = " | ".join(dict.fromkeys(word for word in words if word))
        if not text:
            continue
        if index == 0 and len(table.rows) > 1:
            names = words
            out.append(Block(text, "row"))
            continue
        named = names if len(names) >= len(words) else [""] * len(words)
        out.append(Block(text, "row", cells=tuple((n, w) for n, w in zip(named, words, strict=False) if w)))
    return out
