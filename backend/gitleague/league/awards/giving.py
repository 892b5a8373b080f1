"""Awards are given once their days are over, and never twice.

A day waits for those who push late: its awards, and those of weeks and months that end with it, are
given when another day has passed. What was given stays, unless a commissioner has it done anew.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TypeAlias

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.league.awards import candidates
from gitleague.league.awards.announcing import announce
from gitleague.league.awards.candidates import Candidate
from gitleague.league.periods import DAY, WEEK, Period, Window, around, day_in, today_in
from gitleague.league.seasons.presence import passed_by
from gitleague.projects.leagues import get_project, lock_project
from gitleague.tables.awards import Award, AwardKind
from gitleague.tables.commits import Identity
from gitleague.tables.projects import Project
from gitleague.tables.scores import BoxScore

GRACE = timedelta(days=2)  # from the last day of a period to its awards
STRETCH = 90  # days whose plays are looked for at once
Ranking: TypeAlias = Callable[[Session, uuid.UUID, Window], list[Candidate]]
PERIODS: Mapping[AwardKind, tuple[Period, Ranking]] = {
    AwardKind.PLAYER_OF_THE_WEEK: (Period.WEEK, candidates.by_impact),
    AwardKind.PLAYER_OF_THE_MONTH: (Period.MONTH, candidates.by_impact),
    AwardKind.MOST_IMPROVED: (Period.MONTH, candidates.most_improved),
    AwardKind.ROOKIE_OF_THE_MONTH: (Period.MONTH, candidates.rookies_of_the_month),
}
OF_A_SEASON: Mapping[AwardKind, Ranking] = {
    AwardKind.MVP: candidates.by_impact,
    AwardKind.ROOKIE_OF_THE_YEAR: candidates.rookies_of_the_year,
}


def due(session: Session, project_id: uuid.UUID) -> tuple[date, date]:
    """The first and the last day whose awards are to be given; none if the last is earlier."""
    through = session.scalars(select(Project.awards_through).where(Project.id == project_id)).one()
    began = day_in(session, project_id, get_project(session, project_id).created_at)
    return through + DAY if through else began, today_in(session, project_id) - GRACE


def give(session: Session, project_id: uuid.UUID, *, anew_from: date | None = None) -> int:
    """Gives what is due, or all again from a day on; returns how many awards that were."""
    lock_project(session, project_id)
    first, last = first_due, _ = due(session, project_id)
    if anew_from:
        first = min(first_due, anew_from)  # no day that is due is left out
        session.execute(
            delete(Award).where(
                Award.project_id == project_id, Award.last >= anew_from, Award.season_id.is_(None)
            )
        )
    if last < first:
        return 0
    awards = [
        *_of_days(session, project_id, first, last),
        *_of_periods(session, project_id, first, last),
    ]
    session.add_all(awards)
    # What is given anew is no news.
    announce(session, project_id, [award for award in awards if award.last >= first_due])
    session.execute(update(Project).where(Project.id == project_id).values(awards_through=last))
    return len(awards)


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


def _of_days(session: Session, project_id: uuid.UUID, first: date, last: date) -> Iterator[Award]:
    """Stretch by stretch of days that were played: a pause of years is passed in one step."""
    played = sorted(_played_days(session, project_id, first, last))
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
    played = _played_days(session, project_id, around(first, Period.MONTH, last).first - WEEK, last)
    for kind, (period, ranking) in PERIODS.items():
        windows = {around(day, period, last) for day in played}
        for window in sorted(windows, key=lambda window: window.first):
            if first <= window.last <= last:
                ranked = ranking(session, project_id, window)
                award = _award(session, project_id, kind, window.first, window.last, ranked)
                if award:
                    yield award


def _played_days(session: Session, project_id: uuid.UUID, first: date, last: date) -> set[date]:
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
    ranked: Iterable[Candidate],
) -> Award | None:
    """To the best who was there; whoever was away for more than half of the days is passed by."""
    away = passed_by(session, project_id, first, last)
    skipped = []
    for each in ranked:
        if each.player_id in away:
            # As the winner is kept: a name could not be taken out, nor follow a merge.
            skipped.append(str(_identity_of(session, project_id, each.player_id)))
            continue
        return Award(
            id=uuid.uuid4(),
            project_id=project_id,
            kind=kind.value,
            first=first,
            last=last,
            identity_id=_identity_of(session, project_id, each.player_id),
            score=each.score,
            working={**each.working, "passed_by": skipped},
            sha=each.sha,
            given_at=now(),
        )
    return None


def _identity_of(session: Session, project_id: uuid.UUID, player_id: uuid.UUID) -> uuid.UUID:
    """The one that a player was first seen with."""
    return session.scalars(
        select(Identity.id)
        .where(Identity.project_id == project_id, Identity.player_id == player_id)
        .order_by(Identity.created_at, Identity.id)
        .limit(1)
    ).one()
