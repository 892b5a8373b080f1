"""New rules are built month by month while others push, and are right when they come into force."""

from datetime import date

import pytest
from chores import do_now, finish_jobs
from click.testing import CliRunner
from gitleague.cli.recompute import recompute
from gitleague.core.db import Database
from gitleague.jobs.runner import Work
from gitleague.league.rulebook.versions import APPLY_RULES
from gitleague.scoring.boxscores import count_off
from gitleague.scoring.changes import apply_rules
from gitleague.scoring.rules import rules_in_force, save_rules
from gitleague.tables.commits import CommitRow
from gitleague.tables.jobs import Job
from gitleague.tables.scores import BoxScore
from gitleague_client.rules.defaults import Rules
from make import make_commit
from pushes import Pushes, make_pushes
from sqlalchemy import select, update
from steps import KilledError, Steps

pytestmark = pytest.mark.on_both


@pytest.fixture
def pushes(database: Database) -> Pushes:
    """Three months of play."""
    made = make_pushes(database)
    made.push(*(on(month) for month in (3, 4, 5) for _ in range(2)))
    return made


def on(month: int, **over: object) -> dict[str, object]:
    moment = f"2024-{month:02}-03T12:00:00Z"
    return make_commit(author_date=moment, commit_date=moment, **over)


def wished(pushes: Pushes, rules: Rules) -> int:
    with pushes.database.writing() as session:
        return save_rules(session, pushes.project_id, rules, created_by=None)


def in_force(pushes: Pushes) -> int:
    with pushes.database.reading() as session:
        return rules_in_force(session, pushes.project_id).version


def versions(pushes: Pushes) -> set[int]:
    """Of which there are box scores."""
    with pushes.database.reading() as session:
        return set(session.scalars(select(BoxScore.rules_version)))


def off(pushes: Pushes) -> int:
    with pushes.database.reading() as session:
        return count_off(session, pushes.project_id)


def test_others_push_in_between(pushes, monkeypatch):
    """To months that are built and to months that are not; old numbers stay until all are."""
    version = wished(pushes, Rules(commit_points=7))
    steps = Steps(monkeypatch, pushes.database, pushes.project_id, APPLY_RULES)
    seen: list[int] = []

    def push() -> None:
        seen.append(in_force(pushes))
        pushes.push(on(5), on(3), on(1))
        pushes.prune(shas(pushes, 5)[0], shas(pushes, 3)[0])

    steps.when(1, push)
    do_now(pushes.database, pushes.project_id, APPLY_RULES, version=version)
    assert (seen, in_force(pushes), off(pushes)) == ([1], version, 0)
    assert len(steps.progress) >= 6, "three months are built, and three are cleared away"
    assert versions(pushes) == {version}


def test_it_is_taken_up_where_it_was(pushes, monkeypatch):
    version = wished(pushes, Rules(commit_points=7))
    steps = Steps(monkeypatch, pushes.database, pushes.project_id, APPLY_RULES)
    steps.end_after(2)
    with pytest.raises(KilledError):
        do_now(pushes.database, pushes.project_id, APPLY_RULES, version=version)
    assert (in_force(pushes), off(pushes)) == (1, 0)
    pushes.push(on(5))
    with pushes.database.writing() as session:
        session.execute(update(Job).values(not_before=Job.created_at))
    finish_jobs(pushes.database)
    assert (in_force(pushes), off(pushes)) == (version, 0)
    assert len(steps.progress) < 3 + 1 + 3 + 6


def test_what_newer_rules_took_the_place_of_is_cleared_away(pushes, monkeypatch):
    first = wished(pushes, Rules(commit_points=7))
    second: list[int] = []
    steps = Steps(monkeypatch, pushes.database, pushes.project_id, APPLY_RULES)
    steps.when(1, lambda: second.append(wished(pushes, Rules(commit_points=8))))
    do_now(pushes.database, pushes.project_id, APPLY_RULES, version=first)
    assert (in_force(pushes), off(pushes)) == (1, 0)
    do_now(pushes.database, pushes.project_id, APPLY_RULES, version=second[0])
    assert (in_force(pushes), versions(pushes), off(pushes)) == (second[0], {second[0]}, 0)


