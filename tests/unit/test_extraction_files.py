"""PDF and DOCX."""

import io

import pytest

from monitor.extraction import extract
from monitor.model import Document

WRAPPED = [
    "We keep personal data for as long as the account is open, and for",
    "thirty days after it was closed. Then we delete it from every infor-",
    "mation system that holds it, including the copies that we made.",
]


def pdf(pages: list[list[str]]) -> bytes:
    """A plain PDF: a page each, a line each, in Helvetica."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for lines in pages:
        shown = "".join(f"({line}) Tj 0 -14 Td " for line in lines)
        stream = f"BT /F1 11 Tf 60 780 Td {shown}ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        kids.append(len(objects) + 1)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        )
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>"
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1"))
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write("".join(f"{place:010d} 00000 n \n" for place in places).encode())
    out.write(f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode())
    return out.getvalue()


def read(body: bytes) -> Document:
    return extract(body, content_type="application/octet-stream")


def test_a_pdf_is_read_without_running_lines_and_hyphens() -> None:
    pages = [
        [
            "Acme Inc. - Terms",
            f"{number}. RETENTION PART {'ABC'[number - 1]}",
            *WRAPPED,
            "In short: ABC."[: 10 + number],
            f"Page {number} of 3",
        ]
        for number in (1, 2, 3)
    ]
    document = read(pdf(pages))
    assert document.problem is None
    assert [c.text for c in document.clauses if c.kind == "heading"] == [
        f"RETENTION PART {part}" for part in "ABC"
    ]
    prose = [c for c in document.clauses if c.kind == "paragraph"]
    assert len(prose) == 6
    assert prose[0].text.endswith(
        "every information system that holds it, including the copies that we made."
    )
    assert "Page 1" not in document.text
    assert "Acme Inc. - Terms" not in document.text


def test_a_pdf_without_text_is_scanned_and_a_broken_one_unreadable() -> None:
    assert read(pdf([[], []])).problem == "scanned"
    broken = read(b"%PDF-1.7\njunk")
    assert (broken.problem, broken.problem_reason) == ("unreadable", "PDF: the file is broken")


def test_a_docx_is_read_with_headings_lists_and_tables() -> None:
    docx = pytest.importorskip("docx")
    written = docx.Document()
    written.add_heading("Retention", 1)
    written.add_paragraph("We keep data for thirty days.")
    written.add_paragraph("names and addresses", style="List Bullet")
    table = written.add_table(rows=2, cols=2)
    for row, words in zip(table.rows, (("Entity", "Country"), ("Acme", "Ireland")), strict=True):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    file = io.BytesIO()
    written.save(file)
    document = read(file.getvalue())
    assert [(c.kind, c.text, c.path) for c in document.clauses[:3]] == [
        ("heading", "Retention", ()),
        ("paragraph", "We keep data for thirty days.", ("Retention",)),
        ("item", "names and addresses", ("Retention",)),
    ]
    assert document.clauses[-1].cells == (("Entity", "Acme"), ("Country", "Ireland"))


def test_a_broken_docx_is_unreadable() -> None:
    broken = read(b"PK\x03\x04word/ junk")
    assert broken.problem == "unreadable"
