"""``init`` and ``add``: writing the config file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from monitor.cli.context import Context, common
from monitor.cli.output import hint, write_json
from monitor.errors import UsageError

FIRST = """\
# policy-monitor: what to watch, and whom to tell. Every key: docs/guides/configuration.md
# Check it with `policy-monitor config check`; then `policy-monitor check` looks, `policy-monitor run` keeps looking.

[monitor]
# user_agent = "policy-monitor (+mailto:privacy@your-company.example)"   # so that vendors can reach you

[schedule]
every = "12h"

[alerts]
min_verdict = "editorial"   # or "material"
confirm = "10m"             # a new text must stand so long before people are told

# [[channel]]
# name = "privacy team"
# url_env = "SLACK_URL"     # slack://TokenA/TokenB/TokenC/#privacy, mailto://…, json://…: any Apprise address
# min_severity = "medium"
"""

# Words in an address that tell the kind of policy, the more special first.
_KINDS = (
    ("subprocessors", r"sub-?processors?"),
    ("dpa", r"\bdpa\b|data-processing"),
    ("sla", r"\bsla\b|service-level|uptime"),
    ("aup", r"\baup\b|acceptable-use|fair-use"),
    ("cookies", r"cookie"),
    ("api", r"\bapi\b|developer"),
    ("privacy", r"privac|datenschutz|confidentialite|privacidad"),
    ("security", r"security|trust"),
    ("terms", r"terms|\btos\b|conditions|agreement|legal|eula|agb|cgu"),
)
_SUFFIXES = {"co", "com", "org", "net", "gov", "edu", "ac"}


@click.command()
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@common
def init(context: Context, force: bool) -> int:
    """Write a first config.toml, here or where --config says."""
    path = context.config_path or Path("config.toml")
    if path.exists() and not force:
        raise UsageError(f"{path}: there is one already; --force overwrites it")
    path.write_text(FIRST, "utf-8")
    if context.json:
        write_json({"config": str(path)})
    else:
        click.echo(f"wrote {path}")
    hint(context, "now: policy-monitor add https://vendor.example/privacy")
    return 0


@click.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option("--vendor", help="The vendor's name; guessed from the address if not given.")
@click.option(
    "--kind",
    help="privacy, terms, dpa, subprocessors, sla, aup, cookies, api, security, other; guessed if not given.",
)
@click.option("--name", help="What to call the policy, where a vendor has several of a kind.")
@common
def add(
    context: Context, urls: tuple[str, ...], vendor: str | None, kind: str | None, name: str | None
) -> int:
    """Add addresses to the config file; nothing in it is lost, comments included."""
    from monitor.config import load

    path = context.config_path or Path("config.toml")
    config = load(path) if path.exists() else None
    text = path.read_text("utf-8") if path.exists() else FIRST
    added, known = [], {page for watch in (config.watches if config else ()) for page in watch.pages}
    for url in urls:
        if url in known:
            hint(context, f"{url}: is watched already")
            continue
        one = {
            "vendor": vendor or guess_vendor(url),
            "kind": kind or guess_kind(url),
            "url": url,
            "name": name,
        }
        text = with_policy(text, one)
        added.append(one)
    _checked(text, path)
    path.write_text(text, "utf-8")
    if context.json:
        write_json({"config": str(path), "added": added})
    else:
        for one in added:
            click.echo(f"{path}: added {one['vendor']} ({one['kind']}): {one['url']}")
    if added:
        hint(context, "now: policy-monitor check")
    return 0


def with_policy(text: str, one: dict[str, Any]) -> str:
    """The config with one more ``[[vendor.policy]]``, under its vendor, which is added if it is new."""
    import tomllib

    vendors = [vendor.get("name") for vendor in tomllib.loads(text).get("vendor", [])]
    policy = ["", "  [[vendor.policy]]", f"  kind = {_quoted(one['kind'])}", f"  url = {_quoted(one['url'])}"]
    policy += [f"  name = {_quoted(one['name'])}"] if one["name"] else []
    if one["vendor"] not in vendors:
        block = ["", "[[vendor]]", f"name = {_quoted(one['vendor'])}", *policy]
        return text.rstrip("\n") + "\n" + "\n".join(block) + "\n"
    lines = text.rstrip("\n").split("\n")
    at = _end_of_vendor(lines, vendors.index(one["vendor"]))
    return "\n".join([*lines[:at], *policy, *lines[at:]]) + "\n"


def _end_of_vendor(lines: list[str], place: int) -> int:
    """The line after the last one of the vendor's tables."""
    tables = [number for number, line in enumerate(lines) if re.match(r"\s*\[", line)]
    begins = [number for number in tables if re.match(r"\s*\[\[\s*vendor\s*\]\]", lines[number])]
    begin = begins[place]
    after = [n for n in tables if n > begin and not re.match(r"\s*\[\[?\s*vendor\s*\.\s*policy", lines[n])]
    end = after[0] if after else len(lines)
    while end > begin and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _quoted(value: str) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def _checked(text: str, path: Path) -> None:
    """Raises ConfigError when what would be written is wrong."""
    import tomllib

    from monitor.config import parse

    parse(tomllib.loads(text), path)


def guess_vendor(url: str) -> str:
    """``https://www.acme-corp.co.uk/privacy`` → ``Acme-corp``."""
    host = urlsplit(url).hostname or "vendor"
    labels = [label for label in host.split(".") if label]
    if labels[-1].isdigit() or ":" in host:  # a number, not a name
        return host
    *names, _ = labels if len(labels) > 1 else (*labels, "")
    if len(names) > 1 and names[-1] in _SUFFIXES:  # co.uk, com.au
        names.pop()
    return names[-1].capitalize()


def guess_kind(url: str) -> str:
    """The kind of policy that the address speaks of; ``other`` when it does not."""
    path = urlsplit(url)._replace(scheme="", query="").geturl().lower().replace("_", "-")
    return next((kind for kind, words in _KINDS if re.search(words, path)), "other")
