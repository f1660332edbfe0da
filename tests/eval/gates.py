"""Fails when a score on the labelled corpus falls below its floor.

Reads ``tests/eval/floors.toml``: a table for each set of the scorer with the least a figure may be
(``"alerts<" = 60`` sets the most), and under ``[corpus]`` the SHA-256 of what they were measured on. Skipped,
with a line that says so, where the corpus is missing. ``--pin`` prints the corpus' hash for the floors file.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
SCORER = SHARED / "tools" / "score.py"
FLOORS = Path(__file__).with_name("floors.toml")
SETS = ("series", "extraction", "documents", "pairs", "clauses")  # the longest first
PARALLEL = 2


def corpus_hash() -> str:
    """Of the names and bytes of everything that is scored."""
    total = hashlib.sha256()
    for path in sorted((SHARED / "corpus").rglob("*")):
        if path.is_file():
            total.update(str(path.relative_to(SHARED)).encode() + b"\0")
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def options(floors: dict[str, float]) -> list[str]:
    """``--min`` of the scorer for each floor; a key that ends in ``<`` is a ceiling."""
    return [part for key, value in floors.items() for part in ("--min", f"{key}={value}")]


def score(name: str, floors: dict[str, float]) -> tuple[str, int, str, float]:
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, str(SCORER), name, "--worst", "5", *options(floors)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return name, done.returncode, done.stdout + done.stderr, time.monotonic() - started


def main() -> int:
    if not SCORER.exists() or not (SHARED / "corpus").exists():
        print(f"gates: skipped, there is no corpus in {SHARED}")
        return 0
    digest = corpus_hash()
    if "--pin" in sys.argv:
        print(f'[corpus]\nsha256 = "{digest}"')
        return 0
    if not FLOORS.exists():
        print(f"gates: {FLOORS.name} is missing: measure and write down the floors")
        return 1
    floors = tomllib.loads(FLOORS.read_text("utf-8"))
    pinned = floors.pop("corpus", {}).get("sha256")
    if pinned is not None and pinned != digest:
        print(f"gates: the corpus is not the one that the floors were measured on ({digest}); measure again")
        return 1
    if set(floors) != set(SETS):
        print(f"gates: {FLOORS.name} needs a table for each of {', '.join(SETS)}, and for nothing else")
        return 1
    failed = []
    with ThreadPoolExecutor(PARALLEL) as pool:
        for name, status, output, seconds in pool.map(lambda n: score(n, floors.get(n, {})), SETS):
            print(f"── {name} ({seconds:.0f} s)\n{output.rstrip()}", flush=True)
            if status:
                failed.append(name)
    print(f"gates: {'below the floor: ' + ', '.join(failed) if failed else 'all floors hold'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
