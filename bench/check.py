"""What a whole ``policy-monitor check`` costs beside a bare loop over the same requests.

    python -m bench.check [--pages 200] [--repeat 3]

Both are processes of their own, start-up and imports included; figures are CPU seconds (user + system, children too),
medians over the repetitions, and their ratio. Pages of about 100 kB lie on loopback, each on a host of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BARE = """
import asyncio, json, pathlib, sys
import httpx
urls, kept = json.load(open(sys.argv[1])), pathlib.Path(sys.argv[2])
known = json.loads(kept.read_text()) if kept.exists() else {}
async def main():
    gate = asyncio.Semaphore(10)
    async with httpx.AsyncClient(timeout=30) as client:
        async def one(url):
            async with gate:
                answer = await client.get(url, headers={"If-None-Match": known[url]} if url in known else {})
                if "etag" in answer.headers:
                    known[url] = answer.headers["etag"]
        await asyncio.gather(*map(one, urls))
    kept.write_text(json.dumps(known))
asyncio.run(main())
"""
WORDS = """
agreement customer data information notice period personal process provide security service terms
""".split()  # noqa: SIM905


def page(number: int, size: int) -> bytes:
    """A policy of about ``size`` bytes, the same at every call."""
    chance = random.Random(number)
    parts = [f"<html lang=en><head><title>Privacy Policy {number}</title></head><body><nav>Home</nav><main>"]
    length, section = 0, 0
    while length < size:
        section += 1
        sentence = " ".join(chance.choices(WORDS, k=chance.randint(12, 60))).capitalize()
        block = (
            f"<h2>{section}. {sentence[:30]}</h2>"
            if section % 8 == 1
            else f"<p class='t-{section}'>{sentence}.</p>"
        )
        parts.append(block)
        length += len(block)
    return "".join([*parts, "</main><footer>Legal</footer></body></html>"]).encode()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    etags = True
    nonce = False

    def __init__(self, pages: list[bytes]) -> None:
        self.pages = pages
        self.served = 0
        super().__init__(("0.0.0.0" if sys.platform == "linux" else "127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        body = self.server.pages[int(self.path.rsplit("/", 1)[1])]
        tag = f'"{hashlib.sha1(body).hexdigest()}"'
        if self.server.nonce:
            self.server.served += 1
            body = body.replace(b"<body>", b'<body data-nonce="%d">' % self.server.served)
        fresh = self.server.etags and self.headers.get("If-None-Match") == tag
        self.send_response(304 if fresh else 200)
        if self.server.etags:
            self.send_header("ETag", tag)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", "0" if fresh else str(len(body)))
        self.end_headers()
        if not fresh:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


def cpu(command: list[str]) -> tuple[float, float]:
    """CPU seconds and peak memory (MiB) of a process and its children."""
    # What is installed is compiled; where Python may not write that down, a checkout is compiled at every start.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    server = Server([page(number, options.size) for number in range(options.pages)])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    urls = [
        f"http://127.1.{number // 250}.{number % 250 + 1}:{server.server_address[1]}/{number}"
        for number in range(options.pages)
    ]
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), server, urls, options.repeat)
    server.shutdown()


def run(folder: Path, server: Server, urls: list[str], repeat: int) -> None:
    lines = ["[monitor]", 'allow_private = ["127.0.0.0/8"]', 'per_host_delay = "0s"']
    for number, url in enumerate(urls):
        lines += [
            "[[vendor]]",
            f'name = "v{number}"',
            "[[vendor.policy]]",
            'kind = "privacy"',
            f'url = "{url}"',
        ]
    (folder / "config.toml").write_text("\n".join(lines))
    (folder / "urls.json").write_text(json.dumps(urls))
    ours = [
        str(Path(sys.executable).with_name("policy-monitor")),
        "check",
        "-q",
        "--config",
        str(folder / "config.toml"),
    ]
    bare = [sys.executable, "-c", BARE, str(folder / "urls.json")]
    print(f"{len(urls)} pages of {len(server.pages[0]) // 1000} kB; CPU seconds, median of {repeat}\n")
    print("| look | bare httpx loop | policy-monitor check | ratio | peak MiB |")
    print("|---|--:|--:|--:|--:|")
    state = folder / "state"
    for name, etags, nonce in (
        ("first", True, False),
        ("unchanged, ETag", True, False),
        ("unchanged bytes, no ETag", False, False),
        ("a hidden nonce differs", False, True),
    ):
        server.etags, server.nonce = etags, nonce
        rows = []
        for number in range(1 if name == "first" else repeat):
            kept = folder / ("etags.json" if etags else f"none{number}.json")
            rows.append((cpu([*bare, str(kept)]), cpu([*ours, "--state", str(state)])))
        theirs = statistics.median(row[0][0] for row in rows)
        own = statistics.median(row[1][0] for row in rows)
        peak = max(row[1][1] for row in rows)
        print(f"| {name} | {theirs:.2f} | {own:.2f} | {own / theirs:.2f} | {peak:.0f} |", flush=True)


if __name__ == "__main__":
    main()
