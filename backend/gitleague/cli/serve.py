"""`gitleague serve`."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any, Final

import click
import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from gitleague.cli.opening import opened
from gitleague.core import log, migrations
from gitleague.core.draining import Draining
from gitleague.core.settings import Settings, load_settings, share_metrics
from gitleague.core.systemd import keep, kept_listener
from gitleague.jobs_process import JobsProcess

APP = "gitleague.app:create_app_from_environment"
SERVING: Final[dict[str, Any]] = {
    "proxy_headers": False,  # accounts/addresses.py decides whose X-Forwarded-For is believed
    "server_header": False,
    "access_log": False,  # core/requests.py writes one, without what is secret
    "log_config": None,
    "http": Draining,
    "timeout_graceful_shutdown": 10,
    # A worker that starts on a busy machine is no hung one; uvicorn kills it after 5 seconds.
    "timeout_worker_healthcheck": 60,
}


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port."
)
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes."
)
@click.option(
    "--migrate", is_flag=True, help="Migrate PostgreSQL too; of several servers one does it."
)
def serve(*, host: str, port: int, workers: int, migrate: bool) -> None:
    """Serve the pages and the API, until Ctrl-C.

    The embedded database is migrated first. Without GITLEAGUE_SMTP_URL, sign-in links are printed.
    Without GITLEAGUE_REDIS_URL, a process of its own does the jobs.
    SIGHUP replaces the workers of several one by one, each when its successor answers.
    """
    settings = load_settings()
    log.configure(settings)
    with opened(settings) as database:
        if database.is_sqlite or migrate:
            migrations.upgrade(database)
        else:
            migrations.check(database)
    with _jobs_beside(settings):
        _serve(settings, host, port, workers)


def _serve(settings: Settings, host: str, port: int, workers: int) -> None:
    config = uvicorn.Config(APP, factory=True, host=host, port=port, workers=workers, **SERVING)
    listener = kept_listener(host, port)
    if listener is None:
        listener = config.bind_socket()
        listener.listen(config.backlog)  # who asks while the server starts waits, too
        keep(listener)
    if workers > 1:
        share_metrics(settings.data_dir)
        Multiprocess(config, sockets=[listener]).run()
        return
    server = uvicorn.Server(config)
    with contextlib.suppress(KeyboardInterrupt):  # it has ended well already
        server.run(sockets=[listener])
    if not server.started:
        sys.exit(STARTUP_FAILURE)


@contextlib.contextmanager
def _jobs_beside(settings: Settings) -> Iterator[None]:
    """With Redis there is Celery, and its workers do the jobs."""
    if settings.redis_url:
        yield
        return
    jobs, is_ended = JobsProcess(settings), False
    # uvicorn ends at SIGTERM, and then sends it again to whoever listened before.
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    except _EndedError:
        is_ended = True
    finally:
        jobs.stop()
        signal.signal(signal.SIGTERM, before)
    if is_ended:
        signal.raise_signal(signal.SIGTERM)


class _EndedError(BaseException):
    """By SIGTERM."""


def _end(_number: int, _frame: FrameType | None) -> None:
    raise _EndedError
