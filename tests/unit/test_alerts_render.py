"""What vendors write never comes alive in a message, and every message keeps its receiver's limits."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from alert_samples import AT, PAGE, alert, blind, change
from monitor.alerts.render import Message
from monitor.alerts.render.atom import ATOM, atom
from monitor.alerts.render.calendar import calendar
from monitor.alerts.render.content import commands, headline, parts
from monitor.alerts.render.discord import discord, discord_words
from monitor.alerts.render.mail import mail
from monitor.alerts.render.page import redline_page
from monitor.alerts.render.slack import slack, slack_words
from monitor.alerts.render.teams import teams, teams_words
from monitor.alerts.render.template import Template
from monitor.alerts.render.text import text
from monitor.alerts.render.webhook import signature, webhook

EXAMPLES = int(os.environ.get("ALERT_EXAMPLES", "40"))
"""For each medium; 10000 is the bar that releases are held to."""

ATTACKS = (
    "<!channel>",
    "<!here|x>",
    "<@U012AB3CD>",
    "<#C1>",
    "<http://evil.example|bank>",
    "http://evil.example",
    "@everyone",
    "@here",
    "<@&123>",
    "[click](http://evil.example)",
    "*bold* _it_ ~strike~ `code`",
    "**b** ||spoiler|| > quote",
    "\n# heading\n- list",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><a href="javascript:alert(1)">',
    "</td></table><style>*{display:none}</style>",
    "\r\nBcc: all@evil.example\r\n\r\nbody",
    "\r\nEND:VEVENT\r\nBEGIN:VALARM",
    "=HYPERLINK(1)",
    "{{ 7*7 }}{% for x in y %}",
    "\x1b[31mred\x07\x00",
    "\u202egnp.exe\u2066",
    "\U000e0041tag",
    "\u2028line\u2029",
    "]]>&amp;&lt;",
    "x" * 5000,
    "😀" * 700,
    ":smile: &amp; %s %n {0}",
)
WORDS = st.lists(st.one_of(st.sampled_from(ATTACKS), st.text(max_size=60)), min_size=1, max_size=4).map(
    "".join
)
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\U000e0000-\U000e007f]"
)

hostile = given(words=WORDS)
often = settings(derandomize=True, deadline=None, max_examples=EXAMPLES)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def messages(words: str) -> list[Message]:
    one = alert(words)
    return [
        Message("m1", (one,), repeated=True, note=words),
        Message("m2", (one, alert(words, number=2), blind(words)), digest="daily"),
        Message("m3", (blind(words),)),
    ]


# ── Slack ────────────────────────────────────────────────────────────────────────────────────────────────────────


def check_blocks(payload: dict[str, Any]) -> None:
    """What Slack refuses (docs.slack.dev, Block Kit), and less: 2,900 characters in a block."""
    blocks = payload["blocks"]
    assert 1 <= len(blocks) <= 50
    assert len(payload["text"]) <= 4000
    for block in blocks:
        match block["type"]:
            case "header":
                assert block["text"]["type"] == "plain_text"
                assert 1 <= len(block["text"]["text"]) <= 150
            case "section":
                assert block["text"]["type"] == "plain_text"
                assert 1 <= len(block["text"]["text"]) <= 2900
            case "context":
                assert 1 <= len(block["elements"]) <= 10
                assert all(
                    e["type"] == "plain_text" and 1 <= len(e["text"]) <= 2000 for e in block["elements"]
                )
            case "divider":
                assert set(block) == {"type"}
            case "rich_text":
                check_rich(block)
            case other:
                raise AssertionError(other)


def check_rich(block: dict[str, Any]) -> None:
    size = 0
    assert block["elements"]
    for element in block["elements"]:
        assert element["type"] in ("rich_text_section", "rich_text_quote", "rich_text_preformatted")
        assert element["elements"]
        for run in element["elements"]:
            if run["type"] == "link":
                assert run["url"] == PAGE
            else:
                assert run["type"] == "text"
                assert set(run.get("style", {})) <= {"bold", "strike"}
            assert run["text"]
            size += len(run["text"])
    assert size <= 2900


@hostile
@often
def test_slack_shows_words_and_runs_none(words: str) -> None:
    for message in messages(words):
        payload = slack(message)
        check_blocks(payload)
        assert not re.search("[<>]", payload["text"])
        for part in strings(payload["blocks"]):
            if part != PAGE:
                assert not re.search("<[!@#]|<http|://|@(channel|here|everyone)", part)
                assert not CONTROL.search(part)
    check_blocks(slack_words(words))


# ── Discord ──────────────────────────────────────────────────────────────────────────────────────────────────────


@hostile
@often
def test_discord_shows_words_and_runs_none(words: str) -> None:
    for payload in [*map(discord, messages(words)), discord_words(words)]:
        assert payload["allowed_mentions"] == {"parse": []}
        assert len(payload.get("content", "")) <= 2000
        embeds = payload["embeds"]
        assert 1 <= len(embeds) <= 10
        assert sum(len(e.get("title", "")) + len(e["description"]) for e in embeds) <= 6000
        for embed in embeds:
            assert len(embed.get("title", "")) <= 256
            assert 1 <= len(embed["description"]) <= 4096
            assert embed.get("url", PAGE) == PAGE
        for part in strings(
            [payload.get("content", ""), *([e.get("title", ""), e["description"]] for e in embeds)]
        ):
            assert not CONTROL.search(part)
            assert not re.search(r"@(everyone|here)|://", part)
            live = re.sub(r"\\.", "", part, flags=re.DOTALL)
            assert not re.search(r"[<\[\]_|]|^[#-]", live, re.MULTILINE)


# ── Teams ────────────────────────────────────────────────────────────────────────────────────────────────────────


@hostile
@often
def test_teams_shows_words_and_runs_none(words: str) -> None:
    for payload in [*map(teams, messages(words)), teams_words(words)]:
        assert len(json.dumps(payload, ensure_ascii=False).encode()) <= 28_000
        [attachment] = payload["attachments"]
        card = attachment["content"]
        assert card["body"]
        assert all(action["url"] == PAGE for action in card.get("actions", []))
        kinds = re.findall(r'"type": "(\w+)"', json.dumps(card["body"]))
        assert set(kinds) <= {"RichTextBlock", "TextRun", "Container"}  # a TextBlock would read markdown
        for part in strings(card["body"]):
            assert "://" not in part
            assert not CONTROL.search(part)


# ── mail ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def letter(message: Message, **more: Any) -> EmailMessage:
    made = mail(
        message,
        channel="legal",
        sender=("policy-monitor", "monitor@customer.example"),
        to=[("Legal, team", "legal@customer.example")],
        at=AT,
        **more,
    )
    back = message_from_bytes(made.as_bytes(), policy=policy.default)
    assert isinstance(back, EmailMessage)
    return back


HEADERS = {
    "Subject", "From", "To", "Date", "Message-ID", "List-Id", "Auto-Submitted", "X-Auto-Response-Suppress",
    "In-Reply-To", "References", "Importance", "X-Priority", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding",
}  # fmt: skip
TAGS = {
    "html", "head", "meta", "title", "style", "body", "table", "tr", "td", "div", "span", "strong", "a", "code",
    "del", "ins", "tbody",
}  # fmt: skip


@hostile
@settings(often, max_examples=EXAMPLES if EXAMPLES > 1000 else 12)  # a mail takes ten times as long
def test_a_mail_shows_words_and_runs_none(words: str) -> None:
    for message in messages(words):
        made = letter(message)
        assert set(made.keys()) <= HEADERS
        assert len(made.get_all("To")) == 1
        assert made["To"].addresses[0].addr_spec == "legal@customer.example"
        plain = made.get_body(("plain",)).get_content()
        assert not CONTROL.search(plain)
        assert "://" not in plain.replace(PAGE, "")
        page = made.get_body(("html",)).get_content()
        for source in [page, *(part.get_content() for part in made.iter_attachments())]:
            check_page(source if isinstance(source, str) else source.decode())


def check_page(source: str) -> None:
    assert not CONTROL.search(source)
    tree = lxml_html.document_fromstring(source)
    elements = list(tree.iter())
    assert {element.tag for element in elements} <= TAGS
    assert len(tree.findall(".//style")) == 1
    for element in elements:
        assert not [name for name in element.attrib if name.startswith("on") or name == "src"]
    assert {element.get("href") for element in tree.findall(".//a")} <= {PAGE}
    assert "://" not in tree.text_content()


def test_a_mail_is_text_first_and_threads_its_policy() -> None:
    one, other = letter(Message("m1", (alert(),))), letter(Message("m2", (alert(number=2),)))
    assert [part.get_content_type() for part in one.iter_parts()] == ["text/plain", "text/html"]
    assert one["Message-ID"] == "<m1@customer.example>"
    assert one["References"] == other["References"]
    assert "<legal.policy-monitor.customer.example>" in one["List-Id"]
    assert one["Subject"].startswith("HIGH · Acme backups · privacy: Retention of backups grows.")
    text_part = one.get_body(("plain",)).get_content()
    assert "[-30 days backups-]{+90 days backups+}" in text_part
    for told in (
        "legal@customer.example",
        "2026-04-03",
        "policy-monitor ack 100 101",
        "did not",
        PAGE,
        "#100",
    ):
        assert told in text_part
    digest = letter(Message("m3", (alert(), alert(number=2), blind()), digest="daily"))
    assert digest["Subject"] == "3 alerts (2 high): Acme backups, Acme"


def test_what_a_mail_leaves_out_it_says_and_attaches() -> None:
    clauses = tuple(change(f"clause{number}", size=20) for number in range(200))
    made = letter(Message("m1", (alert(changes=clauses),)))
    [attached] = made.iter_attachments()
    whole = attached.get_content()
    assert "clause199: 30" in (whole if isinstance(whole, str) else whole.decode())
    page = made.get_body(("html",)).get_content()
    assert len(page.encode()) < 102_000
    assert "more changed clauses" in page
    assert "clause199: 30" not in page
    assert "left out here" in made.get_body(("plain",)).get_content()


def test_a_digest_mail_stays_below_what_gmail_shows_and_names_every_alert() -> None:
    clauses = tuple(change(f"clause{number}", size=5) for number in range(50))
    alerts = tuple(alert(f"thing{number}", number=number, changes=clauses) for number in range(40))
    made = letter(Message("m", alerts, digest="daily"))
    page = made.get_body(("html",)).get_content()
    assert len(page.encode()) < 102_000
    assert all(f"Retention of thing{number} grows." in page for number in range(40))
    assert "more alerts of the list above" in page
    [attached] = made.iter_attachments()
    whole = attached.get_content()
    whole = whole if isinstance(whole, str) else whole.decode()
    assert whole.count("Why: clause49: 30") == 40


# ── text, JSON, Atom, calendar ───────────────────────────────────────────────────────────────────────────────────


@hostile
@often
def test_text_holds_no_control_and_no_link_of_a_vendor(words: str) -> None:
    for message in messages(words):
        made = text(message, limit=3000)
        assert not CONTROL.search(made)
        assert "://" not in made.replace(PAGE, "")
        assert "@everyone" not in made


@hostile
@often
def test_json_carries_the_exact_words_and_the_same_signature(words: str) -> None:
    one = alert(words)
    body = webhook(Message("m1", (one,)))
    told = json.loads(body)
    assert {name: told[name] for name in one.as_dict()} == one.as_dict()
    assert told["comparison"]["changes"][0]["words"][1] == ["delete", f"30 days {words}"]
    assert body.isascii()
    assert signature(body, "k") == signature(webhook(Message("m1", (one,))), "k")
    assert json.loads(webhook(messages(words)[1]))["alerts"][1]["key"] == "change:acme/privacy:2"


@hostile
@often
def test_a_feed_and_a_calendar_hold_what_we_put_in(words: str) -> None:
    feed = atom(None, Message("m1", (alert(words),)), title="t", at=AT)
    feed = atom(feed, Message("m2", (alert(words), alert(words, number=2))), title="t", at=AT)
    entries = ET.fromstring(feed).findall(f"{{{ATOM}}}entry")
    assert [entry.findtext(f"{{{ATOM}}}id") for entry in entries] == [
        "urn:policy-monitor:change:acme/privacy:2",
        "urn:policy-monitor:change:acme/privacy:1",
    ]
    assert {link.get("href") for entry in entries for link in entry.findall(f"{{{ATOM}}}link")} == {PAGE}
    dates = calendar(None, Message("m1", (alert(words),)), at=AT)
    dates = calendar(dates, Message("m2", (alert(words), alert(words, number=2))), at=AT)
    assert all(len(line.encode()) <= 75 for line in dates.split("\r\n"))
    lines = dates.replace("\r\n ", "").split("\r\n")
    names = {re.split("[:;]", line)[0] for line in lines if line}
    assert names <= {"BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "UID", "DTSTAMP", "DTSTART", "DTEND",
                     "SUMMARY", "DESCRIPTION", "TRANSP"}  # fmt: skip
    assert lines.count("BEGIN:VEVENT") == 4
    assert lines.count("DTSTART;VALUE=DATE:20260403") == 2


# ── templates ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_guide_s_template_works_for_every_alert(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "docs/guides/alerts.md").read_text("utf-8")
    (tmp_path / "t.j2").write_text(guide.split("```jinja\n")[1].split("```")[0])
    message, made = Template(tmp_path / "t.j2").apply(Message("m", (alert(), blind())))
    assert message.note == ""
    assert "We keep backups for 30 days. → We keep backups for 90 days." in (made or "")


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("{{ title }}: {{ alerts[0].comparison.changes[0].after }}", None),
        ("{% for alert in alerts %}{{ alert.headline }} {{ alert.facts[0][1] }}{% endfor %}", None),
        ("{{ missing }}", "missing"),
        ("{% if %}", "line 1"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ alerts.append(1) }}", "unsafe"),
        ("{% for i in range(99999) %}{{ title }}{% endfor %}", "60,000"),
        ("  ", "makes nothing"),
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
    ],
)
def test_a_template_is_used_or_its_fault_is_told(tmp_path: Path, source: str, fault: str | None) -> None:
    file = tmp_path / "t.j2"
    file.write_text(source)
    message, made = Template(file).apply(Message("m", (alert(),)))
    if fault is None:
        assert made is not None
        assert "backups" in made
    else:
        assert made is None
        assert fault in message.note
        assert message.note in text(message).replace("\n", " ").replace("\u2060", "")


def test_a_missing_template_is_told(tmp_path: Path) -> None:
    message, made = Template(tmp_path / "none.j2").apply(Message("m", (alert(),)))
    assert made is None
    assert "FileNotFoundError" in message.note


# ── much, and long ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_huge_alert_keeps_every_limit_and_says_what_is_left_out() -> None:
    clauses = tuple(change(f"clause{number}", size=100) for number in range(300))
    message = Message("m", (alert(changes=clauses),))
    payload = slack(message)
    check_blocks(payload)
    assert "left out here" in json.dumps(payload)
    assert "left out here" in json.dumps(teams(message))
    assert "left out here" in json.dumps(discord(message))
    assert "left out here" in text(message, limit=1500)
    assert len(text(message, limit=1500)) < 4000


def test_a_full_digest_names_every_alert_everywhere() -> None:
    alerts = tuple(alert(f"thing{number}", number=number) for number in range(10))
    message = Message("m", alerts, digest="daily")
    for payload in (slack(message), discord(message), teams(message), text(message, limit=1500)):
        for number in range(10):
            assert f"thing{number}" in json.dumps(payload)
    check_blocks(slack(Message("m", tuple(alert(f"t{number}", number=number) for number in range(20)))))


def test_a_small_alert_is_whole() -> None:
    message = Message("m", (alert(),))
    for payload in (
        slack(message),
        discord(message),
        teams(message),
        text(message),
        letter(message).as_string(),
    ):
        assert "…" not in json.dumps(payload, ensure_ascii=False)


def test_the_weightiest_clause_leads_and_cosmetics_are_counted() -> None:
    light = change("light", severity="low")
    heavy = change("heavy")
    made = parts(alert(changes=(light, heavy)))
    assert [part.where for part in made] == ["4.2 Data › heavy", "4.2 Data › light"]
    assert [part.id for part in made] == [101, 100]
    assert commands(alert(changes=(light, heavy)))[:2] == [
        "policy-monitor ack 100 101",
        "policy-monitor show 101",
    ]
    assert headline(blind()) == (
        "BLIND · Acme · privacy: The privacy page cannot be read any more; changes to it would go unseen."
    )


def test_reasons_are_few_and_say_how_much_they_weigh_only_where_that_differs() -> None:
    one = change("heavy")
    findings = tuple(
        replace(one.findings[0], reason=f"reason {number}", rule=str(number)) for number in range(6)
    )
    light = replace(findings[0], severity="low", reason="lighter")
    [part] = parts(alert(changes=(replace(one, findings=(findings[1], light)),)))
    assert part.reasons == ("reason 1", "lighter (low)")
    editorial = replace(one, verdict="editorial", severity=None, findings=(replace(light, kind="editorial"),))
    [part] = parts(alert(changes=(editorial,)))
    assert part.reasons == ("lighter",)
    [part] = parts(alert(changes=(replace(one, findings=findings),)))
    assert part.reasons == ("reason 0", "reason 1", "reason 2 (and 3 more reasons)")


def test_a_redline_of_two_files_asks_nobody_to_acknowledge_it() -> None:
    comparison = alert().comparison
    assert comparison is not None
    page = redline_page(comparison, before="old.html", after="new.html")
    assert "decide whether you can accept them." in page
    assert "acknowledge" not in page
    assert "Channel:" not in page
