"""The one place where routers, errors and what surrounds a request meet."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from threading import current_thread, main_thread
from types import FrameType

from fastapi import APIRouter, Depends, FastAPI, Request
from sqlalchemy import text
from starlette.middleware.gzip import GZipMiddleware

from gitleague import __version__
from gitleague.accounts import routes as accounts
from gitleague.accounts.limits import RateLimits, limit_api
from gitleague.accounts.verify import KeyVerifier
from gitleague.core import problems
from gitleague.core.db import Database
from gitleague.core.requests import RequestTrail
from gitleague.core.session import ReadSession
from gitleague.core.settings import Settings, load_settings
from gitleague.jobs.runner import Runner, RunnerThread
from gitleague.league import routes as league
from gitleague.league.live.newsroom import Newsroom
from gitleague.projects import routes as projects
from gitleague.sync import routes as sync
from gitleague.sync.clients import OLDEST
from gitleague.tasks import CLOCKS, tasks_of
from gitleague.web import routes as web
from gitleague.web.errors import page_of_error

API = "/api/v1"
public = APIRouter(tags=["server"])


@public.get("/health")
def show_health(session: ReadSession) -> dict[str, str]:
    """200 while the process and its database answer; else 503."""
    session.execute(text("SELECT 1"))
    return {"status": "ok", "version": __version__, "database": "ok"}


@public.get(f"{API}/", include_in_schema=False)
@public.get(API)
def show_server(request: Request) -> dict[str, object]:
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


def create_app(settings: Settings) -> FastAPI:
    app = FastAPI(
        title="The Git League",
        version=__version__,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # its page loads scripts from elsewhere, which our own headers forbid
        redoc_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,  # a redirect would be built from the request's host
    )
    app.state.settings = settings
    app.state.database = Database(settings.database, wait_seconds=settings.database_wait_seconds)
    app.state.verifier = KeyVerifier()
    app.state.limits = RateLimits(settings)
    app.state.runner = Runner(app.state.database, tasks_of(settings), CLOCKS)
    app.state.newsroom = Newsroom(app.state.database)
    app.include_router(public)
    limited = [Depends(limit_api)]
    for part in (accounts, projects, sync, league):
        app.include_router(part.router, prefix=API, dependencies=limited)
    app.include_router(web.router)
    answer = problems.install(app, page_of_error)
    # Nothing that is secret for long is in a page beside what somebody else may have written in it.
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(RequestTrail, https=settings.secure_cookies, answer_defect=answer)
    return app


def create_app_from_environment() -> FastAPI:
    """What each of several worker processes calls."""
    app = create_app(load_settings())
    gc.collect()
    gc.freeze()  # what is loaded stays: no collection during a push needs to look at it again
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


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    # With Redis there is Celery, and its workers do the jobs.
    jobs = None if settings.redis_url else RunnerThread(app.state.runner)
    if jobs:
        jobs.start()
    _at_stop(app.state.newsroom.close)
    yield
    if jobs:
        jobs.stop()
    app.state.database.close()
