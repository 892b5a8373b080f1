"""Commits that name other commits, on both databases."""

import pytest
from gitleague.core.db import Database
from make import make_commit, make_sha
from pushes import make_pushes, people


@pytest.mark.parametrize("length", [7, 12, 40])
def test_a_fix_may_name_its_commit_by_how_it_begins(database: Database, length: int) -> None:
    ada, grace = people("Ada", "Grace")
    pushes = make_pushes(database)
    broken = make_commit(sha=make_sha("broken"), **ada)
    fix = make_commit(message_body=f"Fixes: {broken['sha'][:length]}", **grace)
    pushes.push(broken, fix)
    assert pushes.totals()["Grace"]["stl"] == 1000
    assert "stl" not in pushes.totals()["Ada"]
