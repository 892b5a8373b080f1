"""Requests to addresses that people gave us, which must not reach what only this server can.

A name is resolved once, every address of it is checked, and the connection goes to the address that
was checked. Redirects are not followed, proxies not asked, and the answer's body not read.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from functools import cached_property
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import NamedTuple, TypeAlias
from urllib.parse import SplitResult, urlsplit

import httpcore

from gitleague.core.settings import Settings

SECONDS = 10.0  # for all of a request
LONGEST = 2048  # characters of an address
# IPv4 addresses in an IPv6 coat, as gateways take them.
_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
# Nobody's public server, though some versions of Python take them for such.
_NEVER = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "fec0::/10", "3fff::/20")))
_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    ssl.SSLError,
    OSError,
)

Address: TypeAlias = IPv4Address | IPv6Address
Option: TypeAlias = (
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
)


class Refused(Exception):
    """An address that this server does not send to; the message says why."""


class Unreachable(Exception):
    """There was no answer; the message says why, and nothing of what was said."""


class Answer(NamedTuple):
    status: int
    took_ms: int


def check_url(settings: Settings, url: str) -> None:
    """What can be said without asking anybody. Raises Refused."""
    _parts(url, http=settings.outbound_http)


class Outbound:
    """Sends, within what the operator's settings allow."""

    def __init__(self, settings: Settings) -> None:
        self._http = settings.outbound_http
        self._networks = settings.outbound_networks
        self._resolvers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="resolver")

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises Refused and Unreachable."""
        _parts(url, http=self._http)
        began = time.monotonic()
        backend = _Checked(self, began + SECONDS)
        limits = dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)
        try:
            with (
                httpcore.ConnectionPool(
                    ssl_context=self._tls, network_backend=backend, max_connections=1
                ) as pool,
                pool.stream(
                    "POST",
                    _ascii(url),
                    headers=list(headers.items()),
                    content=content,
                    extensions={"timeout": limits},
                ) as answer,
            ):
                return Answer(answer.status, round((time.monotonic() - began) * 1000))
        except _ERRORS as error:
            raise Unreachable(_words(error)) from error

    def addresses_of(self, host: str, port: int, seconds: float) -> list[str]:
        """Where a name leads. Raises Refused if any of that is not to be reached."""
        asked = self._resolvers.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        try:
            found = asked.result(timeout=max(seconds, 0))
        except NotInTime:
            raise httpcore.ConnectTimeout from None
        except (OSError, UnicodeError):
            raise Unreachable("Its name cannot be found.") from None
        addresses = list(dict.fromkeys(str(place[0]).partition("%")[0] for *_, place in found))
        for address in addresses:
            if not is_allowed(ip_address(address), self._networks):
                raise Refused(
                    "It leads into a private network. If it shall, the operator adds that network "
                    "to GITLEAGUE_OUTBOUND_NETWORKS."
                )
        return addresses


def is_allowed(address: Address, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    """A public address, or one that the operator allows."""
    real = _real(address)
    if any(real in network for network in networks):
        return True
    if any(real in network for network in _NEVER):
        return False
    return real.is_global and not real.is_multicast and not real.is_reserved


def _real(address: Address) -> Address:
    """Who is meant by an address that carries another one."""
    if isinstance(address, IPv4Address):
        return address
    inside = address.ipv4_mapped or address.sixtofour
    if inside is None and address.teredo:
        inside = address.teredo[1]
    if inside is None and any(address in network for network in _NAT64):
        inside = IPv4Address(int(address) & 0xFFFFFFFF)
    return inside or address


class _Checked(httpcore.NetworkBackend):
    """Connects to addresses that were checked, and ends what takes too long."""

    def __init__(self, outbound: Outbound, until: float) -> None:
        self._outbound = outbound
        self._until = until
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - what is left of the whole is less
        local_address: str | None = None,
        socket_options: Iterable[Option] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._outbound.addresses_of(host, port, self.left())
        trouble: Exception = httpcore.ConnectError("no address")
        for address in addresses[:4]:
            try:
                stream = self._sockets.connect_tcp(
                    address, port, self.left(), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
            else:
                return _Hasty(stream, self)
        raise trouble

    def left(self) -> float:
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise httpcore.ReadTimeout
        return seconds


class _Hasty(httpcore.NetworkStream):
    """A connection on which every step has what is left of the time, and no more."""

    def __init__(self, stream: httpcore.NetworkStream, clock: _Checked) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, self._clock.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._clock.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        left = self._clock.left()
        return _Hasty(self._stream.start_tls(ssl_context, server_hostname, left), self._clock)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _parts(url: str, *, http: bool) -> SplitResult:
    schemes: Sequence[str] = ("https", "http") if http else ("https",)
    if len(url) > LONGEST or not url.isprintable() or " " in url or "\\" in url:
        raise Refused("This is not an address.")
    try:
        parts = urlsplit(url)
        _ = parts.port
        named = (parts.hostname or "").encode("idna")
    except (ValueError, UnicodeError):
        raise Refused("This is not an address.") from None
    if parts.scheme not in schemes:
        raise Refused(f"The address must begin with {' or '.join(f'{s}://' for s in schemes)}.")
    if not named:
        raise Refused("The address names no host.")
    if parts.username is not None or parts.password is not None:
        raise Refused("Leave user and password out of the address: messages are signed.")
    if parts.fragment:
        raise Refused("Leave out what follows #: it is never sent.")
    return parts


def _ascii(url: str) -> httpcore.URL:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return httpcore.URL(
        scheme=parts.scheme,
        host=(parts.hostname or "").encode("idna"),
        port=parts.port,
        target=_quoted(target),
    )


def _quoted(target: str) -> bytes:
    """Letters beyond ASCII as they travel in addresses."""
    return "".join(
        letter if letter.isascii() else "".join(f"%{byte:02X}" for byte in letter.encode())
        for letter in target
    ).encode("ascii")


def _words(error: Exception) -> str:
    if isinstance(error, httpcore.TimeoutException | TimeoutError):
        return f"No answer within {SECONDS:.0f} seconds."
    if "CERTIFICATE" in str(error).upper():
        return "Its certificate cannot be trusted."
    if isinstance(error, httpcore.ConnectError):
        return "It cannot be connected to."
    return "The connection broke."
