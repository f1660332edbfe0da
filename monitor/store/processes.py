"""Which process holds a lease, told apart from another one that got its number."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path


def me() -> str:
    """This process as the holder of a lease: ``host:pid:start-token``."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}-{secrets.token_hex(4)}"


def alive(owner: str) -> bool:
    """Whether the process behind a lease may still be at work; another machine's always may.

    A number that another process has now (a restarted container always gives the same) is known by the time that
    process was started; a process that has ended and was not yet waited for is at work no more.
    """
    host, number, mark = owner.rsplit(":", 2)
    if host != socket.gethostname() or not number.isdigit():
        return True
    started = _started(int(number))
    if started is None:
        return False
    return started == "?" or "-" not in mark or mark.startswith(f"{started}-")


def _started(pid: int) -> str | None:
    """When a process was started, in the kernel's ticks; None: it is gone; ``?``: it is there, no more is known."""
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if state in "ZX" else fields[18]
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return None
    except (OSError, IndexError):
        return "?"
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return None
    except PermissionError:
        pass
    return "?"
