"""What a project's referee goes by: each rule with its numbers, each can be switched off."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.errors import Invalid
from gitleague.core.problems import field_errors
from gitleague.projects.leagues import lock_project
from gitleague.scoring.penalties import ask_referee
from gitleague.tables.fairplay import FairPlayRule, Referee

MOST_LINES = 1_000_000_000
# Where the default is another one now: of releases that did not know `bulk_edit`, and of those
# that knew it and `days` of future dates.
BEFORE_BULK_EDIT = {
    ("commit_splitting", "minutes"): 5,
    ("lock_file_dump", "percent"): 95,
    ("huge_commit", "lines"): 20_000,
    ("distant_dates", "enabled"): True,
}
WITH_DAYS_AHEAD = {
    ("commit_splitting", "times_usual"): 7,
    ("commit_splitting", "alike"): 60,
    ("lock_file_dump", "percent"): 95,
    ("huge_commit", "lines"): 20_000,
    ("bulk_edit", "enabled"): True,
}
GONE = ("future_date", "days")


class Limits(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True


class CommitSplitting(Limits):
    """Many tiny commits of a player in a repository, quicker than is usual for them."""

    commits: Annotated[int, Field(ge=2, le=1000, description="From so many on.")] = 10
    lines: Annotated[int, Field(ge=0, le=1000, description="Added and deleted, at most.")] = 5
    minutes: Annotated[
        int, Field(ge=1, le=1440, description="From one to the next, on average, at most.")
    ] = 6
    times_usual: Annotated[
        int, Field(ge=0, le=100, description="So many times what is usual on a day of theirs.")
    ] = 8
    alike: Annotated[int, Field(ge=0, le=100, description="Percent of the titles, at least.")] = 95


class RevertPingPong(Limits):
    """Reverts of reverts, or the same lines put in and taken out, back and forth."""

    reverts: Annotated[int, Field(ge=2, le=100, description="In a row, from so many on.")] = 3
    toggles: Annotated[
        int, Field(ge=2, le=100, description="Of the same lines, from so many on.")
    ] = 5
    lines: Annotated[
        int, Field(ge=1, le=MOST_LINES, description="That a toggle adds or takes away, at least.")
    ] = 20
    days: Annotated[int, Field(ge=1, le=366, description="From one toggle to the next.")] = 30


class LockFileDump(Limits):
    """Many lines, of which nearly all are in lock, generated or vendored files."""

    lines: Annotated[int, Field(ge=1, le=MOST_LINES, description="Added, from so many on.")] = 2000
    percent: Annotated[int, Field(ge=1, le=100, description="In such files, at least.")] = 99


class HugeCommit(Limits):
    """More lines of one's own than anybody writes into one commit."""

    lines: Annotated[int, Field(ge=1, le=MOST_LINES, description="Added, from so many on.")] = (
        100_000
    )


class BulkEdit(Limits):
    """As few lines in as out, in each of many files: a program or a search and replace."""

    enabled: bool = False  # a new version, or a change by hand, looks the same
    files: Annotated[int, Field(ge=2, le=100_000, description="Changed, from so many on.")] = 40
    lines: Annotated[
        int, Field(ge=1, le=1000, description="Added in a file, on average, at most.")
    ] = 3
    percent: Annotated[
        int, Field(ge=0, le=100, description="Of the lines, more of one kind, at most.")
    ] = 0


class FutureDate(Limits):
    """A date that was yet to come when the server received the commit."""

    minutes: Annotated[int, Field(ge=0, le=525_600, description="More than so many ahead.")] = 60


class DistantDates(Limits):
    """The date of the author is far from that of the committer, as of each late merge too."""

    enabled: bool = False  # a late merge looks the same
    days: Annotated[int, Field(ge=1, le=36_500, description="More than so many apart.")] = 90


