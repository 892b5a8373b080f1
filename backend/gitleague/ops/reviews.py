"""What an operator looks through every week, month and quarter."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from gitleague.accounts.audit import broken_links
from gitleague.core.clock import now
from gitleague.core.settings import Settings
from gitleague.ops.boxes import Listing, Report, judge
from gitleague.ops.stability import (
    MIB,
    RIGHT,
    Outside,
    milliseconds,
    performance,
    reliability,
    security,
)
from gitleague.server import operation
from gitleague.tables.accounts import ApiKey, User
from gitleague.tables.projects import Member, MemberStatus, Project, Repo, RepoStatus, Role
from gitleague.tables.syncs import RepoSync, SyncState

WEEK, MONTH, QUARTER = timedelta(days=7), timedelta(days=30), timedelta(days=92)
SYNCS, SECURITY = "Syncs", "Security"


def review_syncs(session: Session, since: datetime) -> Report:
    repos = _repos(session, since)
    total = len(repos.rows)
    column = repos.columns.index
    idle = sum(not row[column("syncs")] for row in repos.rows)
    in_error = sum(row[column("status")] == RepoStatus.ERROR.value for row in repos.rows)
    refused = sum(int(row[column("refused")] or 0) for row in repos.rows)
    boxes = [
        judge(
            (SYNCS, "Every repository was synced"),
            ok=not idle if total else None,
            figure=f"{total - idle:,} of {total:,}",
            bound="all",
            remedy="Ask its commissioner to schedule it: gitleague-client schedule"
            if total
            else "Run: gitleague bootstrap --repo GIT_URL",
        ),
        judge(
            (SYNCS, "No repository is in error"),
            ok=not in_error if total else None,
            figure=f"{in_error:,} of {total:,}",
            bound="none",
            remedy="The page Repositories of its league says why.",
        ),
        judge(
            (SYNCS, "No commit was refused"),
            ok=not refused if total else None,
            figure=f"{refused:,}",
            bound="none",
            remedy="Let its commissioner run: gitleague-client sync, which says why.",
        ),
    ]
    return Report("Syncs of the week", since, now(), boxes, [repos])


def review_performance(session: Session, settings: Settings, since: datetime) -> Report:
    areas = operation.answered(session, since)
    boxes = [
        *performance(session, since),
        *reliability(session, areas, settings, since),
    ]
    days = [
        (
            each.day,
            each.answered.requests,
            each.answered.errors,
            milliseconds(operation.percentile(each.times, 50)),
            milliseconds(operation.percentile(each.times, 99)),
            each.memory // MIB,
        )
        for each in operation.days(session, since)
    ]
    columns = ("day", "requests", "errors", "median", "99th percentile", "MiB at most")
    listing = Listing("Days, in UTC", columns, list(days))
    return Report("Performance of the month", since, now(), boxes, [listing])


def review_security(
    session: Session, settings: Settings, outside: Outside, since: datetime
) -> Report:
    areas = operation.answered(session, since)
    broken = sum(broken_links(session).values())
    idle = session.scalar(
        select(func.count()).where(
            *_lives(), func.coalesce(ApiKey.last_used_at, ApiKey.created_at) < since
        )
    )
    every = operation.total(areas.values())
    boxes = [
        *security(session, areas, outside, settings),
        judge(
            (SECURITY, "Audit log as it was written"),
            ok=not broken,
            figure=f"{broken:,} entries were changed, added or removed",
            bound="none",
            remedy=RIGHT,
        ),
        judge(
            (SECURITY, "Keys that work are in use"),
            ok=not idle,
            figure=f"{idle or 0:,} were not used in the quarter",
            bound="none",
            remedy="Let their owners revoke them, on the page API keys.",
        ),
    ]
    turned_down = Listing(
        "Requests turned down",
        ("credentials refused", "over a rate limit"),
        [(every.refused, every.limited)],
    )
    listings = [turned_down, _keys(session), _commissioners(session)]
    return Report("Security of the quarter", since, now(), boxes, listings)


def _repos(session: Session, since: datetime) -> Listing:
    """What needs a look comes first."""
    failed = func.sum(case((RepoSync.state == SyncState.FAILED.value, 1), else_=0))
    # across projects: the operator looks at all of them
    synced = (
        select(
            RepoSync.project_id,
            RepoSync.repo_id,
            func.count().label("syncs"),
            failed.label("failed"),
            func.sum(RepoSync.inserted).label("inserted"),
            func.sum(RepoSync.skipped).label("skipped"),
            func.sum(RepoSync.refused).label("refused"),
        )
        .where(RepoSync.started_at >= since)
        .group_by(RepoSync.project_id, RepoSync.repo_id)
        .subquery()
    )
    sums = [
        func.coalesce(synced.c[name], 0)
        for name in ("syncs", "failed", "inserted", "skipped", "refused")
    ]
    needs_a_look = or_(
        Repo.status == RepoStatus.ERROR.value, synced.c.syncs.is_(None), synced.c.refused > 0
    )
    rows = session.execute(
        select(Project.name, Repo.name, Repo.sync_method, Repo.status, Repo.last_sync_at, *sums)
        .join(Project, Project.id == Repo.project_id)
        .outerjoin(
            synced,
            and_(synced.c.project_id == Repo.project_id, synced.c.repo_id == Repo.id),
        )
        .order_by(case((needs_a_look, 0), else_=1), Project.name, Repo.name, Repo.id)
    )
    columns = ("league", "repository", "way", "status", "last sync", "syncs", "failed")
    return Listing(
        "Repositories",
        (*columns, "inserted", "skipped", "refused"),
        [(*row[:4], _told(row[4]), *map(int, row[5:])) for row in rows],
    )


def _keys(session: Session) -> Listing:
    rows = session.execute(
        select(
            *(ApiKey.prefix, ApiKey.name, User.email, ApiKey.scopes),
            *(ApiKey.created_at, ApiKey.last_used_at, ApiKey.expires_at),
        )
        .join(User, User.id == ApiKey.user_id)
        .where(*_lives())
        .order_by(ApiKey.created_at, ApiKey.id)
    )
    columns = ("key", "name", "owner", "scopes", "created", "last used", "expires")
    return Listing(
        "API keys that work", columns, [(*row[:4], *map(_told, row[4:])) for row in rows]
    )


def _commissioners(session: Session) -> Listing:
    # across projects: the operator looks at all of them
    rows = session.execute(
        select(Project.name, User.email, Member.created_at)
        .join(Project, Project.id == Member.project_id)
        .join(User, User.id == Member.user_id)
        .where(Member.role == Role.COMMISSIONER.value, Member.status == MemberStatus.APPROVED.value)
        .order_by(Project.name, User.email)
    )
    return Listing(
        "Commissioners",
        ("league", "commissioner", "since"),
        [(name, email, _told(created_at)) for name, email, created_at in rows],
    )


def _lives() -> tuple[ColumnElement[bool], ...]:
    return (
        ApiKey.revoked_at.is_(None),
        or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now()),
    )


def _told(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else None
