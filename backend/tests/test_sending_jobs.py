"""With a broker the table of jobs is its outbox: each is sent once committed, and not lost."""

import uuid
from datetime import timedelta

import pytest
from awaited import until
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.jobs import queue
from gitleague.jobs.sending import (
    LOST,
    MOST_SENT,
    BrokerAway,
    Message,
    Queue,
    Sender,
    queue_of,
    send_due,
)
from gitleague.tables.jobs import Job
from gitleague.tasks import TASKS
from make import make_project
from sqlalchemy import update

pytestmark = pytest.mark.on_both


class Broker:
    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.is_away = False

    def send(self, message: Message) -> None:
        if self.is_away:
            raise BrokerAway
        self.sent.append(message)

    @property
    def jobs(self) -> list[uuid.UUID]:
        return [message.job_id for message in self.sent]


@pytest.fixture
def broker() -> Broker:
    return Broker()


def ask(database: Database, project_id: uuid.UUID, number: int = 0) -> uuid.UUID:
    with database.writing() as session:
        about = {"number": number}
        return queue.enqueue(session, "test", project_id=project_id, arguments=about)


def test_each_is_sent_once(database, project_id, broker):
    job_id = ask(database, project_id)
    assert [send_due(database, broker.send) for _ in range(2)] == [1, 0]
    assert broker.sent == [Message(project_id, job_id, Queue.LONG)]


def test_of_one_league_only_a_few_are_sent_so_that_no_other_waits(database, project_id, broker):
    many = [ask(database, project_id, number) for number in range(10)]
    with database.writing() as session:
        other = make_project(session, "Other")
    last = ask(database, other)
    send_due(database, broker.send)
    assert broker.jobs == [*many[:MOST_SENT], last]
    with database.writing() as session:
        assert queue.take_this(session, project_id, many[0])
    send_due(database, broker.send, [project_id])
    assert broker.jobs[-1] == many[MOST_SENT]


def test_a_worker_takes_what_it_was_sent_once(database, project_id, broker):
    job_id = ask(database, project_id)
    taken = []
    for _ in range(2):
        with database.writing() as session:
            taken.append(queue.take_this(session, project_id, job_id) is not None)
    assert taken == [True, False]


def test_what_was_lost_on_the_way_or_with_its_worker_is_sent_again(database, project_id, broker):
    job_id = ask(database, project_id)
    send_due(database, broker.send)
    with database.writing() as session:
        session.execute(update(Job).values(sent_at=now() - LOST))
    send_due(database, broker.send)
    with database.writing() as session:
        assert queue.take_this(session, project_id, job_id)
    assert send_due(database, broker.send) == 0
    with database.writing() as session:
        session.execute(update(Job).values(not_before=now()))  # no sign of life
    send_due(database, broker.send)
    assert broker.jobs == [job_id] * 3


def test_while_the_broker_is_away_jobs_wait(database, project_id, broker):
    ask(database, project_id)
    broker.is_away = True
    assert send_due(database, broker.send) == 0
    broker.is_away = False
    assert send_due(database, broker.send) == 1


def test_it_is_sent_after_the_commit_that_asked_for_it(database, project_id, broker):
    sender = Sender(database, broker.send)
    sender.start()
    try:
        with database.reading() as session:  # which never commits
            queue.enqueue(session, "test", project_id=project_id)
        with database.writing() as session:
            job_id = queue.enqueue(session, "test", project_id=project_id)
            session.flush()  # it is there, and nobody else sees it
            assert broker.sent == []
        until(lambda: broker.jobs == [job_id])
        with database.writing() as session:
            soon = timedelta(hours=1)
            queue.enqueue(session, "other", project_id=project_id, wait=soon)
    finally:
        sender.stop()
    assert broker.jobs == [job_id]


def test_each_kind_has_its_queue():
    assert {queue_of(kind) for kind in TASKS} == {Queue.LONG, Queue.QUICK}
    assert queue_of("webhooks:deliver") is Queue.QUICK
    assert queue_of("repo:pull") is Queue.PULLS
