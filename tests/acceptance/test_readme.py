"""README and guides: commands exist, files are there, examples work."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from monitor.cli import COMMANDS, root
from monitor.config import parse, tables

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def fences(path: Path, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", path.read_text("utf-8"), re.S | re.M)


def commands() -> list[tuple[str, str]]:
    """Every line after a prompt, on any page."""
    return [
        (path.name, line.removeprefix("$ ").strip())
        for path in PAGES
        for block in fences(path, "console")
        for line in block.splitlines()
        if line.startswith("$ ")
    ]


def understood(words: list[str]) -> None:
    """Have the program parse a command line without running it; raises where it does not understand."""
    while words[0] in ("--config", "--state"):
        words = words[2:]
    command: click.Command = root
    context = click.Context(root)
    while isinstance(command, click.Group):
        found = command.get_command(context, words[0])
        assert found is not None, words[0]
        command, words = found, words[1:]
    command.make_context("policy-monitor", list(words))


@pytest.mark.parametrize(("page", "line"), commands())
def test_every_command_of_the_docs_is_one(page: str, line: str, tmp_path: Path):
    words = shlex.split(line, comments=True)
    if words[0] == "sudo":
        words = words[3:] if words[1] == "-u" else words[1:]
    if words[0] == "make":
        targets = [word for word in words[1:] if "=" not in word]
        done = subprocess.run(["make", "-n", *targets], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    elif Path(words[0]).name == "policy-monitor":
        understood(words[1:])
    else:
        assert words[0] in ("pip", "python3", "systemctl", "pg_dump", "pg_restore", ".ci/run") or words[
            0
        ].endswith("/pip"), line


def test_the_two_commands_are_those_of_the_readme():
    console = fences(ROOT / "README.md", "console")
    assert console[0] == "$ make run\n$ make test\n"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_readme_s_config_is_one():
    [example] = fences(ROOT / "README.md", "toml")
    assert parse(tomllib.loads(example)).warnings == []


def test_the_configuration_guide_names_every_key():
    text = (ROOT / "docs/guides/configuration.md").read_text("utf-8")
    named = set(re.findall(r"`(\w+)`", text)) | set(re.findall(r"`(\w+) = ", text))
    for table in ("Monitor", "Schedule", "Alerts", "Channel", "Vendor", "Policy", "Rule"):
        known = set(getattr(tables, f"{table}Table").model_fields) - {"policy"}
        assert known <= named, (table, known - named)


def test_the_command_guide_names_every_command_and_option():
    text = (ROOT / "docs/guides/cli.md").read_text("utf-8")
    for name in COMMANDS:
        assert re.search(rf"^### `{name}\b", text, re.M), name
        command = root.get_command(click.Context(root), name)
        assert command is not None
        parts = command.commands.values() if isinstance(command, click.Group) else [command]
        section = text.split(f"### `{name}")[1].split("\n### ")[0]
        for option in (p for part in parts for p in part.params if isinstance(p, click.Option)):
            common = {"--json", "--quiet", "--verbose", "--debug", "--config", "--state", "--help"}
            if not option.hidden and not common & set(option.opts):
                assert option.opts[-1] in section, (name, option.opts)


def test_exit_codes_are_those_of_the_readme(tmp_path: Path):
    """``diff`` on files: what the table promises."""
    page = "<main><h1>Privacy</h1>" + "<p>{}</p>" * 3 + "</main>"
    old = page.format(
        "We keep your personal data for 30 days after you close your account.",
        "You can find an overview of our cookies on a separate page.",
        "Write to privacy@vendor.example with any question about this notice.",
    )
    (tmp_path / "old.html").write_text(old, "utf-8")
    (tmp_path / "same.html").write_text(f"<nav>Home</nav>{old}", "utf-8")
    (tmp_path / "longer.html").write_text(old.replace("30 days", "180 days"), "utf-8")
    (tmp_path / "other.html").write_text(old.replace("separate", "different"), "utf-8")

    def diff(new: str) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-c", "from monitor.cli import main; main()", "diff", "old.html", new]
        return subprocess.run(program, cwd=tmp_path, capture_output=True, text=True)

    assert diff("same.html").returncode == 0
    longer = diff("longer.html")
    assert longer.returncode == 20
    assert "180" in longer.stdout
    assert diff("other.html").returncode == 10
    missing = diff("missing.html")
    assert missing.returncode == 2
    assert "missing.html" in missing.stderr
