"""The mail sender against real SMTP servers: STARTTLS, passwords, refusals, recipients."""

from __future__ import annotations

import ssl
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import trustme

from receivers import mail

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from alert_samples import alert
from monitor.alerts.channels import Channel, open_channel
from monitor.alerts.render import Message
from monitor.config import Config
from monitor.errors import SendError

MESSAGE = Message("m1", (alert(),))
WHO = "from=monitor@customer.example&to=legal@customer.example,security@customer.example"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def served(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


def channel(url: str, ca_file: Path | None = None, **more: Any) -> Channel:
    config = Config.model_validate(
        {"monitor": {"ca_file": ca_file}, "channel": [{"name": "legal", "url": url, **more}]}
    )
    return open_channel(config.channel[0], config)


async def test_a_mail_arrives_over_starttls_with_a_password(authority: trustme.CA, tmp_path: Path) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with mail(served(authority), "pa ss@word") as server:
        secret = quote("pa ss@word", safe="")
        url = f"mailto://me:{secret}@localhost:{server.port}?mode=starttls&{WHO}&name=Policy%20watch"
        await channel(url, tmp_path / "ca.pem").send(MESSAGE)
    assert server.tls == [True]
    assert server.recipients == [["legal@customer.example", "security@customer.example"]]
    [letter] = server.received
    assert letter["From"] == "Policy watch <monitor@customer.example>"
    assert letter["Message-ID"] == "<m1@customer.example>"
    assert letter["Subject"].startswith("HIGH · Acme backups")
    assert "[-30 days backups-]" in letter.get_body(("plain",)).get_content()
    assert "<del" in letter.get_body(("html",)).get_content()


async def test_a_certificate_that_is_not_trusted_is_not_talked_to(authority: trustme.CA) -> None:
    with mail(served(authority)) as server:
        with pytest.raises(SendError, match="SSLCertVerificationError") as raised:
            await channel(f"mailto://localhost:{server.port}?mode=starttls&{WHO}").send(MESSAGE)
        assert not server.received
    assert not raised.value.permanent


async def test_tls_from_the_start(authority: trustme.CA, tmp_path: Path) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with mail(served(authority), implicit=True) as server:
        await channel(f"mailtos://localhost:{server.port}?mode=ssl&{WHO}", tmp_path / "ca.pem").send(MESSAGE)
        assert len(server.received) == 1


async def test_a_wrong_password_may_be_corrected_and_is_not_told(
    authority: trustme.CA, tmp_path: Path
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with mail(served(authority), "right") as server:
        url = f"mailto://me:wr0ng@localhost:{server.port}?mode=starttls&{WHO}"
        with pytest.raises(SendError, match="refused user or password") as raised:
            await channel(url, tmp_path / "ca.pem").send(MESSAGE)
    assert not raised.value.permanent
    assert "wr0ng" not in str(raised.value)


@pytest.mark.parametrize(
    ("refuse", "words", "permanent"),
    [
        ({"DATA": "554 No"}, r"refused the message \(554\)", True),
        ({"DATA": "451 Later"}, r"refused the message \(451\)", False),
        ({"legal@customer.example": "550 Who?", "security@customer.example": "550 Who?"}, "2 of 2", True),
        ({"legal@customer.example": "450 Grey"}, "1 of 2", False),
    ],
)
async def test_refusals(refuse: dict[str, str], words: str, permanent: bool) -> None:
    with mail() as server:
        server.refuse = refuse
        with pytest.raises(SendError, match=words) as raised:
            await channel(f"mailto://127.0.0.1:{server.port}?mode=insecure&{WHO}").send(MESSAGE)
    assert raised.value.permanent is permanent
    assert "customer.example" not in str(raised.value)


async def test_who_has_it_does_not_get_it_again(authority: trustme.CA) -> None:
    with mail() as server:
        opened = channel(f"mailto://127.0.0.1:{server.port}?mode=insecure&{WHO}")
        server.refuse = {"legal@customer.example": "450 Greylisted"}
        with pytest.raises(SendError):
            await opened.send(MESSAGE)
        server.refuse = {}
        await opened.send(MESSAGE)
    assert server.recipients == [["security@customer.example"], ["legal@customer.example"]]


async def test_nobody_listens() -> None:
    with pytest.raises(SendError, match="cannot talk to the mail server") as raised:
        await channel(f"mailto://127.0.0.1:1?mode=insecure&{WHO}").send(MESSAGE)
    assert not raised.value.permanent


async def test_a_template_makes_the_text(tmp_path: Path) -> None:
    (tmp_path / "t.j2").write_text("{{ title }}\nsecond line")
    with mail() as server:
        url = f"mailto://127.0.0.1:{server.port}?mode=insecure&{WHO}"
        await channel(url, template=str(tmp_path / "t.j2")).send(MESSAGE)
    [letter] = server.received
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content().splitlines()[1] == "second line"
