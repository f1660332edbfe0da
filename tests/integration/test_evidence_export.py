"""A case file stands on its own: it can be read, checked with sha256sum, and hurts nobody who opens it."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from made_state import BEGIN, MadeState, fill, opened
from monitor.errors import UsageError
from monitor.evidence.case import Period, coverage
from monitor.evidence.export import export
from monitor.evidence.retention import gc
from monitor.store import Store
from monitor.store.engine import DATABASE

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
HOSTILE = (
    '<script>alert(1)</script> =HYPERLINK("http://evil.example") {{ 7 * 7 }} '
    "</div><img src=x onerror=alert(2)> \x1b[2J"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened_store = opened(tmp_path / "state")
    yield opened_store
    opened_store.close()


@pytest.fixture
def folder(store: Store, tmp_path: Path) -> Path:
    made = fill(store, watches=2, versions=3)
    made.look(1, HOSTILE)
    export(store, tmp_path / "case", now=NOW)
    return tmp_path / "case"


def sums(file: Path) -> Iterator[tuple[str, Path]]:
    for line in file.read_text().splitlines():
        digest, _, name = line.partition("  ")
        yield digest, file.parent / name


def read(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "case.json").read_text())
    return found


@pytest.mark.parametrize("name", ["manifest.sha256", "rows/SHA256SUMS", "chain/SHA256SUMS"])
def test_every_hash_can_be_checked(folder: Path, name: str) -> None:
    found = list(sums(folder / name))
    assert len(found) > 5
    for digest, path in found:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, path
    if shutil.which("sha256sum"):
        done = subprocess.run(
            ["sha256sum", "--check", "--strict", "--quiet", Path(name).name],
            cwd=(folder / name).parent,
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_the_manifest_names_every_file(folder: Path) -> None:
    named = {path for _, path in sums(folder / "manifest.sha256")}
    there = {path for path in folder.rglob("*") if path.is_file()}
    assert there - named == {folder / "manifest.sha256"}


def test_raw_pages_are_named_by_their_bytes(folder: Path) -> None:
    raw = list((folder / "raw").iterdir())
    assert len(raw) == 7
    for path in raw:
        assert path.name == f"{hashlib.sha256(path.read_bytes()).hexdigest()}.html.txt"


def test_the_rows_and_the_chain_lead_from_a_page_to_the_head(folder: Path) -> None:
    """What the README tells a reader to do by hand."""
    case = read(folder)
    page = case["policies"][0]["snapshots"][0]
    row = (folder / "rows" / f"snapshot-{page['id']}.txt").read_text()
    assert f'"body_sha256":"{page["body_sha256"]}"' in row
    digest = hashlib.sha256(row.encode()).hexdigest()
    records = sorted((folder / "chain").glob("*.txt"))
    assert sum(digest in path.read_text() for path in records) == 1
    for before, after in pairwise(records):
        assert after.read_text().splitlines()[0] == hashlib.sha256(before.read_bytes()).hexdigest()
    assert hashlib.sha256(records[-1].read_bytes()).hexdigest() == case["chain"]["head"]


class Page(HTMLParser):
    """The tags, attributes and words of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_report_shows_vendor_text_and_runs_none_of_it(folder: Path) -> None:
    page = Page((folder / "report.html").read_text())
    assert page.tags.isdisjoint({"script", "img", "iframe", "object", "link", "form"})
    assert all((folder / link).is_file() for link in page.links), "links lead into the folder"
    for words in (
        "<script>alert(1)</script>",
        "{{ 7 * 7 }}",
        "Data is kept for longer.",
        "objected",
        "legal",
    ):
        assert words in page.words
    assert "verified when this file was made: no fault" in page.words


def test_no_cell_is_a_formula(folder: Path) -> None:
    cells = [
        cell
        for name in ("checks.csv", "changes.csv", "deliveries.csv")
        for row in csv.reader(StringIO((folder / name).read_text("utf-8-sig")))
        for cell in row
    ]
    assert len(cells) > 100
    assert [cell for cell in cells if cell.lstrip()[:1] in set("=+-@|")] == []
    assert any(cell.startswith("objected by dpo@example.org: =cmd") for cell in cells)


