"""Worker processes: where pages are parsed, compared and judged, within limits, and where a hostile one dies alone.

A worker is this interpreter, started with an environment that holds no secrets. It takes pure functions of this
package and their arguments, and gives back values. One that dies, takes too long or too much memory ends the call
with an ``ExtractionError``; the next call gets a new one.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import pickle
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from monitor.errors import ExtractionError
from monitor.worker import ROOM, SIZE

T = TypeVar("T")

MEMORY_BYTES = 3 * 2**30
"""Address space of a worker: a page of ten megabytes becomes a tree of several hundred."""
CPU_SECONDS = 60
WALL_SECONDS = 120
IDLE_SECONDS = 30
CALLS = 500
"""A worker is replaced after so many calls, so that no library's leak adds up."""
_SLICE = 2**18
"""Bytes of a request that are handed over at a time."""
_SAFE_MODULES = ("monitor.", "datetime")
_SAFE_BUILTINS = {"frozenset", "set", "tuple", "list", "dict"}
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "TMPDIR", "COVERAGE_PROCESS_START")


class Workers:
    """A pool of worker processes, started when they are needed.

    Args:
        size: processes at most; as many as there are cores when not given.
        memory_bytes: address space of a process.
        cpu_seconds: processor time of one call.
        wall_seconds: time that one call may take.
        idle_seconds: a process that had nothing to do for so long ends.
    """

    def __init__(
        self,
        size: int | None = None,
        *,
        memory_bytes: int = MEMORY_BYTES,
        cpu_seconds: int = CPU_SECONDS,
        wall_seconds: float = WALL_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self.size = size or os.cpu_count() or 1
        self.limits = (memory_bytes, cpu_seconds)
        self.wall_seconds = wall_seconds
        self.idle_seconds = idle_seconds
        self._sweep: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._gate = asyncio.Semaphore(self.size)
        self._idle: list[_Worker] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End all processes that are not at work."""
        if self._sweep is not None:
            self._sweep.cancel()
        self._end_idle()
        await asyncio.gather(*self._ending)

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        """Call a function of this package in a worker.

        Raises:
            ExtractionError: the worker died, or took more time or memory than it may.
            MonitorError: what the function itself raised.
        """
        async with self._gate:
            worker = self._idle.pop() if self._idle else await _Worker.start(self.limits)
            try:
                async with asyncio.timeout(self.wall_seconds):
                    reply = await worker.exchange(pickle.dumps((function, args), pickle.HIGHEST_PROTOCOL))
            except TimeoutError:
                await worker.kill()
                raise ExtractionError(
                    f"reading took more than {self.wall_seconds:.0f} seconds; it was given up"
                ) from None
            except (asyncio.IncompleteReadError, ConnectionError):
                raise ExtractionError(f"reading was given up: {await worker.epitaph()}") from None
            except BaseException:
                await worker.kill()
                raise
            if worker.calls < CALLS:
                self._rest(worker)
            else:
                await worker.end()
        good, value = _SafeUnpickler(io.BytesIO(reply)).load()
        if not good:
            raise value
        result: T = value
        return result

    def _rest(self, worker: _Worker) -> None:
        self._idle.append(worker)
        if self._sweep is not None:
            self._sweep.cancel()
        self._sweep = asyncio.get_running_loop().call_later(self.idle_seconds, self._end_idle)

    def _end_idle(self) -> None:
        workers, self._idle = self._idle, []
        for worker in workers:
            task = asyncio.create_task(worker.end())
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)


class _Worker:
    def __init__(self, process: Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a worker is started with pipes")
        self.process = process
        self.stdin, self.stdout = process.stdin, process.stdout
        self.calls = 0

    @classmethod
    async def start(cls, limits: tuple[int, int]) -> Self:
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        home = str(Path(__file__).resolve().parent.parent)
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (home, environment.get("PYTHONPATH"))))
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-Wignore",  # nobody would read them
                "-c",
                "from monitor.worker import serve; serve()",
                *map(str, limits),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                limit=ROOM,
                env=environment | {"PYTHONHASHSEED": "0"},
                start_new_session=True,  # Ctrl-C is for the parent, which lets its workers finish
            )
        )

    async def exchange(self, request: bytes) -> bytes:
        self.calls += 1
        # All at once, asyncio would keep a second copy of a large page; apart, the size would wake the worker in vain.
        self.stdin.write(SIZE.pack(len(request)) + request[:_SLICE])
        for start in range(_SLICE, len(request), _SLICE):
            await self.stdin.drain()
            self.stdin.write(request[start : start + _SLICE])
        await self.stdin.drain()
        del request
        (size,) = SIZE.unpack(await self.stdout.readexactly(SIZE.size))
        return await self.stdout.readexactly(size)

    async def end(self) -> None:
        """Close its input, which ends it; kill it if that does not."""
        self.stdin.close()
        try:
            async with asyncio.timeout(2):
                await self.process.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()

    async def epitaph(self) -> str:
        """What it died of."""
        status = await self.process.wait()
        if status == -24:  # SIGXCPU
            return "it took more processor time than it may"
        if status in (-9, 137):
            return "its worker was killed (out of memory?)"
        return f"its worker ended with status {status}"


class _SafeUnpickler(pickle.Unpickler):
    """Takes values of this package only: a worker that a hostile page has taken over gains nothing by its reply."""

    def find_class(self, module: str, name: str) -> Any:
        allowed = module.startswith(_SAFE_MODULES) or (module == "builtins" and name in _SAFE_BUILTINS)
        found = super().find_class(module, name) if allowed else None
        if not isinstance(found, type):
            raise ExtractionError(f"a worker answered with {module}.{name}, which is no value")
        return found
