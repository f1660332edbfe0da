"""The side of a worker process (``monitor.workers``): calls, one after the other, until its input ends.

It imports next to nothing by itself: what a call needs is loaded with the call.
"""

from __future__ import annotations

import fcntl
import gc
import pickle
import resource
import struct
import sys
from contextlib import suppress
from typing import Any, BinaryIO

_UNUSED = ("soupsieve", "charset_normalizer", "bs4.builder._lxml", "bs4.builder._html5lib")
"""What BeautifulSoup loads where it is there, for selectors, bytes and parsing. It does none of it here."""

ROOM = 2**20
"""Bytes that a pipe should take: most pages, and what is read on them, so that who writes waits for nobody."""

SIZE = struct.Struct(">Q")
"""What a call or a reply begins with: how long it is, in bytes."""


def serve() -> None:
    """Answer calls until the input ends.

    ``sys.argv``: address space of this process in bytes, processor time of one call in seconds.
    """
    memory_bytes, cpu_seconds = map(int, sys.argv[1:3])
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    with suppress(OSError, AttributeError):  # only Linux can, and not without end for one user
        for pipe in (source, sink):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, ROOM)
    sys.stdout = sys.stderr  # a stray print must not garble a reply
    sys.modules.update(dict.fromkeys(_UNUSED))  # type: ignore[arg-type]  # None: not to be found
    gc.disable()  # a page's tree would set it off again and again, with nothing to give back before the end
    while request := _received(source):
        used = resource.getrusage(resource.RUSAGE_SELF)
        spent = int(used.ru_utime + used.ru_stime)
        resource.setrlimit(resource.RLIMIT_CPU, (spent + cpu_seconds, resource.RLIM_INFINITY))
        reply = _answered(request)
        sink.write(SIZE.pack(len(reply)) + reply)
        sink.flush()
        gc.collect()
        gc.freeze()


def _received(source: BinaryIO) -> bytes:
    head = source.read(SIZE.size)
    return source.read(SIZE.unpack(head)[0]) if len(head) == SIZE.size else b""


def _answered(request: bytes) -> bytes:
    from monitor.errors import ExtractionError, MonitorError

    try:
        function, args = pickle.loads(request)  # noqa: S301  (from our parent)
        answer: tuple[bool, Any] = (True, function(*args))
    except MonitorError as error:
        answer = (False, error)
    except MemoryError:
        answer = (False, ExtractionError("reading took more memory than it may"))
    except RecursionError:
        answer = (False, ExtractionError("it is nested too deeply to be read"))
    except Exception as error:
        answer = (False, ExtractionError(f"unexpected {type(error).__name__}: {error}", kind="internal"))
    return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
