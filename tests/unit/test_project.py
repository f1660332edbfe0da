"""The files at the top of the repo keep their word."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from monitor.config import load, parse, tables

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "config.toml").read_text("utf-8")

TABLES = {
    "monitor": tables.MonitorTable,
    "schedule": tables.ScheduleTable,
    "alerts": tables.AlertsTable,
    "channel": tables.ChannelTable,
    "vendor": tables.VendorTable,
    "vendor.policy": tables.PolicyTable,
    "rule": tables.RuleTable,
}
SECTION = re.compile(r"^\s*#?\[{1,2}([\w.]+)\]{1,2}")
KEY = re.compile(r"^\s*#?(\w+) = ")


def keys_by_table(text: str) -> dict[str, set[str]]:
    """The keys that stand in each table of a config, also those in commented examples."""
    found: dict[str, set[str]] = {}
    table = ""
    for line in text.splitlines():
        if section := SECTION.match(line):
            table = section[1]
        elif key := KEY.match(line):
            found.setdefault(table, set()).add(key[1])
    return found


def test_the_shipped_config_has_no_fault_and_no_warning():
    loaded = load(ROOT / "config.toml")
    assert loaded.warnings == []
    assert [vendor.name for vendor in loaded.vendor] == ["Zomentum", "CONNACT", "Zarget", "Montra", "Numonix"]
    assert [watch.vendor for watch in loaded.watches if not watch.enabled] == ["Zarget"]


@pytest.mark.parametrize("table", TABLES)
def test_the_shipped_config_teaches_every_key(table: str):
    model: type[BaseModel] = TABLES[table]
    known = set(model.model_fields)
    left_out = {"url"} if table == "channel" else {"policy"} if table == "vendor" else set()
    assert keys_by_table(EXAMPLE)[table] == known - left_out


def test_the_examples_in_the_shipped_config_are_valid():
    awake = re.sub(r"^(\s*)#(\w+ = |\[)", r"\1\2", EXAMPLE, flags=re.M)
    # What excludes each other in one table: the page and the pages.
    awake = re.sub(r"^\s*urls = .*$", "", awake, flags=re.M)
    loaded = parse(tomllib.loads(awake), ROOT / "config.toml")
    assert len(loaded.channel) == 3
    assert len(loaded.rule) == 2
    assert loaded.warnings == []


def test_only_the_makefile_s_tools_are_needed_to_set_up():
    text = (ROOT / "Makefile").read_text("utf-8")
    assert not re.search(r"\b(uv|poetry|hatch|pipx|conda|--group)\b", text)


def test_nothing_shipped_names_a_machine_or_a_package_index():
    files = [
        path
        for pattern in ("*.toml", "*.md", "Makefile", "docs/**/*.md", "systemd/*", "monitor/**/*.py", ".ci/*")
        for path in ROOT.glob(pattern)
        if path.is_file()
    ]
    assert len(files) > 20
    bad = re.compile(r"(?<![\w.])/(?:work|root|farm)/|index-url|find-links|://(?:pypi|files\.pythonhosted)")
    assert [str(path) for path in files if bad.search(path.read_text("utf-8"))] == []
