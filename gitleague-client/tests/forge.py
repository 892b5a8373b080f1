"""A forge: `git http-backend` behind a user and a password, and an `ssh` that stays here."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

# Writes down how it was called, then does what the host at the other end would do.
SSH = """\
#!/bin/sh
printf '%s\\n' "$*" >> "{log}"
for command; do :; done
exec sh -c "$command"
"""


class Forge(NamedTuple):
    url: str
    asked: list[str | None]  # the Authorization of each request


class _Server(ThreadingHTTPServer):
    folder: Path
    wanted: str
    asked: list[str | None]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        given = self.headers["Authorization"]
        self.server.asked.append(given)
        if given != self.server.wanted:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="forge"')
            self.end_headers()
            return
        head, _, body = self._answer().partition(b"\r\n\r\n")
        self.send_response(200)
        for line in head.decode().split("\r\n"):
            name, _, value = line.partition(": ")
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _answer(self) -> bytes:
        parts = urlsplit(self.path)
        environment = {
            **os.environ,
            "GIT_PROJECT_ROOT": str(self.server.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        done = subprocess.run(
            ["git", "http-backend"], input=sent, env=environment, capture_output=True, check=True
        )
        return done.stdout

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def forge(folder: Path, user: str, password: str) -> Iterator[Forge]:
    """Serves the bare repositories in a folder over HTTP."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.folder = folder
    server.wanted = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Forge(f"http://127.0.0.1:{server.server_address[1]}", server.asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def make_ssh(folder: Path) -> Path:
    """An `ssh` in `folder` that runs the command here; returns what it writes down."""
    folder.mkdir()
    log = folder / "log"
    program = folder / "ssh"
    program.write_text(SSH.format(log=log))
    program.chmod(0o755)
    return log
