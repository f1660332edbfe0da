"""The commands on a state that the program itself made: a history of three editions, imported."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import root
from monitor.errors import NoStateError, UsageError
from monitor.evidence import rerun
from monitor.evidence.verify import verify
from monitor.extraction import Reading
from monitor.model import Document
from monitor.store import Store
from monitor.store.engine import DATABASE

SECTIONS = (
    "Scope",
    "Data we collect",
    "How we use data",
    "Sharing",
    "Retention",
    "Security",
    "Your rights",
    "Contact",
)


def edition(days: int, extra: str = "") -> str:
    body = "".join(
        f"<h2>{number}. {title}</h2><p>This section sets out {title.lower()} for customers of Northmoor, and what"
        f" they may expect from us under part {number} of this policy. We explain each point in plain words.</p>"
        for number, title in enumerate(SECTIONS, 1)
    )
    return (
        "<!doctype html><html lang='en'><head><title>Privacy Policy</title></head><body><main><h1>Privacy Policy</h1>"
        f"{body}<p>We keep invoices for {days} days after the contract ends.</p>{extra}</main></body></html>"
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    (folder / "config.toml").write_text(
        '[monitor]\nstate = "state"\n[[vendor]]\nname = "Northmoor"\n'
        '[[vendor.policy]]\nkind = "privacy"\nurl = "https://northmoor.example/privacy"\n'
    )
    history = folder / "history"
    history.mkdir()
    pages = [edition(30), edition(30, "<!-- build 7 -->"), edition(90), edition(90, "<!-- build 8 -->")]
    lines = []
    for day, page in enumerate(pages, 1):
        (history / f"{day}.html").write_text(page)
        lines.append(json.dumps({"file": f"{day}.html", "fetched_at": f"2026-03-{day:02d}T10:00:00Z"}))
    (history / "manifest.jsonl").write_text("\n".join(lines))
    run(folder, "backfill", "northmoor/privacy", str(history))
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    for name in ("config.toml", f"state/{DATABASE}"):
        (tmp_path / name).write_bytes((made / name).read_bytes())
    return tmp_path


def run(folder: Path, *arguments: str) -> int:
    status: Any = root.main(["--config", str(folder / "config.toml"), *arguments], standalone_mode=False)
    return int(status or 0)


def spoken(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_what_the_program_makes_is_sound(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "verify", "--rerun") == 0
    words = capsys.readouterr().out
    assert words.startswith("no fault: 4 records and ")
    assert run(folder, "verify", "--json", "--since", "30d", "--head", words.split("head ")[1].strip()) == 0
    assert spoken(capsys)["clean"] is True


def test_a_fault_has_an_exit_code_and_a_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(folder / "state" / DATABASE)) as database:
        database.execute("DROP TRIGGER version_final")
        database.execute("UPDATE version SET title = 'forged' WHERE id = 1")
        database.commit()
    assert run(folder, "verify") == 1
    assert "altered: row 1 of version was altered" in capsys.readouterr().out
    assert run(folder, "verify", "--json") == 1
    assert [fault["kind"] for fault in spoken(capsys)["faults"]] == ["guard", "altered"]


def test_a_core_that_reads_otherwise_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of --rerun: an extractor that changed without saying so."""
    from monitor.cli.context import Context
    from monitor.cli.evidence import read_as_today

    store = Store.open(folder / "state")
    cases = read_as_today(Context(config_path=folder / "config.toml"), store)
    assert list(cases) == ["northmoor/privacy"]
    assert verify(store, rerun=cases).clean
    with monkeypatch.context() as changed:
        changed.setattr(rerun, "read_policy", lambda *_: Reading("", Document(text="other words")))
        faults = verify(store, rerun=cases).faults
        assert {(fault.kind, fault.what) for fault in faults} == {("invariant", "version")}
        assert len(faults) == 2
    with monkeypatch.context() as changed:
        changed.setattr(rerun, "unpack", lambda _packed: Document(text="other words"))
        assert {fault.what for fault in verify(store, rerun=cases).faults} == {"version", "comparison"}
    store.close()


def test_a_case_file_by_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(folder, "export", "northmoor", "-o", str(folder / "case"), "--since", "2026-03-02", "--json") == 0
    )
    made = spoken(capsys)
    assert (made["policies"], made["versions"], made["faults"]) == (1, 2, [])
    report = (folder / "case" / "report.html").read_text()
    assert "<del>30</del> <ins>90</ins>" in report
    assert "imported" in report


