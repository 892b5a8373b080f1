"""Where a repository is pulled from: an address that was checked, and that git is held to.

The name is resolved here, every address of it is checked, and git connects to what was checked: a
name that leads elsewhere a moment later changes nothing. Redirects and proxies are not followed.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

import httpcore

from gitleague.core.outbound import Outbound, Refused, Unreachable
from gitleague.core.settings import Settings
from gitleague.sync.pull.words import NO_ANSWER, CannotPull

PORTS = {"https": 443, "http": 80, "ssh": 22}
RESOLVE_SECONDS = 10.0
_SCP = re.compile(r"(?P<user>[\w.-]+)@(?P<host>\[[0-9a-fA-F:.]+\]|[^/:@\[\]]+):(?P<path>(?!//).+)")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")
_USER = re.compile(r"[A-Za-z0-9_][\w.-]*")
HOW = "Pull from an address like https://host/team/site.git or git@host:team/site.git."


class Remote(NamedTuple):
    url: str
    scheme: str
    host: str
    port: int

    @property
    def name(self) -> str:
        """As known_hosts has it."""
        return self.host if self.port == PORTS["ssh"] else f"[{self.host}]:{self.port}"


class Reached(NamedTuple):
    """A remote with the addresses that were checked."""

    remote: Remote
    addresses: list[str]


def read_remote(git_url: str, settings: Settings) -> Remote:
    """What can be said without asking anybody. Raises CannotPull."""
    url = git_url.strip()
    if not url.isprintable() or " " in url or url.startswith("-"):
        raise CannotPull(f"This is no address to pull from. {HOW}")
    if "://" not in url:
        return _scp(url)
    try:
        parts = urlsplit(url)
        scheme, host = parts.scheme.lower(), parts.hostname or ""
        port = parts.port or PORTS.get(scheme, 0)
    except ValueError:
        raise CannotPull(f"This is no address to pull from. {HOW}") from None
    if scheme == "http" and not settings.outbound_http:
        raise CannotPull(
            "Plain http is not allowed, since others can read it. Use https, or the operator sets "
            "GITLEAGUE_OUTBOUND_HTTP."
        )
    if scheme not in PORTS:
        raise CannotPull(f"The server pulls over https and ssh only. {HOW}")
    user = parts.username
    if scheme == "ssh":
        _check(host, parts.path, user)
        return Remote(url, scheme, host, port)
    _check(host, parts.path, None)
    netloc = parts.netloc.rpartition("@")[2]  # who calls is said by the credential alone
    return Remote(parts._replace(netloc=netloc).geturl(), scheme, host, port)


def reach(remote: Remote, outbound: Outbound) -> Reached:
    """Resolves the name, once. Raises CannotPull."""
    try:
        found = outbound.addresses_of(remote.host, remote.port, RESOLVE_SECONDS)
    except Refused as error:
        raise CannotPull(str(error)) from None
    except Unreachable as error:
        raise CannotPull(f"{error} Check the address of the repository.") from None
    except httpcore.ConnectTimeout:
        raise CannotPull(NO_ANSWER) from None
    if not found:
        raise CannotPull(NO_ANSWER)
    return Reached(remote, found)


def pin(reached: Reached) -> str | None:
    """What curl is told of the name; None where there is nothing to resolve."""
    remote = reached.remote
    if _is_address(remote.host):
        return None
    addresses = ",".join(f"[{each}]" if ":" in each else each for each in reached.addresses[:4])
    return f"{remote.host}:{remote.port}:{addresses}"


def _scp(url: str) -> Remote:
    match = None if "::" in url.partition("[")[0] else _SCP.fullmatch(url)
    if match is None:
        raise CannotPull(f"The server pulls over https and ssh only, never from a path. {HOW}")
    host = match["host"].strip("[]")
    _check(host, match["path"], match["user"])
    return Remote(url, "ssh", host, PORTS["ssh"])


def _check(host: str, path: str, user: str | None) -> None:
    """Nothing that git, ssh or a shell could take for an option."""
    if not _HOST.fullmatch(host) or (user is not None and not _USER.fullmatch(user)):
        raise CannotPull(f"This is no address to pull from. {HOW}")
    if not path.strip("/") or path.lstrip("/").startswith("-"):
        raise CannotPull(f"The address names no repository. {HOW}")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
