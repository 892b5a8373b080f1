"""Players who may be the same person, with what speaks for it. A person decides.

A wrong merge is worse than a missing one: nothing here happens by itself.
"""

import re
import unicodedata
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import product
from typing import NamedTuple, TypeAlias

from gitleague_client.rules.pseudonyms import is_pseudonym
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from gitleague.league.people.shown import LEAGUE, shown_name
from gitleague.league.totals import By, ledger, totals
from gitleague.tables.commits import Identity, Player
from gitleague.tables.identities import DismissedSuggestion

MOST_ALIKE = 8  # more players than that share a sign because it says nothing
GENERIC = frozenset(
    (
        *("admin", "administrator", "contact", "dev", "developer", "git", "github", "gitlab"),
        *("hello", "info", "mail", "noreply", "no-reply", "office", "root", "support", "team"),
        *("test", "user", "webmaster", "work"),
    )
)
SHORTEST = 4  # characters of what is left of the @
_HIDDEN = re.compile(r"@users\.noreply\.")


Pair: TypeAlias = tuple[uuid.UUID, uuid.UUID]


class Known(NamedTuple):
    """One way a player is known by."""

    player_id: uuid.UUID
    player_name: str
    name: str
    email: str


Signs: TypeAlias = Callable[[Known], Iterator[str]]


class Suggestion(NamedTuple):
    players: Pair
    names: tuple[str, str]
    score: int  # 0 to 100
    reasons: list[str]


def suggestions(session: Session, project_id: uuid.UUID) -> list[Suggestion]:
    """The likeliest first. Bots are never people; who came when a player had retired is another."""
    rows = session.execute(
        select(Player.id, shown_name(LEAGUE), Identity.name, Identity.email)
        .join(
            Identity,
            and_(Identity.project_id == Player.project_id, Identity.player_id == Player.id),
        )
        .where(
            Player.project_id == project_id,
            Player.is_bot.is_(False),
            Player.erased_number.is_(None),
        )
        .order_by(Player.id, Identity.name, Identity.email)
    )
    dismissed = dismissed_pairs(session, project_id)
    found = [each for each in alike(Known(*row) for row in rows) if each.players not in dismissed]
    retired_on = _retired(session, project_id)
    pairs = {
        player for each in found for player in each.players if retired_on.keys() & each.players
    }
    began = _first_days(session, project_id, pairs) if pairs else {}
    return [each for each in found if not _followed(each.players, retired_on, began)]


def dismissed_pairs(session: Session, project_id: uuid.UUID) -> set[Pair]:
    rows = session.execute(
        select(DismissedSuggestion.one, DismissedSuggestion.other).where(
            DismissedSuggestion.project_id == project_id
        )
    )
    return set(rows.tuples())


def _retired(session: Session, project_id: uuid.UUID) -> dict[uuid.UUID, date]:
    rows = session.execute(
        select(Player.id, Player.retired_on).where(
            Player.project_id == project_id, Player.retired_on.is_not(None)
        )
    )
    return {player: day for player, day in rows if day}


def _first_days(
    session: Session, project_id: uuid.UUID, players: set[uuid.UUID]
) -> dict[uuid.UUID, date]:
    books = ledger(session, project_id)
    days = totals(books, date.min, date.max, by=By.DAY, players=players, names=["commits"]).c
    rows = session.execute(select(days.player_id, func.min(days.day)).group_by(days.player_id))
    return dict(rows.tuples().all())


def _followed(pair: Pair, retired_on: dict[uuid.UUID, date], began: dict[uuid.UUID, date]) -> bool:
    """One of them first played when the other had retired."""
    return any(
        one in retired_on and other in began and began[other] >= retired_on[one]
        for one, other in (pair, pair[::-1])
    )


def alike(people: Iterable[Known]) -> list[Suggestion]:
    people = list(people)
    found: defaultdict[Pair, dict[str, int]] = defaultdict(dict)
    names = {known.player_id: known.player_name for known in people}
    for one, other, score, sentence in _SIGNS:
        for sign, pair in _sharing(people, one, other):
            found[pair].setdefault(sentence.format(sign), score)
    suggested = [
        Suggestion(pair, (names[pair[0]], names[pair[1]]), _together(reasons), list(reasons))
        for pair, reasons in found.items()
    ]
    return sorted(suggested, key=lambda each: (-each.score, each.names, each.players))


def _sharing(people: Iterable[Known], one: Signs, other: Signs) -> Iterator[tuple[str, Pair]]:
    """Who has a sign of one kind that somebody else has of the other kind."""
    ours, theirs = _by_sign(people, one), _by_sign(people, other)
    for sign in ours.keys() & theirs.keys():
        if len(ours[sign] | theirs[sign]) <= MOST_ALIKE:
            for first, second in product(ours[sign], theirs[sign]):
                if first != second:
                    yield sign, (min(first, second), max(first, second))


def _by_sign(people: Iterable[Known], signs: Signs) -> dict[str, set[uuid.UUID]]:
    players: defaultdict[str, set[uuid.UUID]] = defaultdict(set)
    for known in people:
        for sign in signs(known):
            players[sign].add(known.player_id)
    return players


def _together(reasons: dict[str, int]) -> int:
    """What is left of the doubt once every reason has taken its part."""
    doubt = 1.0
    for score in reasons.values():
        doubt *= 1 - score / 100
    return round(100 * (1 - doubt))


def _name(known: Known) -> Iterator[str]:
    """Whatever the order of its words; a first name alone is many people's."""
    words = _words(known.name)
    if len(words) > 1:
        yield " ".join(sorted(words))


def _name_joined(known: Known) -> Iterator[str]:
    """As Grace Hopper may be written in an address."""
    words = _words(known.name)
    if len(words) > 1:
        first, last = words[0], words[-1]
        yield from {first + last, last + first, first[0] + last}


def _mailbox(known: Known) -> Iterator[str]:
    found = _before_the_at(known.email)
    if found:
        yield found


def _mailbox_joined(known: Known) -> Iterator[str]:
    for mailbox in _mailbox(known):
        yield re.sub(r"[^a-z]", "", mailbox)


def _short_name(known: Known) -> Iterator[str]:
    """G. Hopper"""
    words = _words(known.name)
    if len(words) > 1 and len(words[0]) == 1:
        yield f"{words[0]}. {words[-1]}"


def _name_shortened(known: Known) -> Iterator[str]:
    words = _words(known.name)
    if len(words) > 1 and len(words[0]) > 1:
        yield f"{words[0][0]}. {words[-1]}"


_SIGNS: tuple[tuple[Signs, Signs, int, str], ...] = (
    (_name, _name, 90, "the same name: {}"),
    (_mailbox, _mailbox, 75, "the same name before the @: {}"),
    (_name_joined, _mailbox_joined, 60, "the name of one is in the address of the other: {}"),
    (_short_name, _name_shortened, 40, "the name of one may be short for the other: {}"),
)


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return re.findall(r"[^\W\d_]+", letters)


def _before_the_at(email: str) -> str:
    """What tells a person in an address; empty where nothing does."""
    if is_pseudonym(email):
        return ""
    mailbox, _, domain = email.lower().partition("@")
    mailbox = (
        mailbox.partition("+")[2]
        if _HIDDEN.search(f"@{domain}") and "+" in mailbox
        else (mailbox.partition("+")[0])
    )
    return mailbox if len(mailbox) >= SHORTEST and mailbox not in GENERIC else ""
