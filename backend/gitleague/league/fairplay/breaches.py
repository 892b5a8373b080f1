"""Whether the figures of a ruling go past the limits of its rule: no database is asked.

What the queries find is judged here once more, and so are the rulings of the committed sample.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from gitleague.league.fairplay.settings import RefereeSettings
from gitleague.tables.fairplay import FairPlayRule

Figures: TypeAlias = Mapping[str, Any]


def is_breach(rule: FairPlayRule, figures: Figures, settings: RefereeSettings) -> bool:
    return settings.limits(rule).enabled and BREACHES[rule](figures, settings)


def _is_burst(figures: Figures, settings: RefereeSettings) -> bool:
    limits = settings.commit_splitting
    return bool(
        figures["commits"] >= max(limits.commits, limits.times_usual * figures["usual"])
        and figures["quickest"] <= limits.commits * limits.minutes
        and figures["alike"] >= limits.alike
    )


def _is_back_and_forth(figures: Figures, settings: RefereeSettings) -> bool:
    limits = settings.revert_ping_pong
    if "reverts" in figures:
        return bool(figures["reverts"] >= limits.reverts)
    return bool(figures["toggles"] >= limits.toggles and figures["lines"] >= limits.lines)


def _is_lock_file_dump(figures: Figures, settings: RefereeSettings) -> bool:
    limits = settings.lock_file_dump
    return bool(figures["lines"] >= limits.lines and figures["percent"] >= limits.percent)


def _is_impossible_day(figures: Figures, settings: RefereeSettings) -> bool:
    limits = settings.impossible_day
    return bool(figures["commits"] > limits.commits and figures["alike"] >= limits.alike)


def _is_bulk_edit(figures: Figures, settings: RefereeSettings) -> bool:
    limits = settings.bulk_edit
    return bool(
        figures["files"] >= limits.files
        and figures["lines"] <= limits.lines
        and figures["percent"] <= limits.percent
    )


BREACHES: Mapping[FairPlayRule, Callable[[Figures, RefereeSettings], bool]] = {
    FairPlayRule.COMMIT_SPLITTING: _is_burst,
    FairPlayRule.REVERT_PING_PONG: _is_back_and_forth,
    FairPlayRule.LOCK_FILE_DUMP: _is_lock_file_dump,
    FairPlayRule.HUGE_COMMIT: lambda each, now: each["lines"] >= now.huge_commit.lines,
    FairPlayRule.BULK_EDIT: _is_bulk_edit,
    FairPlayRule.FUTURE_DATE: lambda each, now: each["minutes"] >= now.future_date.minutes,
    FairPlayRule.DISTANT_DATES: lambda each, now: each["days"] >= now.distant_dates.days,
    FairPlayRule.IMPOSSIBLE_DAY: _is_impossible_day,
}
