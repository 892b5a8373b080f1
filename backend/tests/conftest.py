"""The world of a test: a migrated database of its own, the app on it, and people in it."""

import gc
import os
import signal
import ssl
import uuid
from collections.abc import Iterator
from pathlib import Path

import earshot
import hypothesis
import pytest
import servers
from argon2 import PasswordHasher
from chores import doing_jobs
from chromium import OPTIONS, find_chromium
from databases import TEMPLATE, WISHED, Databases
from gitleague.accounts import hashing
from gitleague.accounts.sign_in import open_api_session
from gitleague.app import create_app
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.server.keeping import books_of
from gitleague.tables.accounts import Scope
from gitleague.tables.projects import Role
from hosting import Host
from httpx import Client
from make import Person, make_key, make_person, make_project, make_repo, make_user
from migrations import migrate
from playwright.sync_api import Browser, sync_playwright
from remote import Repo

pytest_plugins = ["both", "clocks"]

# What a developer has set for a server of theirs must not reach the tests.
for name in [name for name in os.environ if name.startswith("GITLEAGUE_") and name != WISHED]:
    del os.environ[name]
GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada Lovelace",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada Lovelace",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}
os.environ.update(GIT)
# What keys are hashed with outside of the tests is told by test_api_keys.py.
hashing.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

# A slow machine is no defect: what is timed is in bench/.
hypothesis.settings.register_profile(
    "league", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("league")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Elsewhere nobody would look for it: tools/suite.py."""
    if item.get_closest_marker("browser") and "web" not in item.path.parts:
        raise pytest.UsageError(f"{item.nodeid} drives a browser: it belongs into tests/web/")


def pytest_collection_finish() -> None:
    """What is loaded stays: no collection of garbage looks at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(autouse=True)
def nothing_secret_is_logged() -> Iterator[None]:
    """Whatever a test does: no line of the log holds a key, a token or a password."""
    with earshot.listening() as heard:
        yield
    assert heard.secrets == []


@pytest.fixture(autouse=True)
def git_knows_who_commits() -> None:
    """Whoever opens a repository in this process forgets what is said of git around it."""
    os.environ.update(GIT)


@pytest.fixture(scope="session", autouse=True)
def signals_are_heard() -> None:
    """Also where the tests run in the background, or under nohup, which children inherit."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The conninfo of this process's own PostgreSQL."""
    with servers.postgresql() as conninfo:
        yield conninfo


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str) -> Iterator[str]:
    """The name of a migrated PostgreSQL database, to be copied."""
    with servers.postgresql_database(postgresql, TEMPLATE) as url:
        migrate(url)
        yield TEMPLATE


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    opened = Databases(tmp_path_factory.mktemp("databases"))
    yield opened
    opened.close()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, databases: Databases) -> str:
    """A migrated and empty database; both.py says on which a test runs."""
    if request.param == "sqlite":
        return databases.sqlite(request.getfixturevalue("sqlite_template"))
    request.getfixturevalue("postgresql_template")
    return databases.postgresql(request.getfixturevalue("postgresql"))


@pytest.fixture
def database(database_url: str, databases: Databases) -> Database:
    return databases.lend(database_url, "test")


@pytest.fixture(scope="session")
def common_settings() -> Settings:
    """Read once: to look for 34 variables in the environment takes longer than most questions."""
    return Settings(_env_file=None, public_url="http://testserver", operators=("olga@example.org",))


@pytest.fixture
def settings(common_settings: Settings, database_url: str, tmp_path: Path) -> Settings:
    own = {"database_url": database_url, "data_dir": tmp_path / "data"}
    return common_settings.model_copy(update=own)


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    opened = Host()
    yield opened
    opened.close()


@pytest.fixture
def live_server(
    settings: Settings, host: Host, databases: Databases, database_url: str
) -> Iterator[str]:
    """The app behind a real port; yields its address.

    The jobs that it is asked for are done beside it. What is asked for when its time has come is
    not looked for: tests do that themselves, and test_jobs_process.py shows that a server does.
    """
    served = settings.model_copy(update={"public_url": host.url})
    database = None  # the app opens it
    if served.database == database_url:
        seconds = served.database_wait_seconds
        database = databases.lend(database_url, "app", wait_seconds=seconds)
    app = create_app(served, database)
    with host.serving(app), doing_jobs(app.state.database, served):
        yield host.url
        for book in books_of(app.state.metrics):
            for kept in book.kept:
                kept.counter.take()  # nobody will read it: a server writes it down when it ends


@pytest.fixture(scope="session")
def trust() -> ssl.SSLContext:
    """Read once: a client that is made reads all authorities else, also where it needs none."""
    return ssl.create_default_context()


@pytest.fixture
def http(live_server: str, trust: ssl.SSLContext) -> Iterator[Client]:
    """Talks to the app; nobody is signed in until a request says so."""
    with Client(base_url=live_server, timeout=60, verify=trust) as client:
        yield client


@pytest.fixture
def project_id(database: Database) -> uuid.UUID:
    """The league that ada, grace and linus are in."""
    with database.writing() as session:
        return make_project(session)


@pytest.fixture
def ada(database: Database, settings: Settings, project_id: uuid.UUID) -> Person:
    """Commissioner."""
    return make_person(database, settings, "Ada", project_id, Role.COMMISSIONER)


@pytest.fixture
def grace(database: Database, settings: Settings, project_id: uuid.UUID) -> Person:
    """Player."""
    return make_person(database, settings, "Grace", project_id, Role.PLAYER)


@pytest.fixture
def linus(database: Database, settings: Settings, project_id: uuid.UUID) -> Person:
    """Spectator, approved."""
    return make_person(database, settings, "Linus", project_id, Role.SPECTATOR)


@pytest.fixture
def mallory(database: Database, settings: Settings) -> Person:
    """Commissioner of another project."""
    with database.writing() as session:
        elsewhere = make_project(session, "Elsewhere")
    return make_person(database, settings, "Mallory", elsewhere, Role.COMMISSIONER)


@pytest.fixture
def olga(database: Database, settings: Settings, project_id: uuid.UUID) -> Person:
    """Operator of the server, and in no league."""
    with database.writing() as session:
        user_id = make_user(session, "olga@example.org", name="Olga")
        token = open_api_session(session, settings, user_id).token
    return Person(user_id, "olga@example.org", project_id, token)


@pytest.fixture
def repo_id(database: Database, ada: Person) -> uuid.UUID:
    with database.writing() as session:
        return make_repo(session, ada.project_id, "git@example.org:team/site.git")


@pytest.fixture
def repo(http: Client, ada: Person, repo_id: uuid.UUID) -> Repo:
    key = make_key(http, ada, Scope.SYNC_COMMITS, project_id=ada.project_id)
    return Repo(http, ada.project_id, repo_id, key)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium; `browser.new_page()` opens a window of nobody's."""
    with sync_playwright() as playwright:
        path = find_chromium()
        opened = playwright.chromium.launch(executable_path=path, args=list(OPTIONS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with servers.redis_server() as url:
        yield url
