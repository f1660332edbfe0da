"""Many vendors on loopback, each on an address of its own, and the config that watches them."""

from __future__ import annotations

import asyncio
import hashlib
import random
import re
import threading
from pathlib import Path

SIZE = 15_000
WHO = ("We", "Our affiliates", "The provider", "Each subprocessor", "The customer", "Our support team")
DOES = (
    "retain",
    "disclose",
    "encrypt",
    "delete",
    "review",
    "export",
    "restrict access to",
    "keep a record of",
)
WHAT = (
    "personal data",
    "usage records",
    "billing details",
    "security logs",
    "support requests",
    "account credentials",
    "backups of the service",
)
WHEN = (
    "within {n} days of termination",
    "where the law requires it",
    "unless the customer objects within {n} days",
    "under a written contract",
    "for as long as the account is open",
    "after a notice of {n} days",
)
HEADINGS = (
    "Scope",
    "Retention",
    "Security",
    "Transfers",
    "Subprocessors",
    "Your rights",
    "Liability",
    "Contact",
)


def page(number: int, version: int) -> bytes:
    """The policy of one vendor, about ``SIZE`` bytes; each version differs in one period."""
    chance = random.Random(number)
    links = "".join(f'<li><a href="/{name.lower()}">{name}</a></li>' for name in HEADINGS)
    parts = [
        f'<!DOCTYPE html><html lang="en"><head><title>Privacy Policy of Vendor {number}</title></head><body>'
        f"<nav><ul>{links}</ul></nav><main><h1>Privacy Policy</h1><p>Last updated: 3 March 2026</p>"
        f"<p>We keep personal data for {30 * (version + 1)} days after an account is closed.</p>"
    ]
    length, section = len(parts[0]), 0
    while length < SIZE:
        section += 1
        sentences = [
            f"{chance.choice(WHO)} may {chance.choice(DOES)} {chance.choice(WHAT)} "
            f"{chance.choice(WHEN).format(n=chance.randint(2, 95))}."
            for _ in range(9)
        ]
        parts.append(
            f'<section id="s{section}"><h2>{section}. {HEADINGS[section % len(HEADINGS)]}</h2>'
            f'<p class="text">{" ".join(sentences[:5])}</p>'
            f"<ul>{''.join(f'<li>{sentence}</li>' for sentence in sentences[5:])}</ul></section>"
        )
        length += len(parts[-1])
    return "".join([*parts, f"</main><footer>© Vendor {number}</footer></body></html>"]).encode()


class Site:
    """All vendors, in a thread of its own; also takes what is posted to it."""

    def __init__(self, watches: int) -> None:
        self.pages = [page(number, 0) for number in range(watches)]
        self.posts = 0
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(
            asyncio.start_server(self._serve, "0.0.0.0", 0, backlog=512)
        )
        self.port: int = self.server.sockets[0].getsockname()[1]
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def change(self, share: float) -> int:
        """Let this share of the vendors change a period; how many that are."""
        chosen = random.Random(1).sample(range(len(self.pages)), max(1, round(share * len(self.pages))))
        for number in chosen:
            self.pages[number] = page(number, 1)
        return len(chosen)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                writer.write(await self._answer(head, reader))
                await writer.drain()
        except (OSError, EOFError, asyncio.LimitOverrunError):
            writer.close()

    async def _answer(self, head: str, reader: asyncio.StreamReader) -> bytes:
        if head.startswith("POST"):
            length = re.search(r"(?im)^content-length: (\d+)", head)
            await reader.readexactly(int(length[1]) if length else 0)
            self.posts += 1
            return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        body = self.pages[int(head.split(" ", 2)[1].rpartition("/")[2])]
        tag = hashlib.sha1(body).hexdigest()
        status = "304 Not Modified" if tag in head else "200 OK"
        body = b"" if tag in head else body
        return (
            f'HTTP/1.1 {status}\r\nETag: "{tag}"\r\nContent-Type: text/html; charset=utf-8\r\n'
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.server.close)


def write_config(folder: Path, site: Site, metrics_port: int) -> None:
    lines = [
        "[monitor]",
        'allow_private = ["127.0.0.0/8"]',
        f"metrics_port = {metrics_port}",
        "[schedule]",
        'every = "7d"',
        "[alerts]",
        'confirm = "0s"',
        "[[channel]]",
        'name = "hook"',
        f'url = "json://127.0.0.1:{site.port}/hook"',
    ]
    for number in range(len(site.pages)):
        host = f"127.{1 + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"
        lines += [
            "[[vendor]]",
            f'name = "Vendor {number}"',
            "[[vendor.policy]]",
            'kind = "privacy"',
            f'url = "http://{host}:{site.port}/privacy/{number}"',
        ]
    (folder / "config.toml").write_text("\n".join(lines))
