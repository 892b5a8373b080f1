"""The audit log is chained: what is changed past the program shows, and an erasure does not."""

import uuid
from threading import Barrier, Thread

import pytest
from gitleague.accounts.audit import Action, broken_links, record
from gitleague.accounts.caller import Membership
from gitleague.core import migrations
from gitleague.core.db import Database
from gitleague.league.people.erasure import erase
from gitleague.tables.commits import Player
from gitleague.tables.projects import Role
from make import make_line, make_project
from pushes import make_pushes
from sqlalchemy import select, text

pytestmark = pytest.mark.on_both

BEFORE = "0021"  # the last step without a chain


def wrong(database: Database) -> int:
    with database.reading() as session:
        return sum(broken_links(session).values())


@pytest.fixture
def logged(database: Database) -> uuid.UUID:
    """A league with three entries, and before them one of the server."""
    with database.writing() as session:
        project_id = make_project(session)
        for number in range(3):
            details = {"number": number, "names": ("Ada", "Gräce")}
            record(
                session,
                Action.PROJECT_CHANGED,
                "x",
                caller=None,
                project_id=project_id,
                details=details,
            )
        record(session, Action.ACCOUNT_SIGNED_IN, "ada@example.org", caller=None)
    return project_id


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_logs SET subject = 'y' WHERE id = 2",
        "UPDATE audit_logs SET details = '{}' WHERE id = 2",
        "UPDATE audit_logs SET action = 'project:project:created' WHERE id = 2",
        "UPDATE audit_logs SET created_at = '2024-01-01 00:00:00' WHERE id = 3",
        "UPDATE audit_logs SET salt = NULL, subject = 'erased' WHERE id = 2",
        "DELETE FROM audit_logs WHERE id = 2",
        "DELETE FROM audit_logs WHERE id = 4",
        "DELETE FROM audit_logs WHERE subject = 'x'",
        "DELETE FROM audit_chains",
    ],
)
def test_it_finds(database: Database, logged: uuid.UUID, change: str) -> None:
    assert wrong(database) == 0
    with database.writing() as session:
        session.execute(text(change))
    assert wrong(database) > 0


def test_writers_at_once_make_one_chain(database: Database, logged: uuid.UUID) -> None:
    begin = Barrier(4)

    def write() -> None:
        begin.wait()
        for _ in range(5):
            with database.writing() as session:
                record(session, Action.PROJECT_CHANGED, "x", caller=None, project_id=logged)
                record(session, Action.ACCOUNT_SIGNED_IN, "y", caller=None)

    writers = [Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert wrong(database) == 0
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM audit_logs")) == 4 + 4 * 5 * 2


def test_entries_outlive_their_league(database: Database, logged: uuid.UUID) -> None:
    with database.writing() as session:
        session.execute(text("DELETE FROM projects"))
    assert wrong(database) == 0


def test_who_is_erased_breaks_nothing(database: Database) -> None:
    pushes = make_pushes(database, email="lead@example.org")
    pushes.push(*make_line(2))
    by = Membership(pushes.caller, pushes.project_id, Role.COMMISSIONER)
    with database.writing() as session:
        record(
            session, Action.PLAYER_CHANGED, "Grace Hopper", caller=None, project_id=by.project_id
        )
    with database.writing() as session:
        player = session.scalars(select(Player.id).where(Player.name == "Grace Hopper")).one()
        erase(session, player, confirm="Grace Hopper", by=by)
    assert wrong(database) == 0
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM audit_logs WHERE salt IS NULL")) == 1


def test_a_log_from_before_is_chained_when_it_is_migrated(
    database: Database, logged: uuid.UUID
) -> None:
    migrations.downgrade(database, BEFORE)
    migrations.upgrade(database)
    assert wrong(database) == 0
    with database.writing() as session:
        record(session, Action.PROJECT_CHANGED, "x", caller=None, project_id=logged)
    assert wrong(database) == 0
