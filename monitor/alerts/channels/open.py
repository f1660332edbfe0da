"""Which sender serves an address."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from monitor.alerts.channels import Channel, Medium
from monitor.alerts.channels.files import file_channel
from monitor.alerts.channels.post import Server
from monitor.alerts.channels.tail import service_of, tail
from monitor.alerts.channels.web import Receiver, post, post_json
from monitor.alerts.render import Message
from monitor.alerts.render.discord import discord, discord_words
from monitor.alerts.render.mail import mail
from monitor.alerts.render.slack import slack, slack_words
from monitor.alerts.render.teams import teams, teams_words
from monitor.alerts.render.template import Template
from monitor.alerts.render.webhook import signature, webhook
from monitor.config import ChannelTable, Config
from monitor.errors import ConfigError, SendError

CHAT: dict[Medium, tuple[Callable[[Message], Any], Callable[[str], Any], float, int]] = {
    # medium: rendering, rendering of a user's own text, seconds between messages, alerts in a message
    "slack": (slack, slack_words, 1.1, 20),
    "discord": (discord, discord_words, 2.1, 10),
    "teams": (teams, teams_words, 1.1, 10),
}


def opened(table: ChannelTable, config: Config) -> Channel:
    """See ``open_channel``."""
    address = table.address.resolve(config.folder)
    scheme = address.partition(":")[0].lower()
    template = Template(config.folder / table.template) if table.template else None
    if scheme in ("atom", "ics"):
        path = address.partition(":")[2].removeprefix("//")
        if not path:
            raise ConfigError([f'[[channel]] "{table.name}": name the file: {scheme}:NAME'])
        return file_channel(table.name, scheme, config.folder / path)
    for medium in CHAT:
        if scheme in (f"{medium}+http", f"{medium}+https"):
            url = address.partition("+")[2]
            if not _has_host(url):
                raise ConfigError([f'[[channel]] "{table.name}": the address behind {scheme}:// is none'])
            return _chat(table.name, medium, _receiver(config, url=url), template)
    service = service_of(table.name, address)
    kind = type(service).__name__
    if kind == "NotifySlack":
        return _slack(table.name, service, config, template)
    if kind == "NotifyDiscord":
        path = f"{quote(service.webhook_id, safe='')}/{quote(service.webhook_token, safe='')}"
        receiver = _receiver(config, url=f"https://discord.com/api/webhooks/{path}?wait=true")
        return _chat(table.name, "discord", receiver, template)
    if kind == "NotifyWorkflows":
        return _chat(table.name, "teams", _receiver(config, url=_workflow(service)), template)
    if kind == "NotifyJSON":
        return _json(table, service, config, template)
    if kind == "NotifyEmail":
        return _mail(table.name, service, config, template)
    return tail(table.name, service, template)


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # no port, no IPv6 address
        return False


def _receiver(config: Config, *, url: str, **more: Any) -> Receiver:
    proxy, ca_file = config.monitor.proxy, config.monitor.ca_file
    return Receiver(
        url=url,
        proxy=proxy.resolve(config.folder) if proxy and not _loopback(url) else None,
        ca_file=config.folder / ca_file if ca_file else None,
        **more,
    )


def _loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _chat(name: str, medium: Medium, receiver: Receiver, template: Template | None) -> Channel:
    render, words, gap, capacity = CHAT[medium]

    def payload(message: Message) -> Any:
        if template is not None:
            message, own = template.apply(message)
            if own is not None:
                return words(own)
        return render(message)

    async def send(message: Message) -> None:
        await post_json(receiver, payload(message))

    return Channel(name, medium, send, lambda message: _pretty(payload(message)), gap, capacity)


def _slack(name: str, service: Any, config: Config, template: Template | None) -> Channel:
    if service.mode == "hook":
        tokens = "/".join(
            quote(part, safe="") for part in (service.token_a, service.token_b, service.token_c)
        )
        url = f"https://hooks.slack.com/services/{tokens}"
        return _chat(name, "slack", _receiver(config, url=url), template)
    channels = [channel for channel in service.channels if channel]
    if len(channels) != 1:
        raise ConfigError([f'[[channel]] "{name}": name one Slack channel: slack://token/#channel'])
    receiver = _receiver(
        config,
        url="https://slack.com/api/chat.postMessage",
        headers={"Authorization": f"Bearer {service.access_token}"},
    )
    chat = _chat(name, "slack", receiver, template)

    async def send(message: Message) -> None:
        payload = json.loads(chat.show(message)) | {"channel": channels[0]}
        check_slack(await post_json(receiver, payload))

    return Channel(name, "slack", send, chat.show, chat.gap, chat.capacity)


def check_slack(answer: bytes) -> None:
    """Slack's API answers 200 to everything and says in the body whether it took it."""
    try:
        told = json.loads(answer)
    except ValueError:
        raise SendError("answered 200, but not in Slack's words") from None
    if told.get("ok") is not True:
        error = str(told.get("error", "unknown_error"))[:60]
        passing = ("ratelimited", "internal_error", "fatal_error", "request_timeout", "service_unavailable")
        raise SendError(f"Slack says {error}", permanent=error not in passing)


