"""By which rule each award is given, and the limits of each.

`docs/awards.md` and the page of the rules are made of these, and the working of an award keeps
those that it was given by.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from gitleague.league.periods import Period
from gitleague.league.seasons.presence import AWAY_PERCENT
from gitleague.tables.awards import AwardKind

GRACE = timedelta(days=2)  # from the last day of a period to its awards
ACTIVE_DAYS = 2  # that an improvement or an average is made of, at least
ACTIVE_WEEKS = 4  # that a rookie of the year has, at least
ROOKIE_DAYS = timedelta(days=91)  # how long somebody is a rookie
MOST_PLAYERS = 1000  # that are looked at
MOST_PLAYS = 5  # of a day that are looked at


class AwardRule(NamedTuple):
    name: str  # of what the score is
    period: Period
    limits: Mapping[str, int] = {}


RULES: Mapping[AwardKind, AwardRule] = {
    AwardKind.PLAY_OF_THE_DAY: AwardRule("impact_of_a_commit", Period.DAY),
    AwardKind.PLAYER_OF_THE_WEEK: AwardRule("impact", Period.WEEK),
    AwardKind.PLAYER_OF_THE_MONTH: AwardRule("impact", Period.MONTH),
    AwardKind.MOST_IMPROVED: AwardRule("impact_gained", Period.MONTH, {"active_days": ACTIVE_DAYS}),
    AwardKind.ROOKIE_OF_THE_MONTH: AwardRule(
        "impact_per_active_day",
        Period.MONTH,
        {"active_days": ACTIVE_DAYS, "rookie_days": ROOKIE_DAYS.days},
    ),
    AwardKind.MVP: AwardRule("impact", Period.SEASON),
    AwardKind.ROOKIE_OF_THE_YEAR: AwardRule(
        "impact_per_active_week", Period.SEASON, {"active_weeks": ACTIVE_WEEKS}
    ),
}


def limits_of(kind: AwardKind) -> dict[str, int]:
    """Its own, and the one of all: the share of the days from which somebody away is passed by."""
    return {**RULES[kind].limits, "away_percent": AWAY_PERCENT}


def named_in_working(kind: AwardKind) -> dict[str, Any]:
    return {"rule": RULES[kind].name, "limits": limits_of(kind)}
