"""Whether quick commits are one change in pieces, or patches of which each has its own subject.

`git am` and a rebase stamp a series of patches within seconds. That is no splitting, where each
patch says something else.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median_low

from gitleague.league.fairplay.suspects import Suspect

WORD = re.compile(r"[^\W\d_]+")
NEIGHBOURS = 5  # in either direction


def median_pause(commits: Sequence[Suspect]) -> int:
    """Seconds from one to the next, in order."""
    pauses = [after.at - before.at for before, after in pairwise(commits)]
    return int(median_low(pauses or [timedelta()]).total_seconds())


def percent_alike(titles: Sequence[str]) -> int:
    """How many have a title beside them that shares half of the words; no titles are alike."""
    words = [set(WORD.findall(title.casefold())) for title in titles]
    pairs = {
        place
        for first in range(len(words))
        for second in range(first + 1, min(first + 1 + NEIGHBOURS, len(words)))
        if _are_alike(words[first], words[second])
        for place in (first, second)
    }
    return len(pairs) * 100 // len(titles)


def _are_alike(one: set[str], other: set[str]) -> bool:
    return 4 * len(one & other) >= len(one) + len(other)
