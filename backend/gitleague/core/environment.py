"""Names that begin with GITLEAGUE_ and are no setting are refused: no typing error is dropped."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from gitleague_client import environment

from gitleague.core.errors import SettingsError

TESTS = "GITLEAGUE_TEST_"  # of the project's own tests
# What Kubernetes and Docker tell each container of a service whose name begins with `gitleague`.
_OF_A_SERVICE = re.compile(r".*_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP)(_\w+)?)?)")


def check_names(names: Iterable[str], settings: Collection[str]) -> None:
    """Raises SettingsError for what is set and not known."""
    ours = {name.upper() for name in names if name.upper().startswith(environment.PREFIX)}
    unknown = [name for name in sorted(ours) if not _is_known(name, settings)]
    if unknown:
        raise SettingsError(" ".join(_told(name, settings) for name in unknown))


def _is_known(name: str, settings: Collection[str]) -> bool:
    return (
        name in settings
        or name in environment.NAMES
        or name.startswith(TESTS)
        or _OF_A_SERVICE.fullmatch(name) is not None
    )


def _told(name: str, settings: Collection[str]) -> str:
    """Compared without the beginning that all of them have."""
    ends = {each.removeprefix(environment.PREFIX): each for each in settings}
    near = get_close_matches(name.removeprefix(environment.PREFIX), sorted(ends), n=1)
    return f"{name} is no setting{f'; the nearest is {ends[near[0]]}' if near else ''}."
