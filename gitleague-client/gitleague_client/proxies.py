"""Which proxy is on the way to an address: what httpx makes of the environment or the system.

To this machine there is none: it would see the key, which plain http does not hide.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class Way(NamedTuple):
    proxy: str | None  # without a user and password
    setting: str | None  # what says so; None where nothing does


def way_to(url: str) -> Way:
    if is_this_machine(url):
        return Way(None, None)
    settings = getproxies()
    parts = urlsplit(url)
    scheme = next((each for each in (parts.scheme, "all") if settings.get(each)), None)
    if scheme is None:
        return Way(None, None)
    excepted = [each.strip().lower() for each in settings.get("no", "").split(",")]
    if _is_among(excepted, parts.hostname or "", parts.port):
        return Way(None, "NO_PROXY")
    return Way(_without_user(settings[scheme]), f"{scheme.upper()}_PROXY")


def _is_among(excepted: list[str], host: str, port: int | None) -> bool:
    """A name stands for all below it too; one that begins with a dot for those alone."""
    return any(
        each in {"*", host, f"{host}:{port}"} or host.endswith("." + each.removeprefix("."))
        for each in excepted
        if each
    )


def _without_user(proxy: str) -> str:
    found = _SCHEME.match(proxy)
    scheme = found.group() if found else ""
    return scheme + proxy[len(scheme) :].rpartition("@")[2]
