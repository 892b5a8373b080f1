"""Where a request came from: X-Forwarded-For is believed from trusted proxies only."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from fastapi import Request

from gitleague.core.settings import Settings

Networks = Sequence[IPv4Network | IPv6Network]
UNKNOWN = "unknown"


def address_of(request: Request) -> str:
    settings: Settings = request.app.state.settings
    peer = request.client.host if request.client else UNKNOWN
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    return client_address(peer, forwarded, settings.trusted_proxies)


def client_address(peer: str, forwarded: str, trusted: Networks) -> str:
    """The nearest hop that is no proxy of ours. What stands further left, anyone can write."""
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    address = peer
    while hops and _is_trusted(address, trusted):
        claimed = _plain(hops.pop())
        if claimed is None:
            break
        address = claimed
    return address


def household_of(address: str) -> str:
    """What one connection to the internet has: an IPv4 address, or all of an IPv6 /64."""
    plain = _plain(address)
    if plain is None or ":" not in plain:
        return address
    return str(IPv6Network((plain, 64), strict=False))


def _is_trusted(address: str, trusted: Networks) -> bool:
    plain = _plain(address)
    if plain is None:
        return False
    parsed = ip_address(plain)
    return any(parsed in network for network in trusted)


def _plain(text: str) -> str | None:
    """The address without port, brackets, zone or an IPv4 address's IPv6 costume."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        parsed = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(parsed)
