"""`gitleague verify`: what it proves, and that it finds what was changed past the program."""

import json
import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

import pytest
from everything import fill
from gitleague.core.db import Database
from gitleague.ops.verify import Check, verify
from gitleague.scoring.totals import sum_up_next
from make import Person, make_commit, make_line
from operators import Operator
from pushes import make_pushes
from sqlalchemy import text


def found(database: Database) -> dict[str, int]:
    """What is wrong, and how often."""
    with database.reading() as session:
        checks: list[Check] = verify(session)
    return {check.name: check.wrong for check in checks if check.wrong}


@pytest.fixture
def played(database: Database) -> Database:
    """A line of commits, one that came without its parents, a merge, and totals."""
    line = make_line(4)
    merge = make_commit(parents=[line[1]["sha"], line[2]["sha"]])
    alone = make_commit(parents=None)
    helped = make_commit(coauthors=[{"name": "Alan Turing", "email": "alan@example.org"}])
    waiting = make_commit(parents=["f" * 40])
    pushes = make_pushes(database)
    pushes.push(*line, merge, alone, helped, waiting)
    with database.writing() as session:
        while sum_up_next(session, pushes.project_id):
            pass
    return database


@pytest.mark.on_both
def test_a_league_that_has_everything_is_right(database: Database, ada: Person) -> None:
    fill(database, ada)
    assert found(database) == {}


@pytest.mark.on_both
def test_what_came_in_any_order_is_right(played: Database) -> None:
    assert found(played) == {}


@pytest.mark.on_both
@pytest.mark.parametrize(
    ("change", "name", "wrong"),
    [
        ("UPDATE box_scores SET pts = pts + 1 WHERE commits > 0", "box scores", 2),
        ("DELETE FROM box_scores", "totals", None),
        ("UPDATE player_totals SET impact = 0 WHERE span = 'year' AND commits > 0", "totals", None),
        ("UPDATE player_totals SET run = 7 WHERE span = 'day' AND commits > 0", "totals", 2),
        ("UPDATE repos SET total_commits = 3", "numbers of commits", 1),
        ("UPDATE commits SET is_complete = true", "ancestry of commits", 1),
        ("DELETE FROM repo_heads", "heads", 3),
        ("UPDATE commits SET change_key = 'same'", "changes that count once", 1),
    ],
)
def test_it_finds(played: Database, change: str, name: str, wrong: int | None) -> None:
    with played.writing() as session:
        session.execute(text(change))
    assert name in found(played)
    assert wrong in {None, found(played)[name]}


@pytest.mark.on_both
def test_it_finds_rows_that_point_at_nothing(database: Database, repo_id: uuid.UUID) -> None:
    if not database.is_sqlite:  # PostgreSQL lets nobody do this
        return
    with closing(sqlite3.connect(str(database.url.database))) as past_the_program:
        past_the_program.execute("DELETE FROM projects")
        past_the_program.commit()
    assert found(database)["what rows point at"] >= 1


def test_the_command(tmp_path: Path) -> None:
    operator = Operator({"GITLEAGUE_DATA_DIR": str(tmp_path / "league")})
    operator.run_here("bootstrap", "--email", "ada@example.org", "--project", "League")
    done = operator.run_here("verify", "--json")
    assert (done.code, json.loads(done.out)["right"]) == (0, True)
    url = f"sqlite:///{tmp_path / 'league' / 'gitleague.db'}"
    database = Database(url)
    with database.writing() as session:
        session.execute(text("UPDATE projects SET name = 'Big league'"))
        session.execute(
            text(
                "INSERT INTO repos (id, project_id, name, git_url, url_key, sync_method, status,"
                " total_commits, created_at) SELECT id, id, 'x', 'x', 'x', 'push_client',"
                " 'healthy', 5, created_at FROM projects"
            )
        )
    database.close()
    done = operator.run_here("verify")
    assert done.code == 1
    assert "Big league: numbers of commits: 1 wrong" in done.err