def _workflow(service: Any) -> str:
    port = f":{service.port}" if service.port and service.port != 443 else ""
    automate = "/powerautomate/automations/direct" if service.power_automate else ""
    query = urlencode(
        {
            "api-version": service.api_version,
            "sp": "/triggers/manual/run",
            "sv": "1.0",
            "sig": service.signature,
        }
    )
    path = f"{automate}/workflows/{quote(service.workflow, safe='')}/triggers/manual/paths/invoke"
    return f"https://{service.host}{port}{path}?{query}"


def _json(table: ChannelTable, service: Any, config: Config, template: Template | None) -> Channel:
    port = f":{service.port}" if service.port else ""
    query = f"?{urlencode(service.params)}" if service.params else ""
    host = f"[{service.host.strip('[]')}]" if ":" in service.host else service.host
    receiver = _receiver(
        config,
        url=f"{'https' if service.secure else 'http'}://{host}{port}{quote(service.fullpath or '/')}{query}",
        method=service.method,
        headers=dict(service.headers),
        auth=(service.user, service.password or "") if service.user else None,
        verify=bool(service.verify_certificate),
    )
    secret = table.secret.resolve(config.folder) if table.secret else None

    def body(message: Message) -> bytes:
        if template is not None:
            message, own = template.apply(message, json_wanted=True)
            if own is not None:
                return own.encode()
        return webhook(message)

    async def send(message: Message) -> None:
        content = body(message)
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.id}
        if secret is not None:
            headers["X-Hub-Signature-256"] = signature(content, secret)
        await post(receiver, content, headers)

    return Channel(table.name, "json", send, lambda message: _pretty(json.loads(body(message))), 0.0, 100)


def _mail(name: str, service: Any, config: Config, template: Template | None) -> Channel:
    ca_file = config.monitor.ca_file
    sender = (service.from_addr[0] or "policy-monitor", service.from_addr[1])
    server = Server(
        host=service.smtp_host or service.host,
        port=service.port or {"insecure": 25, "starttls": 587, "ssl": 465}[service.secure_mode],
        security=service.secure_mode,
        sender=sender,
        to=[(person or "", address) for person, address in service.targets] or [sender],
        cc=[(service.names.get(address) or "", address) for address in sorted(service.cc)],
        bcc=[("", address) for address in sorted(service.bcc)],
        reply_to=[(service.names.get(address) or "", address) for address in sorted(service.reply_to)],
        user=service.user,
        password=service.password,
        verify=bool(service.verify_certificate),
        ca_file=config.folder / ca_file if ca_file else None,
    )

    def letter(message: Message) -> Any:
        own = None
        if template is not None:
            message, own = template.apply(message)
        return mail(
            message,
            channel=name,
            sender=server.sender,
            to=server.to,
            cc=server.cc,
            reply_to=server.reply_to,
            at=datetime.now(UTC),
            own_text=own,
        )

    async def send(message: Message) -> None:
        await server.send(letter(message))

    return Channel(name, "mail", send, lambda message: _readable(letter(message)), 1.0, 40)


def _readable(letter: Any) -> str:
    """Headers and the text part: what a preview on a terminal can show of a mail."""
    headers = [
        f"{name}: {letter[name]}"
        for name in ("Subject", "Message-ID", "References", "List-Id")
        if letter[name]
    ]
    return "\n".join(headers) + "\n\n" + str(letter.get_body(("plain",)).get_content())


def _pretty(payload: Any) -> str:
    return json.dumps(payload, ensure_ascii=False, indent=2)
