"""systemd's notify protocol: one datagram a message, nothing where systemd does not listen (``sd_notify(3)``)."""

from __future__ import annotations

import logging
import os
import socket

log = logging.getLogger(__name__)

PATIENCE = 0.1
"""Seconds that a message may wait for a listener who does not read: everything else waits with it."""


class Notifier:
    """Speaks to ``$NOTIFY_SOCKET``, if there is one."""

    def __init__(self) -> None:
        address = os.environ.get("NOTIFY_SOCKET", "")
        self.address = "\0" + address[1:] if address.startswith("@") else address

    def tell(self, message: str) -> None:
        """Send ``READY=1``, ``WATCHDOG=1``, ``STATUS=…``, …; a deaf socket is logged, never an error."""
        if not self.address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.settimeout(PATIENCE)
                sender.sendto(message.encode(), self.address)
        except OSError as error:
            log.warning("systemd does not listen: %s", error)
