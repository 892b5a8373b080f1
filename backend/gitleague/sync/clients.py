"""Which clients this server understands."""

import re

from gitleague.core.errors import ClientTooOld

OLDEST = "0.1.0"
_NUMBERS = re.compile(r"(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?")


def check_client(version: str | None) -> None:
    """Raises ClientTooOld. A client that does not say its version is taken at its word."""
    numbers = _numbers(version or OLDEST)
    if numbers and numbers < (_numbers(OLDEST) or ()):
        raise ClientTooOld(
            f"gitleague-client {version} is too old: this server needs {OLDEST} or newer. "
            "Upgrade it: pipx upgrade gitleague-client."
        )


def _numbers(version: str) -> tuple[int, ...] | None:
    found = _NUMBERS.match(version)
    return tuple(int(part or 0) for part in found.groups()) if found else None
