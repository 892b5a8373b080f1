"""What is counted of requests, pushes and the database, in the form that Prometheus takes.

Labels are bounded: routes by their template, and the first MOST_REPOS repositories of a process.
Latency is the time to the first byte: a stream of events may last for hours.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import Engine, event

from gitleague.core.memory import resident_bytes
from gitleague.core.operation import BUCKETS, Area, Operation
from gitleague.core.settings import shared_metrics
from gitleague.core.shedding import NEVER_SHED
from gitleague.core.tally import PushTally

MOST_REPOS = 200
OTHERS = "others"
NO_ROUTE = "none"
API = "/api/v1"
_KINDS = frozenset({"select", "insert", "update", "delete", "begin", "commit"})


class Push(NamedTuple):
    """Whose push a request is; put into the request's state by whoever knows."""

    repo_id: str
    cohort: str


class Metrics:
    """The figures of one process; `exposition` sums those of all where there are several."""

    def __init__(self) -> None:
        own = CollectorRegistry()
        self.registry = own
        self._repos: set[str] = set()
        self.tally = PushTally()
        self.operation = Operation()
        self.requests = Counter(
            "gitleague_requests", "Requests.", ["method", "route", "status"], registry=own
        )
        self.seconds = Histogram(
            "gitleague_request_seconds",
            "Time to the first byte of the answer.",
            ["route"],
            buckets=BUCKETS,
            registry=own,
        )
        self.limited = Counter(
            "gitleague_rate_limited", "Requests over a rate limit.", ["route"], registry=own
        )
        self.refused = Counter(
            "gitleague_auth_failures", "Credentials refused.", ["credential"], registry=own
        )
        self.pushes = Counter(
            "gitleague_pushes", "Pushes.", ["repo", "cohort", "outcome"], registry=own
        )
        self.push_seconds = Histogram(
            "gitleague_push_seconds", "Time of a push.", ["cohort"], buckets=BUCKETS, registry=own
        )
        self.commits = Counter(
            "gitleague_commits", "Commits that came in.", ["result"], registry=own
        )
        self.queries = Histogram(
            "gitleague_database_seconds",
            "Time of a statement.",
            ["kind"],
            buckets=BUCKETS,
            registry=own,
        )

    def note_request(self, scope: Mapping[str, Any], *, status: int, seconds: float) -> None:
        route = route_of(scope)
        self.requests.labels(scope["method"], route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)
        if status == 429:
            self.limited.labels(route).inc()
        if status == 401 and (credential := _credential_of(scope)):
            self.refused.labels(credential).inc()
        if status and not scope["path"].startswith(NEVER_SHED):
            credential = _credential_of(scope) if scope["state"].get("caller") else None
            self.operation.note_request(
                _area_of(route), status=status, seconds=seconds, credential=credential
            )
        push: Push | None = scope["state"].get("push")
        if push:
            outcome = "ok" if status < 400 else "failed" if status >= 500 else "refused"
            self.pushes.labels(self._bounded(push.repo_id), push.cohort, outcome).inc()
            self.push_seconds.labels(push.cohort).observe(seconds)
            self.tally.note(push.cohort, outcome, seconds)

    def note_commits(self, *, inserted: int, skipped: int, refused: int) -> None:
        for result, count in (("inserted", inserted), ("skipped", skipped), ("refused", refused)):
            self.commits.labels(result).inc(count)

    def watch(self, engine: Engine) -> None:
        """Time its statements."""

        def begin(*arguments: Any) -> None:
            arguments[4].metrics_began = time.perf_counter()  # the context of the execution

        def end(*arguments: Any) -> None:
            context, statement = arguments[4], arguments[2]
            word = statement.lstrip()[:8].partition(" ")[0].lower()
            kind = word if word in _KINDS else "other"
            seconds = time.perf_counter() - context.metrics_began
            self.queries.labels(kind).observe(seconds)
            self.operation.note_statement(seconds)

        event.listen(engine, "before_cursor_execute", begin)
        event.listen(engine, "after_cursor_execute", end)

    def exposition(self, *more: Collector) -> bytes:
        folder = shared_metrics()
        parts = CollectorRegistry()
        if folder:
            MultiProcessCollector(parts, folder)  # type: ignore[no-untyped-call]
        for collector in (*more, ProcessMemory(folder)):
            parts.register(collector)
        return (b"" if folder else generate_latest(self.registry)) + generate_latest(parts)

    def _bounded(self, repo_id: str) -> str:
        if repo_id not in self._repos:
            if len(self._repos) >= MOST_REPOS:
                return OTHERS
            self._repos.add(repo_id)
        return repo_id


class ProcessMemory(Collector):
    """Of every process that serves; where the system tells it in /proc."""

    def __init__(self, folder: str | None) -> None:
        self._folder = folder

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = GaugeMetricFamily(
            "gitleague_process_resident_bytes", "Memory of a process.", labels=["process"]
        )
        for process in self._processes():
            size = resident_bytes(process)
            if size:
                found.add_metric([process], size)
        yield found

    def _processes(self) -> list[str]:
        if not self._folder:
            return ["self"]
        names = (path.stem for path in Path(self._folder).glob("counter_*.db"))
        return sorted({name.rpartition("_")[2] for name in names})


def route_of(scope: Mapping[str, Any]) -> str:
    """The template that the request's path fits."""
    found = getattr(scope.get("route"), "path", None)
    return found if isinstance(found, str) else NO_ROUTE


def _area_of(route: str) -> Area:
    if route.startswith(f"{API}/api-keys"):
        return Area.KEYS
    return Area.SYNC if route.startswith(f"{API}/sync/") else Area.OTHER


def _credential_of(scope: Mapping[str, Any]) -> str | None:
    """What kind was sent; a request without any was not refused for a wrong one."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            return "api_key" if value[7:].startswith(b"tgl_") else "token"
    return None
