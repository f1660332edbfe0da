"""The raw responses as a WARC 1.1 file, which web archives and their tools read (ISO 28500)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from monitor import __version__

CHANGED = ("content-encoding", "transfer-encoding", "content-length")
"""Headers of the wire that no longer hold for the bytes as they are kept: inflated, whole."""


def available() -> bool:
    """Whether the extra ``evidence`` is installed."""
    from importlib.util import find_spec

    return find_spec("warcio") is not None


def write_warc(target: Path, snapshots: Iterable[tuple[dict[str, Any], bytes]]) -> None:
    """Write each snapshot (its row, its bytes) as a response record and its request beside it."""
    from warcio.warcwriter import WARCWriter

    with target.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        writer.write_record(
            writer.create_warcinfo_record(
                target.name,
                {
                    "software": f"policy-monitor/{__version__}",
                    "format": "WARC File Format 1.1",
                    "description": "Bodies are stored inflated; X-Archive-Orig- headers are those of the wire.",
                },
            )
        )
        for row, body in snapshots:
            _write_exchange(writer, row, body)


def _write_exchange(writer: Any, row: dict[str, Any], body: bytes) -> None:
    from warcio.statusandheaders import StatusAndHeaders

    status = f"{row['status']} {_phrase(row['status'])}".strip()
    headers = [
        (f"X-Archive-Orig-{name}" if name.lower() in CHANGED else name, value)
        for name, value in row["headers"]
    ]
    about = {
        "WARC-Date": row["fetched_at"],
        "WARC-Record-ID": _name(row, "response"),
    }
    if row["peer"]:
        about["WARC-IP-Address"] = row["peer"].rsplit(":", 1)[0].strip("[]")
    response = writer.create_warc_record(
        row["url"],
        "response",
        payload=BytesIO(body),
        length=len(body),
        http_headers=StatusAndHeaders(
            status, [*headers, ("Content-Length", str(len(body)))], protocol="HTTP/1.1"
        ),
        warc_headers_dict=about,
    )
    parts = urlsplit(row["url"])
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    request = writer.create_warc_record(
        row["url"],
        "request",
        payload=BytesIO(b""),
        length=0,
        http_headers=StatusAndHeaders(
            f"GET {path} HTTP/1.1", [tuple(h) for h in row["request_headers"]], is_http_request=True
        ),
        warc_headers_dict={"WARC-Date": row["fetched_at"], "WARC-Record-ID": _name(row, "request")},
    )
    writer.write_request_response_pair(request, response)


def _name(row: dict[str, Any], kind: str) -> str:
    """The same snapshot has the same record id in every export."""
    about = " ".join(
        str(part) for part in (kind, row["id"], row["url"], row["fetched_at"], row["body_sha256"])
    )
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, about)}>"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
