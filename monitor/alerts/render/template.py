"""A user's own wording of a channel's messages: Jinja2 in a sandbox, given plain values only.

What it makes is plain text for whatever medium, escaped there like any other. A template that fails never
stops an alert: the built-in rendering goes out instead, and says so.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from monitor.alerts.render.content import Message, commands, facts, headline
from monitor.alerts.render.content import action as action_of
from monitor.alerts.render.words import plain

LIMIT = 60_000
"""Characters that a template may make."""


class Template:
    """A template file; read at every use, so that an edit needs no restart."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fault(self) -> str | None:
        """Why no message can be made of it: it cannot be read, or is no template."""
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        try:
            ImmutableSandboxedEnvironment().parse(self.path.read_text("utf-8"))
        except OSError as error:
            return f"{self.path}: {error.strerror}"
        except Exception as error:  # whatever is wrong in it, its author wants to know
            return f"{self.path}: {_why(error)}"
        return None

    def apply(self, message: Message, *, json_wanted: bool = False) -> tuple[Message, str | None]:
        """The message and its wording; on a fault the message with a note about it, and None."""
        try:
            made = self._rendered(message)
            if json_wanted:
                json.loads(made)
        except Exception as error:  # whatever a user's template does, the alert goes out
            return replace(message, note=f"The template {self.path.name} failed: {_why(error)}"), None
        return message, made

    def _rendered(self, message: Message) -> str:
        from jinja2 import StrictUndefined
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
        template = environment.from_string(self.path.read_text("utf-8"))
        made = ""
        for piece in template.generate(values(message)):
            made += piece
            if len(made) > LIMIT:
                raise ValueError(f"it makes more than {LIMIT:,} characters")
        if not made.strip():
            raise ValueError("it makes nothing")
        return made


def values(message: Message) -> dict[str, Any]:
    """What a template sees: ``title``, ``digest``, ``message_id`` and ``alerts``, as the JSON webhook has them."""
    return {
        "title": plain(message.title),
        "digest": message.digest,
        "message_id": message.id,
        "alerts": [
            json.loads(json.dumps(alert.as_dict()))
            | {
                "headline": headline(alert),
                "facts": [list(fact) for fact in facts(alert)],
                "action": action_of(alert),
                "commands": commands(alert),
            }
            for alert in message.alerts
        ],
    }


def _why(error: Exception) -> str:
    line = getattr(error, "lineno", None)
    return plain(f"{type(error).__name__}{f', line {line}' if line else ''}: {error}", 200)