def apply_in_small_steps(work: Work) -> None:
    apply_rules(work, chunk=2)


def test_texts_are_read_a_few_at_a_time(pushes, monkeypatch):
    """Others push in between, and are read with the new patterns at once."""
    pushes.push(on(4, message_title="See #12"))
    version = wished(pushes, Rules(ticket_pattern=r"#\d+"))
    steps = Steps(monkeypatch, pushes.database, pushes.project_id, APPLY_RULES)
    seen: list[tuple[int, int]] = []

    def push() -> None:
        pushes.push(on(4, message_title="See #3"))
        seen.append((in_force(pushes), off(pushes)))

    steps.when(1, push)
    steps.when(3, push)
    do_now(
        pushes.database,
        pushes.project_id,
        APPLY_RULES,
        task=apply_in_small_steps,
        version=version,
    )
    assert seen == [(1, 0)] * 2
    assert (in_force(pushes), off(pushes), versions(pushes)) == (version, 0, {version})
    assert tickets(pushes) == 3
    assert len(steps.progress) >= 4 + 3, "seven texts and more are read, and three months built"


def test_patterns_that_never_came_into_force_leave_nothing(pushes, monkeypatch):
    """Some texts were read with them when newer rules came, which have the old patterns."""
    pushes.push(*(on(4, message_title="See #12") for _ in range(4)))
    first = wished(pushes, Rules(ticket_pattern=r"#\d+"))
    second: list[int] = []
    steps = Steps(monkeypatch, pushes.database, pushes.project_id, APPLY_RULES)
    steps.when(3, lambda: second.append(wished(pushes, Rules(commit_points=8))))
    small = {"task": apply_in_small_steps}
    do_now(pushes.database, pushes.project_id, APPLY_RULES, **small, version=first)
    assert (in_force(pushes), off(pushes)) == (1, 0)
    assert tickets(pushes) > 0
    do_now(pushes.database, pushes.project_id, APPLY_RULES, **small, version=second[0])
    assert (in_force(pushes), off(pushes), tickets(pushes)) == (second[0], 0, 0)


def test_reading_is_taken_up_where_it_was(pushes, monkeypatch):
    pushes.push(*(on(4, message_title="See #12") for _ in range(4)))
    version = wished(pushes, Rules(ticket_pattern=r"#\d+"))
    steps = Steps(monkeypatch, pushes.database, pushes.project_id, APPLY_RULES)
    steps.end_after(3)
    with pytest.raises(KilledError):
        do_now(
            pushes.database,
            pushes.project_id,
            APPLY_RULES,
            task=apply_in_small_steps,
            version=version,
        )
    assert off(pushes) == 0
    with pushes.database.writing() as session:
        session.execute(update(Job).values(not_before=Job.created_at))
    finish_jobs(pushes.database)
    assert (in_force(pushes), off(pushes), tickets(pushes)) == (version, 0, 4)


def tickets(pushes: Pushes) -> int:
    with pushes.database.reading() as session:
        return sum(session.scalars(select(BoxScore.jt))) // 200


def test_box_scores_are_recomputed_month_by_month(pushes, database_url, queries):
    """Each in a transaction of its own."""
    right = pushes.box_scores()
    with pushes.database.writing() as session:
        session.execute(update(BoxScore).values(pts=0))
    queries.clear()
    done = CliRunner().invoke(recompute, env={"GITLEAGUE_DATABASE_URL": database_url})
    assert (done.exit_code, pushes.box_scores()) == (0, right)
    assert sum("DELETE FROM box_scores" in each for each in queries) == 3


def shas(pushes: Pushes, month: int) -> list[str]:
    with pushes.database.reading() as session:
        wanted = select(CommitRow.sha).where(CommitRow.day == date(2024, month, 3))
        return list(session.scalars(wanted))
