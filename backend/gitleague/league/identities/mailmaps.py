"""A `.mailmap`, read as gitmailmap(5) says, turned into players and their names."""

import re
import uuid
from collections import defaultdict
from typing import NamedTuple

from gitleague_client.rules.people import address_of
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.errors import Invalid
from gitleague.league.identities.moves import ChangeRow, Rename, move
from gitleague.league.people.shown import LEAGUE, names_of
from gitleague.projects.leagues import lock_project
from gitleague.tables.commits import Identity, Player
from gitleague.tables.identities import ChangeKind

_LINE = re.compile(r"([^<>]*)<([^<>]*)>(?:([^<>]*)<([^<>]*)>)?\s*(?:#.*)?")


class _Known(NamedTuple):
    id: uuid.UUID
    name: str
    email: str
    player_id: uuid.UUID


class Imported(NamedTuple):
    change: ChangeRow | None  # None: everybody was where they belong, and called so
    renames: list[Rename]


class Mailmap:
    """Proper names and addresses, by the names and addresses that commits have.

    An empty name stands for every name with that address.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[str, str]] = {}

    def add(self, proper_name: str, proper_email: str, name: str, email: str) -> None:
        """Empty is what the line leaves open. As in git, a later line of an address alone fills in
        and wins, and one of a name and an address takes the place of an earlier one.
        """
        key = (name.lower(), email.lower())
        old_name, old_email = ("", "") if name else self._known.get(key, ("", ""))
        self._known[key] = (proper_name or old_name, proper_email or old_email)

    def proper(self, name: str, email: str) -> tuple[str, str]:
        """The name and address to use; those of the commit where no line is about it."""
        address = email.lower()
        found = self._known.get((name.lower(), address)) or self._known.get(("", address))
        proper_name, proper_email = found or ("", "")
        return proper_name or name, proper_email or email


def parse(text: str) -> Mailmap:
    """Raises Invalid with the line that cannot be read."""
    mailmap = Mailmap()
    for number, written in enumerate(text.splitlines(), 1):
        line = written.strip()
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if not found:
            message = f"Line {number} is none of the four forms of gitmailmap(5): {line[:80]!r}"
            raise Invalid(message, errors=[{"field": "text", "message": message}])
        one, first, two, second = (part.strip() if part else "" for part in found.groups())
        if found[4] is None:
            mailmap.add(one, "", "", first)
        else:
            mailmap.add(one, first, two, second)
    return mailmap


def import_mailmap(session: Session, text: str, *, by: Membership) -> Imported:
    """Joins the players whom the file says to be one, and calls them what it says."""
    mailmap = parse(text)
    lock_project(session, by.project_id)
    known = _known(session, by.project_id)
    owners = _owners(mailmap, known)
    moving = {each.id: owners[each.id] for each in known if owners[each.id] != each.player_id}
    names = {
        owners[each.id]: proper
        for each in known
        if (proper := mailmap.proper(each.name, each.email)[0]) != each.name
    }
    called = names_of(session, by.project_id, names.keys(), LEAGUE)
    new = {player: name for player, name in names.items() if name != called[player]}
    if not moving and not new:
        return Imported(None, [])
    change = move(session, moving, ChangeKind.MAILMAP, names=new, by=by)
    renames = sorted(change.renames, key=lambda each: each.after)
    audit.record(
        session,
        Action.MAILMAP_IMPORTED,
        f"{len(moving)} identities",
        caller=by.caller,
        project_id=by.project_id,
        details={
            "change": str(change.id),
            "renames": [[each.before, each.after] for each in renames],
        },
    )
    return Imported(change, renames)


def _known(session: Session, project_id: uuid.UUID) -> list[_Known]:
    rows = session.execute(
        select(Identity.id, Identity.name, Identity.email, Identity.player_id)
        .join(
            Player,
            and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id),
        )
        .where(Identity.project_id == project_id, Player.erased_number.is_(None))
        .order_by(Identity.created_at, Identity.name, Identity.email)
    )
    return [_Known(*row) for row in rows]


def _owners(mailmap: Mailmap, known: list[_Known]) -> dict[uuid.UUID, uuid.UUID]:
    """The player of each identity, once those that share a proper address are one.

    It is whoever has that address already, else whoever was seen first.
    """
    groups: defaultdict[str, list[_Known]] = defaultdict(list)
    told = set()
    for each in known:
        _, email = mailmap.proper(each.name, each.email)
        address = address_of(email) or str(each.id)
        groups[address].append(each)
        if email != each.email:
            told.add(address)
    owners = {each.id: each.player_id for each in known}
    for address in told:
        members = groups[address]
        own = [each for each in members if address_of(each.email) == address]
        owner = (own or members)[0].player_id
        owners |= dict.fromkeys((each.id for each in members), owner)
    return owners
