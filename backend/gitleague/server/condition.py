"""How the server is: for everybody whether it works, for its operator also what it stands on."""

from __future__ import annotations

import logging
import resource
import shutil
import sys
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gitleague import __version__
from gitleague.core import migrations
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.errors import Unavailable
from gitleague.core.settings import Settings
from gitleague.jobs import queue
from gitleague.jobs.runner import HEARTBEAT
from gitleague.tables.server import Heartbeat

log = logging.getLogger(__name__)
LATE = timedelta(minutes=5)  # the runner of jobs says once a minute that it is there
REDIS_SECONDS = 1
RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes of what getrusage counts in


class Pulse(NamedTuple):
    """Whether it works."""

    database: bool
    jobs: bool

    @property
    def is_well(self) -> bool:
        return self.database and self.jobs


class Condition(NamedTuple):
    """What it stands on."""

    version: str
    database: str
    revision: str | None  # of the schema
    needed: str
    disk_free: int  # bytes, where the data folder is
    disk_total: int
    memory_most: int  # bytes, of this process until now
    redis: bool | None  # None: there is none
    jobs_seen_at: datetime | None


def pulse(database: Database) -> Pulse:
    """Never raises."""
    try:
        with database.reading() as session:
            return Pulse(database=True, jobs=_jobs_run(session))
    except (Unavailable, DBAPIError) as error:
        log.warning("the database does not answer: %s", type(error).__name__)
        return Pulse(database=False, jobs=False)


def jobs_seen_at(session: Session) -> datetime | None:
    return session.scalar(select(Heartbeat.seen_at).where(Heartbeat.name == HEARTBEAT))


def _jobs_run(session: Session) -> bool:
    """Whoever runs them was there just now, or is in the middle of one that takes long."""
    seen = jobs_seen_at(session)
    return (seen is not None and now() - seen < LATE) or queue.is_under_way(session)


def condition(session: Session, database: Database, settings: Settings) -> Condition:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    disk = shutil.disk_usage(settings.data_dir)
    return Condition(
        version=__version__,
        database="SQLite" if database.is_sqlite else "PostgreSQL",
        revision=migrations.current(database),
        needed=migrations.newest(),
        disk_free=disk.free,
        disk_total=disk.total,
        memory_most=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT,
        redis=_redis_answers(settings.redis_url) if settings.redis_url else None,
        jobs_seen_at=jobs_seen_at(session),
    )


def _redis_answers(url: str) -> bool:
    from redis import Redis, RedisError  # noqa: PLC0415 - slow to load, and few servers have it

    waiting = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS}
    with Redis.from_url(url, **waiting) as redis:
        try:
            return bool(redis.ping())
        except RedisError:
            return False
