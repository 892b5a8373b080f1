"""The turns of snake drafts in the database, and the clock that ends them."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import Conflict
from gitleague.core.sets import insert_rows
from gitleague.jobs import queue
from gitleague.league.fantasy.draft import Draft, run_out
from gitleague.league.fantasy.leagues import (
    FantasyRow,
    get_fantasy,
    record,
    set_values,
    tell_of_fantasy,
    to_set_up,
)
from gitleague.league.fantasy.pool import PoolRow, free_players
from gitleague.league.fantasy.teams import all_teams, forget_strangers
from gitleague.projects.leagues import lock_project
from gitleague.tables.fantasy import FantasyLeague, FantasyMode, FantasyPick, FantasyTeam
from gitleague.tables.seasons import SeasonState

END_TURNS = "fantasy:end_turns"
FEWEST = 2  # managers of a draft


def start(session: Session, fantasy_id: uuid.UUID, *, by: Membership) -> FantasyRow:
    """Picks are open from now on; in a snake draft the first turn begins."""
    fantasy = to_set_up(session, by.project_id, fantasy_id)
    if fantasy.is_locked:
        raise Conflict(f"The lock was on {fantasy.locks_on}. Give it a later one first.")
    forget_strangers(session, fantasy)
    free = free_players(session, by.project_id, fantasy_id)
    if not any(fantasy.salary_cap is None or each.price <= fantasy.salary_cap for each in free):
        raise Conflict(
            "Nobody in the pool can be picked. Raise the salary cap, or take players back in."
        )
    started = fantasy._replace(started_at=now())
    if fantasy.mode == FantasyMode.SNAKE.value:
        started = started._replace(turn_ends_at=_first_turn(session, started, free))
    set_values(
        session,
        by.project_id,
        fantasy_id,
        started_at=started.started_at,
        turn_ends_at=started.turn_ends_at,
    )
    record(session, Action.FANTASY_STARTED, fantasy.name, by)
    tell_of_fantasy(session, by.project_id, fantasy_id)
    return started


def _first_turn(session: Session, fantasy: FantasyRow, free: Sequence[PoolRow]) -> datetime | None:
    """Gives seats, and returns when the first turn ends."""
    draft = draft_of(session, fantasy, free)
    if len(draft.seats) < FEWEST:
        raise Conflict(f"A snake draft needs {FEWEST} managers or more. Let them join first.")
    session.execute(
        update(FantasyTeam),
        [
            {"project_id": fantasy.project_id, "id": team.id, "seat": seat}
            for seat, team in enumerate(draft.seats)
        ],
    )
    go_on(session, fantasy, draft)
    return draft.turn_ends_at


def draft_of(session: Session, fantasy: FantasyRow, free: Sequence[PoolRow] = ()) -> Draft:
    """As it stands in the database, of one that has started; `free` is for who goes on with it."""
    taken = session.execute(
        select(
            FantasyPick.team_id,
            func.sum(FantasyPick.price),
            func.count(),
            func.max(FantasyPick.picked_at, type_=FantasyPick.picked_at.type),
        )
        .where(
            FantasyPick.project_id == fantasy.project_id,
            FantasyPick.fantasy_id == fantasy.id,
            FantasyPick.turn.is_not(None),
        )
        .group_by(FantasyPick.team_id)
    ).all()
    return Draft(
        seats=all_teams(session, fantasy),
        rounds=fantasy.roster_size,
        cap=fantasy.salary_cap,
        clock=timedelta(minutes=fantasy.pick_minutes or 0),
        locks_at=fantasy.locks_at,
        turn=sum(count for _, _, count, _ in taken),
        began=max((last for *_, last in taken), default=fantasy.started_at or now()),
        spent={team_id: int(price) for team_id, price, _, _ in taken},
        free=list(free),
    )


def caught_up(session: Session, fantasy: FantasyRow) -> Draft:
    """The draft once the turns that ran out are ended. Only under the league's lock."""
    free = free_players(session, fantasy.project_id, fantasy.id)
    draft = draft_of(session, fantasy, free)
    go_on(session, fantasy, draft)
    return draft


def go_on(session: Session, fantasy: FantasyRow, draft: Draft) -> None:
    """Writes down the turns that are over by now, and when the next one ends."""
    insert_rows(
        session,
        FantasyPick,
        (
            *("id", "project_id", "fantasy_id", "team_id", "identity_id", "price"),
            *("turn", "by_clock", "picked_at"),
        ),
        [
            (
                uuid.uuid4(),
                fantasy.project_id,
                fantasy.id,
                each.team_id,
                each.choice.identity_id if each.choice else None,
                each.choice.price if each.choice else 0,
                each.turn,
                each.by_clock,
                each.at,
            )
            for each in run_out(draft, now())
        ],
    )
    keep_clock(session, fantasy, draft)


def keep_clock(session: Session, fantasy: FantasyRow, draft: Draft) -> None:
    set_values(session, fantasy.project_id, fantasy.id, turn_ends_at=draft.turn_ends_at)


def end_turns(session: Session, project_id: uuid.UUID) -> bool:
    """Of one draft of a league; False where there is none."""
    lock_project(session, project_id)
    late = (
        select(FantasyLeague.id)
        .where(FantasyLeague.project_id == project_id, FantasyLeague.turn_ends_at <= now())
        .order_by(FantasyLeague.id)
        .limit(1)
    )
    fantasy_id = session.scalar(late)
    if fantasy_id is None:
        return False
    fantasy = get_fantasy(session, project_id, fantasy_id)
    if fantasy.season_state == SeasonState.CLOSED.value:  # nothing changes any more
        set_values(session, project_id, fantasy_id, turn_ends_at=None)
    else:
        caught_up(session, fantasy)
    tell_of_fantasy(session, project_id, fantasy_id)
    return True


def ask_for_turns(session: Session) -> None:
    """A job for each league with a turn that ran out."""
    # across projects: every league has its drafts
    late = select(FantasyLeague.project_id).where(FantasyLeague.turn_ends_at <= now())
    waiting = set(session.scalars(late.distinct()))
    for project_id in sorted(waiting - queue.unfinished(session, END_TURNS)):
        queue.enqueue(session, END_TURNS, project_id=project_id)
