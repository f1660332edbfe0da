"""What the labelled pages prove about reading: no change is hidden, no policy is refused, no bad page is taken."""

import io
import json
import lzma
import tarfile
from pathlib import Path

import pytest

from monitor.extraction import extract, fingerprint

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
NO_POLICY = {"error_page", "empty_page", "wrong_page"}

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.exists(), reason="there is no corpus beside the project"),
]


def members(path: Path) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(lzma.decompress(path.read_bytes()))) as archive:
        files = ((member.name, archive.extractfile(member)) for member in archive.getmembers())
        return {name: file.read() for name, file in files if file is not None}


@pytest.mark.slow
def test_equal_fingerprints_mean_equal_documents() -> None:
    equal = 0
    for path in sorted((CORPUS / "series").glob("*.tar.xz"))[::8]:
        seen = {}
        for name, body in sorted(members(path).items()):
            if not name.endswith(".html"):
                continue
            mark = fingerprint(body)
            if mark in seen:
                equal += 1
                if equal % 4 == 0:
                    assert extract(body) == extract(seen[mark]), f"{path.name} {name}"
            seen[mark] = body
    assert equal > 100


def test_every_labelled_bad_page_is_a_problem_and_its_neighbour_is_none() -> None:
    labels = [json.loads(line) for line in (CORPUS / "pairs" / "labels.jsonl").read_text().splitlines()]
    for label in labels:
        if label["kind"] in NO_POLICY:
            files = members(CORPUS / "pairs" / f"{label['id']}.tar.xz")
            problems = [extract(files[name]).problem for name in ("before.html", "after.html")]
            assert sorted(problem is None for problem in problems) == [False, True], (label["id"], problems)


def test_real_policies_are_no_problem() -> None:
    refused = []
    for path in sorted((CORPUS / "extraction").glob("*.html.xz"))[::4]:
        document = extract(lzma.decompress(path.read_bytes()))
        if document.problem not in (None, "home_page"):
            refused.append((path.name, document.problem_reason))
    assert refused == []
