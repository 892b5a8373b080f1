"""Who asks PostgreSQL: whatever in the product asks SQLite, in some test, must ask it in one too.

A test that needs a database runs on SQLite; `on_both` marks those that run on PostgreSQL as well.
With `--both-asked` the run fails where a function sent a statement to SQLite and in no test to
PostgreSQL, and names a test in which it does, to be marked. Every test runs on both databases with
GITLEAGUE_TEST_DATABASES=sqlite,postgresql.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from threading import current_thread
from types import FrameType
from typing import Any, TypeAlias

import gitleague
import pytest
from databases import DATABASES, IS_WISHED
from gitleague.accounts import outbox
from gitleague.jobs.runner import THREAD_NAME
from gitleague.server.keeping import write_down
from sqlalchemy import Connection, Engine, event

MISSING = 6  # the exit status; pytest's own end at 5
PRODUCT = str(Path(gitleague.__file__).parent)
COPIED = "core/sets.py:insert_rows"  # COPY on PostgreSQL, which is no statement

# Who asks: each database that was asked, and the first test in which it was.
Asked: TypeAlias = dict[str, dict[str, str]]


class Askers:
    def __init__(self) -> None:
        self.asked: Asked = {}
        self.test = ""
        self.is_on_choice = False  # of any other test the database is said, and why

    def note(self, connection: Connection, *rest: Any) -> None:
        name = connection.dialect.name
        if name == "sqlite" and not self.is_on_choice:
            return
        if rest[-2].compiled is None:  # BEGIN, PRAGMA: the driver's own
            return
        asker = next(_product(sys._getframe()), COPIED)
        if asker != COPIED:
            self.asked.setdefault(asker, {}).setdefault(name, self.test)

    def merge(self, others: Asked) -> None:
        for asker, databases in others.items():
            self.asked[asker] = databases | self.asked.get(asker, {})

    def of_sqlite_only(self) -> list[str]:
        """Each with a test in which it asks."""
        return sorted(
            f"{asker}  in {tests['sqlite']}"
            for asker, tests in self.asked.items()
            if "postgresql" not in tests
        )


def _product(frame: FrameType | None) -> Iterator[str]:
    for each in _stack(frame):
        name = each.f_code.co_filename
        if name.startswith(PRODUCT) and not name.endswith("/core/db.py"):
            yield f"{name[len(PRODUCT) + 1 :]}:{each.f_code.co_name}"


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    while frame:
        yield frame
        frame = frame.f_back


def _is_sent_by(function: Callable[..., object]) -> bool:
    """Whether it is that function of the product that sends the statement just now."""
    return any(frame.f_code is function.__code__ for frame in _stack(sys._getframe()))


askers = Askers()


@pytest.fixture
def queries() -> Iterator[list[str]]:
    """The SQL of every statement while the test runs, on whatever engine; clear it to begin.

    Not of what has a clock of its own: who looks for jobs, who sends mail, and who writes down what
    was counted.
    """
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        name = current_thread().name
        if not name.startswith((THREAD_NAME, outbox.THREADS)) and not _is_sent_by(write_down):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


def _is_on_choice(test: pytest.Item, fixtures: Collection[str]) -> bool:
    said = [mark.args[0] for mark in test.iter_markers("parametrize")]
    return "database_url" in fixtures and "database_url" not in said


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--both-asked", action="store_true", help="fail where only SQLite was asked")


def pytest_configure() -> None:
    event.listen(Engine, "before_cursor_execute", askers.note)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """On which databases a test runs, where it does not say so itself."""
    if not _is_on_choice(metafunc.definition, metafunc.fixturenames):
        return
    is_on_all = IS_WISHED or metafunc.definition.get_closest_marker("on_both")
    metafunc.parametrize("database_url", DATABASES if is_on_all else ["sqlite"], indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    askers.test = item.nodeid
    askers.is_on_choice = _is_on_choice(item, getattr(item, "fixturenames", ()))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    askers.merge(getattr(node, "workeroutput", {}).get("asked", {}))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["asked"] = askers.asked
    elif session.config.getoption("both_asked") and askers.of_sqlite_only():
        session.exitstatus = MISSING


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if not config.getoption("both_asked"):
        return
    if missing := askers.of_sqlite_only():
        terminalreporter.section("ASKED OF SQLITE ONLY: mark the test `on_both`")
        terminalreporter.line("\n".join(missing))
