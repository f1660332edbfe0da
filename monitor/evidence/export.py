"""``export``: a case file that others can read in a browser and check with ``sha256sum``, without this program."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Text, select, type_coerce

from monitor import __version__
from monitor.errors import StateError, UsageError
from monitor.evidence import case, tables, timestamps, warc
from monitor.evidence.faults import Fault, Progress, silent
from monitor.evidence.verify import snapshot as consistent
from monitor.evidence.verify import verify
from monitor.store import Store, blobs, chain, schema

MANIFEST = "manifest.sha256"

ALL_RECORDS = 20_000
"""Up to so many records the chain is exported without a gap, from the first that matters to its head."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A case file that was made."""

    path: Path
    policies: int
    versions: int
    files: int
    manifest_sha256: str
    """To be told to whoever gets the file, in another way than the file."""
    faults: tuple[Fault, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "path": str(self.path),
            "policies": self.policies,
            "versions": self.versions,
            "files": self.files,
            "manifest_sha256": self.manifest_sha256,
            "faults": [fault.as_dict() for fault in self.faults],
        }


def export(
    store: Store,
    target: Path,
    *,
    keys: Sequence[str] | None = None,
    period: case.Period | None = None,
    now: datetime,
    authority: str | None = None,
    progress: Progress = silent,
) -> Exported:
    """Write a case file.

    Args:
        target: a new folder, or a new file whose name ends in ``.zip``.
        keys: the watches; None: all, also those that left the config.
        period: the looks that matter; default: all.
        authority: address of an RFC 3161 time stamp authority, which is asked for a stamp over the manifest.

    Raises:
        UsageError: no such watch, or the target exists.
        StateError: the target cannot be written, or no time stamp came.
    """
    if target.exists():
        raise UsageError(f"{target}: is there already; name a new folder or a new .zip file")
    faults = verify(store, progress=progress).faults
    try:
        with tempfile.TemporaryDirectory(prefix=".export-", dir=target.absolute().parent) as inner:
            folder = Path(inner) / target.name.removesuffix(".zip")
            folder.mkdir()
            with consistent(store) as connection:
                writer = _Writer(
                    connection, folder, {**_about(connection, now, faults), "authority": authority}
                )
                made = writer.write(_wanted(connection, keys), period or case.Period(), progress)
            manifest = _write_manifest(folder)
            if authority:
                answer = timestamps.stamp((folder / MANIFEST).read_bytes(), authority)
                (folder / f"{MANIFEST}.tsr").write_bytes(answer)
            _put_in_place(folder, target)
    except OSError as error:
        raise StateError(f"{target}: cannot be written: {error.strerror}; nothing was left behind") from None
    return Exported(target, made[0], made[1], made[2], manifest, faults)


def _wanted(connection: Connection, keys: Sequence[str] | None) -> list[Any]:
    query = select(schema.watch).order_by(schema.watch.c.key)
    rows = connection.execute(query if keys is None else query.where(schema.watch.c.key.in_(keys))).all()
    missing = set(keys or ()) - {row.key for row in rows}
    if missing:
        raise UsageError(
            f"{', '.join(sorted(missing))}: was never looked at; `policy-monitor watches` lists what was"
        )
    return list(rows)


def _about(connection: Connection, now: datetime, faults: tuple[Fault, ...]) -> dict[str, Any]:
    records, head = chain.head(connection)
    return {
        "program": __version__,
        "made_at": schema.timestamp(now),
        "chain": {"records": records, "head": head},
        "faults": [fault.as_dict() for fault in faults],
    }


