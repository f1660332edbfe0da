"""``diff`` and ``extract``: two files or one, without touching the state."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.check import CHANGES, MATERIAL, NOTHING, UNREADABLE
from monitor.cli.context import Context, common
from monitor.cli.output import VERDICT_STYLE, console, one_line, plain, show_comparison, write_json
from monitor.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.model import Comparison, Document

_TYPES = {".md": "text/markdown", ".markdown": "text/markdown", ".txt": "text/plain", ".htm": "text/html"}


@click.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--html",
    "html_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the redline as a page.",
)
@click.option("--select", help="CSS, or 'Heading .. Next heading': only this part of the pages.")
@click.option("--all", "everything", is_flag=True, help="Show cosmetic changes too.")
@common
def diff(
    context: Context, old: str, new: str, html_file: Path | None, select: str | None, everything: bool
) -> int:
    """Compare two files or addresses: which clauses changed, whether that matters and why.

    HTML, PDF, DOCX, Markdown or plain text. Nothing is stored, nobody is told.

    \b
    Exit codes: 0 no changes · 10 changes · 20 material changes · 3 one of them is no policy · 2 usage
    """
    from monitor.classification import compare

    documents = [_document(context, where, select) for where in (old, new)]
    comparison = compare(*documents)
    if html_file is not None:
        from monitor.alerts.render.page import redline_page

        try:
            html_file.write_text(redline_page(comparison, before=old, after=new), "utf-8")
        except OSError as error:
            raise UsageError(f"{html_file}: cannot be written: {error.strerror}") from None
    if context.json:
        write_json(comparison.as_dict())
    else:
        from rich.text import Text

        line = Text(comparison.verdict, VERDICT_STYLE[comparison.verdict])
        line.append(f" {comparison.severity}" if comparison.severity else "")
        line.append(f"  {one_line(comparison.summary or comparison.reason)}", "default")
        console().print(line)
        show_comparison(comparison, cosmetic=everything)
    return exit_code(comparison)


def exit_code(comparison: Comparison) -> int:
    if comparison.verdict == "suspect":
        return UNREADABLE
    if comparison.verdict == "material":
        return MATERIAL
    return CHANGES if comparison.changes else NOTHING


@click.command()
@click.argument("where", metavar="FILE|URL")
@click.option("--select", help="CSS, or 'Heading .. Next heading': only this part of the page.")
@common
def extract(context: Context, where: str, select: str | None) -> int:
    """Show what we read on a page: its text, or with --json the whole document with clauses and dates.

    Exit code 3 when the page is no policy (an error page, a shell, …); the reason is on stderr.
    """
    document = _document(context, where, select)
    if context.json:
        write_json(document.as_dict())
    else:
        click.echo(plain(document.text))
    if document.problem:
        click.echo(f"{where}: {document.problem}: {plain(document.problem_reason or '')}", err=True)
        return UNREADABLE
    return NOTHING


def _document(context: Context, where: str, select: str | None) -> Document:
    """Read a file or an address.

    Raises:
        UsageError: no such file.
        FetchError: the address could not be had.
    """
    from monitor.extraction import extract as read

    if where.startswith(("http://", "https://")):
        body, content_type, url = _fetched(context, where)
        return read(body, content_type=content_type, url=url, select=select)
    path = Path(where)
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{where}: cannot be read: {error.strerror}; name a file or an http(s) address"
        ) from None
    guessed = _TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0]
    return read(body, content_type=guessed or "", select=select)


def _fetched(context: Context, url: str) -> tuple[bytes, str, str]:
    import asyncio

    from monitor.fetch import Fetcher, Request
    from monitor.ondemand import fetch_settings

    async def fetch() -> tuple[bytes, str, str]:
        async with Fetcher(fetch_settings(_config_or_default(context))) as fetcher:
            response = await fetcher.fetch(Request(url))
            return response.body, response.content_type, response.url

    return asyncio.run(fetch())


def _config_or_default(context: Context) -> Config:
    """These commands work without a config; one that is there (and was named, if wrong) counts."""
    from monitor.config import Config, load

    try:
        return load(context.config_path)
    except ConfigError:
        if context.config_path is not None or Path("config.toml").exists():
            raise
        return Config()
