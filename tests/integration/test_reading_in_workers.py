"""Worker processes: fingerprints first, hostile pages die alone, the pool recovers."""

# ruff: noqa: E501 (pages are easier to read unbroken)

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from monitor.errors import ExtractionError, MonitorError
from monitor.extraction import Part, Reading, extract, fingerprint, read_policy
from monitor.workers import Workers

PAGE = b"<html lang=en><title>Terms</title><main><h1>Terms</h1><p>We keep data for 30 days.</p></main></html>"
OTHER = PAGE.replace(b"30", b"60")


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    async with Workers(2, cpu_seconds=3, wall_seconds=30) as made:
        yield made


async def read(workers: Workers, *bodies: bytes, known: str | None = None, **more: str) -> Reading:
    return await workers.call(read_policy, tuple(Part(body, **more) for body in bodies), None, (), known)


async def test_a_page_is_read_as_in_this_process(workers: Workers) -> None:
    reading = await read(workers, PAGE, url="https://acme.example/terms")
    assert reading.document == extract(PAGE, url="https://acme.example/terms")
    assert reading.fingerprint == fingerprint(PAGE, url="https://acme.example/terms")


async def test_a_known_fingerprint_spares_the_reading(workers: Workers) -> None:
    first = await read(workers, PAGE)
    nonce = PAGE.replace(b"<main>", b"<main data-nonce=x>")
    again = await read(workers, nonce, known=first.fingerprint)
    assert (again.fingerprint, again.document) == (first.fingerprint, None)
    changed = await read(workers, OTHER, known=first.fingerprint)
    assert changed.document is not None
    assert "60 days" in changed.document.text


async def test_parts_have_one_fingerprint_and_one_document(workers: Workers) -> None:
    both = await read(workers, PAGE, OTHER)
    assert both.document is not None
    assert both.document.text.count("We keep data") == 2
    assert (await read(workers, PAGE, OTHER, known=both.fingerprint)).document is None
    assert (await read(workers, OTHER, PAGE, known=both.fingerprint)).document is not None


async def test_a_bad_selector_is_told_and_kills_nobody(workers: Workers) -> None:
    with pytest.raises(MonitorError, match="no CSS selector"):
        await workers.call(read_policy, (Part(PAGE),), "p[")
    assert (await read(workers, PAGE)).document is not None


async def test_a_worker_that_dies_costs_one_page(workers: Workers) -> None:
    await read(workers, PAGE)
    (worker,) = workers._idle
    os.kill(worker.process.pid, signal.SIGKILL)
    await asyncio.sleep(0.1)
    with pytest.raises(ExtractionError, match="killed"):
        await read(workers, PAGE)
    assert (await read(workers, PAGE)).document is not None


async def test_too_much_memory_and_time_are_told() -> None:
    # Nearly as many tags as are read at all, and nearly as many characters.
    long = b"<html><main>" + (b"<p>word <b>bold</b>" + b" words" * 5 + b"</p>") * 70_000
    async with Workers(1, cpu_seconds=1) as hasty:
        with pytest.raises(ExtractionError, match="processor time"):
            await read(hasty, long)
        assert (await read(hasty, PAGE)).document is not None
    async with Workers(1, memory_bytes=150 * 2**20) as small:
        with pytest.raises(ExtractionError, match=r"memory|ended"):
            await read(small, long)


async def test_a_cancelled_reading_leaves_the_pool_whole(workers: Workers) -> None:
    task = asyncio.create_task(read(workers, b"<main>" + b"<p>word " * 50_000))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await read(workers, PAGE)).document is not None


def hostile() -> list[bytes]:
    """300 pages of malice, the same ones each time."""
    dice = random.Random(7)
    bombs = [
        b"<div>" * 100_000 + b"x",
        b"<div>" * 1_000_000 + b"x",
        b"".join(b"<b a=%d>" % n for n in range(9000)) + b"<p>x" * 9000,
        b"<table><tr><td>" * 9000 + b"x",
        b'<a href="x' * 60_000,
        b"<a '\"" * 60_000,
        b"<p " + b"a=b " * 200_000 + b">x",
        b"<!--" * 100_000,
        b"<script>" * 60_000,
        b"<svg>" * 20_000 + b"x",
        b"<select><option>" * 20_000,
        b"<table><tr><td colspan=9999 rowspan=9999>a" * 500,
        b"\0" * 500_000,
        b"<" * 500_000,
        b"&" * 500_000,
        b"&#1114112;" * 50_000,
        b"**a " * 50_000,
        b"[a](" * 50_000,
        b"1.1." * 100_000,
        b"%PDF-1.7\n" + b"1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj trailer<</Root 1 0 R>>" * 50,
        b"PK\x03\x04word/" + b"\xff" * 1000,
        b"\x1f\x8b\x08\x00" + b"\x00" * 100,
        "<p>words of a page".encode("utf-16"),
        "<p>words of a page".encode("utf-32"),
        b"+ADw-p+AD4-words",
    ]
    pieces = [
        b"<div", b">", b"</div>", b"<p class='", b"'", b'"', b"<table>", b"<tr>", b"<td colspan=-1>", b"</table>", b"<ul><li>",
        b"<ol type=a start=99999999999>", b"<li value=x>", b"<h1>", b"<h7>", b"<template>", b"<svg><title>", b"<math>", b"<select>",
        b"<![CDATA[", b"]]>", b"<?php", b"<!--", b"-->", b"\xff\xfe", b"\0", b"&#0;", b"&nbsp;", b"We keep data. ", b"7.2(b) ", b"- ",
        b"<a href='http://[::1'>", b"<a href=javascript:x>", b"<meta http-equiv=refresh content='0;url='>", b"<base href=//x>",
        b"\xe2\x80\xae", b"<x-y>", b"<br>" * 50, b"<dl><dt>", b"<pre>\n\n", b"<form><input>", b"<textarea>", b"<plaintext>", b"| a | b |\n",
    ]  # fmt: skip
    random_pages = [b"".join(dice.choices(pieces, k=dice.randint(1, 120))) for _ in range(300 - len(bombs))]
    return bombs + random_pages


@pytest.mark.slow
async def test_hostile_pages_end_in_a_document_or_an_error() -> None:
    pages = hostile()
    assert len(pages) == 300

    async with Workers(2, cpu_seconds=5, wall_seconds=60) as workers:

        async def outcome(number: int, page: bytes) -> str:
            kind = ("text/html", "text/plain", "text/markdown")[number % 3] if number > 24 else "text/html"
            try:
                reading = await read(workers, page, content_type=kind)
            except ExtractionError as error:
                return str(error)
            return "document" if reading.document is not None else "none"

        outcomes = await asyncio.gather(*(outcome(number, page) for number, page in enumerate(pages)))
        assert (await read(workers, PAGE)).document is not None
    assert outcomes.count("document") > 290
    assert all(said == "document" or "reading" in said or "nested" in said for said in outcomes)
    assert not [said for said in outcomes if "Error:" in said]


def test_naming_the_reading_loads_no_parser() -> None:
    source = (
        "import sys; from monitor.extraction import read_policy; "
        "print([name for name in ('bs4', 'lxml', 'selectolax', 'pypdfium2') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