class _Writer:
    """The files of one case, in a folder of their own."""

    def __init__(self, connection: Connection, folder: Path, about: dict[str, Any]) -> None:
        self.connection = connection
        self.folder = folder
        self.about = about

    def write(self, watches: Sequence[Any], period: case.Period, progress: Progress) -> tuple[int, int, int]:
        policies = []
        for done, watch in enumerate(watches):
            progress("policies", done, len(watches))
            policy = case.policy_case(self.connection, watch, period)
            self._write_pages(policy)
            policies.append(policy)
        rows = sorted(dict.fromkeys(row for policy in policies for row in case.attested_rows(policy)))
        self._write_rows(rows)
        first, whole = self._write_chain(rows)
        for name, data in tables.csv_files(policies).items():
            self._write(name, data)
        self._write_json("case.json", {**self.about, "period": period.as_dict(), "policies": policies})
        if warc.available():
            warc.write_warc(self.folder / "responses.warc.gz", self._responses(policies))
        title = ", ".join(policy["watch"] for policy in policies) or "no policy"
        values = {
            **self.about,
            "title": title if len(title) < 80 else f"{len(policies)} policies",
            "period": _in_words(period),
            "policies": policies,
            "first": first,
            "whole": whole,
            "warc": warc.available(),
        }
        self._render("report.html", values)
        self._render("README.txt", values)
        files = sum(path.is_file() for path in self.folder.rglob("*"))
        return len(policies), sum(len(policy["versions"]) for policy in policies), files + 1

    def _write_pages(self, policy: dict[str, Any]) -> None:
        """Raw bytes and read text; each version and snapshot learns the names of its files."""
        raw: dict[int, dict[str, str]] = {}
        for row in policy["snapshots"]:
            try:
                body = blobs.get(self.connection, row["body_sha256"])
            except StateError as error:
                row["missing"] = str(error)
                continue
            path = f"raw/{row['body_sha256']}{_suffix(row['content_type'])}"
            self._write(path, body)
            raw[row["id"]] = {"path": path, "sha256": row["body_sha256"]}
            row["file"] = path
        for version in policy["versions"]:
            document = json.loads(blobs.get(self.connection, version["document_sha256"]))
            path = f"text/{policy['watch'].replace('/', '-')}-v{version['number']}.txt"
            self._write(path, document["text"].encode())
            version["files"] = {
                "text": path,
                "raw": [raw[number] for number in version["snapshot_ids"] if number in raw],
            }
        at = {look["id"]: look["ended_at"] for look in policy["checks"]}
        for comparison in policy["comparisons"]:
            comparison["at"] = at[comparison["check_id"]]

    def _write_rows(self, rows: Sequence[tuple[str, int]]) -> None:
        sums = []
        for (what, row_id), text in chain.row_texts(self.connection, rows):
            name = f"{what}-{row_id}.txt"
            self._write(f"rows/{name}", text.encode())
            sums.append(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n")
        self._write("rows/SHA256SUMS", "".join(sums).encode())

    def _write_chain(self, rows: Sequence[tuple[str, int]]) -> tuple[int, bool]:
        """The records that attest some rows; all up to the head, where they are not too many."""
        record = schema.record.c
        query = select(record.seq, type_coerce(record.created_at, Text), record.rows, record.chain)
        wanted = {f'["{what}",{row_id},' for what, row_id in rows}
        mine: list[int] = []
        for seq, _, entries, _ in self.connection.execute(query.order_by(record.seq)):
            if any(f'["{what}",{row_id},' in wanted for what, row_id, _ in json.loads(entries)):
                mine.append(seq)
        if not mine:
            return 0, False
        last = int(self.about["chain"]["records"])
        whole = last - mine[0] < ALL_RECORDS
        chosen = set(range(mine[0], last + 1)) if whole else set(mine)
        before, sums = chain.START, []
        for seq, created_at, entries, link in self.connection.execute(query.order_by(record.seq)):
            if seq in chosen:
                name = f"{seq:08d}.txt"
                self._write(f"chain/{name}", f"{before}\n{seq}\n{created_at}\n{entries}\n".encode())
                sums.append(f"{link}  {name}\n")
            before = link
        self._write("chain/SHA256SUMS", "".join(sums).encode())
        return mine[0], whole

    def _responses(self, policies: Sequence[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], bytes]]:
        for policy in policies:
            for row in policy["snapshots"]:
                if "file" in row:
                    yield row, (self.folder / row["file"]).read_bytes()

    def _write_json(self, name: str, data: Any) -> None:
        self._write(name, json.dumps(data, ensure_ascii=False, indent=1).encode(errors="replace"))

    def _render(self, name: str, values: dict[str, Any]) -> None:
        from jinja2 import Environment, PackageLoader, StrictUndefined

        environment = Environment(
            loader=PackageLoader("monitor.evidence", "."),
            autoescape=name.endswith(".html"),  # the one place where vendor text becomes HTML here
            undefined=StrictUndefined,
            trim_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters["when"] = lambda text: f"{text[:10]} {text[11:16]}"
        self._write(name, environment.get_template(f"{name}.j2").render(values).encode(errors="replace"))

    def _write(self, name: str, data: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)


def _suffix(content_type: str) -> str:
    kind = content_type.partition(";")[0].strip().lower()
    return {"application/pdf": ".pdf", "text/plain": ".txt", "text/markdown": ".md"}.get(kind, ".html.txt")


def _in_words(period: case.Period) -> str:
    since = f"from {period.since:%Y-%m-%d %H:%M}" if period.since else "from the first look"
    return since + (f" to {period.until:%Y-%m-%d %H:%M}" if period.until else " to now")


def _write_manifest(folder: Path) -> str:
    """``manifest.sha256`` over every file; returns its own hash."""
    lines = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            lines.append(
                f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.relative_to(folder).as_posix()}\n"
            )
    data = "".join(lines).encode()
    (folder / MANIFEST).write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def _put_in_place(folder: Path, target: Path) -> None:
    if target.suffix != ".zip":
        folder.rename(target)
        return
    packed = folder.with_suffix(".zip.part")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(folder):
            archive.write(path, Path(folder.name) / path.relative_to(folder))
    os.link(packed, target)
    shutil.rmtree(folder)


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
