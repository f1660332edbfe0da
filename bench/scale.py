"""Many watches: `python -m bench.scale [--watches 100 1000 10000]` (Linux; 10,000 take some ten minutes).

`policy-monitor run` looks at so many small policies on loopback, each on an address of its own. A sweep is measured
by making every watch due at once, which is harder than any day: usually jitter spreads them. CPU seconds are those of
the daemon and its workers, memory is the daemon's own, and "blocked" is how long one thing kept all others of the
event loop waiting at most (its own gauge), beside how long a process that only sleeps was kept waiting by the machine
meanwhile. Machines differ and are shared: judge by the ratios to the smallest number of watches in the same run.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from bench.vendors import Site, write_config
from bench.watched import COMMAND, Spent, Watched


def run(watches: int, repeat: int) -> dict[str, Spent]:
    """What each stretch of a daemon's life with so many watches took."""
    found: dict[str, Spent] = {}
    site = Site(watches)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            metrics_port = free.getsockname()[1]
        write_config(folder, site, metrics_port)
        daemon = Watched(folder, metrics_port)
        try:
            found["start-up, new"] = daemon.start()
            found["first look"] = daemon.sweep(first=True)
            found["unchanged"] = median([daemon.sweep() for _ in range(repeat)])
            found["idle, 20 s"] = daemon.idle(20)
            changed = site.change(0.01)
            found["1 % changed, told"] = daemon.sweep(told=changed)
            found["reload"] = daemon.reload()
            found["idle, having told, 20 s"] = daemon.idle(20)
            daemon.stop()
            found["start-up, known"] = daemon.start()
            daemon.stop()
            found["check, unchanged"] = check(folder)
        finally:
            daemon.close()
            site.close()
        log = (folder / "daemon.log").read_text()
        print(
            f"{watches} watches: {site.posts} messages arrived{log and ', the log says: '}{log}", flush=True
        )
    return found


def check(folder: Path) -> Spent:
    """`policy-monitor check` of everything, start-up included."""
    began = time.monotonic()
    process = subprocess.Popen(
        [COMMAND, "check", "--quiet", "--config", folder / "config.toml"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, code, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code)
    if process.returncode:
        raise SystemExit(f"check ended with {process.returncode}")
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    return Spent(time.monotonic() - began, cpu, cpu, 0.0, 0.0, peak, peak)


def median(sweeps: list[Spent]) -> Spent:
    """The sweep in the middle by CPU, with the longest block and the highest peak of all."""
    middle = sorted(sweeps, key=lambda spent: spent.cpu)[len(sweeps) // 2]
    return Spent(
        wall=statistics.median(spent.wall for spent in sweeps),
        cpu=middle.cpu,
        own=middle.own,
        blocked=max(spent.blocked for spent in sweeps),
        machine=max(spent.machine for spent in sweeps),
        resident=sweeps[-1].resident,
        peak=max(spent.peak for spent in sweeps),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--watches", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--repeat", type=int, default=3, help="unchanged sweeps")
    options = parser.parse_args()
    runs = {watches: run(watches, options.repeat) for watches in options.watches}
    fewest = min(runs)
    print(
        "\n| what | watches | CPU s | ms a watch | ratio | the daemon's own | wall s | blocked ms | machine ms "
        "| MiB after | MiB at most |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    )
    for what in runs[fewest]:
        for watches, found in runs.items():
            spent = found[what]
            ratio = spent.cpu / watches / (runs[fewest][what].cpu / fewest or 1)
            print(
                f"| {what} | {watches} | {spent.cpu:.2f} | {spent.cpu / watches * 1000:.2f} | {ratio:.2f} "
                f"| {spent.own / watches * 1000:.2f} | {spent.wall:.1f} | {spent.blocked * 1000:.0f} "
                f"| {spent.machine * 1000:.0f} | {spent.resident:.0f} | {spent.peak:.0f} |"
            )


if __name__ == "__main__":
    main()
