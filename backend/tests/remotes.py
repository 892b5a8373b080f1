"""Real git over ssh and https: small servers of our own, with a key, a token and a certificate."""

import asyncio
import base64
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import asyncssh
import trustme

TOKEN = "glpat-a_secret/token%+"  # with what would not survive in an address
USER = "league"
HOST = "forge.example"  # resolves nowhere: who reaches it was held to an address


class Remote(NamedTuple):
    """Where the server's repositories are, and what opens them."""

    port: int
    certificate: Path | None = None
    private_key: str = ""

    def https(self, path: str, host: str = "localhost") -> str:
        return f"https://{host}:{self.port}/{path}"

    def ssh(self, path: str) -> str:
        return f"ssh://git@localhost:{self.port}/{path}"


def make_origin(folder: Path, commits: int = 3) -> Path:
    """A bare repository with a line of commits on `main`."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main")
    add_commits(folder, commits)
    return folder


def add_commits(origin: Path, count: int, branch: str = "main") -> None:
    """Through fast-import: quick, and no work tree."""
    tip = git(origin, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}").strip()
    past = int(git(origin, "rev-list", "--count", tip)) if tip else 0
    lines = []
    for number in range(past, past + count):
        parent = tip if number == past else ""
        lines += [
            f"commit refs/heads/{branch}",
            f"committer Grace Hopper <grace@example.org> {1_700_000_000 + number * 60} +0000",
            f"data <<END\nAdd page {number}\nEND",
            *([f"from {parent}"] if parent else []),
            f"M 100644 inline page{number % 50}.txt",
            f"data <<END\nline {number}\nEND",
            "",
        ]
    script = "\n".join(lines).encode()
    subprocess.run(
        ["git", "fast-import", "--quiet", "--force"], cwd=origin, input=script, check=True
    )


def rev_list(origin: Path, branch: str = "main") -> set[str]:
    return set(git(origin, "rev-list", branch).split())


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode()


@contextmanager
def git_over_https(folder: Path, work: Path) -> Iterator[Remote]:
    """`git http-backend` behind TLS. What lies under /moved is redirected; only TOKEN is let in."""
    authority, certificate = trustme.CA(), work / "forge.crt"
    authority.cert_pem.write_to_path(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(folder))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", HOST).configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Remote(server.server_address[1], certificate)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(folder: Path) -> type[BaseHTTPRequestHandler]:
    expected = "Basic " + base64.b64encode(f"{USER}:{TOKEN}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

        def do_GET(self) -> None:
            if self.path.startswith("/moved/"):
                self.send_response(302)
                self.send_header("Location", self.path.removeprefix("/moved"))
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif self.headers.get("Authorization") != expected:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="forge"')
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._git()

        do_POST = do_GET  # noqa: N815 - the name that http.server calls

        def _git(self) -> None:
            path, _, query = self.path.partition("?")
            size = int(self.headers.get("Content-Length") or 0)
            done = subprocess.run(
                ["git", "http-backend"],
                input=self.rfile.read(size),
                capture_output=True,
                check=False,
                env={
                    "PATH": os.environ["PATH"],
                    "GIT_PROJECT_ROOT": str(folder),
                    "GIT_HTTP_EXPORT_ALL": "1",
                    "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                    "GIT_CONFIG_COUNT": "1",
                    "GIT_CONFIG_KEY_0": "safe.directory",
                    "GIT_CONFIG_VALUE_0": "*",
                    "REQUEST_METHOD": self.command,
                    "PATH_INFO": path,
                    "QUERY_STRING": query,
                    "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                    "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                    "CONTENT_LENGTH": str(size),
                    "REMOTE_USER": USER,
                },
            )
            head, _, body = done.stdout.partition(b"\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self.send_response(int(fields.pop("Status", "200 OK").split()[0]))
            for name, value in fields.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


@contextmanager
def git_over_ssh(folder: Path, *, anybody: bool = False) -> Iterator[Remote]:
    """`git-upload-pack` for whoever has the one private key, or for anybody."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    allowed = asyncssh.generate_private_key("ssh-ed25519")
    listening = asyncio.run_coroutine_threadsafe(
        _listen(folder, None if anybody else allowed), loop
    ).result()
    try:
        private = allowed.export_private_key().decode()
        yield Remote(listening.get_port(), private_key=private)
    finally:
        listening.close()
        asyncio.run_coroutine_threadsafe(listening.wait_closed(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _listen(folder: Path, allowed: asyncssh.SSHKey | None) -> asyncssh.SSHAcceptor:
    class Server(asyncssh.SSHServer):
        def begin_auth(self, _username: str) -> bool:
            return allowed is not None

        def public_key_auth_supported(self) -> bool:
            return True

        def validate_public_key(self, _username: str, key: asyncssh.SSHKey) -> bool:
            return allowed is not None and key == allowed.convert_to_public()

    async def serve(process: asyncssh.SSHServerProcess[bytes]) -> None:
        program, _, quoted = (process.command or "").partition(" ")
        path = folder / quoted.strip("'").lstrip("/")
        if program != "git-upload-pack":
            process.exit(1)
            return
        served = await asyncio.create_subprocess_exec(
            *("git", "-c", "safe.directory=*", "upload-pack", str(path)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        asked = asyncio.create_task(_pour(process.stdin, served.stdin))
        await _pour(served.stdout, process.stdout)
        asked.cancel()
        process.exit(await served.wait())

    return await asyncssh.create_server(
        Server,
        "127.0.0.1",
        0,
        server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
        process_factory=serve,
        encoding=None,
    )


async def _pour(source: Any, target: Any) -> None:
    while data := await source.read(1 << 16):
        target.write(data)
        await target.drain()
    target.write_eof()
