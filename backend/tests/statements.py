"""Which statements each database was sent: what SQLite answers, PostgreSQL must have answered too.

A test that needs a database runs on SQLite; `on_both` marks those that run on PostgreSQL as well.
With `--all-statements` the run fails where the product sent a statement to SQLite that no test sent
to PostgreSQL, and names a test that does, to be marked. Every test runs on both databases with
GITLEAGUE_TEST_DATABASES=sqlite,postgresql.
"""

from __future__ import annotations

import hashlib
import re
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
from sqlalchemy import Engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import CompileError
from sqlalchemy.sql.compiler import SQLCompiler

MISSING = 6  # the exit status; pytest's own end at 5
PRODUCT = str(Path(gitleague.__file__).parent)
# PostgreSQL says the same in other words: the place in the code that asks stands for them.
OWN_WORDS = re.compile(r"json_each|strftime|date\(|sqlite_", re.IGNORECASE)
COPIED = "core/sets.py:insert_rows"  # COPY on PostgreSQL, which is no statement
FRAMES = 2
DIALECT = sqlite.dialect()  # type: ignore[no-untyped-call]

# The digest of a statement: each database it was sent to: the first test that did, and from where.
Sent: TypeAlias = dict[str, dict[str, str]]


class Statements:
    def __init__(self) -> None:
        self.sent: Sent = {}
        self.test = ""
        self.is_on_choice = False  # of any other test the database is said, and why

    def note(self, _connection: object, _cursor: object, _text: str, *rest: Any) -> None:
        compiled = getattr(rest[1], "compiled", None)  # there is none of BEGIN and its like
        if compiled is None or getattr(compiled, "is_noted", False):
            return
        if compiled.dialect.name == "sqlite" and not self.is_on_choice:
            return
        place, keys = _keys(compiled)
        if keys and place not in keys:  # the engine keeps it, and what it is
            compiled.is_noted = True
        for key in keys:
            digest = hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
            databases = self.sent.setdefault(digest, {})
            databases.setdefault(compiled.dialect.name, f"{self.test}\n    {place}")

    def merge(self, others: Sent) -> None:
        for key, databases in others.items():
            self.sent[key] = databases | self.sent.get(key, {})

    def only_on_sqlite(self) -> list[str]:
        """A test that sent it, and the place in the code."""
        return sorted(each["sqlite"] for each in self.sent.values() if "postgresql" not in each)


def _keys(compiled: Any) -> tuple[str, list[str]]:
    """Where it was sent from, and what it is found again by: nothing, if not by the product."""
    frames = list(_frames(sys._getframe()))
    place = " < ".join(frames[:FRAMES])
    if not frames or frames[0] == COPIED or not isinstance(compiled, SQLCompiler):
        return place, []
    try:
        neutral = str(compiled.statement.compile(dialect=DIALECT))
    except CompileError:
        neutral = ""
    if compiled.dialect.name != "sqlite":
        return place, [place, neutral]
    return place, [place if OWN_WORDS.search(neutral) else neutral]


def _frames(frame: FrameType | None) -> Iterator[str]:
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


statements = Statements()


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
    parser.addoption(
        "--all-statements", action="store_true", help="fail where PostgreSQL was sent too few"
    )


def pytest_configure() -> None:
    event.listen(Engine, "before_cursor_execute", statements.note)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """On which databases a test runs, where it does not say so itself."""
    if not _is_on_choice(metafunc.definition, metafunc.fixturenames):
        return
    is_on_all = IS_WISHED or metafunc.definition.get_closest_marker("on_both")
    metafunc.parametrize("database_url", DATABASES if is_on_all else ["sqlite"], indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    statements.test = item.nodeid
    statements.is_on_choice = _is_on_choice(item, getattr(item, "fixturenames", ()))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    statements.merge(getattr(node, "workeroutput", {}).get("statements", {}))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["statements"] = statements.sent
    elif session.config.getoption("all_statements") and statements.only_on_sqlite():
        session.exitstatus = MISSING


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if not config.getoption("all_statements"):
        return
    if missing := statements.only_on_sqlite():
        terminalreporter.section("SENT TO SQLITE ONLY: mark the test `on_both`")
        terminalreporter.line("\n".join(missing))
