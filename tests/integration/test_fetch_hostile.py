"""Whatever a server answers ends in a classified error or in a whole page, soon, and within bounds."""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from fetch_peer import Peer, Script, Visit, moved, page
from monitor.errors import FetchError
from monitor.fetch import Fetcher, FetchSettings, Request, advice

TEXT = b"<p>We keep personal data for 30 days.</p>" * 40
MAX = 100_000
LOOPBACK = (ip_network("127.0.0.0/8"),)
SETTINGS = FetchSettings(
    allow_private=LOOPBACK,
    per_host_delay=0,
    max_bytes=MAX,
    max_wire_bytes=MAX,
)

Case = tuple[str, bytes | Script, str]
"""A name, what the server says, and the kind of the error, or ``ok`` for a response."""


def raw(head: str, body: bytes = b"") -> bytes:
    return head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", headers: str = "") -> bytes:
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return raw(f"HTTP/1.1 200 OK\nTransfer-Encoding: chunked{headers}", body + end)


def zipped(data: bytes, coding: str = "gzip", status: str = "200 OK") -> bytes:
    return page(data, status, f"Content-Encoding: {coding}\r\n")


def endless(first: bytes, more: bytes, pause: float = 0) -> Script:
    async def say(visit: Visit) -> None:
        await visit.say(first)
        while True:
            await visit.say(more)
            await asyncio.sleep(pause)

    return say


def then_reset(data: bytes) -> Script:
    async def say(visit: Visit) -> None:
        await visit.say(data)
        await asyncio.sleep(0.05)
        visit.writer.transport.abort()

    return say


async def silence(visit: Visit) -> None:
    await visit.reader.read()


def statuses() -> Iterator[Case]:
    for status in (201, 202, 204, 205, 206, 207, 226, 299, 300, 305, 306, 399):
        yield f"status {status}", raw(f"HTTP/1.1 {status} X\nContent-Length: 0"), "http"
    for status in (400, 402, *range(404, 407), *range(408, 419), *range(421, 427), 428, 431, 499):
        yield f"status {status}", page(b"<h1>Privacy policy</h1>", f"{status} No"), "http"
    for status in (500, 501, 502, *range(504, 509), 510, 511, *range(520, 528), 530, 599, 600, 999):
        yield f"status {status}", page(b"<h1>Privacy policy</h1>", f"{status} No"), "http"
    for status in (401, 403, 407, 451):
        yield f"status {status}", page(b"<h1>Just a moment</h1>", f"{status} No"), "blocked"
    for status in (202, 405, 429, 503):
        answer = page(
            b"<h1>Just a moment</h1>", f"{status} No", "CF-Mitigated: challenge\r\nRetry-After: 0\r\n"
        )
        yield f"challenge {status}", answer, "blocked"
    yield "203", page(TEXT, "203 Transformed"), "ok"
    yield "304 unasked", raw("HTTP/1.1 304 Not Modified\nETag: x"), "http"
    yield "206 with the whole", page(TEXT, "206 Part", "Content-Range: bytes 0-1/2\r\n"), "http"


