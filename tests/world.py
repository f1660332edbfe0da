"""A vendor's site and a webhook receiver on loopback, and the installed command as a process."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).with_name("policy-monitor")

PAGE = """<!doctype html><html lang="en"><head><title>Privacy Policy – Halden</title></head><body>
<nav><a href="/">Home</a> <a href="/pricing">Pricing</a></nav>
<main><h1>Privacy Policy</h1><p>Last updated: 2 January 2026</p>
<p>Halden Ltd. runs a scheduling service for workshops. This policy says what becomes of personal data in it.</p>
<h2>1. Retention</h2><p>We keep personal data for {keep} days after an account is closed, and delete it then.</p>
<h2>2. Breaches</h2><p>We notify customers within {notify} hours of becoming aware of a breach of personal data.</p>
<h2>3. Sharing</h2><p>{share} We share it with processors who host the service for us, under contract.</p>
<h2>4. Contact</h2><p>Write to our privacy team at privacy@halden.example with any question about this policy.</p>
</main><footer>© 2026 Halden Ltd.</footer></body></html>"""


def page(keep: int = 30, notify: int = 72, share: str = "We do not sell personal data to anybody.") -> bytes:
    return PAGE.format(keep=keep, notify=notify, share=share).encode()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no fault of the site."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Site:
    """Pages by path, and everything that was posted to it. ``hook`` answers posts with a status."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.status: dict[str, int] = {}
        self.gets: list[str] = []
        self.posts: list[dict[str, Any]] = []
        self.hook: Callable[[], int] = lambda: 200
        self.etags = True
        self.delay = 0.0
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.answer(self)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = site.hook()
                if status == 200:
                    site.posts.append(json.loads(body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.gets.append(handler.path)
        time.sleep(self.delay)
        body = self.pages.get(handler.path, b"")
        status = self.status.get(handler.path, 200 if body else 404)
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if status == 200 and self.etags and handler.headers.get("If-None-Match") == tag:
            status, body = 304, b""
        handler.send_response(status)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        if self.etags:
            handler.send_header("ETag", tag)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


class World:
    """A site, a folder with config and state, and the command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.site = Site()
        self.daemons: list[subprocess.Popen[str]] = []

    def config(
        self,
        paths: tuple[str, ...] = ("/privacy",),
        *,
        every: str = "1s",
        alerts: str = 'confirm = "0s"',
        channel: bool = True,
        extra: str = "",
    ) -> None:
        """Write config.toml: one vendor a path."""
        lines = ["[monitor]", 'allow_private = ["127.0.0.0/8"]', 'per_host_delay = "0s"']
        lines += ["[schedule]", f'every = "{every}"', "[alerts]", alerts]
        if channel:
            lines += ["[[channel]]", 'name = "hook"', 'url_env = "HOOK_URL"']
        for path in paths:
            name = path.strip("/").split("/")[0]
            lines += ["[[vendor]]", f'name = "{name}"', "[[vendor.policy]]", 'kind = "privacy"']
            lines += [f'url = "{self.site.url(path)}"']
        (self.folder / "config.toml").write_text("\n".join([*lines, extra]) + "\n", "utf-8")

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"HOOK_URL": f"json://127.0.0.1:{self.site.port}/hook", "COLUMNS": "120"}

    def run(
        self, *arguments: str, timeout: float = 180, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def json(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        try:
            return json.loads(done.stdout)
        except json.JSONDecodeError:
            raise AssertionError(f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}") from None

    def daemon(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        with (self.folder / "daemon.log").open("a") as log:
            process = subprocess.Popen(
                [COMMAND, "run", *arguments],
                cwd=self.folder,
                env=self.environment | environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
                text=True,
            )
        self.daemons.append(process)
        return process

    def log(self) -> str:
        return (self.folder / "daemon.log").read_text("utf-8")

    def close(self) -> None:
        for process in self.daemons:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()
        self.site.close()


def wait_for(condition: Callable[[], object], what: str, seconds: float = 90) -> None:
    """Wait until something holds; fail by name when it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain for: {what}")
        time.sleep(0.05)
