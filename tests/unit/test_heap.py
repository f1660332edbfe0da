"""What was freed goes back to the system."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest

from monitor.heap import give_back

SIZE, COUNT = 4000, 10_000


def resident() -> int:
    """Bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="the C library is not glibc")
def test_what_lies_free_between_what_is_used_is_given_back() -> None:
    blocks = [bytes(SIZE) for _ in range(COUNT)]
    used = blocks[::100]
    del blocks
    before = resident()
    give_back()
    assert before - resident() > SIZE * COUNT / 2
    assert len(used) == COUNT / 100


def test_elsewhere_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())
    give_back()
