"""From what was asked to the days it means: calendars know weeks, the database knows seasons."""

import uuid
from datetime import date

from sqlalchemy.orm import Session

from gitleague.league.periods import Period, Window, today_in, window_of, wrong
from gitleague.league.seasons.seasons import (
    SeasonRow,
    active_season,
    get_season,
    neighbours,
    season_on,
    seasons_opened,
)


def window_asked(
    session: Session,
    project_id: uuid.UUID,
    period: Period,
    *,
    start: date | None = None,
    season_id: uuid.UUID | None = None,
) -> Window:
    """Of seasons the one of that id, else that of the day, else the one that is being played.

    Raises NotFound for a season of another league, Invalid where there is none.
    """
    today = today_in(session, project_id)
    if season_id is None and period is not Period.SEASON:
        return window_of(period, start, today=today)
    if season_id:
        season: SeasonRow | None = get_season(session, project_id, season_id)
    elif start:
        season = season_on(session, project_id, start)
    else:
        season = active_season(session, project_id)
    if season is None:
        raise wrong(
            "period",
            "There is no such season. Name one with season_id, or ask for day, week, month or all.",
        )
    before, after = neighbours(session, project_id, season)
    return _window(season, today)._replace(
        previous=_window(before, today) if before else None,
        following=_window(after, today) if after else None,
    )


def opened_seasons(session: Session, project_id: uuid.UUID) -> list[tuple[SeasonRow, Window]]:
    """All that were opened, the newest first, with the days and the rules of each."""
    seasons = seasons_opened(session, project_id)
    today = today_in(session, project_id)
    alone = [_window(season, today) for season in seasons]
    beside = zip([*alone[1:], None], [None, *alone], strict=False)
    windows = [
        window._replace(previous=previous, following=following)
        for window, (previous, following) in zip(alone, beside, strict=False)
    ]
    return list(zip(seasons, windows, strict=True))


def _window(season: SeasonRow, today: date) -> Window:
    return Window(
        Period.SEASON, season.first, season.last, today, season.rules_version, season.name
    )
