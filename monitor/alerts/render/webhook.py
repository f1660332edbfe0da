"""JSON for machines: the alert as it is stored, exact words and all; several of them in a digest."""

from __future__ import annotations

import hashlib
import hmac
import json

from monitor.alerts.render.content import Message


def webhook(message: Message) -> bytes:
    """The body of a generic JSON webhook: ASCII, keys sorted, so the same message has the same signature."""
    if len(message.alerts) == 1:
        payload = message.alerts[0].as_dict()
    else:
        payload = {
            "kind": "digest",
            "digest": message.digest,
            "alerts": [alert.as_dict() for alert in message.alerts],
        }
    payload |= {"message_id": message.id, "title": message.title, "repeated": message.repeated}
    if message.chain_head:
        payload["chain_head"] = {"record": message.chain_head[0], "sha256": message.chain_head[1]}
    if message.note:
        payload["note"] = message.note
    return json.dumps(payload, sort_keys=True).encode()


def signature(body: bytes, secret: str) -> str:
    """``sha256=…``, the HMAC of the body, for the header ``X-Hub-Signature-256``."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