def heads() -> Iterator[Case]:
    for name, head in {
        "one newline": b"\r\n",
        "newlines": b"\r\n" * 50,
        "html without a head": b"<html><body>old</body></html>\r\n\r\n",
        "smtp": b"220 mail ESMTP\r\n\r\n",
        "ftp": b"220 ready\r\n331 password\r\n\r\n",
        "tls alert": b"\x15\x03\x01\x00\x02\x02\x46",
        "redis": b"-ERR unknown command\r\n\r\n",
        "http/2 frames": b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" * 4,
        "HTTP/1.": b"HTTP/1. 200 OK\r\n\r\n",
        "no status": b"HTTP/1.1\r\n\r\n",
        "two digits": b"HTTP/1.1 20 OK\r\n\r\n",
        "four digits": b"HTTP/1.1 2000 OK\r\n\r\n",
        "negative": b"HTTP/1.1 -200 OK\r\n\r\n",
        "status 000": b"HTTP/1.1 000 OK\r\n\r\n",
        "header without colon": b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        "header without name": b"HTTP/1.1 200 OK\r\n: value\r\n\r\n",
        "blank in the name": b"HTTP/1.1 200 OK\r\nContent Type: text/html\r\n\r\n",
        "blank before colon": b"HTTP/1.1 200 OK\r\nContent-Length : 3\r\n\r\nabc",
        "NUL in a value": b"HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n",
        "NUL in a name": b"HTTP/1.1 200 OK\r\nX\x00: a\r\n\r\n",
        "folded first line": b"HTTP/1.1 200 OK\r\n folded: x\r\n\r\n",
        "bare CR": b"HTTP/1.1 200 OK\rX: y\r\n\r\n",
        "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "list of lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\nabcd",
        "negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc",
        "hex length": b"HTTP/1.1 200 OK\r\nContent-Length: 0x3\r\n\r\nabc",
        "length with a sign": b"HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\nabc",
        "length in words": b"HTTP/1.1 200 OK\r\nContent-Length: three\r\n\r\nabc",
        "empty length": b"HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\nabc",
        "length of 40 digits": b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 40 + b"\r\n\r\nabc",
        "unknown transfer coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "transfer coding twice": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "obscured chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    }.items():
        yield f"head: {name}", head, "http"
    for name, head in {
        "nothing": b"",
        "HTTP/0.9": b"We keep data.\n",
        "ssh": b"SSH-2.0-OpenSSH_9.2\r\n",
        "half a status line": b"HTTP/1.1 200",
        "half a head": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n",
    }.items():
        yield f"head: {name}", head, "connect"
    yield "head: HTTP/3.0", b"HTTP/3.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", "ok"
    for name, long in {
        "long header": b"X: " + b"a" * 300_000,
        "long status line": b"HTTP/1.1 200 " + b"a" * 300_000,
        "long name": b"a" * 300_000 + b": x",
        "many headers": b"a: b\r\n" * 60_000,
    }.items():
        yield f"head: {name}", b"HTTP/1.1 200 OK\r\n" + long + b"\r\n\r\n", "too_large"
    yield "head: no end", endless(b"HTTP/1.1 200 OK\r\n", b"X-More: yes\r\n" * 200), "too_large"
    yield "head: endless without a line", endless(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 9_000), "too_large"
    yield "head: endless 100", endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), "too_large"
    yield "head: endless 103", endless(b"", b"HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n" * 100), "too_large"
    yield "head: drip", endless(b"HTTP/1.1 200 OK\r\n", b"X", 0.2), "timeout"
    yield "head: drip of lines", endless(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n", 0.2), "timeout"
    yield "head: silence", silence, "timeout"
    yield "head: reset", then_reset(b""), "connect"
    yield "head: reset after half", then_reset(b"HTTP/1.1 200 OK\r\n"), "connect"
    yield "head: upgrade", raw("HTTP/1.1 101 Switch\nUpgrade: websocket\nConnection: upgrade"), "http"
    yield "head: 100 then page", raw("HTTP/1.1 100 Continue") + page(TEXT), "ok"
    yield "head: 103 then page", raw("HTTP/1.1 103 Hints\nLink: </x>") + page(TEXT), "ok"
    yield "head: no reason", raw(f"HTTP/1.1 200\nContent-Length: {len(TEXT)}", TEXT), "ok"
    yield "head: bare LF", b"HTTP/1.1 200 OK\nContent-Length: 3\n\nabc", "ok"
    yield "head: HTTP/1.0", raw("HTTP/1.0 200 OK", TEXT), "ok"
    yield "head: latin-1", raw("HTTP/1.1 200 Ça va\nX: é\nContent-Length: 3", b"abc"), "ok"
    yield "head: equal lengths", raw("HTTP/1.1 200 OK\nContent-Length: 3\nContent-Length: 3", b"abc"), "ok"
    yield "head: 300 headers", raw("HTTP/1.1 200 OK\nContent-Length: 3" + "\nX: y" * 300, b"abc"), "ok"
    yield "head: length and chunked", chunked(TEXT, headers="\nContent-Length: 3"), "ok"


def lengths() -> Iterator[Case]:
    for cut in (0, 1, 10, len(TEXT) - 1):
        yield (
            f"length: {cut} of all",
            raw(f"HTTP/1.1 200 OK\nContent-Length: {len(TEXT)}", TEXT[:cut]),
            "truncated",
        )
    yield "length: one short", raw(f"HTTP/1.1 200 OK\nContent-Length: {len(TEXT) + 1}", TEXT), "truncated"
    yield "length: HTTP/1.0 short", raw("HTTP/1.0 200 OK\nContent-Length: 99999", TEXT), "truncated"
    yield "length: reset", then_reset(raw("HTTP/1.1 200 OK\nContent-Length: 9999", TEXT)), "truncated"
    yield "length: reset without length", then_reset(raw("HTTP/1.0 200 OK", TEXT)), "ok"
    yield "length: longer than said", raw("HTTP/1.1 200 OK\nContent-Length: 3", TEXT), "ok"
    yield "length: none", raw("HTTP/1.1 200 OK\nConnection: close", TEXT), "ok"
    yield "length: 0", raw("HTTP/1.1 200 OK\nContent-Length: 0"), "ok"
    yield "length: huge promise", raw("HTTP/1.1 200 OK\nContent-Length: 99999999999", TEXT), "truncated"
    for kind, more, pause in (("timeout", b"x", 0.2), ("too_large", b"x" * 60_000, 0)):
        yield (
            f"endless length {kind}",
            endless(raw("HTTP/1.1 200 OK\nContent-Length: 9999999"), more, pause),
            kind,
        )
        yield f"endless until closed {kind}", endless(raw("HTTP/1.0 200 OK"), more, pause), kind
        chunk = b"%x\r\n%s\r\n" % (len(more), more)
        yield f"endless chunks {kind}", endless(chunked(end=b""), chunk, pause), kind
    yield "body: exactly the bound", page(b"a" * MAX), "ok"
    yield "body: one above the bound", page(b"a" * (MAX + 1)), "too_large"
    yield "body: silence", endless(raw("HTTP/1.1 200 OK\nContent-Length: 10"), b"", 1), "timeout"


def chunks() -> Iterator[Case]:
    good = b"%x\r\n%s\r\n" % (len(TEXT), TEXT)
    for name, end in {
        "no end": b"",
        "half an end": b"0\r\n",
        "cut in the size": b"1",
        "cut in the data": b"ff\r\nabc",
        "no newline after data": b"3\r\nabcX0\r\n\r\n",
        "size in words": b"three\r\nabc\r\n0\r\n\r\n",
        "negative size": b"-3\r\nabc\r\n0\r\n\r\n",
        "size with 0x": b"0x3\r\nabc\r\n0\r\n\r\n",
        "size of 40 digits": b"f" * 40 + b"\r\nabc\r\n0\r\n\r\n",
        "blank size": b"  \r\nabc\r\n0\r\n\r\n",
        "size too small": b"2\r\nabc\r\n0\r\n\r\n",
        "size too large": b"4\r\nabc\r\n0\r\n\r\n",
        "html inside": b"<html></html>\r\n",
        "trailer without colon": b"0\r\nnonsense\r\n\r\n",
        "long size line": b"3;" + b"e" * 200_000 + b"\r\nabc\r\n0\r\n\r\n",
        "huge chunk": b"ffffffff\r\nabc",
    }.items():
        yield f"chunks: {name}", chunked(TEXT, end=end), "truncated"
    yield "chunks: none at all", raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked"), "truncated"
    yield "chunks: only the end", chunked(), "ok"
    yield (
        "chunks: extension",
        raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked", b"3;a=b\r\nabc\r\n0\r\n\r\n"),
        "ok",
    )
    yield "chunks: trailer", chunked(TEXT, end=b"0\r\nX-Sum: 1\r\n\r\n"), "ok"
    yield "chunks: one byte each", chunked(*[b"a"] * 3000), "ok"
    yield "chunks: reset", then_reset(chunked(TEXT, end=b"")), "truncated"
    yield (
        "chunks: extensions without end",
        endless(chunked(end=b""), b"1;" + b"e" * 50_000 + b"\r\nx\r\n"),
        "too_large",
    )
    yield "chunks: trailers without end", endless(chunked(good, end=b"0\r\n"), b"X: y\r\n" * 100), "truncated"
    yield "chunks: drip of sizes", endless(chunked(end=b""), b"0", 0.2), "timeout"


def codings() -> Iterator[Case]:
    whole = gzip.compress(TEXT)
    yield "gzip", zipped(whole), "ok"
    yield "x-gzip", zipped(whole, "x-gzip"), "ok"
    yield "GZIP", zipped(whole, "GZIP"), "ok"
    yield "identity", zipped(TEXT, "identity"), "ok"
    yield "empty coding", zipped(TEXT, ""), "ok"
    yield "gzip: members", zipped(whole + gzip.compress(b"more")), "ok"
    yield "gzip: empty member first", zipped(gzip.compress(b"") + whole), "ok"
    yield "gzip: NULs after", zipped(whole + b"\0" * 512), "ok"
    yield "gzip: words after", zipped(whole + b"<!-- served by cache -->"), "ok"
    yield "gzip: chunked", chunked(whole[:20], whole[20:], headers="\nContent-Encoding: gzip"), "ok"
    yield "gzip: empty body", zipped(b""), "ok"
    for cut in (1, 5, 10, 20, len(whole) // 2, len(whole) - 8, len(whole) - 1):
        yield f"gzip: first {cut} bytes", zipped(whole[:cut]), "truncated"
    yield "gzip: second member cut", zipped(whole + whole[:30]), "truncated"
    yield "gzip: cut in chunks", chunked(whole[:-4], headers="\nContent-Encoding: gzip"), "truncated"
    yield "gzip: wrong sum", zipped(whole[:-8] + bytes(4) + whole[-4:]), "encoding"
    yield "gzip: wrong size", zipped(whole[:-4] + bytes(4)), "encoding"
    yield "gzip: damaged", zipped(whole[:20] + bytes(10) + whole[30:]), "encoding"
    yield "gzip: plain text", zipped(TEXT), "encoding"
    yield "gzip: zlib", zipped(zlib.compress(TEXT)), "encoding"
    yield "gzip: raw deflate", zipped(zlib.compress(TEXT, wbits=-15)), "encoding"
    yield "gzip: reserved flags", zipped(whole[:3] + b"\xff" + whole[4:]), "encoding"
    yield "gzip: members without end", zipped(gzip.compress(b"", 9) * 3000), "encoding"
    for size in (MAX + 1, 1_000_000, 50_000_000):
        yield f"gzip bomb {size}", zipped(gzip.compress(bytes(size), 9)), "too_large"
    yield "gzip bomb in members", zipped(gzip.compress(b"a" * 60_000, 9) * 500), "too_large"
    yield "gzip bomb twice", zipped(gzip.compress(gzip.compress(bytes(50_000_000), 9), 9)), "not_text"
    for coding in (
        *(
            "br",
            "zstd",
            "deflate",
            "compress",
            "lzma",
            "bzip2",
            "aes128gcm",
            "utf-8",
            "none",
            "*",
            "gzip;q=1",
        ),
        *("gzip, gzip", "gzip,br", "br, gzip", "deflate, gzip", "gzip, gzip, gzip", "x" * 2000),
    ):
        yield f"coding {coding[:20]}", zipped(whole, coding), "encoding"
    yield "coding in two headers", zipped(whole, "gzip\r\nContent-Encoding: gzip"), "encoding"
    yield "coding identity twice", zipped(TEXT, "identity, identity"), "encoding"


def redirects() -> Iterator[Case]:
    for status in (301, 302, 303, 307, 308):
        yield f"redirect {status} to itself", moved("/case", status), "redirect"
        yield f"redirect {status} to nowhere", raw(f"HTTP/1.1 {status} X\nContent-Length: 0"), "redirect"
    yield "redirect: empty", moved(""), "redirect"
    yield "redirect: blank", moved("   "), "redirect"
    yield "redirect: fragment", moved("#top"), "redirect"
    yield "redirect: query loop", moved("?a=b"), "redirect"
    yield "redirect: mailto", moved("mailto:legal@vendor.test"), "guard"
    yield "redirect: ftp", moved("ftp://vendor.test/"), "guard"
    yield "redirect: user", moved("http://a:b@127.0.0.1/"), "guard"
    yield "redirect: long", moved("/" + "a" * 90_000), "guard"
    yield (
        "redirect: two",
        raw("HTTP/1.1 302 X\nLocation: /case\nLocation: /good\nContent-Length: 0"),
        "redirect",
    )
    yield "redirect: with a body", raw("HTTP/1.1 302 X\nLocation: /good\nContent-Length: 4", b"gone"), "ok"
    yield (
        "redirect: short body",
        raw("HTTP/1.1 302 X\nLocation: /good\nContent-Length: 40", b"gone"),
        "truncated",
    )
    yield "redirect: endless body", endless(raw("HTTP/1.1 302 X\nLocation: /good"), b"x" * 50_000), "ok"
    yield "redirect: absolute path", moved("/good"), "ok"
    yield "redirect: relative", moved("good"), "ok"
    yield "redirect: blanks around", moved("  /good  "), "ok"
    yield "redirect: fragment kept out", moved("/good#section"), "ok"


def media() -> Iterator[Case]:
    for name, start in {
        "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF",
        "gif": b"GIF89a\x01\0\x01\0",
        "webp": b"RIFF\x24\0\0\0WEBPVP8 ",
        "ico": b"\0\0\x01\0\x01\0\x10\x10",
        "mp4": b"\0\0\0\x20ftypisom\0\0\x02\0",
        "webm": b"\x1aE\xdf\xa3\x01\0\0\0",
        "ogg": b"OggS\0\x02\0\0",
        "mp3": b"ID3\x04\0\0\0",
        "gz": gzip.compress(TEXT),
        "bz2": b"BZh91AY&SY",
        "xz": b"\xfd7zXZ\0\0\x04",
        "7z": b"7z\xbc\xaf\x27\x1c\0\x04",
        "rar": b"Rar!\x1a\x07\x01\0",
        "zstd": b"\x28\xb5\x2f\xfd\x04\0",
        "elf": b"\x7fELF\x02\x01\x01\0",
        "exe": b"MZ\x90\0\x03\0\0\0",
        "woff2": b"wOF2\0\x01\0\0",
        "sqlite": b"SQLite format 3\0\x10\0",
        "tiff": b"II*\0\x08\0\0\0\x0e\0",
        "bmp": b"BM\x36\x10\0\0\0\0\0\0",
        "psd": b"8BPS\0\x01\0\0\0\0",
        "heic": b"\0\0\0\x18ftypheic\0\0",
        "flac": b"fLaC\0\0\0\x22\x10",
        "wav": b"RIFF\x24\x08\0\0WAVEfmt ",
        "wasm": b"\0asm\x01\0\0\0",
        "class": b"\xca\xfe\xba\xbe\0\0\0\x3d",
        "tar": b"policy.html".ljust(257, b"\0") + b"ustar",
        "lz4": b"\x04\x22\x4d\x18\x64\x40\0\0\0",
        "font": b"\0\x01\0\0\0\x0c\0\x80",
        "noise": bytes(range(256)) * 20,
        "zeros": bytes(5000),
    }.items():
        yield f"media: {name} as html", page(start + bytes(100)), "not_text"
    for name, body in {
        "pdf": b"%PDF-1.7\n\0\0\xff\xfe",
        "docx": b"PK\x03\x04\x14\0\0\0",
        "utf-16": "We keep data.".encode("utf-16"),
        "utf-16 without mark": "We keep data for thirty days.".encode("utf-16-le"),
        "utf-16 big": "We keep data for thirty days.".encode("utf-16-be"),
        "stray NUL": b"<p>We keep\0data.</p>",
        "utf-7": b"+ADw-script+AD4-",
        "latin-1": "<p>Données à caractère personnel</p>".encode("latin-1"),
        "broken utf-8": b"<p>\xc3\x28 \xff\xfe \xf0\x28\x8c\x28</p>",
        "json": b'{"policy": "none"}',
        "one byte": b"x",
        "empty": b"",
        "deep": b"<div>" * 18_000,
        "attributes": b"<p " + b"a=1 " * 20_000 + b">",
    }.items():
        yield f"media: {name}", page(body), "ok"


CASES = [*statuses(), *heads(), *lengths(), *chunks(), *codings(), *redirects(), *media()]


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with await Peer({"/good": page(TEXT)}).start() as peer:
        yield peer


def test_there_are_enough_cases_and_each_has_its_own_name() -> None:
    assert len(CASES) >= 300
    assert len({name for name, _, _ in CASES}) == len(CASES)


@pytest.mark.parametrize(("answer", "kind"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
async def test_a_hostile_answer_ends_in_a_classified_outcome(
    peer: Peer, answer: bytes | Script, kind: str
) -> None:
    peer.answers["/case"] = answer
    settings = replace(SETTINGS, timeout=0.6 if kind == "timeout" else 30)
    async with Fetcher(settings) as fetcher:
        if kind == "ok":
            response = await fetcher.fetch(Request(peer.url("/case")))
            assert response.status in (200, 203)
            assert len(response.body) <= MAX
            return
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(Request(peer.url("/case")))
    assert caught.value.kind == kind, caught.value
    assert advice(caught.value.kind)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


CHILD = """
import asyncio, json, sys, time
from ipaddress import ip_network
from monitor.errors import FetchError
from monitor.fetch import Fetcher, FetchSettings, Request

def peak():  # not ru_maxrss, which a child inherits from its parent
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024

async def main(urls, options):
    async def look(url):
        try:
            return "ok", len((await fetcher.fetch(Request(url))).body)
        except FetchError as error:
            return error.kind, 0
    settings = FetchSettings(
        allow_private=(ip_network("127.0.0.0/8"),), per_host_delay=0, per_host_concurrency=50, **options
    )
    async with Fetcher(settings) as fetcher:
        await look(urls[0])
        before = peak()
        looks = [asyncio.ensure_future(look(url)) for url in urls[1:]]
        stall = 0
        while not all(one.done() for one in looks):
            started = time.thread_time()  # its own time: what else the machine does is not its fault
            await asyncio.sleep(0.01)
            stall = max(stall, time.thread_time() - started)
        kinds = [one.result()[0] for one in looks]
        print(json.dumps({"kinds": kinds, "grown_mb": peak() - before, "stall": stall}))

asyncio.run(main(*json.load(sys.stdin)))
"""


async def in_a_process(urls: list[str], **options: float) -> dict[str, Any]:
    """Fetches all at once in a process of its own, whose memory is then the fetcher's alone."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CHILD), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await child.communicate(json.dumps([urls, options]).encode())
    result: dict[str, Any] = json.loads(out)
    return result


linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")


@linux
async def test_all_at_once_keep_memory_flat_and_the_loop_alive(peer: Peer) -> None:
    async with AsyncExitStack() as stack:
        peers = []
        for index, (_, answer, _) in enumerate(CASES):
            host = f"127.7.{index // 250}.{index % 250 + 1}"
            peers.append(await stack.enter_async_context(await Peer({"/case": answer}).start(host)))
        urls = [peer.url("/good"), *(one.url("/case") for one in peers)]
        found = await in_a_process(urls, concurrency=60, timeout=2, max_bytes=MAX, max_wire_bytes=MAX)
    # Where all come at once, /good is not there to redirect to, and on a slow machine some run out of time.
    expected = {
        name: {kind, "timeout", "http" if name.startswith("redirect") else kind} for name, _, kind in CASES
    }
    got = dict(zip((name for name, _, _ in CASES), found["kinds"], strict=True))
    assert {name: kind for name, kind in got.items() if kind not in expected[name]} == {}
    assert found["grown_mb"] <= 64
    assert found["stall"] <= 2  # seconds of its own; this only notices a loop that stands still


def bomb(letter: bytes, megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(letter * 1_000_000) for _ in range(megabytes)) + packer.flush()


@linux
@pytest.mark.parametrize("letter", [b"\0", b"a"], ids=["zeros", "letters"])
async def test_bombs_at_the_default_bounds_cost_little_memory(peer: Peer, letter: bytes) -> None:
    peer.answers["/bomb"] = zipped(bomb(letter, 60))
    found = await in_a_process([peer.url("/good"), *[peer.url("/bomb")] * 10])
    assert found["kinds"] == ["too_large"] * 10
    assert found["grown_mb"] <= 64


@linux
async def test_large_bodies_do_not_add_up_in_memory(peer: Peer) -> None:
    async def large(visit: Visit) -> None:
        await visit.say(raw("HTTP/1.1 200 OK\nContent-Length: 9900000\nContent-Encoding: gzip"))
        for _ in range(98):
            await visit.say(b"x" * 100_000)
        await asyncio.sleep(5)

    peer.answers["/large"] = large
    found = await in_a_process([peer.url("/good"), *[peer.url("/large")] * 10], timeout=2)
    assert set(found["kinds"]) <= {"truncated", "timeout"}
    assert found["grown_mb"] <= 64
