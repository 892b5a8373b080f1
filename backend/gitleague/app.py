"""The one place where routers, errors and what surrounds a request meet."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache, partial
from threading import current_thread, main_thread
from types import FrameType

from fastapi import Depends, FastAPI, Request
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute

from gitleague import __version__
from gitleague.accounts import routes as accounts
from gitleague.accounts.limits import RateLimits, limit_api
from gitleague.accounts.outbox import Outbox
from gitleague.accounts.verify import KeyVerifier
from gitleague.core import log, problems
from gitleague.core.body_limit import BodyLimit
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.maintenance import Maintenance
from gitleague.core.metrics import Metrics
from gitleague.core.private_files import keep_files_private
from gitleague.core.requests import RequestTrail
from gitleague.core.route_index import Indexed, RouteIndex
from gitleague.core.routing import Routes
from gitleague.core.session import Turns
from gitleague.core.settings import Settings, load_settings
from gitleague.core.shedding import Shedding
from gitleague.core.telemetry import report_errors, tracing
from gitleague.core.unknown import refuse_unknown_parameters
from gitleague.description import with_examples
from gitleague.jobs.sending import Sender
from gitleague.league import routes as league
from gitleague.league.live.newsroom import Newsroom
from gitleague.ops import watching
from gitleague.projects import routes as projects
from gitleague.server import defects
from gitleague.server.health import Health
from gitleague.server.keeping import books_of, keep_writing
from gitleague.sync import routes as sync
from gitleague.sync.clients import OLDEST
from gitleague.sync.pull import routes as pulls
from gitleague.web import routes as web
from gitleague.web.errors import page_of_error

API = "/api/v1"
public = Routes(tags=["server"])


@public.get("/health")
async def show_health(request: Request) -> dict[str, str]:
    """Returns 200 while the process and its database answer, and 503 otherwise.

    It waits for no lock, no other request, and for the database for a second at most.
    """
    health: Health = request.app.state.health
    await health.check()
    return {"status": "ok", "version": __version__, "database": "ok"}


@public.get(f"{API}/", include_in_schema=False)
@public.get(API)
def show_server(request: Request) -> dict[str, object]:
    """Returns the server's version, the oldest client it accepts, and links to start from."""
    settings: Settings = request.app.state.settings
    return {
        "name": "The Git League",
        "version": __version__,
        "oldest_client": OLDEST,
        "links": {
            "self": f"{settings.public_url}{API}",
            "health": f"{settings.public_url}/health",
            "openapi": f"{settings.public_url}{API}/openapi.json",
            "projects": f"{settings.public_url}{API}/projects",
        },
    }


@cache
def _routes() -> list[BaseRoute]:
    """The routes of every app of this process: FastAPI takes a while to read them."""
    routes = Routes()
    routes.include(public)
    routes.include(watching.router)
    asked = [Depends(limit_api), Depends(refuse_unknown_parameters)]
    for part in (accounts, projects, sync, pulls, league):
        routes.include(part.router, prefix=API, dependencies=asked)
    routes.include(web.router)
    return routes.router().routes


@cache
def _index() -> RouteIndex:
    return RouteIndex(_routes())


def create_app(settings: Settings, database: Database | None = None) -> FastAPI:
    """`database` is the one of the settings, where it is open already."""
    app = FastAPI(
        title="The Git League",
        version=__version__,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # its page loads scripts from elsewhere, which our own headers forbid
        redoc_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,  # a redirect would be built from the request's host
        routes=_routes(),
    )
    app.router.middleware_stack = Indexed(app.router, _index())
    app.state.settings = settings
    app.state.started_at = now()
    app.state.database = database or Database(
        settings.database, wait_seconds=settings.database_wait_seconds
    )
    app.state.health = Health(settings.database)
    app.state.turns = Turns()
    app.state.metrics = Metrics()
    app.state.metrics.watch(app.state.database.engine)
    app.state.verifier = KeyVerifier()
    app.state.limits = RateLimits(settings)
    app.state.outbox = Outbox()
    app.state.newsroom = Newsroom(
        app.state.database, most=settings.live_streams, look_seconds=settings.live_look_seconds
    )
    app.openapi = with_examples(app)  # type: ignore[method-assign] # as FastAPI says
    answer = problems.install(app, page_of_error, defects.note)
    app.add_middleware(BodyLimit)
    # Nothing that is secret for long is in a page beside what somebody else may have written in it.
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(Shedding, most=settings.max_requests_under_way, answer=answer)
    app.add_middleware(Maintenance, folder=settings.data_dir, answer=answer)
    app.add_middleware(
        RequestTrail,
        https=settings.secure_cookies,
        metrics=app.state.metrics,
        answer_defect=answer,
    )
    app.state.traces = tracing(settings)
    if app.state.traces:
        app.add_middleware(app.state.traces.around)
    return app


def create_app_from_environment() -> FastAPI:
    """What each of several worker processes calls."""
    keep_files_private()
    settings = load_settings()
    log.configure(settings)
    report_errors(settings)
    app = create_app(settings)
    gc.collect()
    gc.freeze()  # what is loaded stays: no collection during a push needs to look at it again
    gc.set_threshold(20_000, 10, 10)  # a push is some 100,000 objects, all gone when it is answered
    return app


def _at_stop(end: Callable[[], None]) -> None:
    """Before the server waits for what is open: a stream would keep it waiting."""
    if current_thread() is not main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _after(partial(loop.call_soon_threadsafe, end), number))


def _after(first: Callable[[], object], number: signal.Signals) -> Callable[..., None]:
    """A handler that does this, and then what was to be done anyhow."""
    before = signal.getsignal(number)

    def handle(received: int, frame: FrameType | None) -> None:
        first()
        if callable(before):
            before(received, frame)

    return handle


def _sender(database: Database, settings: Settings) -> Sender | None:
    """With Redis there is Celery, and its workers do the jobs."""
    if not settings.redis_url:
        return None
    from gitleague.jobs.broker import broker, celery_sender  # noqa: PLC0415 - 0.2 s, and few need it

    send = celery_sender(broker(settings.redis_url), pull_minutes=settings.pull_minutes)
    return Sender(database, send)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    sender = _sender(app.state.database, app.state.settings)
    if sender:
        sender.start()
    _at_stop(app.state.newsroom.close)
    stop = asyncio.Event()
    writing = [
        asyncio.create_task(keep_writing(app.state.database, book, stop))
        for book in books_of(app.state.metrics)
    ]
    yield
    stop.set()
    await asyncio.gather(*writing)
    if sender:
        sender.stop()
    app.state.outbox.close()
    app.state.health.close()
    app.state.database.close()
    if app.state.traces:
        app.state.traces.close()
