"""A document is kept as canonical JSON, byte for byte what the standard library writes."""

import json

from hypothesis import given
from hypothesis import strategies as st

from monitor.consider import pack, unpack
from monitor.model import Clause, Document

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
CLAUSES = st.builds(
    Clause,
    text=TEXTS,
    path=st.tuples(TEXTS),
    label=TEXTS,
    kind=st.sampled_from(["heading", "paragraph", "item", "row"]),
    links=st.tuples(TEXTS),
    lead=TEXTS,
    cells=st.tuples(st.tuples(TEXTS, TEXTS)),
    linked=st.booleans(),
)
DOCUMENTS = st.builds(
    Document,
    title=TEXTS,
    text=TEXTS,
    clauses=st.lists(CLAUSES, max_size=3).map(tuple),
    language=st.none() | TEXTS,
    problem_reason=st.none() | TEXTS,
)


@given(DOCUMENTS)
def test_a_packed_document_is_canonical_json(document: Document) -> None:
    packed = pack(document)
    written = json.dumps(document.as_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert packed == written.encode()
    assert unpack(packed) == document


def test_every_character_is_written_alike() -> None:
    characters = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    packed = pack(Document(title=characters))
    assert json.dumps(characters, ensure_ascii=False).encode() in packed
