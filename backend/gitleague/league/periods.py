"""Days, weeks, months: which days a table is made of, in the project's time zone."""

import uuid
from calendar import monthrange
from datetime import date, datetime, timedelta
from enum import Enum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.core.errors import Invalid
from gitleague.core.prepared import prepared
from gitleague.tables.projects import Project

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
# Git can write stranger years; they are in the all-time table, and arithmetic here never overflows.
EARLIEST, LATEST = date(1900, 1, 1), date(9900, 12, 31)


class Period(str, Enum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    SEASON = "season"
    ALL = "all"


class Window(NamedTuple):
    """The days from `first` to `last`, both included, as seen on the day `today`."""

    period: Period
    first: date
    last: date
    today: date
    version: int | None = None  # of the rules; None: those in force
    # Seasons have names and know their neighbours; all other windows can tell theirs.
    name: str = ""
    previous: "Window | None" = None
    following: "Window | None" = None

    @property
    def end(self) -> date:
        """The last of its days that has come."""
        return min(self.last, self.today)

    @property
    def alone(self) -> "Window":
        """Without its name and the windows around it."""
        return Window(self.period, self.first, self.last, self.today, self.version)

    @property
    def is_running(self) -> bool:
        return self.first <= self.today <= self.last

    @property
    def before(self) -> "Window":
        """What a trend compares with: the period before; all-time as it stood a week ago."""
        if self.period is Period.ALL:
            return self._replace(last=self.today - WEEK)
        if self.period is Period.SEASON:
            nothing = self._replace(first=self.first, last=self.first - DAY)
            return self.previous or nothing
        return around(self.first - DAY, self.period, self.today)

    @property
    def after(self) -> "Window | None":
        """None while this one is running: nothing is played ahead."""
        if self.period is Period.SEASON:
            return self.following
        if self.period is Period.ALL or self.last >= self.today:
            return None
        return around(self.last + DAY, self.period, self.today)


def window_of(period: Period, start: date | None = None, *, today: date) -> Window:
    """The window of this kind that holds the day `start`; the running one where none is given.

    Of seasons the database knows: see `seasons/windows.py`.
    """
    day = start or today
    if not EARLIEST <= day <= LATEST:
        raise wrong("start", f"The start must be a day from {EARLIEST} to {LATEST}.")
    return around(day, period, today)


def around(day: date, period: Period, today: date) -> Window:
    """As `window_of`, for a day that is known to be an ordinary one."""
    if period is Period.ALL:
        return Window(period, date.min, date.max, today)
    if period is Period.DAY:
        return Window(period, day, day, today)
    if period is Period.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Window(period, monday, monday + WEEK - DAY, today)
    length = monthrange(day.year, day.month)[1]
    return Window(period, day.replace(day=1), day.replace(day=length), today)


def today_in(session: Session, project_id: uuid.UUID) -> date:
    """The day that it is in the project's time zone."""
    return day_in(session, project_id, now())


def day_in(session: Session, project_id: uuid.UUID, moment: datetime) -> date:
    zone = session.scalars(*_time_zone(project_id)).one()
    return moment.astimezone(ZoneInfo(zone)).date()


@prepared
def _time_zone(project_id: uuid.UUID) -> Select[tuple[str]]:
    return select(Project.time_zone).where(Project.id == project_id)


def wrong(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"field": field, "message": message}])
