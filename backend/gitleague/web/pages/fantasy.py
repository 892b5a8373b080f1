"""Fantasy leagues: all of them, and one with its pool, its table and its picks."""

import math
import uuid
from typing import Annotated, Any, NamedTuple

from fastapi import Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Membership, Spectator
from gitleague.core.paging import Paging, PagingQuery
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.fantasy import leagues, picks, pool, teams, turns
from gitleague.league.fantasy.draft import Draft, seat_of
from gitleague.league.fantasy.leagues import FantasyRow, FantasyState
from gitleague.league.fantasy.pool import PoolRow
from gitleague.league.fantasy.schemas import TableQuery
from gitleague.league.fantasy.table import table_of
from gitleague.league.fantasy.teams import Held, TeamRow
from gitleague.league.people.shown import viewer_of
from gitleague.league.periods import WEEK, Period, today_in
from gitleague.league.seasons.seasons import list_seasons
from gitleague.tables.fantasy import FantasyMode
from gitleague.tables.projects import Role
from gitleague.tables.seasons import SeasonState
from gitleague.web.frame import Part, league_page
from gitleague.web.tables import link_to
from gitleague.web.texts import gettext, gettext_noop

router = Routes(prefix="/projects/{project_id}/fantasy")
EVERY = Paging(limit=200)
ROWS = 50
NEXT_TURNS = 4
TABS = (
    Part(gettext_noop("Pool"), ""),
    Part(gettext_noop("Table"), "/table"),
    Part(gettext_noop("Picks"), "/picks"),
)
MODES = {
    FantasyMode.FREE.value: gettext_noop("Free pick"),
    FantasyMode.SNAKE.value: gettext_noop("Snake draft"),
}
STATES = {
    FantasyState.SETUP: gettext_noop("being set up"),
    FantasyState.OPEN: gettext_noop("open for picks"),
    FantasyState.DRAFTED: gettext_noop("drafted"),
    FantasyState.LOCKED: gettext_noop("locked, points are made"),
}


class Side(NamedTuple):
    """The reader's own place in a fantasy league."""

    team: TeamRow | None
    roster: list[Held]
    left: int | None  # under the cap; None: no cap
    may_pick: bool  # now


@router.get("")
def show_fantasies(request: Request, member: Spectator, session: ReadSession) -> HTMLResponse:
    runs = member.role is Role.COMMISSIONER
    seasons = list_seasons(session, member.project_id, EVERY)[0]
    return league_page(
        *(request, session, "fantasies.html"),
        member=member,
        here="/fantasy",
        rows=leagues.list_fantasies(session, member.project_id, EVERY)[0],
        season_names={season.id: season.name for season in seasons},
        open_seasons=[each for each in seasons if each.state != SeasonState.CLOSED.value],
        modes=MODES,
        states=STATES,
        today=today_in(session, member.project_id) if runs else None,
    )


@router.get("/{fantasy_id}")
def show_pool(
    request: Request,
    member: Spectator,
    session: ReadSession,
    fantasy_id: uuid.UUID,
    paging: PagingQuery,
) -> HTMLResponse:
    fantasy = leagues.get_fantasy(session, member.project_id, fantasy_id)
    wanted = paging.model_copy(update={"limit": ROWS})
    rows, total = pool.list_pool(session, member.project_id, fantasy_id, wanted, viewer_of(member))
    draft = turns.draft_of(session, fantasy) if fantasy.turn_ends_at else None
    everybody = teams.all_teams(session, fantasy)
    side = _side(session, member, fantasy, everybody, draft)
    taken = _taken(session, member, fantasy, everybody)
    return _page(
        *(request, session, "fantasy.html"),
        member=member,
        fantasy=fantasy,
        tab="",
        side=side,
        rows=[(row, _why_not(row, side, taken, member)) for row in rows],
        total=total,
        managers=everybody,
        draft=draft,
        up_next=_up_next(draft) if draft else [],
        page=paging.page,
        pages=math.ceil(total / ROWS),
        page_link=lambda number: link_to(paging, page=number) + "#pool",
    )


@router.get("/{fantasy_id}/table")
def show_table(
    request: Request,
    member: Spectator,
    session: ReadSession,
    fantasy_id: uuid.UUID,
    asked: Annotated[TableQuery, Query()],
) -> HTMLResponse:
    fantasy = leagues.get_fantasy(session, member.project_id, fantasy_id)
    table = table_of(
        *(session, fantasy, asked),
        period=asked.period,
        start=asked.start,
        viewer=viewer_of(member),
    )
    is_week = asked.period is Period.WEEK
    return _page(
        *(request, session, "fantasy_table.html"),
        member=member,
        fantasy=fantasy,
        tab="/table",
        table=table,
        asked=asked,
        is_week=is_week,
        has_begun=fantasy.is_locked,
        highest=max((row.points for row in table.rows), default=0),
        earlier=table.first - WEEK if is_week and table.first > fantasy.locks_on else None,
        later=table.first + WEEK
        if is_week and table.last < min(fantasy.last, today_in(session, member.project_id))
        else None,
        pages=math.ceil(table.total / asked.limit),
        link=lambda **changes: link_to(asked, **changes),
    )


