"""The regular expressions of a league's rules: whatever they are, looking for them takes no longer
than the text is long.

Our own are Python's. A commissioner's are RE2's, which knows no lookaround and no way back, and so
cannot be made to hang. The server always has RE2; a client that has none takes Python's, and hangs
by itself alone.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

try:
    import re2
except ImportError:  # there are systems without a wheel of it
    re2 = None

Search: TypeAlias = Callable[[str], object]

# docs/scoring.md lists these. "UTF-8" and "SHA-256" look like tickets and are none.
NO_TICKETS = ("UTF", "SHA", "ISO", "RFC", "AES", "MD", "PEP", "CVE", "HTTP", "TLS", "IPV")
UNCLEAN_WORDS = ("wip", "tmp", "fix typo", "debug", "test", "oops")
TICKET = rf"\b(?!(?:{'|'.join(NO_TICKETS)})-)[A-Z][A-Z0-9]+-\d+\b"
UNCLEAN = rf"\b(?:{'|'.join(UNCLEAN_WORDS)})\b"
_TICKET = re.compile(TICKET)
_NUMBERED = re.compile(r"-\d")  # what every ticket has and few texts have, found much sooner


def checked(pattern: str) -> str:
    """Raises ValueError with what is wrong with it."""
    try:
        searcher(pattern)
        searcher(pattern, ignore_case=True)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
    return pattern


@lru_cache(maxsize=256)
def searcher(pattern: str, *, ignore_case: bool = False) -> Search | None:
    """What finds the pattern in a text; None for an empty one, which is found nowhere."""
    if not pattern:
        return None
    flags = re.IGNORECASE if ignore_case else re.RegexFlag(0)
    if pattern == TICKET and not ignore_case:
        return lambda text: _NUMBERED.search(text) and _TICKET.search(text)
    if pattern in (TICKET, UNCLEAN):
        return re.compile(pattern, flags).search
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of sets within sets, which RE2 has not
        plain = re.compile(pattern, flags | re.ASCII)  # as RE2 has it
    return plain.search if re2 is None else _of_re2(pattern, ignore_case=ignore_case)


def _of_re2(pattern: str, *, ignore_case: bool) -> Search:
    options: Any = re2.Options()
    options.case_sensitive = not ignore_case
    options.log_errors = False
    options.max_mem = 1 << 20  # bytes that one pattern may take once it is compiled
    try:
        found: Search = re2.compile(pattern, options).search
    except re2.error as error:
        said = error.args[0]
        raise re.error(said.decode() if isinstance(said, bytes) else str(said)) from None
    return found