def test_the_warc_file_is_sound(folder: Path) -> None:
    checker = pytest.importorskip("warcio.checker")
    from warcio.archiveiterator import ArchiveIterator

    class Wanted:
        inputs = (str(folder / "responses.warc.gz"),)
        verbose = False

    check = checker.Checker(Wanted())
    check.process_all()
    assert check.exit_value == 0
    with (folder / "responses.warc.gz").open("rb") as file:
        responses = [
            (record.http_headers.get_statuscode(), hashlib.sha256(record.content_stream().read()).hexdigest())
            for record in ArchiveIterator(file)
            if record.rec_type == "response"
        ]
    assert sorted(responses) == sorted(("200", path.name[:64]) for path in (folder / "raw").iterdir())


def test_a_zip_holds_the_same(store: Store, tmp_path: Path) -> None:
    fill(store, watches=2, versions=2)
    made = export(store, tmp_path / "case.zip", keys=["acme/policy-1"], now=NOW)
    with zipfile.ZipFile(made.path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        manifest = archive.read("case/manifest.sha256")
    assert len(names) == made.files
    assert hashlib.sha256(manifest).hexdigest() == made.manifest_sha256
    assert (made.policies, made.versions) == (1, 2)
    assert not any("policy-0" in name for name in names)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case.zip", "state"]


def test_a_period_holds_what_was_seen_in_it(store: Store, tmp_path: Path) -> None:
    made = MadeState(store)
    watch = made.watch()
    made.look(watch, "We keep logs for 30 days.")
    for _ in range(9):
        made.look(watch)
    middle = made.now
    made.look(watch, "We keep logs for 90 days.")
    export(store, tmp_path / "quiet", period=Period(BEGIN + timedelta(days=2), middle), now=NOW)
    policy = read(tmp_path / "quiet")["policies"][0]
    assert [version["number"] for version in policy["versions"]] == [1], (
        "what it said then, and that nothing changed"
    )
    assert policy["comparisons"] == []
    assert policy["coverage"] == [
        {"from": "2026-01-07", "to": "2026-01-09", "days": 3, "looks": 6, "outcomes": {"unchanged": 6}}
    ]


def test_days_that_were_not_seen_end_a_run() -> None:
    class Look:
        def __init__(self, day: int, outcome: str) -> None:
            self.ended_at = datetime(2026, 1, day, 12, tzinfo=UTC)
            self.outcome = outcome

    runs = coverage(
        [Look(1, "first"), Look(2, "unchanged"), Look(3, "failed"), Look(5, "failed"), Look(5, "change")]
    )
    assert [(run["from"], run["to"], run["looks"]) for run in runs] == [
        ("2026-01-01", "2026-01-02", 2),
        ("2026-01-05", "2026-01-05", 2),
    ]


def test_faults_are_told(store: Store, tmp_path: Path) -> None:
    fill(store, watches=1, versions=2)
    with closing(sqlite3.connect(tmp_path / "state" / DATABASE)) as database:
        database.execute("DROP TRIGGER version_final")
        database.execute("UPDATE version SET title = 'forged' WHERE id = 1")
        database.commit()
    made = export(store, tmp_path / "case", now=NOW)
    assert len(made.faults) == 2
    assert "ATTENTION" in (made.path / "README.txt").read_text()
    assert "2 faults found" in (made.path / "report.html").read_text()


def test_pages_that_were_let_go_are_named(store: Store, tmp_path: Path) -> None:
    made = fill(store, watches=1, versions=2)
    made.turn(1, "token")
    made.look(1, "We keep logs for 400 days.")
    assert gc(store, timedelta(0), now=NOW).pages == 1
    assert export(store, tmp_path / "case", now=NOW).faults == ()


def test_wrong_wishes_are_refused(store: Store, tmp_path: Path) -> None:
    fill(store, watches=1, versions=1)
    with pytest.raises(UsageError, match=r"acme/nothing: was never looked at"):
        export(store, tmp_path / "case", keys=["acme/nothing"], now=NOW)
    (tmp_path / "case.zip").write_bytes(b"mine")
    with pytest.raises(UsageError, match="is there already"):
        export(store, tmp_path / "case.zip", now=NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case.zip", "state"]