@router.get("/{fantasy_id}/picks")
def show_picks(
    request: Request,
    member: Spectator,
    session: ReadSession,
    fantasy_id: uuid.UUID,
    paging: PagingQuery,
) -> HTMLResponse:
    fantasy = leagues.get_fantasy(session, member.project_id, fantasy_id)
    wanted = paging.model_copy(update={"limit": ROWS})
    rows, total = picks.list_picks(session, fantasy, wanted, viewer_of(member))
    everybody = teams.all_teams(session, fantasy)
    seen = [each.id for each in everybody if _sees(member, fantasy, each)]
    held = teams.held_by(session, member.project_id, seen, viewer_of(member))
    return _page(
        *(request, session, "fantasy_picks.html"),
        member=member,
        fantasy=fantasy,
        tab="/picks",
        rows=rows,
        total=total,
        rosters=[
            (team, [each for each in held if each.team_id == team.id] if team.id in seen else None)
            for team in everybody
        ],
        page=paging.page,
        pages=math.ceil(total / ROWS),
        page_link=lambda number: link_to(paging, page=number) + "#history",
    )


def _page(
    request: Request,
    session: Session,
    template: str,
    *,
    member: Membership,
    fantasy: FantasyRow,
    **shown: Any,
) -> HTMLResponse:
    return league_page(
        *(request, session, template),
        member=member,
        here="/fantasy",
        fantasy=fantasy,
        place=f"/projects/{member.project_id}/fantasy/{fantasy.id}",
        tabs=TABS,
        mode=MODES[fantasy.mode],
        state=STATES[fantasy.state],
        is_snake=fantasy.mode == FantasyMode.SNAKE.value,
        is_set_up=fantasy.started_at is None and fantasy.season_state != SeasonState.CLOSED.value,
        me=member.caller.user_id,
        plays=member.role is not Role.SPECTATOR,
        **shown,
    )


def _sees(member: Membership, fantasy: FantasyRow, team: TeamRow) -> bool:
    """Until the lock nobody sees the picks of others, not even a commissioner."""
    return fantasy.is_public or team.user_id == member.caller.user_id


def _side(
    session: Session,
    member: Membership,
    fantasy: FantasyRow,
    everybody: list[TeamRow],
    draft: Draft | None,
) -> Side:
    mine = next((each for each in everybody if each.user_id == member.caller.user_id), None)
    roster = teams.held_by(session, member.project_id, [mine.id], viewer_of(member)) if mine else []
    spent = sum(each.price for each in roster)
    left = None if fantasy.salary_cap is None else fantasy.salary_cap - spent
    is_my_turn = draft is None or (mine is not None and draft.on_the_clock.id == mine.id)
    has_room = len(roster) < fantasy.roster_size
    is_open = fantasy.state is FantasyState.OPEN and fantasy.season_state != "closed"
    return Side(mine, roster, left, bool(mine) and is_open and is_my_turn and has_room)


def _taken(
    session: Session, member: Membership, fantasy: FantasyRow, everybody: list[TeamRow]
) -> dict[uuid.UUID, str]:
    """By whom, of a snake draft, where nobody is picked twice."""
    if fantasy.mode != FantasyMode.SNAKE.value:
        return {}
    names = {team.id: team.name or gettext("somebody who left") for team in everybody}
    held = teams.held_by(session, member.project_id, list(names), viewer_of(member))
    return {each.player_id: names[each.team_id] for each in held}


def _why_not(
    row: PoolRow, side: Side, taken: dict[uuid.UUID, str], member: Membership
) -> str | None:
    """Why the reader cannot pick somebody; None: they can, in their turn."""
    if row.is_struck:
        return gettext("out of the pool")
    if row.player_id in {each.player_id for each in side.roster}:
        return gettext("yours")
    if row.player_id in taken:
        return gettext("taken by %(manager)s") % {"manager": taken[row.player_id]}
    if row.user_id == member.caller.user_id:
        return gettext("you")
    if side.left is not None and side.team and row.price > side.left:
        return gettext("over the cap")
    return None


def _up_next(draft: Draft) -> list[TeamRow]:
    """Whose turns follow."""
    last = draft.rounds * len(draft.seats)
    following = range(draft.turn + 1, min(draft.turn + 1 + NEXT_TURNS, last))
    return [draft.seats[seat_of(turn, len(draft.seats))] for turn in following]
