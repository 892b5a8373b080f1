"""Best plays, records, careers and the Hall of Fame over HTTP."""

from typing import Annotated

from fastapi import Query

from gitleague.accounts.caller import Spectator
from gitleague.core.paging import Page, PagingQuery, page_of
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.access import PlayerId, PlayerSpectator
from gitleague.league.cards import player_of
from gitleague.league.careers import best, career, hall, records
from gitleague.league.careers.head_to_head import head_to_head
from gitleague.league.careers.schemas import (
    AllTimeOut,
    AllTimeQuery,
    BestPlayOut,
    BestPlaysQuery,
    BookOut,
    CareerOut,
    HallOut,
    HeadToHeadOut,
    MemberOut,
    PairQuery,
    PlayerCareerOut,
    ProjectPlaysQuery,
    RecordOut,
    SeasonLineOut,
    WayOut,
)
from gitleague.league.people.shown import viewer_of
from gitleague.league.periods import wrong

router = Routes(tags=["careers"])


@router.get("/projects/{project_id}/plays")
def list_best_plays(
    member: Spectator, session: ReadSession, asked: Annotated[ProjectPlaysQuery, Query()]
) -> Page[BestPlayOut]:
    """Returns the commits with the most impact: the five best of each player and month."""
    rows, total = best.best_plays(
        session,
        member.project_id,
        asked.window(session, member.project_id),
        asked,
        player_id=asked.player_id,
        repo_id=asked.repo_id,
        viewer=viewer_of(member),
    )
    return page_of([BestPlayOut.of_row(row) for row in rows], total, asked)


@router.get("/projects/{project_id}/records")
def show_records(member: Spectator, session: ReadSession) -> BookOut:
    """Returns the records of a league: the highest values in a day, week, month and season.

    The longest streak and the best single commit are among them.
    """
    book = records.book_of(session, member.project_id, viewer_of(member))
    return BookOut(made_at=book.made_at, records=[RecordOut.of(record) for record in book.records])


@router.get("/projects/{project_id}/hall-of-fame")
def show_hall_of_fame(member: Spectator, session: ReadSession) -> HallOut:
    """Returns the members of the Hall of Fame, and the ways into it. Retired players stay in it."""
    members = hall.hall_of_fame(session, member.project_id, viewer_of(member))
    return HallOut(
        ways=[WayOut(**way._asdict()) for way in hall.WAYS],
        members=[MemberOut.of(each) for each in members],
    )


@router.get("/projects/{project_id}/all-time")
def show_all_time(
    member: Spectator, session: ReadSession, asked: Annotated[AllTimeQuery, Query()]
) -> Page[AllTimeOut]:
    """Returns the standings of all time, with seasons, titles and awards of each player."""
    project_id = member.project_id
    table = hall.all_time_table(session, project_id, asked.metric, asked, viewer_of(member))
    more = hall.all_time(session, project_id, [row.player_id for row in table.rows])
    rows = [AllTimeOut.of_row(row, more[row.player_id]) for row in table.rows]
    return page_of(rows, table.total, asked)


@router.get("/projects/{project_id}/head-to-head")
def show_head_to_head(
    member: Spectator, session: ReadSession, asked: Annotated[PairQuery, Query()]
) -> HeadToHeadOut:
    """Compares two players: their standings, who leads in each number, and each week or month."""
    if asked.a == asked.b:
        raise wrong("b", "Nobody plays against themselves: name two players.")
    for field, player_id in (("a", asked.a), ("b", asked.b)):
        player_of(session, member.project_id, player_id, field=field)
    window = asked.window(session, member.project_id)
    found = head_to_head(
        *(session, member.project_id, window, (asked.a, asked.b)),
        by=asked.by,
        viewer=viewer_of(member),
    )
    return HeadToHeadOut.of(found)


@router.get("/players/{player_id}/plays")
def list_best_plays_of(
    player_id: PlayerId,
    member: PlayerSpectator,
    session: ReadSession,
    asked: Annotated[BestPlaysQuery, Query()],
) -> Page[BestPlayOut]:
    """Returns a player's commits with the most impact: the five best of each month."""
    rows, total = best.best_plays(
        session,
        member.project_id,
        asked.window(session, member.project_id),
        asked,
        player_id=player_id,
        repo_id=asked.repo_id,
        viewer=viewer_of(member),
    )
    return page_of([BestPlayOut.of_row(row) for row in rows], total, asked)


@router.get("/players/{player_id}/career")
def show_career(
    player_id: PlayerId, member: PlayerSpectator, session: ReadSession
) -> PlayerCareerOut:
    """Returns a player's totals, bests, milestones, and the records that they hold."""
    found = career.career_of(session, member.project_id, player_id)
    held = [
        record
        for record in records.book_of(session, member.project_id, viewer_of(member)).records
        if any(holder.player_id == player_id for holder in record.holders)
    ]
    return PlayerCareerOut(
        career=CareerOut.of(found) if found else None,
        records=[RecordOut.of(record) for record in held],
    )


@router.get("/players/{player_id}/seasons")
def list_seasons_of(
    player_id: PlayerId, member: PlayerSpectator, session: ReadSession, paging: PagingQuery
) -> Page[SeasonLineOut]:
    """Returns a player's standing in each season, newest first.

    Those of closed seasons are frozen.
    """
    player = player_of(session, member.project_id, player_id)
    lines, total = career.seasons_of(
        *(session, member.project_id, player_id, paging),
        is_bot=player.is_bot,
        viewer=viewer_of(member),
    )
    return page_of([SeasonLineOut.of(line) for line in lines], total, paging)
