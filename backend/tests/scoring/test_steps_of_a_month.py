"""What is done for one month under the lock of a league takes no longer where the league is old."""

import re
from datetime import date
from typing import Any

import pytest
from gitleague.core.db import Database
from gitleague.projects.leagues import lock_project
from gitleague.scoring.boxscores import rebuild_days
from gitleague.scoring.days import Days
from gitleague.scoring.rules import rules_in_force
from gitleague.scoring.totals import sum_up_next
from make import make_commit
from pushes import make_pushes
from sqlalchemy import event

ALL_COMMITS = re.compile(r"SCAN commits|SEARCH commits .*\(project_id=\?\)$")
MAY = Days(date(2024, 5, 1), date(2024, 5, 31))


@pytest.mark.parametrize("step", ["sum up", "score anew"])
def test_sqlite_reads_only_the_commits_of_that_month(database: Database, step: str) -> None:
    """By the plans of all that is written: a table of its own has no index over days alone."""
    pushes = make_pushes(database)
    pushes.push(make_commit(), make_commit(message_body="Co-authored-by: B <b@example.org>"))
    plans: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith("INSERT"):
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.extend(detail for *_, detail in rows)

    event.listen(database.engine, "before_cursor_execute", explain)
    with database.writing() as session:
        lock_project(session, pushes.project_id)
        if step == "sum up":
            assert sum_up_next(session, pushes.project_id)
        else:
            rules = rules_in_force(session, pushes.project_id)
            rebuild_days(session, pushes.project_id, rules, MAY)
    event.remove(database.engine, "before_cursor_execute", explain)
    assert any("commits" in plan for plan in plans)
    assert [plan for plan in plans if ALL_COMMITS.search(plan)] == []
