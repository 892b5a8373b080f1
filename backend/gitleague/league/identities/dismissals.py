"""Suggestions that a commissioner has an answer to: these two are two people."""

import uuid
from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.league.cards import player_of
from gitleague.league.identities.suggestions import Pair, dismissed_pairs
from gitleague.league.people.shown import LEAGUE, names_of
from gitleague.league.periods import wrong
from gitleague.projects.leagues import lock_project
from gitleague.tables.identities import DismissedSuggestion


def dismiss(session: Session, players: Sequence[uuid.UUID], *, by: Membership) -> None:
    """They are not suggested again. Dismissing twice is no error."""
    lock_project(session, by.project_id)
    pair = _pair(players)
    names = [player_of(session, by.project_id, each).name for each in pair]
    if pair in dismissed_pairs(session, by.project_id):
        return
    session.add(
        DismissedSuggestion(
            id=uuid.uuid4(),
            project_id=by.project_id,
            one=pair[0],
            other=pair[1],
            created_by=by.caller.user_id,
            created_at=now(),
        )
    )
    _record(session, Action.SUGGESTION_DISMISSED, pair, names, by)


def bring_back(session: Session, players: Sequence[uuid.UUID], *, by: Membership) -> None:
    """They may be suggested again."""
    lock_project(session, by.project_id)
    pair = _pair(players)
    gone = session.execute(
        delete(DismissedSuggestion)
        .where(
            DismissedSuggestion.project_id == by.project_id,
            DismissedSuggestion.one == pair[0],
            DismissedSuggestion.other == pair[1],
        )
        .returning(DismissedSuggestion.id)
    ).all()
    if gone:
        names = [player_of(session, by.project_id, each).name for each in pair]
        _record(session, Action.SUGGESTION_BACK, pair, names, by)


def list_dismissed(session: Session, project_id: uuid.UUID) -> list[tuple[Pair, tuple[str, str]]]:
    """Those whose players are still two, with their names; by name."""
    pairs = dismissed_pairs(session, project_id)
    names = names_of(session, project_id, {each for pair in pairs for each in pair}, LEAGUE)
    found = [
        (pair, (names[pair[0]], names[pair[1]])) for pair in pairs if names.keys() >= set(pair)
    ]
    return sorted(found, key=lambda each: (each[1], each[0]))


def _pair(players: Sequence[uuid.UUID]) -> Pair:
    if len(set(players)) != 2:
        raise wrong("players", "Name two players.")
    return min(players), max(players)


def _record(session: Session, action: Action, pair: Pair, names: list[str], by: Membership) -> None:
    audit.record(
        session,
        action,
        " / ".join(names),
        caller=by.caller,
        project_id=by.project_id,
        details={"players": [str(each) for each in pair]},
    )
