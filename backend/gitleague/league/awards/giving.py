"""Awards are given once their days are over, and never twice.

A day waits for those who push late: its awards, and those of weeks and months that end with it, are
given when another day has passed. What was given stays, unless a commissioner has it done anew.
Who was best is found out while others may write; only what was found is kept under a lock.
"""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.league.awards import candidates
from gitleague.league.awards.announcing import announce
from gitleague.league.awards.candidates import Candidate
from gitleague.league.awards.rules import GRACE, RULES, named_in_working
from gitleague.league.periods import DAY, WEEK, Period, Window, around, day_in, today_in
from gitleague.league.seasons.presence import passed_by
from gitleague.projects.leagues import get_project, lock_project
from gitleague.scoring.days import Days
from gitleague.tables.awards import Award, AwardKind
from gitleague.tables.commits import Identity, Player
from gitleague.tables.projects import Project
from gitleague.tables.scores import BoxScore

STRETCH = 90  # days whose plays are looked for at once
Ranking: TypeAlias = Callable[[Session, uuid.UUID, Window], list[Candidate]]
OF_A_PERIOD: Mapping[AwardKind, Ranking] = {
    AwardKind.PLAYER_OF_THE_WEEK: candidates.by_impact,
    AwardKind.PLAYER_OF_THE_MONTH: candidates.by_impact,
    AwardKind.MOST_IMPROVED: candidates.most_improved,
    AwardKind.ROOKIE_OF_THE_MONTH: candidates.rookies_of_the_month,
}
OF_A_SEASON: Mapping[AwardKind, Ranking] = {
    AwardKind.MVP: candidates.by_impact,
    AwardKind.ROOKIE_OF_THE_YEAR: candidates.rookies_of_the_year,
}


class Giving(Enum):
    DUE = "due"  # their time has come
    AGAIN = "again"  # in place of those that were given
    MISSING = "missing"  # beside those that were given


class Found(NamedTuple):
    """The awards of some days, as they are to be kept."""

    awards: Sequence[Award]
    erased: int  # how many were erased until then: what is kept names none of them


def due(session: Session, project_id: uuid.UUID) -> tuple[date, date]:
    """The first and the last day whose awards are to be given; none if the last is earlier."""
    through = session.scalars(select(Project.awards_through).where(Project.id == project_id)).one()
    return through + DAY if through else began(session, project_id), last_over(session, project_id)


def began(session: Session, project_id: uuid.UUID) -> date:
    """The day on which the league was made."""
    return day_in(session, project_id, get_project(session, project_id).created_at)


def last_over(session: Session, project_id: uuid.UUID) -> date:
    """The last day that waits for nobody any more."""
    return today_in(session, project_id) - GRACE


def find(session: Session, project_id: uuid.UUID, days: Days) -> Found:
    """The awards of these days, and of the weeks and months that end with one of them.

    It only reads, so that nobody waits.
    """
    awards = [*_of_days(session, project_id, *days), *_of_periods(session, project_id, *days)]
    return Found(awards, _count_erased(session, project_id))


def keep(
    session: Session, project_id: uuid.UUID, days: Days, found: Found, *, how: Giving
) -> int | None:
    """How many awards were given; None where they have to be found again."""
    lock_project(session, project_id)
    if found.erased != _count_erased(session, project_id):
        return None
    awards = found.awards
    if how is Giving.DUE:
        if due(session, project_id)[0] != days.first:  # somebody else was quicker
            return 0
        session.execute(
            update(Project).where(Project.id == project_id).values(awards_through=days.last)
        )
    elif how is Giving.AGAIN:
        session.execute(delete(Award).where(*_within(project_id, days)))
    else:
        rows = session.execute(select(Award.kind, Award.first).where(*_within(project_id, days)))
        given = set(rows.tuples())
        awards = [award for award in awards if (award.kind, award.first) not in given]
    session.add_all(awards)
    if how is Giving.DUE:  # what is given late or again is no news
        announce(session, project_id, awards)
    return len(awards)


def _within(project_id: uuid.UUID, days: Days) -> tuple[ColumnElement[bool], ...]:
    return (
        Award.project_id == project_id,
        Award.last.between(*days),
        Award.season_id.is_(None),
    )