class ImpossibleDay(Limits):
    """More commits of a player on one day than anybody writes, much like each other."""

    commits: Annotated[int, Field(ge=1, le=100_000, description="More than so many.")] = 100
    alike: Annotated[int, Field(ge=0, le=100, description="Percent of the titles, at least.")] = 80


class RefereeSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    since: Annotated[
        date | None,
        Field(
            description="Commits of days before are left alone; null: those from before their"
            " repository joined the league."
        ),
    ] = None
    commit_splitting: CommitSplitting = CommitSplitting()
    revert_ping_pong: RevertPingPong = RevertPingPong()
    lock_file_dump: LockFileDump = LockFileDump()
    huge_commit: HugeCommit = HugeCommit()
    bulk_edit: BulkEdit = BulkEdit()
    future_date: FutureDate = FutureDate()
    distant_dates: DistantDates = DistantDates()
    impossible_day: ImpossibleDay = ImpossibleDay()

    def limits(self, rule: FairPlayRule) -> Limits:
        found: Limits = getattr(self, rule.value)
        return found


def settings_of(session: Session, project_id: uuid.UUID) -> RefereeSettings:
    saved = session.scalar(select(Referee.settings).where(Referee.project_id == project_id))
    return read_settings(saved)


def read_settings(saved: Mapping[str, Any] | None) -> RefereeSettings:
    """Defaults that an older release wrote out follow those of today; all else stays."""
    saved = saved or {}
    was_default = _was_default(saved)
    kept = {
        rule: {
            name: value
            for name, value in limits.items()
            if (rule, name) != GONE and was_default.get((rule, name)) != value
        }
        if isinstance(limits, dict)
        else limits
        for rule, limits in saved.items()
    }
    return RefereeSettings.model_validate(kept)


def _was_default(saved: Mapping[str, Any]) -> Mapping[tuple[str, str], int]:
    if "bulk_edit" not in saved:
        return BEFORE_BULK_EDIT
    rule, name = GONE
    return WITH_DAYS_AHEAD if name in saved.get(rule, {}) else {}


def change_settings(
    session: Session, changes: Mapping[str, Any], *, by: Membership
) -> RefereeSettings:
    """What is not named stays. All commits are looked at again, since other limits see others."""
    lock_project(session, by.project_id)
    before = settings_of(session, by.project_id)
    after = changed(before, changes)
    if after == before:
        return before
    ensure_referee(session, by.project_id)
    session.execute(
        update(Referee)
        .where(Referee.project_id == by.project_id)
        .values(settings=after.model_dump(mode="json"), looked_at=None)
    )
    ask_referee(session, by.project_id)
    audit.record(
        session,
        Action.REFEREE_CHANGED,
        "referee",
        caller=by.caller,
        project_id=by.project_id,
        details={"changes": _difference(before, after)},
    )
    return after


def changed(settings: RefereeSettings, changes: Mapping[str, Any]) -> RefereeSettings:
    """Raises Invalid with the fields that are wrong."""
    wanted: dict[str, Any] = settings.model_dump(mode="json")
    for name, value in changes.items():
        is_rule = isinstance(wanted.get(name), dict) and isinstance(value, Mapping)
        wanted[name] = {**wanted[name], **value} if is_rule else value
    try:
        return RefereeSettings.model_validate(wanted)
    except ValidationError as error:
        errors = field_errors(error.errors(include_url=False, include_input=False))
        raise Invalid("Some of the referee's limits cannot be.", errors=errors) from None


def ensure_referee(session: Session, project_id: uuid.UUID) -> None:
    """Its row, with the defaults where there was none. Only under the league's lock."""
    if session.get(Referee, project_id) is None:
        session.execute(
            insert(Referee).values(
                project_id=project_id,
                settings=RefereeSettings().model_dump(mode="json"),
                looked_at=None,
            )
        )


def _difference(before: RefereeSettings, after: RefereeSettings) -> dict[str, list[Any]]:
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return {name: [old[name], new[name]] for name in new if old[name] != new[name]}
