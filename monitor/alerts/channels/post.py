"""The mail sender: smtplib in a thread, with the server's answer read for whether trying again can help."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from monitor.alerts.render.mail import Person
from monitor.errors import SendError

SECONDS = 20.0
"""For each step of the conversation."""


@dataclass(slots=True)
class Server:
    """A mail server, and who is written to."""

    host: str
    port: int
    security: Literal["insecure", "starttls", "ssl"]
    sender: Person
    to: Sequence[Person]
    cc: Sequence[Person] = ()
    bcc: Sequence[Person] = ()
    reply_to: Sequence[Person] = ()
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    verify: bool = True
    ca_file: Path | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _taken: dict[str, set[str]] = field(default_factory=dict, repr=False)
    """By Message-ID the recipients that a server took before it failed for others: they get no second copy."""

    async def send(self, letter: EmailMessage) -> None:
        """Hand a mail over.

        Raises:
            SendError: the server did not take it for everybody; a 5xx answer to sender, recipient or content
                is permanent, all else (also a refused password: somebody will correct it) may pass.
        """
        await asyncio.to_thread(self._send, letter)

    def _send(self, letter: EmailMessage) -> None:
        try:
            connection = self._connected()
            try:
                self._hand_over(connection, letter)
            finally:
                _part(connection)
        except smtplib.SMTPAuthenticationError as error:
            raise SendError(f"the mail server refused user or password ({error.smtp_code})") from None
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            permanent = 500 <= error.smtp_code < 600
            raise SendError(
                f"the mail server refused the message ({error.smtp_code})", permanent=permanent
            ) from None
        except smtplib.SMTPResponseException as error:
            raise SendError(f"the mail server answered {error.smtp_code}") from None
        except TimeoutError:
            raise SendError("the mail server did not answer in time") from None
        except (smtplib.SMTPException, ssl.SSLError, OSError, ValueError) as error:
            raise SendError(f"cannot talk to the mail server ({type(error).__name__})") from None

    def _connected(self) -> smtplib.SMTP:
        context = self._context() if self.security != "insecure" else None
        if self.security == "ssl":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=SECONDS, context=context
            )
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        try:
            if self.security == "starttls":
                connection.starttls(context=context)
            if self.user and self.password:
                connection.login(self.user, self.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self.ca_file is not None:
            context.load_verify_locations(self.ca_file)
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _hand_over(self, connection: smtplib.SMTP, letter: EmailMessage) -> None:
        taken = self._taken.setdefault(letter["Message-ID"], set())
        everybody = dict.fromkeys(address for _, address in (*self.to, *self.cc, *self.bcc))
        left = [address for address in everybody if address not in taken]
        try:
            refused = connection.send_message(letter, self.sender[1], left) if left else {}
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
        taken |= set(left) - set(refused)
        if not refused:
            self._taken.pop(letter["Message-ID"], None)
            return
        codes = sorted({code for code, _ in refused.values()})
        permanent = all(code >= 500 for code in codes)
        raise SendError(
            f"{len(refused)} of {len(everybody)} recipients refused ({', '.join(map(str, codes))})",
            permanent=permanent,
        )


def _part(connection: smtplib.SMTP) -> None:
    """Say goodbye; a server that hangs up after it took the mail has taken it."""
    with suppress(smtplib.SMTPException, OSError):
        connection.quit()
    connection.close()
