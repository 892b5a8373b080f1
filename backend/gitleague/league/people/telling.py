"""What happened is kept with the ids of players. Whoever is told of it, and however late, reads
the names that may be shown by then.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from gitleague.core.prepared import prepared
from gitleague.league.people.shown import ANONYMOUS, PUBLIC, Viewer, is_unseen, shown_name
from gitleague.tables.commits import Identity, Player

PLAYER, IDENTITY, SHA = "player", "identity", "sha"


class _Shown(NamedTuple):
    id: uuid.UUID
    name: str
    is_unseen: bool


def kept(player_id: uuid.UUID, identity_id: uuid.UUID) -> dict[str, str]:
    """Of a player, in the data of an event. When players are joined, the identity goes along."""
    return {"id": str(player_id), IDENTITY: str(identity_id)}


def told(
    session: Session,
    project_id: uuid.UUID,
    events: Sequence[Mapping[str, Any]],
    viewer: Viewer = PUBLIC,
) -> list[dict[str, Any]]:
    """The data of these events, with names; without what such a player committed is not shown."""
    named = [about[PLAYER] for data in events for _, about in _subjects(data)]
    shown = _shown(session, project_id, named, viewer) if named else {}
    return [
        {**data, **{key: _told(about, shown) for key, about in _subjects(data)}} for data in events
    ]


def _subjects(data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, value in data.items():
        if isinstance(value, dict) and PLAYER in value:
            yield key, value


def _told(about: Mapping[str, Any], shown: Mapping[str, _Shown]) -> dict[str, Any]:
    player = about[PLAYER]
    found = shown.get(player.get(IDENTITY, player["id"]))
    if found is None:
        return {**about, PLAYER: {"id": player["id"], "name": ANONYMOUS}, **_without_sha(about)}
    hidden = _without_sha(about) if found.is_unseen else {}
    return {**about, PLAYER: {"id": str(found.id), "name": found.name}, **hidden}


def _without_sha(about: Mapping[str, Any]) -> dict[str, None]:
    return {SHA: None} if SHA in about else {}


def _shown(
    session: Session, project_id: uuid.UUID, named: Collection[Mapping[str, str]], viewer: Viewer
) -> dict[str, _Shown]:
    """By identity; by player where an older release kept that alone."""
    identities = {uuid.UUID(each[IDENTITY]) for each in named if IDENTITY in each}
    players = {uuid.UUID(each["id"]) for each in named if IDENTITY not in each}
    found: dict[str, _Shown] = {}
    for identity_id, *player in session.execute(
        *_players(project_id, list(identities), list(players), viewer)
    ):
        found[str(identity_id)] = found[str(player[0])] = _Shown(*player)
    return found


@prepared
def _players(
    project_id: uuid.UUID, identities: list[uuid.UUID], players: list[uuid.UUID], viewer: Viewer
) -> Select[Any]:
    return (
        select(Identity.id, Player.id, shown_name(viewer), is_unseen(viewer))
        .join(
            Player,
            and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id),
        )
        .where(
            Identity.project_id == project_id,
            Identity.id.in_(identities) | Identity.player_id.in_(players),
        )
    )
