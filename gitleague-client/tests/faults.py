"""A proxy in front of a real server that does what networks and servers do on bad days."""

import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit

from waiting import SECONDS


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
class Gate:
    """Holds one push on its way to the server, or the answer on its way back."""

    passing: int  # pushes that go by before
    is_behind_the_server: bool
    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def hold(self) -> None:
        self.reached.set()
        self.opened.wait(SECONDS)


@dataclass
class Proxy:
    url: str
    target: str  # the URL of the server; another one after a restart
    faults: list[tuple[str, Fault]] = field(default_factory=list)  # the end of a path, what to do
    seen: list[Seen] = field(default_factory=list)
    spoil: Callable[[bytes], bytes] = bytes  # what happens to a body on its way
    gate: Gate | None = None
    open: int = 0  # requests that are not answered yet
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(self, end: str, *faults: Fault) -> None:
        """The next requests for a path that ends so."""
        self.faults += [(end, fault) for fault in faults]

    def asked(self) -> list[str]:
        return [f"{seen.method} {seen.path.rsplit('/', 1)[-1]}" for seen in self.seen]

    @contextmanager
    def gated(self, *, after: int = 0, is_behind_the_server: bool = False) -> Iterator[Gate]:
        """Holds the push that comes after so many others, until the block ends at the latest."""
        self.gate = gate = Gate(after, is_behind_the_server)
        try:
            yield gate
        finally:
            self.gate = None
            gate.opened.set()

    def gate_for(self, path: str) -> Gate | None:
        with self.lock:
            gate = self.gate
            if gate is None or not path.endswith("/commits"):
                return None
            if gate.passing:
                gate.passing -= 1
                return None
            self.gate = None
            return gate

    def take(self, path: str) -> Fault | None:
        for number, (end, _) in enumerate(self.faults):
            if path.endswith(end):
                return self.faults.pop(number)[1]
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that are killed reset their connections; anything else is told."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def proxy_to(url: str, *, tls: ssl.SSLContext | None = None) -> Iterator[Proxy]:
    server = _Server(("127.0.0.1", 0), _Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    proxy = Proxy(f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}", url)
    _Handler.proxies[server.server_address[1]] = proxy
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
    proxies: dict[int, Proxy] = {}  # noqa: RUF012 - one for each port
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def _handle(self) -> None:
        proxy = self.proxies[self.server.server_address[1]]
        with proxy.lock:
            proxy.open += 1
        try:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            proxy.seen.append(Seen(self.command, self.path, dict(self.headers), body))
            self._pass_on(proxy, body)
        except (ConnectionError, HTTPException):  # the server, or who asked, is gone
            self.close_connection = True
        finally:
            with proxy.lock:
                proxy.open -= 1

    def _pass_on(self, proxy: Proxy, body: bytes) -> None:
        gate = proxy.gate_for(self.path)
        if gate and not gate.is_behind_the_server:
            gate.hold()
        fault = proxy.take(self.path)
        answered = self._forwarded(proxy, body) if fault is None or fault.arrives else None
        if gate and gate.is_behind_the_server:
            gate.hold()
        if fault is None:
            assert answered
            self._answer(*answered)
        elif fault.status:
            self._answer(fault.status, fault.headers, fault.body)
        else:
            self.close_connection = True

    def _forwarded(self, proxy: Proxy, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        body = proxy.spoil(body)
        headers = {**self.headers, "Content-Length": str(len(body))}
        connection = HTTPConnection(urlsplit(proxy.target).netloc, timeout=SECONDS)
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
