"""A time stamp authority on loopback, played by openssl."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from made_state import fill, opened
from monitor.errors import StateError, UsageError
from monitor.evidence.export import export
from monitor.evidence.timestamps import stamp

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/key.pem
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def openssl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["openssl", *arguments],
        cwd=folder,
        capture_output=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("rfc3161_client")
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl")
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "tsa.conf").write_text(CONFIG.format(folder=folder))
    made = openssl(
        folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "tsa.pem", "-days", "30",
        "-subj", "/CN=Test TSA", "-addext", "extendedKeyUsage=critical,timeStamping",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return folder


@contextmanager
def authority(answer: Path | bytes, status: int = 200) -> Iterator[str]:
    """Serves stamps from the keys in a folder, or always the same bytes."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            if isinstance(answer, Path):
                (answer / "query").write_bytes(query)
                openssl(answer, "ts", "-reply", "-config", "tsa.conf", "-queryfile", "query", "-out", "reply")
            body = (answer / "reply").read_bytes() if isinstance(answer, Path) else answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/tsa"
        finally:
            server.shutdown()
            thread.join()


def test_a_stamped_case_file_is_checked_by_openssl(keys: Path, tmp_path: Path) -> None:
    store = opened(tmp_path / "state")
    fill(store, watches=1, versions=1)
    with authority(keys) as address:
        export(store, tmp_path / "case", now=NOW, authority=address)
    store.close()
    check = ("ts", "-verify", "-in", "manifest.sha256.tsr", "-CAfile", str(keys / "tsa.pem"), "-data")
    assert openssl(tmp_path / "case", *check, "manifest.sha256").returncode == 0
    assert openssl(tmp_path / "case", *check, "case.json").returncode != 0
    assert "openssl ts -verify" in (tmp_path / "case" / "README.txt").read_text()


def test_a_stamp_over_something_else_is_refused(keys: Path) -> None:
    with authority(keys) as address:
        answer = stamp(b"this", address)
    with authority(answer) as address, pytest.raises(StateError, match="something else"):
        stamp(b"that", address)


@pytest.mark.parametrize(
    ("answer", "status", "words"), [(b"<html>", 200, "is no time stamp"), (b"", 503, "came")]
)
def test_no_stamp_no_case_file(keys: Path, tmp_path: Path, answer: bytes, status: int, words: str) -> None:
    store = opened(tmp_path / "state")
    fill(store, watches=1, versions=1)
    with authority(answer, status) as address, pytest.raises(StateError, match=words):
        export(store, tmp_path / "case", now=NOW, authority=address)
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


def test_an_address_is_asked_for(keys: Path) -> None:
    with pytest.raises(UsageError, match="is no address"):
        stamp(b"this", "file:///etc/passwd")
