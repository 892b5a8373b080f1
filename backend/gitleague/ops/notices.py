"""What commissioners are told around a deployment: the words, and the blanks in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import NamedTuple

from gitleague.tables.server import NoticeKind

BLANK = re.compile(r"\[(at|contact|why)\]")
A_DAY = len("2026-12-01")


class Words(NamedTuple):
    title: str  # of the section in docs/operations/templates/messages.md
    subject: str
    text: str


WORDS = {
    NoticeKind.DEPLOYMENT: Words(
        "A deployment",
        "The Git League: a new version on [at]",
        "On [at], we bring a new version of The Git League. Pages and syncs may pause for\n"
        "a few minutes; clients wait by themselves and nothing is lost. There is nothing\n"
        "for you to do.\n\n"
        "Questions: [contact]\n",
    ),
    NoticeKind.REMINDER: Words(
        "Prepare your keys",
        "The Git League: please prepare your API key",
        "From [at] on, you can push your repositories yourself, so that no git credential\n"
        "lies on the server. Please make an API key on the page “API keys”, install the\n"
        "client (pipx install gitleague-client), and run: gitleague-client doctor\n"
        "We tell you when your repositories move.\n\n"
        "Questions: [contact]\n",
    ),
    NoticeKind.ROLLBACK: Words(
        "Rolled back",
        "The Git League: the new version was taken back",
        "On [at], the new version was taken back. Why: [why]\n\n"
        "The league stands where it stood before. What you pushed since then is sent again\n"
        "by your client's next sync.\n\n"
        "Questions: [contact]\n",
    ),
    NoticeKind.ALL_CLEAR: Words(
        "All clear",
        "The Git League: all is well again",
        "All is well again since [at]. What happened, and what we change, follows.\n\n"
        "Questions: [contact]\n",
    ),
}


class At(NamedTuple):
    key: str  # the same announcement, however it was typed
    words: str


class Notice(NamedTuple):
    kind: NoticeKind
    about: str  # empty while --at is missing
    subject: str
    text: str
    missing: list[str]  # blanks that nobody filled


def blanks_of(kind: NoticeKind) -> list[str]:
    return list(dict.fromkeys(BLANK.findall(WORDS[kind].subject + WORDS[kind].text)))


def read_at(text: str) -> At:
    """A day, or a day and time, in UTC unless it says otherwise. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip())
    is_day = len(text.strip()) <= A_DAY
    moment = (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone(
        timezone.utc
    )
    day = f"{moment:%A}, {moment.day} {moment:%B} {moment.year}"
    if is_day:
        return At(f"{moment:%Y-%m-%d}", day)
    return At(f"{moment:%Y-%m-%dT%H:%M}", f"{day}, {moment:%H:%M} UTC")


def filled(kind: NoticeKind, at: At | None, blanks: Mapping[str, str]) -> Notice:
    """What is missing stays in its brackets."""
    told = {name: " ".join(text.split()) for name, text in blanks.items()}
    told |= {"at": at.words if at else ""}
    subject, text = (
        BLANK.sub(lambda blank: told.get(blank[1]) or blank[0], template)
        for template in (WORDS[kind].subject, WORDS[kind].text)
    )
    missing = [name for name in blanks_of(kind) if not told.get(name)]
    return Notice(kind, at.key if at else "", subject, text, missing)
