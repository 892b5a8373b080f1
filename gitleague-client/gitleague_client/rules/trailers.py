"""People and commits named in a message: `Co-authored-by`, `Fixes`, `This reverts commit`."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple


class Relation(str, Enum):
    FIXES = "fixes"
    REVERTS = "reverts"


class Reference(NamedTuple):
    relation: Relation
    sha: str  # 7 to 64 hex digits: possibly abbreviated


_COAUTHOR = re.compile(
    r"^[ \t]*co-(?:authored|developed)-by:([^<\n]*)<([^<>\n]*)>",
    re.IGNORECASE | re.MULTILINE,
)
_FIXES = re.compile(
    r"^[ \t]*fixes:[ \t]+(?:commit[ \t]+)?([0-9a-f]{7,64})\b", re.IGNORECASE | re.MULTILINE
)
_REVERTS = re.compile(r"\bthis reverts commit[ \t\n]+([0-9a-f]{7,64})\b", re.IGNORECASE)


def coauthors_in(message: str) -> list[tuple[str, str]]:
    """(name, email) of each co-author trailer, in order, each pair once."""
    lowered = message.lower()  # most messages name nobody, and a quick look tells
    if "co-authored-by:" not in lowered and "co-developed-by:" not in lowered:
        return []
    found = _COAUTHOR.findall(message)
    return list(dict.fromkeys((name.strip(" \t"), email.strip()) for name, email in found))


def references_in(message: str) -> list[Reference]:
    """The commits that this message says it fixes or reverts, each once."""
    if not message:
        return []
    lowered = message.lower()
    found: list[Reference] = []
    if "fixes:" in lowered:
        found += [Reference(Relation.FIXES, sha) for sha in _FIXES.findall(lowered)]
    if "this reverts commit" in lowered:
        found += [Reference(Relation.REVERTS, sha) for sha in _REVERTS.findall(lowered)]
    return list(dict.fromkeys(found))
