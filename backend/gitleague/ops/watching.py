"""`/metrics`: what Prometheus reads, and who may read it."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from ipaddress import ip_address

from fastapi import Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.core.errors import NotAllowed
from gitleague.core.metrics import Metrics
from gitleague.core.routing import Routes
from gitleague.core.session import database_of
from gitleague.core.settings import Settings
from gitleague.server.rollout import state_of
from gitleague.tables.jobs import Job, JobState

router = Routes(tags=["server"])
FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip", "via")


@router.get("/metrics", response_class=Response, include_in_schema=False)
def show_metrics(request: Request) -> Response:
    check_reader(request)
    metrics: Metrics = request.app.state.metrics
    with database_of(request).reading() as session:  # it waits for nobody's turn
        told = metrics.exposition(JobQueue(session), Release(session))
    return Response(told, media_type=CONTENT_TYPE_LATEST)


def check_reader(request: Request) -> None:
    """Raises NotAllowed. What came through a proxy is from nobody knows where: not without token.

    A proxy on the same machine makes everybody a neighbour, so the address alone proves nothing.
    """
    settings: Settings = request.app.state.settings
    token = settings.metrics_token.get_secret_value()
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return
    came_directly = not any(name in request.headers for name in FORWARDED)
    if came_directly and request.client and _is_near(request.client.host, settings):
        return
    raise NotAllowed(
        "Metrics are read from GITLEAGUE_METRICS_NETWORKS, not through a proxy; "
        "or with GITLEAGUE_METRICS_TOKEN as the bearer token."
    )


def _is_near(host: str, settings: Settings) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in settings.metrics_networks)


class JobQueue(Collector):
    """The queue is in the database, whoever works on it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def collect(self) -> Iterator[GaugeMetricFamily]:
        count = GaugeMetricFamily("gitleague_jobs", "Jobs by state.", labels=["state"])
        counted = dict(
            # across projects: whoever runs jobs runs those of all
            self._session.execute(select(Job.state, func.count()).group_by(Job.state))
            .tuples()
            .all()
        )
        for state in JobState:
            count.add_metric([state.value], counted.get(state.value, 0))
        yield count
        waiting = GaugeMetricFamily(
            "gitleague_jobs_waiting_seconds", "For how long the oldest due job has waited."
        )
        waiting.add_metric([], waits_for(self._session))
        yield waiting


class Release(Collector):
    """How far the release of push is, as the database says."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def collect(self) -> Iterator[GaugeMetricFamily]:
        state = state_of(self._session)
        yield GaugeMetricFamily(
            "gitleague_rollout_percent", "Commissioners who may push.", value=state.percent
        )
        yield GaugeMetricFamily(
            "gitleague_rollout_paused", "Whether pushes are paused.", value=bool(state.paused_at)
        )


def waits_for(session: Session) -> float:
    """Seconds that the oldest job is overdue."""
    moment = now()
    due = session.scalar(
        # across projects: whoever runs jobs runs those of all
        select(func.min(Job.not_before)).where(
            Job.state == JobState.QUEUED.value, Job.not_before <= moment
        )
    )
    return (moment - due).total_seconds() if due else 0.0
