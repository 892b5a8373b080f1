"""Before a deployment: is everything here that a league needs, and for how long."""

from __future__ import annotations

import shutil
import ssl
import stat
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import redis
from celery import Celery
from kombu.exceptions import OperationalError as BrokerAway
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from gitleague.accounts.mail import MailNotSent, reach
from gitleague.core import migrations
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.errors import Unavailable
from gitleague.core.settings import EXAMPLE_SECRETS, Settings
from gitleague.ops.backup import backup_folder, backups_in
from gitleague.ops.checks import Finding, Mark
from gitleague.ops.reaching import days_of_certificate, health_of
from gitleague.ops.watching import waits_for
from gitleague.server.condition import pulse
from gitleague.server.defects import recent
from gitleague.tables.audit import AuditEntry
from gitleague.tables.jobs import Job, JobState
from gitleague.tables.projects import Repo

MIB, GIB = 1024**2, 1024**3
LATE = timedelta(minutes=5)
FRESH = timedelta(hours=26)  # once a night, with room for a slow one
WEAK = EXAMPLE_SECRETS | {"", "postgres", "password", "gitleague", "league", "admin", "root"}
Check = Callable[[Settings, Database], Finding]


def preflight(settings: Settings, database: Database) -> Iterator[Finding]:
    database_found = check_database(settings, database)
    yield database_found
    for check in ALONE:
        yield check(settings, database)
    if database_found.mark is Mark.OK:
        for check in OF_THE_DATABASE:
            yield check(settings, database)


def check_database(_settings: Settings, database: Database) -> Finding:
    began = time.perf_counter()
    try:
        found = migrations.current(database)
        if found != migrations.newest():
            return Finding(
                "database",
                Mark.FAIL,
                f"at {found or 'nothing yet'}, and this version needs {migrations.newest()}",
                "Run: gitleague db upgrade",
            )
        with database.reading() as session:
            # across projects: the server's
            repos = session.scalar(select(func.count()).select_from(Repo)) or 0
    except (SQLAlchemyError, Unavailable):
        return Finding(
            "database",
            Mark.FAIL,
            "does not answer",
            "Start it, and check GITLEAGUE_DATABASE_URL.",
        )
    milliseconds = (time.perf_counter() - began) * 1000
    return Finding(
        "database",
        Mark.OK,
        f"answers in {milliseconds:.0f} ms, at {found}, {repos} repositories",
    )


def check_disk(settings: Settings, _database: Database) -> Finding:
    folder = settings.data_dir.resolve()
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    says = f"{usage.free / GIB:.1f} GiB of {usage.total / GIB:.0f} GiB free at {folder}"
    remedy = "Make room: old backups and logs first."
    if usage.free < 0.5 * GIB:
        return Finding("disk", Mark.FAIL, says, remedy)
    return Finding("disk", Mark.WARN if usage.free < 5 * GIB else Mark.OK, says, remedy)


def check_memory(_settings: Settings, _database: Database) -> Finding:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return Finding("memory", Mark.NOT_MEASURED, "this system has no /proc/meminfo")
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines if ":" in line}
    free = kilobytes.get("MemAvailable", 0) * 1024
    mark = Mark.FAIL if free < 128 * MIB else Mark.WARN if free < 512 * MIB else Mark.OK
    return Finding(
        "memory",
        mark,
        f"{free / MIB:.0f} MiB available",
        "A worker needs up to 250 MiB: stop what is not needed, or serve with fewer workers.",
    )


def check_redis(settings: Settings, _database: Database) -> Finding:
    if not settings.redis_url:
        return Finding("redis", Mark.OK, "not used: limits in memory, jobs beside the server")
    try:
        with redis.Redis.from_url(settings.redis_url, socket_timeout=3) as client:
            client.ping()
    except (redis.RedisError, OSError):
        return Finding(
            "redis", Mark.FAIL, "does not answer", "Start it, and check GITLEAGUE_REDIS_URL."
        )
    return Finding("redis", Mark.OK, "answers")


def check_workers(settings: Settings, database: Database) -> Finding:
    """Whoever does the jobs says so once a minute; under Celery only when beat asks for it."""
    remedy = "Run: systemctl start gitleague-backend"
    if settings.redis_url:
        remedy = "Run: systemctl start celery celery_beat"
        try:
            answers = Celery(broker=settings.redis_url).control.ping(timeout=2.0)
        except (BrokerAway, redis.RedisError, OSError):
            answers = []
        if not answers:
            return Finding("workers", Mark.FAIL, "no Celery worker answers", remedy)
    if not pulse(database).jobs:
        return Finding("workers", Mark.FAIL, "nobody has looked at the jobs lately", remedy)
    return Finding("workers", Mark.OK, "the jobs are looked at")


def check_server(settings: Settings, _database: Database) -> Finding:
    trouble = health_of(settings.public_url)
    return Finding(
        "server",
        Mark.FAIL if trouble else Mark.OK,
        trouble or f"{settings.public_url}/health says ok",
        "Run: systemctl status gitleague-backend",
    )


