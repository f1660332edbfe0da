"""CPU time of fetching 200 pages of 100 kB against a bare httpx client: `python bench/fetch.py` (exit 1 over 1.0).

Both are whole programs, start-up and imports included; each page has a loopback address of its own (Linux only),
as vendors have hosts of their own. The guard, turns, bounds and records of `monitor.fetch` are all at work.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

PAGES = 200
REPEAT = 5
PORT = 8977
BOUND = 1.0

URLS = f'[f"http://127.1.0.{{n}}:{PORT}/" for n in range(1, {PAGES + 1})]'
BARE = f"""
import asyncio, sys, httpx
headers = {{"If-None-Match": '"v"'}} if sys.argv[1] == "304" else {{}}
async def main():
    slots = asyncio.Semaphore(10)
    async with httpx.AsyncClient(timeout=30) as client:
        async def look(url):
            async with slots:
                assert (await client.get(url, headers=headers)).status_code == int(sys.argv[1])
        await asyncio.gather(*map(look, {URLS}))
asyncio.run(main())
"""
OURS = f"""
import asyncio, sys
from ipaddress import ip_network
from monitor.fetch import Fetcher, FetchSettings, Request
etag = '"v"' if sys.argv[1] == "304" else None
async def main():
    async with Fetcher(FetchSettings(allow_private=(ip_network("127.0.0.0/8"),))) as fetcher:
        async def look(url):
            assert (await fetcher.fetch(Request(url, etag=etag))).status == int(sys.argv[1])
        await asyncio.gather(*map(look, {URLS}))
asyncio.run(main())
"""
SERVER = f"""
import asyncio
HEAD = b'HTTP/1.1 %s\\r\\nContent-Type: text/html\\r\\nContent-Length: %d\\r\\nETag: "v"\\r\\n\\r\\n'
PAGE = HEAD % (b"200 OK", 100000) + b"x" * 100000
SAME = HEAD % (b"304 Not Modified", 0)
async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            writer.write(SAME if b"if-none-match" in head.lower() else PAGE)
    except (OSError, EOFError):
        writer.close()
async def main():
    hosts = [f"127.1.0.{{n}}" for n in range(1, {PAGES + 1})]
    server = await asyncio.start_server(serve, hosts, {PORT}, backlog=256)
    print("ready", flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


def cpu(program: str, status: str) -> float:
    """Seconds of user and system time of one run."""
    process = subprocess.Popen([sys.executable, "-c", program, status])
    _, code, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code)
    if process.returncode:
        raise SystemExit("a program under measurement failed")
    return used.ru_utime + used.ru_stime


def main() -> int:
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE)
    try:
        assert server.stdout is not None
        server.stdout.readline()
        worst = 0.0
        print(f"| {PAGES} pages of 100 kB | bare httpx, CPU s | ours, CPU s | ratio |\n|---|--:|--:|--:|")
        for status, name in (("304", "unchanged, ETag"), ("200", "unchanged, no ETag")):
            runs = [(cpu(BARE, status), cpu(OURS, status)) for _ in range(REPEAT)]
            bare, ours = (statistics.median(column) for column in zip(*runs, strict=True))
            worst = max(worst, ours / bare)
            print(f"| {name} | {bare:.2f} | {ours:.2f} | {ours / bare:.2f} |", flush=True)
    finally:
        server.kill()
        server.wait()
    return int(worst > BOUND)


if __name__ == "__main__":
    sys.exit(main())