def test_copy_damage_and_restore(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "backup", str(folder / "copy.db"), "--json") == 0
    copied = spoken(capsys)
    (folder / "state" / DATABASE).write_bytes(b"gone" * 2000)
    assert run(folder, "restore", str(folder / "copy.db"), "--json") == 0
    put = spoken(capsys)
    assert put["head"] == copied["head"]
    assert Path(put["before"]).read_bytes().startswith(b"gone")
    assert run(folder, "verify", "--head", copied["head"]) == 0


def test_gc_by_span(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "gc", "--keep", "3650d", "--json") == 0
    assert spoken(capsys) == {"pages": 0, "bytes": 0}
    assert run(folder, "gc", "--keep", "0s", "--json") == 0
    assert spoken(capsys)["pages"] == 1
    assert run(folder, "verify", "--rerun") == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gc"], "say how long"),
        (["gc", "--keep", "soon"], "--keep"),
        (["verify", "--since", "yesterday"], "is no date"),
        (["export", "northmoor", "--until", "31.12.2026"], "is no date"),
        (["export", "northmoor", "-o", "case.tgz"], r"a case file is a folder or a \.zip; write case\.zip"),
        (["export", "northmoor", "-o", "case.ZIP"], r"write case\.zip"),
        (["export", "northmor"], "did you mean northmoor"),
        (["show", "1", "--raw"], "--raw is for versions"),
        (["show", "northmoor/privacy@9"], "northmoor/privacy has no version 9"),
        (["show", "northmoor"], '"northmoor" is no version and no change'),
        (["show", "version:99"], "is no version"),
        (["show", "9" * 30], "is no version and no change"),
        (["show", f"northmoor@{'9' * 30}"], "is no version and no change"),
        (["show", "northmoor/privacy@1", "--why"], "--why is for changes"),
    ],
)
def test_wrong_words_are_named(folder: Path, arguments: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        run(folder, *arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify"], ["export"], ["backup"], ["gc", "--keep", "1d"], ["status"], ["deliveries"], ["watches"],
        ["history", "northmoor"], ["show", "1"], ["show", "northmoor/privacy@1"], ["ack", "1"], ["mute"],
        ["mute", "northmoor"], ["deliveries", "--retry", "1"], ["rules", "try"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_who_looks_into_a_wrong_state_is_told_so_and_creates_none(folder: Path, arguments: list[str]) -> None:
    elsewhere = folder / "elsewhere"
    with pytest.raises(NoStateError, match=r"there is no state yet; .*check.*--state"):
        run(folder, "--state", str(elsewhere), *arguments)
    assert not elsewhere.exists()


def test_before_the_first_look_the_config_says_what_is_watched(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "state" / DATABASE).unlink()
    assert run(folder, "watches", "--json") == 0
    [one] = spoken(capsys)["watches"]
    assert (one["watch"], one["last_ok_at"], one["in_config"]) == ("northmoor/privacy", None, True)
    assert list((folder / "state").iterdir()) == []


def test_an_import_that_writes_nothing_creates_no_state(
    made: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["backfill", "northmoor", str(made / "history"), "--dry-run", "--json"]
    assert run(folder, "--state", str(folder / "elsewhere"), *arguments) == 0
    assert spoken(capsys)["copies"] == 4
    assert not (folder / "elsewhere").exists()


def test_what_left_the_config_is_still_found_by_its_old_name(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = folder / "config.toml"
    config.write_text(config.read_text().replace('"Northmoor"', '"North Moor Ltd"'))
    assert run(folder, "watches", "--json") == 0
    watches = {one["watch"]: one for one in spoken(capsys)["watches"]}
    assert [one["in_config"] for one in watches.values()] == [True, False]
    assert watches["northmoor/privacy"]["version"] == 2
    run(folder, "watches")
    assert "no longer in" in " ".join(capsys.readouterr().out.split())  # the table may break the line
    assert run(folder, "history", "northmoor", "--json") == 0
    assert len(spoken(capsys)["checks"]) == 3
    assert run(folder, "show", "northmoor/privacy@2", "--json") == 0
    assert spoken(capsys)["number"] == 2
    assert run(folder, "export", "northmoor/*", "-o", str(folder / "case"), "--json") == 0
    assert spoken(capsys)["versions"] == 2
    assert run(folder, "mute", "northmoor", "--json") == 0
    assert [one["watch"] for one in spoken(capsys)["mutes"]] == ["northmoor/privacy"]
    with pytest.raises(UsageError, match="no watch"):  # nothing to look at any more
        run(folder, "check", "northmoor/privacy")


def test_a_version_says_what_it_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "show", "northmoor/privacy@1") == 0
    head, blank, *text = capsys.readouterr().out.splitlines()
    assert head == "northmoor/privacy, version 1, first seen 2026-03-01 10:00 UTC"
    assert (blank, text[0]) == ("", "Privacy Policy")
