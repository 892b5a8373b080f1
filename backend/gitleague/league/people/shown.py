"""What a player is called, by who asks: the one place that knows who asked not to be shown.

Every read path selects `shown_name(viewer)` where it would select `Player.name`, and
`shown_text(column, viewer)` for what a player wrote. Whoever passes no viewer shows what anybody
may see.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, literal, or_, select
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Membership
from gitleague.core.prepared import prepared
from gitleague.tables.commits import Identity, Player
from gitleague.tables.projects import Role

ANONYMOUS = "Anonymous player"


class Viewer(NamedTuple):
    """Who looks: a commissioner sees all names, everybody else their own and what is shown."""

    user_id: uuid.UUID | None = None
    sees_all: bool = False


PUBLIC = Viewer()
LEAGUE = Viewer(sees_all=True)  # who decides, and shows nobody: awards do not turn on a name


def viewer_of(member: Membership) -> Viewer:
    return Viewer(member.caller.user_id, member.role is Role.COMMISSIONER)


def is_unseen(viewer: Viewer = PUBLIC) -> ColumnElement[bool]:
    """The `Player` of the row asked not to be shown, or was erased, and the viewer is another.

    Of an erased player nothing is left to show, to nobody.
    """
    return or_(Player.erased_number.is_not(None), _asked(viewer))


def shown_name(viewer: Viewer = PUBLIC) -> ColumnElement[str]:
    """The name of the `Player` of the row, which the query joins; an erased one has a number."""
    return case((_asked(viewer), literal(ANONYMOUS)), else_=Player.name)


def shown_text(column: Any, viewer: Viewer = PUBLIC) -> ColumnElement[Any]:
    """What the `Player` of the row wrote; nothing where they are not shown."""
    return case((is_unseen(viewer), None), else_=column)


def is_somebody() -> ColumnElement[bool]:
    """The `Player` of the row has identities: one who was joined with another has none left."""
    return exists().where(Identity.project_id == Player.project_id, Identity.player_id == Player.id)


def _asked(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.sees_all:
        return false()
    if viewer.user_id is None:
        return Player.is_hidden.is_(True)
    return and_(Player.is_hidden.is_(True), Player.user_id.is_distinct_from(viewer.user_id))


def names_of(
    session: Session,
    project_id: uuid.UUID,
    players: Collection[uuid.UUID],
    viewer: Viewer = PUBLIC,
) -> dict[uuid.UUID, str]:
    """For what keeps players and no names; not of who was joined with another since."""
    if not players:
        return {}
    rows = session.execute(*_names(project_id, list(players), viewer))
    return dict(rows.tuples().all())


@prepared
def _names(
    project_id: uuid.UUID, players: list[uuid.UUID], viewer: Viewer
) -> Select[tuple[uuid.UUID, str]]:
    return select(Player.id, shown_name(viewer)).where(
        Player.project_id == project_id, Player.id.in_(players), is_somebody()
    )
