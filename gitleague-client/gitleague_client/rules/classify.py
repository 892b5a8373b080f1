"""Text to flags: what a commit is, said once, when it arrives. Words match as words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntFlag

from gitleague_client.rules.defaults import DEFAULT_RULES, Rules
from gitleague_client.rules.patterns import searcher
from gitleague_client.rules.people import is_assistant, is_bot
from gitleague_client.rules.trailers import Relation, coauthors_in, references_in


class Flag(IntFlag):
    """The bits that the server keeps; their lower-case names are the words on the wire."""

    FIX = 1
    REVERT = 2
    WIP = 4
    TICKET = 8
    CLEAN = 16
    MERGE = 32
    BOT = 64
    ASSISTED = 128


BY_RULES = Flag.TICKET | Flag.CLEAN
# docs/scoring.md lists these.
FIX_WORDS = tuple(
    f"{kind}fix{ending}" for kind in ("", "hot", "bug") for ending in ("", "es", "ed", "ing")
)
REVERT_WORDS = ("revert", "reverts", "reverted", "reverting")
WIP_WORDS = ("wip", "tmp", "debug")
_FIX, _REVERT, _WIP = (
    re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)
    for words in (FIX_WORDS, REVERT_WORDS, WIP_WORDS)
)
# Each of what is looked for has one of these: most messages have none, and a quick look tells.
_GENERATED_WORDS = ("generated ", "written ", "created ", "assisted-by:")
_GENERATED = re.compile(
    r"^[^\w\n]*(?:generated|written|created) (?:with|by) \W*"
    r"(?:claude|copilot|github copilot|cursor|aider|codex|chatgpt|gemini|devin)\b"
    r"|^[ \t]*assisted-by:",
    re.IGNORECASE | re.MULTILINE,
)


def classify(
    title: str,
    body: str,
    *,
    author: tuple[str, str],
    is_merge: bool,
    rules: Rules = DEFAULT_RULES,
) -> Flag:
    """The flags of a commit; `author` is its (name, email)."""
    found = [classify_by_rules(title, body, rules)]
    lowered = title.lower()  # most titles hold no such word, and a quick look tells
    if "fix" in lowered and _FIX.search(title):
        found.append(Flag.FIX)
    if ("revert" in lowered and _REVERT.search(title)) or _reverts(body):
        found.append(Flag.REVERT)
    if ("wip" in lowered or "tmp" in lowered or "debug" in lowered) and _WIP.search(title):
        found.append(Flag.WIP)
    if is_merge:
        found.append(Flag.MERGE)
    if is_bot(*author):
        found.append(Flag.BOT)
    if is_assisted(body):
        found.append(Flag.ASSISTED)
    return Flag(sum(found))


def classify_by_rules(title: str, body: str, rules: Rules) -> Flag:
    """The part that changes with a league's rules: BY_RULES."""
    ticket = searcher(rules.ticket_pattern)
    unclean = searcher(rules.unclean_pattern, ignore_case=True)
    has_ticket = bool(ticket and (ticket(title) or (body and ticket(body))))
    is_clean = bool(title.strip() and not (unclean and unclean(title)))
    return Flag(has_ticket * Flag.TICKET + is_clean * Flag.CLEAN)


def _reverts(body: str) -> bool:
    return any(found.relation is Relation.REVERTS for found in references_in(body))


def is_assisted(body: str) -> bool:
    """Does a trailer or a footer name an AI assistant?"""
    if any(is_assistant(*person) for person in coauthors_in(body)):
        return True
    lowered = body.lower()
    return any(word in lowered for word in _GENERATED_WORDS) and bool(_GENERATED.search(body))


def flags_of(words: Iterable[str]) -> Flag:
    """Flags from their words on the wire. Raises ValueError for an unknown word."""
    flags = Flag(0)
    for word in words:
        try:
            flags |= Flag[word.upper()]
        except KeyError:
            known = ", ".join(flag.name.lower() for flag in Flag if flag.name)
            raise ValueError(f"unknown flag {word!r}; known are {known}") from None
    return flags
