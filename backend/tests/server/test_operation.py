"""How the server was: written down by the minute, added up over processes, kept for a quarter."""

import asyncio
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import servers
from gitleague.app import create_app
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.metrics import Metrics
from gitleague.core.operation import BOUNDS, BUCKETS, Area, Life, Measure, Operation
from gitleague.core.settings import Settings
from gitleague.jobs.runner import Runner
from gitleague.server import operation
from gitleague.server.keeping import books_of, keep_writing, write_down
from gitleague.server.operation import BY_MINUTE, HOUR, KEPT, MINUTE, Answered, percentile
from gitleague.tables.accounts import Scope
from gitleague.tables.server import AnswerCount, LifeMinute, TimeCount
from gitleague.tasks import CLOCKS
from httpx import Client
from hypothesis import given
from hypothesis import strategies as st
from make import Person, make_commit, make_key
from remote import Repo
from sqlalchemy import func, select, text, update

AGO = timedelta(minutes=10)
SECONDS = st.floats(0, 30) | st.sampled_from(BUCKETS)


@given(st.lists(SECONDS, min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_bound_of_the_bucket_that_it_is_in(
    took: list[float], percent: int
) -> None:
    process = Operation()
    for seconds in took:
        process.note_statement(seconds)
    counts = {row.milliseconds: row.number for row in process.times.take()}
    assert sum(counts.values()) == len(took)
    true = sorted(took)[-(-percent * len(took) // 100) - 1]
    found = percentile(counts, percent)
    assert found == min(bound for bound in BOUNDS if true * 1000 <= bound + 1e-9)


def test_of_nothing_there_is_no_percentile() -> None:
    assert percentile({}, 50) is None


def test_requests_leave_their_traces(
    database: Database, settings: Settings, ada: Person, repo_id: uuid.UUID
) -> None:
    with servers.listening() as opened:
        url = f"http://127.0.0.1:{opened.getsockname()[1]}"
        with servers.serving(create_app(settings), opened), Client(base_url=url) as http:
            key = make_key(http, ada, Scope.SYNC_COMMITS, project_id=ada.project_id)
            repo = Repo(http, ada.project_id, repo_id, key)
            assert repo.push(make_commit()).status_code == 201
            assert http.get(f"{repo.url}/status", headers=ada.headers).status_code == 200
            assert http.get("/health").status_code == 200
            wrong = {"Authorization": "Bearer wrong"}
            assert http.get("/api/v1/projects", headers=wrong).status_code == 401
            with database.writing() as session:
                session.execute(text("ALTER TABLE repo_syncs RENAME TO elsewhere"))
            broken = repo.push(make_commit())
            assert broken.status_code == 500
            with database.writing() as session:
                session.execute(text("ALTER TABLE elsewhere RENAME TO repo_syncs"))
    with database.reading() as session:  # the server has ended, and written down all it had
        found = operation.answered(session, now() - AGO)
        requests = operation.times(session, Measure.REQUEST, now() - AGO)
        statements = operation.times(session, Measure.STATEMENT, now() - AGO)
        memory = operation.memory(session, now() - AGO)
    assert found[Area.KEYS] == Answered(requests=1, succeeded=1, by_token=1)
    assert found[Area.SYNC] == Answered(3, 2, 1, 0, by_key=1, by_token=1)
    assert found[Area.OTHER] == Answered(requests=1, refused=1)
    assert sum(requests.values()) == 5
    assert sum(statements.values()) > 5
    assert memory
    assert memory.largest > 10_000_000
    assert memory.grows is None


@pytest.mark.on_both
def test_an_idle_server_writes_that_it_is_there(database: Database) -> None:
    books = books_of(Metrics())
    assert max(book.every for book in books) < 60

    async def idle() -> None:
        stop = asyncio.Event()
        book = books[1]._replace(every=0.01)
        writing = asyncio.create_task(keep_writing(database, book, stop))
        while not count(database, LifeMinute):  # noqa: ASYNC110 - written by another thread
            await asyncio.sleep(0.01)
        stop.set()
        await writing

    with ThreadPoolExecutor(1) as apart:  # a browser of another test has its loop in this thread
        apart.submit(lambda: asyncio.run(asyncio.wait_for(idle(), 60))).result()


def count(database: Database, table: type[AnswerCount | LifeMinute | TimeCount]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.on_both
def test_processes_add_up_and_the_largest_is_told(database: Database) -> None:
    for _ in range(2):
        process = Metrics()
        for status in (200, 302, 401, 404, 429, 500, 503):
            process.operation.note_request(
                Area.OTHER, status=status, seconds=0.3, credential="token"
            )
        write_down(database, books_of(process)[1].kept)
    with database.reading() as session:
        found = operation.answered(session, now() - AGO)[Area.OTHER]
        took = operation.times(session, Measure.REQUEST, now() - AGO)
        before = operation.memory(session, now() - AGO)
    assert found == Answered(14, 4, 4, 2, 2, 2, 0, 4)
    assert took == {500: 14}
    assert before
    moment = now().replace(second=0, microsecond=0)
    for memory, largest in ((before.largest * 2, before.largest * 2), (1, before.largest * 2)):
        write_life(database, {moment: memory})
        with database.reading() as session:
            after = operation.memory(session, now() - AGO)
        assert after
        assert after.largest == largest


def write_life(database: Database, minutes: dict[datetime, int]) -> None:
    class Written:
        def take(self) -> list[Life]:
            return [Life(minute, memory) for minute, memory in minutes.items()]

        def give_back(self, rows: list[Life]) -> None:
            raise AssertionError(rows)

    pulse = books_of(Metrics())[1].kept[0]
    write_down(database, [pulse._replace(counter=Written())])


def test_minutes_without_a_database_are_none_in_which_it_was_there(database: Database) -> None:
    process = Metrics()
    process.operation.note_request(Area.SYNC, status=200, seconds=0.1, credential=None)
    kept = books_of(process)[1].kept
    with database.writing() as session:
        session.execute(text("ALTER TABLE time_counts RENAME TO elsewhere"))
    write_down(database, kept)
    with database.writing() as session:
        session.execute(text("ALTER TABLE elsewhere RENAME TO time_counts"))
    assert count(database, LifeMinute) == count(database, AnswerCount) == 0
    write_down(database, kept[1:])
    assert count(database, LifeMinute) == 0
    with database.reading() as session:
        assert operation.answered(session, now() - AGO)[Area.SYNC].requests == 1
        assert operation.times(session, Measure.REQUEST, now() - AGO) == {100: 1}


@pytest.mark.on_both
def test_uptime_is_of_the_minutes_since_the_first(database: Database) -> None:
    end = now().replace(second=0, microsecond=0)
    with database.reading() as session:
        assert operation.presence(session, now() - HOUR) is None
    ages = [30, 29, 28, 20, 2, 1, 0]  # the minute that is not over counts for nothing
    write_life(database, {end - age * MINUTE: 1 for age in ages})
    with database.reading() as session:
        for since, minutes, there in ((HOUR, 30, 6), (20 * MINUTE, 20, 3), (29 * MINUTE, 29, 5)):
            found = operation.presence(session, end - since)
            assert found
            assert abs(found.minutes - minutes) <= 1  # another minute may have begun meanwhile
            assert found.there - there in {0, 1}
        assert operation.presence(session, now()) is None


@pytest.mark.parametrize("grows", [0, 1000, -1000])
def test_memory_grows_by_the_hour(database: Database, grows: int) -> None:
    end = now().replace(second=0, microsecond=0)
    write_life(database, {end - age * MINUTE: 10**7 - age * grows for age in range(0, 7 * 60, 7)})
    with database.reading() as session:
        found = operation.memory(session, now() - 8 * HOUR)
        short = operation.memory(session, now() - 5 * HOUR)
    assert found
    assert found.grows == pytest.approx(grows * 60, abs=1)
    assert short
    assert short.grows is None


@pytest.mark.on_both
def test_days_are_told_apart(database: Database) -> None:
    process = Metrics()
    process.operation.note_request(Area.SYNC, status=200, seconds=0.1, credential=None)
    write_down(database, books_of(process)[1].kept)
    today = now()
    with database.writing() as session:
        for table in (AnswerCount, LifeMinute, TimeCount):
            session.execute(update(table).values(minute=today - timedelta(days=1)))
    process.operation.note_request(Area.KEYS, status=500, seconds=20, credential=None)
    write_down(database, books_of(process)[1].kept)
    with database.reading() as session:
        before, after = operation.days(session, now() - timedelta(days=3))
    assert before.day == f"{today - timedelta(days=1):%Y-%m-%d}"
    assert (before.answered.requests, before.answered.errors, before.times) == (1, 0, {100: 1})
    assert (after.answered.requests, after.answered.errors) == (1, 1)
    assert percentile(after.times, 50) == BOUNDS[-1]
    assert after.memory > 10_000_000


@pytest.mark.on_both
def test_what_is_old_is_kept_by_the_hour_and_then_forgotten(database: Database) -> None:
    hour = (now() - BY_MINUTE - 2 * HOUR).replace(minute=0, second=0, microsecond=0)
    with database.writing() as session:
        for minute in (0, 1, 30, 59):
            moment = hour + minute * MINUTE
            sums = dict.fromkeys(Answered._fields, 2)
            session.add(AnswerCount(minute=moment, area="sync", **sums))
            for bound in (5, 10):
                session.add(
                    TimeCount(minute=moment, measure="request", milliseconds=bound, number=3)
                )
    for _ in range(2):
        Runner(database, {}, CLOCKS).look_at_clocks()
        with database.reading() as session:
            rows = session.execute(select(AnswerCount.minute, AnswerCount.requests)).all()
            took = Counter(session.scalars(select(TimeCount.minute)))
            assert operation.times(session, Measure.REQUEST, hour) == {5: 12, 10: 12}
        assert rows == [(hour, 8)]
        assert took == {hour: 2}
    with database.writing() as session:
        for table in (AnswerCount, TimeCount):
            session.execute(update(table).values(minute=hour - KEPT))
        session.add(LifeMinute(minute=hour - KEPT, memory=1))
    Runner(database, {}, CLOCKS).look_at_clocks()
    assert [count(database, table) for table in (AnswerCount, TimeCount, LifeMinute)] == [0, 0, 0]
