"""The stability criteria of the deployment checklist, each box from what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from limits.errors import StorageError
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from gitleague.accounts.audit import Action
from gitleague.accounts.limits import RateLimits
from gitleague.core.clock import now
from gitleague.core.operation import BEYOND, Area, Measure
from gitleague.core.settings import Settings
from gitleague.ops.boxes import Box, Report, judge
from gitleague.ops.leaks import Leaks
from gitleague.ops.reaching import plain_answer_of
from gitleague.ops.verify import Check, verify
from gitleague.server import defects, operation
from gitleague.server.operation import Answered, Memory, Presence
from gitleague.tables.accounts import ApiKey
from gitleague.tables.audit import AuditEntry
from gitleague.tables.projects import Repo, RepoStatus
from gitleague.tables.syncs import RepoPull, RepoSync

MIB = 1024**2
MEDIAN, SLOWEST, STATEMENT = 200, 1000, 100  # milliseconds
LEAK = 1 * MIB  # an hour
FUNCTIONALITY, INTEGRITY, PERFORMANCE = "Functionality", "Data integrity", "Performance"
RELIABILITY, SECURITY = "Reliability", "Security"
TRY_IT = "Run: gitleague smoke URL; half a minute later run this report again."
WAIT = "Let the server run: it writes down how it is three times a minute."
LOOK = "Look for `unexpected error` in: journalctl -u gitleague-backend"
SLOW = "See which route or statement it is, on the dashboard of deploy/grafana."
NAME_LOG = "Run: journalctl -u gitleague-backend --since=-48h | gitleague report stability --log -"
RIGHT = "Run: gitleague verify, which tells what is wrong and what to do."


class Outside(NamedTuple):
    """What is tried, and not read from the database."""

    api_limit: bool | None  # None: Redis is away
    sign_in_limit: bool | None
    plain_http: str | None  # what is said over http other than to come by https
    is_https: bool
    leaks: Leaks | None  # None: no log was named


def look_outside(settings: Settings, leaks: Leaks | None) -> Outside:
    address = urlsplit(settings.public_url)
    is_https = address.scheme == "https"
    limits = RateLimits(settings)
    try:
        hold: tuple[bool | None, bool | None] = (
            limits.holds(limits.api),
            limits.holds(limits.sign_in),
        )
    except StorageError:
        hold = (None, None)
    plain = plain_answer_of(address.hostname or "") if is_https else None
    return Outside(*hold, plain, is_https, leaks)


def stability(session: Session, settings: Settings, outside: Outside, since: datetime) -> Report:
    """In a session that sees one moment."""
    areas = operation.answered(session, since)
    checks = verify(session)
    boxes = [
        *functionality(areas, outside, settings),
        *integrity(session, checks, since),
        *performance(session, since),
        *reliability(session, areas, settings, since),
        *security(session, areas, outside, settings),
    ]
    return Report("Stability of The Git League", since, now(), boxes, [])


def functionality(
    areas: dict[Area, Answered], outside: Outside, settings: Settings
) -> Iterator[Box]:
    for name, area in (("API key endpoints", Area.KEYS), ("Sync endpoints", Area.SYNC)):
        found = areas[area]
        yield judge(
            (FUNCTIONALITY, f"{name} working"),
            ok=_are_few(found) if found.succeeded or found.errors else None,
            figure=f"{found.succeeded:,} requests succeeded, {found.errors:,} failed",
            bound="some succeed, fewer than 0.1 % fail",
            remedy=LOOK if found.errors else TRY_IT,
        )
    every = operation.total(areas.values())
    nobody_is_let_in = every.refused and not every.by_key and not every.by_token
    yield judge(
        (FUNCTIONALITY, "Authentication (JWT + API key) working"),
        ok=bool(every.by_key and every.by_token) or (False if nobody_is_let_in else None),
        figure=f"{every.by_token:,} requests let in by JWT, {every.by_key:,} by API key, "
        f"{every.refused:,} refused",
        bound="both let people in",
        remedy="Were GITLEAGUE_SECRET_KEY or the keys changed?" if nobody_is_let_in else TRY_IT,
    )
    yield judge(
        (FUNCTIONALITY, "Rate limiting working"),
        ok=bool(outside.api_limit),
        figure=f"one request more than {settings.rate_limit_api} "
        f"{_refused(held=outside.api_limit)}",
        bound="refused",
        remedy="Is Redis there? Check GITLEAGUE_REDIS_URL with: gitleague preflight",
    )
    both = [area.value for area, found in areas.items() if found.by_key and found.by_token]
    yield judge(
        (FUNCTIONALITY, "Hybrid auth working"),
        ok=bool(both) or (False if nobody_is_let_in else None),
        figure=f"JWT and API key were both let in for: {', '.join(both) or 'nothing'}",
        bound="the same endpoints take both",
        remedy=TRY_IT,
    )


def integrity(session: Session, checks: Sequence[Check], since: datetime) -> Iterator[Box]:
    of_leagues = any(check.league for check in checks)
    wrong = sum(check.wrong > 0 for check in checks)
    yield judge(
        (INTEGRITY, "No data corruption detected"),
        ok=not wrong,
        figure=f"{wrong:,} of {len(checks):,} checks find something",
        bound="none",
        remedy=RIGHT,
    )
    broken, holes = _wrong(checks, "audit log"), _deeds_not_in_the_log(session, since)
    yield judge(
        (INTEGRITY, "Audit logs capturing all actions"),
        ok=not broken and not holes,
        figure=f"{broken:,} broken entries, {holes:,} keys and syncs without an entry",
        bound="none",
        remedy=RIGHT,
    )
    twice, again = _wrong(checks, "changes that count once"), _known_commits_sent(session, since)
    yield judge(
        (INTEGRITY, "Commit deduplication working"),
        ok=not twice if of_leagues else None,
        figure=f"{twice:,} changes count twice; {again:,} known commits were sent again",
        bound="none counts twice",
        remedy=RIGHT if of_leagues else "Run: gitleague bootstrap, and push a repository.",
    )
    off = _wrong(checks, "numbers of commits", "heads")
    stuck = _stuck(session)
    yield judge(
        (INTEGRITY, "Status updates accurate"),
        ok=not (off or stuck) if of_leagues else None,
        figure=f"{off:,} numbers or heads are wrong, {stuck:,} repositories hang in `syncing`",
        bound="none",
        remedy=RIGHT if off else "Sync them again: the page Repositories of their league.",
    )


def performance(session: Session, since: datetime) -> Iterator[Box]:
    requests = operation.times(session, Measure.REQUEST, since)
    statements = operation.times(session, Measure.STATEMENT, since)
    for name, counts, percent, most in (
        ("API response times, median", requests, 50, MEDIAN),
        ("99th percentile", requests, 99, SLOWEST),
        ("Database queries, 99th percentile", statements, 99, STATEMENT),
    ):
        found = operation.percentile(counts, percent)
        yield judge(
            (PERFORMANCE, name),
            ok=None if found is None else found <= most,
            figure=milliseconds(found),
            bound=f"at most {most:,} ms",
            remedy=WAIT if found is None else SLOW,
        )
    memory = operation.memory(session, since)
    yield judge(
        (PERFORMANCE, "No memory leaks"),
        ok=None if memory is None or memory.grows is None else memory.grows < LEAK,
        figure=_memory(memory),
        bound="grows by less than 1 MiB an hour, over at least six",
        remedy="Report it with this figure, and restart: systemctl restart gitleague-backend"
        if memory and memory.grows
        else WAIT,
    )


def reliability(
    session: Session, areas: dict[Area, Answered], settings: Settings, since: datetime
) -> Iterator[Box]:
    seen = operation.presence(session, since)
    yield judge(
        (RELIABILITY, "99.9% uptime"),
        ok=None if seen is None else seen.there * 1000 >= seen.minutes * 999,
        figure=_presence(seen),
        bound="99.9 % of the minutes",
        remedy="See when it was away and why: journalctl -u gitleague-backend" if seen else WAIT,
    )
    every = operation.total(areas.values())
    yield judge(
        (RELIABILITY, "Error rate < 0.1%"),
        ok=_are_few(every) if every.requests else None,
        figure=f"{share(every.errors, every.requests)}: {every.errors:,} of {every.requests:,} "
        f"requests, of these {every.turned_away:,} with 503",
        bound="less than 0.1 %",
        remedy=LOOK if every.requests else TRY_IT,
    )
    found = sum(defect.created_at >= since for defect in defects.recent(session))
    yield judge(
        (RELIABILITY, "No unhandled exceptions"),
        ok=not found if seen else None,
        figure=f"{'at least ' if found >= defects.KEPT else ''}{found:,}",
        bound="none",
        remedy="See which, on the page /operator." if seen else WAIT,
    )
    broken = operation.broken_under_load(session, since)
    yield judge(
        (RELIABILITY, "Graceful degradation under load"),
        ok=not broken if seen else None,
        figure=f"{every.turned_away:,} told to come back later, {broken:,} other errors meanwhile",
        bound=f"none but 503, from {settings.max_requests_under_way} requests at once",
        remedy=LOOK if seen else WAIT,
    )


def security(
    session: Session, areas: dict[Area, Answered], outside: Outside, settings: Settings
) -> Iterator[Box]:
    argon = func.sum(case((ApiKey.key_hash.startswith("$argon2id$"), 1), else_=0))
    keys, hashed = session.execute(select(func.count(), func.coalesce(argon, 0))).one()
    yield judge(
        (SECURITY, "API keys properly hashed"),
        ok=keys == hashed if keys else None,
        figure=f"{hashed:,} of {keys:,} with Argon2id",
        bound="all",
        remedy="Delete the others and make new ones: they are not the program's."
        if keys
        else TRY_IT,
    )
    read = outside.leaks if outside.leaks and outside.leaks.lines else None
    yield judge(
        (SECURITY, "No credentials in logs"),
        ok=not read.places if read else None,
        figure=f"in {read}" if read else "no log was read",
        bound="in no line",
        remedy="Revoke what is there, delete the lines, and stop what wrote them."
        if read
        else NAME_LOG,
    )
    limited = operation.total(areas.values()).limited
    yield judge(
        (SECURITY, "Rate limiting effective"),
        ok=bool(outside.api_limit and outside.sign_in_limit),
        figure=f"{limited:,} requests were over a limit; one sign-in more than "
        f"{settings.rate_limit_sign_in} {_refused(held=outside.sign_in_limit)}",
        bound="both limits hold",
        remedy="Is Redis there? Check GITLEAGUE_REDIS_URL with: gitleague preflight",
    )
    yield judge(
        (SECURITY, "HTTPS enforced"),
        ok=outside.is_https and outside.plain_http is None,
        figure=outside.plain_http or f"the address is {settings.public_url}",
        bound="https, and plain http leads there",
        remedy="Let the proxy send http on, as deploy/nginx does, and set GITLEAGUE_PUBLIC_URL.",
    )


def milliseconds(bound: int | None) -> str:
    """Of a bucket: the true figure may be smaller."""
    if bound is None:
        return "nothing was counted"
    return "over 10,000 ms" if bound == BEYOND else f"at most {bound:,} ms"


def share(part: int, whole: int) -> str:
    return f"{part / whole:.3%}" if whole else "-"


def _refused(*, held: bool | None) -> str:
    if held is None:
        return "could not be tried: Redis is away"
    return "is refused" if held else "is not refused"


def _are_few(found: Answered) -> bool:
    return found.errors * 1000 < found.requests


def _wrong(checks: Sequence[Check], *names: str) -> int:
    return sum(check.wrong for check in checks if check.name in names)


def _memory(memory: Memory | None) -> str:
    if memory is None:
        return "not known"
    largest = f"{memory.largest / MIB:.0f} MiB at most"
    return largest if memory.grows is None else f"{memory.grows / MIB:+.2f} MiB an hour, {largest}"


def _presence(seen: Presence | None) -> str:
    if seen is None:
        return "nothing was written down"
    return f"{share(seen.there, seen.minutes)}: {seen.there:,} of {seen.minutes:,} minutes"


def _deeds_not_in_the_log(session: Session, since: datetime) -> int:
    """New keys, and repositories that got commits, of which the log says nothing."""
    # across projects: the server's
    entry = (
        select(AuditEntry.id)
        .where(AuditEntry.subject == ApiKey.prefix)
        .where(AuditEntry.action.in_([Action.KEY_CREATED.value, Action.KEY_ROTATED.value]))
        .exists()
    )
    keys = session.scalar(select(func.count()).where(ApiKey.created_at >= since, ~entry)) or 0
    synced = session.scalars(
        select(RepoSync.repo_id)
        .where(RepoSync.started_at >= since, RepoSync.inserted > 0)
        .distinct()
    )
    actions = (Action.COMMITS_PUSHED.value, Action.COMMITS_PULLED.value)
    logged = session.scalars(
        select(AuditEntry.subject)
        .where(AuditEntry.created_at >= since, AuditEntry.action.in_(actions))
        .distinct()
    )
    return keys + len({str(repo_id) for repo_id in synced} - set(logged))


def _known_commits_sent(session: Session, since: datetime) -> int:
    # across projects: the server's
    sent = session.scalar(select(func.sum(RepoSync.skipped)).where(RepoSync.started_at >= since))
    return int(sent or 0)


def _stuck(session: Session) -> int:
    """Repositories that seem to be pulled, and are not any more."""
    alive = (
        select(RepoPull.repo_id)
        .where(RepoPull.project_id == Repo.project_id, RepoPull.repo_id == Repo.id)
        .where(RepoPull.running_until > now())
        .exists()
    )
    wanted = select(func.count()).where(Repo.status == RepoStatus.SYNCING.value, ~alive)
    return session.scalar(wanted) or 0