def _count_erased(session: Session, project_id: uuid.UUID) -> int:
    erased = select(func.max(Player.erased_number)).where(Player.project_id == project_id)
    return session.scalar(erased) or 0


def give_for_season(
    session: Session, project_id: uuid.UUID, season_id: uuid.UUID, window: Window
) -> None:
    """What the end of a season brings. Under the league's lock."""
    given = []
    for kind, ranking in OF_A_SEASON.items():
        ranked = ranking(session, project_id, window)
        award = _award(session, project_id, kind, window.first, window.last, ranked)
        if award:
            award.season_id = season_id
            given.append(award)
    session.add_all(given)
    announce(session, project_id, given)


def take_back_of_season(session: Session, project_id: uuid.UUID, season_id: uuid.UUID) -> None:
    """Under the league's lock."""
    session.execute(
        delete(Award).where(Award.project_id == project_id, Award.season_id == season_id)
    )


def _of_days(session: Session, project_id: uuid.UUID, first: date, last: date) -> Iterator[Award]:
    """Stretch by stretch of days that were played: a pause of years is passed in one step."""
    played = sorted(played_days(session, project_id, first, last))
    for stretch in range(0, len(played), STRETCH):
        days = played[stretch : stretch + STRETCH]
        for day, plays in candidates.plays_of_the_days(session, project_id, days[0], days[-1]):
            award = _award(session, project_id, AwardKind.PLAY_OF_THE_DAY, day, day, plays)
            if award:
                yield award


def _of_periods(
    session: Session, project_id: uuid.UUID, first: date, last: date
) -> Iterator[Award]:
    """Of the weeks and months whose last day is among these, and in which somebody played."""
    played = played_days(session, project_id, around(first, Period.MONTH, last).first - WEEK, last)
    for kind, ranking in OF_A_PERIOD.items():
        windows = {around(day, RULES[kind].period, last) for day in played}
        for window in sorted(windows, key=lambda window: window.first):
            if first <= window.last <= last:
                ranked = ranking(session, project_id, window)
                award = _award(session, project_id, kind, window.first, window.last, ranked)
                if award:
                    yield award


def played_days(session: Session, project_id: uuid.UUID, first: date, last: date) -> set[date]:
    """One question, so that no quiet week of a long pause is asked about."""
    return set(
        session.scalars(
            select(BoxScore.day)
            .where(BoxScore.project_id == project_id, BoxScore.day.between(first, last))
            .distinct()
        )
    )


def _award(
    session: Session,
    project_id: uuid.UUID,
    kind: AwardKind,
    first: date,
    last: date,
    ranked: Sequence[Candidate],
) -> Award | None:
    """To the best who was there; the next one who was is the runner-up."""
    away = passed_by(session, project_id, first, last)
    there = [each for each in ranked if each.player_id not in away]
    if not there:
        return None
    best, *others = there
    skipped = [each.player_id for each in ranked[: ranked.index(best)]]
    runner_up = next(iter(others), None)
    named = [best.player_id, *skipped, *(each.player_id for each in others[:1])]
    # All as the winner is kept: a name could not be taken out, nor follow a merge.
    identities = _identities_of(session, project_id, named)
    return Award(
        id=uuid.uuid4(),
        project_id=project_id,
        kind=kind.value,
        first=first,
        last=last,
        identity_id=identities[best.player_id],
        score=best.score,
        working={
            **best.working,
            **named_in_working(kind),
            "passed_by": [str(identities[player_id]) for player_id in skipped],
            "runner_up": runner_up
            and {"identity": str(identities[runner_up.player_id]), "score": runner_up.score},
        },
        sha=best.sha,
        given_at=now(),
    )


def _identities_of(
    session: Session, project_id: uuid.UUID, players: Collection[uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID]:
    """The one that each player was first seen with."""
    found = session.execute(
        select(Identity.player_id, Identity.id)
        .where(Identity.project_id == project_id, Identity.player_id.in_(players))
        .order_by(Identity.created_at.desc(), Identity.id.desc())
    )
    return dict(found.tuples().all())  # of each the last that comes