def check_backups(settings: Settings, _database: Database) -> Finding:
    remedy = "Run: gitleague backup, and let a timer do it every night."
    kept = backups_in(backup_folder(settings))
    if not kept:
        return Finding("backups", Mark.WARN, f"none in {backup_folder(settings)}", remedy)
    age = time.time() - kept[-1].stat().st_mtime
    says = f"the newest is {age / 3600:.0f} hours old: {kept[-1].name}"
    return Finding("backups", Mark.OK if age < FRESH.total_seconds() else Mark.FAIL, says, remedy)


def check_certificate(settings: Settings, _database: Database) -> Finding:
    address = urlsplit(settings.public_url)
    if address.scheme != "https":
        near = address.hostname in {"127.0.0.1", "::1", "localhost"}
        return Finding(
            "certificate",
            Mark.NOT_MEASURED if near else Mark.FAIL,
            f"GITLEAGUE_PUBLIC_URL is {settings.public_url}, without TLS",
            "Put a proxy with a certificate in front, and set GITLEAGUE_PUBLIC_URL to https://.",
        )
    remedy = "Renew it, for example: certbot renew"
    try:
        days = days_of_certificate(address.hostname or "", address.port or 443)
    except (OSError, ssl.SSLError, ValueError) as error:
        return Finding("certificate", Mark.FAIL, f"not valid: {type(error).__name__}", remedy)
    mark = Mark.FAIL if days < 7 else Mark.WARN if days < 21 else Mark.OK
    return Finding("certificate", mark, f"good for {days:.0f} days", remedy)


def check_mail(settings: Settings, _database: Database) -> Finding:
    if not settings.smtp_url.get_secret_value():
        return Finding(
            "mail",
            Mark.WARN,
            "sign-in links are printed, and nobody is mailed",
            "Set GITLEAGUE_SMTP_URL.",
        )
    try:
        reach(settings)
    except MailNotSent as error:
        return Finding("mail", Mark.FAIL, str(error), "Check GITLEAGUE_SMTP_URL.")
    return Finding("mail", Mark.OK, "the mail server takes letters")


def check_secrets(settings: Settings, database: Database) -> Finding:
    remedy = "Set GITLEAGUE_SECRET_KEY, for example from `openssl rand -hex 32`."
    kept = settings.data_dir / "secret.key"
    if not settings.secret_key.get_secret_value():
        if settings.redis_url or not database.is_sqlite:
            return Finding("secrets", Mark.WARN, f"the key is in {kept}, of one machine", remedy)
        if kept.exists() and stat.S_IMODE(kept.stat().st_mode) & 0o077:
            return Finding("secrets", Mark.FAIL, f"others can read {kept}", f"chmod 600 {kept}")
    url = make_url(settings.database)
    over_network = not database.is_sqlite and bool(url.host) and "host" not in url.query
    if over_network and (url.password or "").lower() in WEAK:
        return Finding(
            "secrets",
            Mark.FAIL,
            "the database's password is none, or everybody's first guess",
            "Change it, and GITLEAGUE_DATABASE_URL with it.",
        )
    return Finding("secrets", Mark.OK, "strong, and for nobody else to read")


def check_jobs(_settings: Settings, database: Database) -> Finding:
    with database.reading() as session:
        waiting = waits_for(session)
        lost = session.scalar(
            # across projects: the server's
            select(func.count())
            .select_from(Job)
            .where(Job.state == JobState.FAILED.value, Job.finished_at > now() - timedelta(days=1))
        )
    says = f"oldest due job waits {waiting:.0f} s, {lost} failed within a day"
    if waiting > LATE.total_seconds():
        return Finding("jobs", Mark.FAIL, says, "Is the server or its worker running?")
    remedy = "Look for `went wrong` in the log of the worker."
    return Finding("jobs", Mark.WARN if lost else Mark.OK, says, remedy)


def check_clock(_settings: Settings, database: Database) -> Finding:
    with database.reading() as session:
        # across projects: the newest of all
        newest = session.scalar(select(func.max(AuditEntry.created_at)))
        theirs = None if database.is_sqlite else session.scalar(text("SELECT clock_timestamp()"))
    apart = abs((theirs - now()).total_seconds()) if theirs else 0.0
    remedy = "Let it be set by NTP: timedatectl set-ntp true"
    if newest and newest > now() + timedelta(seconds=5):
        return Finding("clock", Mark.FAIL, f"is behind what was written at {newest}", remedy)
    if apart > 2:
        return Finding("clock", Mark.FAIL, f"{apart:.1f} s from the database's", remedy)
    return Finding("clock", Mark.OK, f"{apart:.1f} s from the database's, not behind its rows")


def check_errors(_settings: Settings, database: Database) -> Finding:
    since = now() - timedelta(hours=1)
    with database.reading() as session:
        found = sum(defect.created_at > since for defect in recent(session))
    return Finding(
        "errors",
        Mark.WARN if found else Mark.OK,
        f"{found} unexpected within the hour",
        "Look for `unexpected error` in: journalctl -u gitleague-backend -n 100",
    )


ALONE: tuple[Check, ...] = (
    check_disk,
    check_memory,
    check_redis,
    check_server,
    check_certificate,
    check_mail,
    check_secrets,
    check_backups,
)
OF_THE_DATABASE: tuple[Check, ...] = (check_workers, check_jobs, check_clock, check_errors)
