"""Which commits are taken back, where one that takes back may itself be taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping


def settled_reverts(
    reverters: Mapping[str, Collection[str]], known: Mapping[str, bool]
) -> dict[str, bool]:
    """Reverted when a reverter stands, standing when all its reverters are reverted.

    Git knows no circle of reverts; a made-up one settles nothing, and all in it stand.
    """
    reverts: dict[str, list[str]] = defaultdict(list)
    undecided: dict[str, int] = {}  # reverters that may still stand
    decided = dict(known)
    for sha, sources in reverters.items():
        undecided[sha] = len(sources)
        for source in sources:
            reverts[source].append(sha)
    news = [*known, *(sha for sha, count in undecided.items() if count == 0)]
    decided.update((sha, False) for sha, count in undecided.items() if count == 0)
    while news:
        source = news.pop()
        for sha in reverts[source]:
            if sha in decided:
                continue
            undecided[sha] -= decided[source]
            if not decided[source] or undecided[sha] == 0:
                decided[sha] = not decided[source]
                news.append(sha)
    return {sha: decided.get(sha, False) for sha in reverters}
