"""A proxy in front of a real server that does what networks and servers do on bad days."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit


class Fault(NamedTuple):
    """What becomes of a request instead of an answer."""

    status: int = 0  # 0: the connection is cut
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    arrives: bool = False  # the server gets the request all the same; its answer is lost


CUT = Fault()
LOST_ANSWER = Fault(arrives=True)


def answer(status: int, body: bytes = b"", **headers: str) -> Fault:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Fault(status, named, body)


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Proxy:
    url: str
    faults: list[tuple[str, Fault]] = field(default_factory=list)  # the end of a path, what to do
    seen: list[Seen] = field(default_factory=list)
    spoil: Callable[[bytes], bytes] = bytes  # what happens to a body on its way
    held: threading.Event | None = None  # set: pushes wait for it

    def fail(self, end: str, *faults: Fault) -> None:
        """The next requests for a path that ends so."""
        self.faults += [(end, fault) for fault in faults]

    def asked(self) -> list[str]:
        return [f"{seen.method} {seen.path.rsplit('/', 1)[-1]}" for seen in self.seen]

    def take(self, path: str) -> Fault | None:
        for number, (end, _) in enumerate(self.faults):
            if path.endswith(end):
                return self.faults.pop(number)[1]
        return None


@contextmanager
def proxy_to(url: str, *, tls: ssl.SSLContext | None = None) -> Iterator[Proxy]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    proxy = Proxy(f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}")
    _Handler.proxies[server.server_address[1]] = (proxy, urlsplit(url).netloc)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxies: dict[int, tuple[Proxy, str]] = {}  # noqa: RUF012 - one for each port
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def _handle(self) -> None:
        proxy, target = self.proxies[self.server.server_address[1]]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        proxy.seen.append(Seen(self.command, self.path, dict(self.headers), body))
        if proxy.held and self.command == "POST":
            proxy.held.wait(30)
        fault = proxy.take(self.path)
        if fault is None:
            try:
                self._answer(*self._forwarded(target, body))
            except (ConnectionError, HTTPException):  # the server, or who asked, is gone
                self.close_connection = True
            return
        if fault.arrives:
            self._forwarded(target, body)
        if fault.status:
            self._answer(fault.status, fault.headers, fault.body)
        else:
            self.close_connection = True

    def _forwarded(self, target: str, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        proxy = self.proxies[self.server.server_address[1]][0]
        body = proxy.spoil(body)
        headers = {**self.headers, "Content-Length": str(len(body))}
        connection = HTTPConnection(target, timeout=60)
        connection.request(self.command, self.path, body, headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        skipped = {"transfer-encoding", "connection", "content-length"}
        answered = [pair for pair in response.getheaders() if pair[0].lower() not in skipped]
        return response.status, answered, content

    def _answer(
        self, status: int, headers: list[tuple[str, str]] | tuple[tuple[str, str], ...], body: bytes
    ) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
