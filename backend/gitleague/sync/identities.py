"""From the names and addresses in commits to identities, and from identities to players.

A wrong merge is worse than a missing one: only the same address joins identities by itself, also
where one of them came as a pseudonym.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from gitleague_client.reading import Named
from gitleague_client.rules.people import address_of, is_bot
from gitleague_client.rules.pseudonyms import is_pseudonym, pseudonym
from sqlalchemy import select
from sqlalchemy.orm import Session

from gitleague.core.sets import among, insert_rows
from gitleague.scoring.players import fingerprint
from gitleague.tables.commits import Identity, Player
from gitleague.tables.projects import Project


def identities_of(
    session: Session, project_id: uuid.UUID, people: Collection[Named], *, seen_at: datetime
) -> dict[Named, uuid.UUID]:
    """An identity for each person; unknown ones are made, with their players."""
    by_fingerprint = {fingerprint(person): person for person in people}
    found = session.execute(
        select(Identity.fingerprint, Identity.id).where(
            Identity.project_id == project_id,
            among(session, Identity.fingerprint, by_fingerprint),
        )
    )
    known = {by_fingerprint[known_by]: identity_id for known_by, identity_id in found}
    strangers = [person for person in by_fingerprint.values() if person not in known]
    if strangers:
        known |= _introduce(session, project_id, strangers, seen_at)
    return known


def _introduce(
    session: Session, project_id: uuid.UUID, strangers: Iterable[Named], seen_at: datetime
) -> dict[Named, uuid.UUID]:
    salt = salt_of(session, project_id)
    addresses = {person: address_of(person.email) for person in strangers}
    players = _players_by_pseudonym(session, project_id, set(addresses.values()) - {""}, salt)
    new_players, identities = [], {}
    for person, address in addresses.items():
        known_by = pseudonym(address, salt)
        player_id = players.get(known_by)
        if player_id is None:
            player_id = uuid.uuid4()
            new_players.append(
                (player_id, project_id, _called(person), is_bot(*person), seen_at),
            )
            if address:
                players[known_by] = player_id
        identities[person] = (uuid.uuid4(), player_id, address)
    columns = ("id", "project_id", "name", "is_bot", "created_at")
    insert_rows(session, Player, columns, new_players)
    insert_rows(
        session,
        Identity,
        ("id", "project_id", "player_id", "name", "email", "address", "fingerprint", "created_at"),
        [
            (*ids, project_id, player_id, *person, address, fingerprint(person), seen_at)
            for person, (*ids, player_id, address) in identities.items()
        ],
    )
    return {person: identity_id for person, (identity_id, _, _) in identities.items()}


def _players_by_pseudonym(
    session: Session, project_id: uuid.UUID, addresses: Collection[str], salt: str
) -> dict[str, uuid.UUID]:
    """Of several players with an address, which a commissioner split, the one seen first."""
    if not addresses:
        return {}
    of_project = select(Identity.address, Identity.player_id).where(
        Identity.project_id == project_id, Identity.address != ""
    )
    if not any(map(is_pseudonym, addresses)):  # else any address here may be the one meant
        spellings = {*addresses, *(pseudonym(address, salt) for address in addresses)}
        of_project = of_project.where(among(session, Identity.address, spellings))
    found = session.execute(of_project.order_by(Identity.created_at.desc(), Identity.id.desc()))
    return {pseudonym(address, salt): player_id for address, player_id in found}


def salt_of(session: Session, project_id: uuid.UUID) -> str:
    """What pseudonyms of the project are made with; it never changes."""
    return session.scalars(select(Project.pseudonym_salt).where(Project.id == project_id)).one()


def _called(person: Named) -> str:
    return person.name.strip() or person.email.partition("@")[0].strip() or "Unknown"
