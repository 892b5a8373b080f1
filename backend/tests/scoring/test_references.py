"""Reverts and steals follow from what is there, in whatever order it came."""

import itertools
import random
from typing import Any

import pytest
from gitleague.core.db import Database
from make import make_commit, make_sha
from pushes import Pushes, make_pushes, people

ADA, GRACE = people("Ada", "Grace")


@pytest.fixture
def pushes(database: Database) -> Pushes:
    return make_pushes(database)


def reverting(sha: str, **over: Any) -> dict[str, Any]:
    return make_commit(
        message_title="Revert it", message_body=f"This reverts commit {sha}.", **over
    )


def marks(pushes: Pushes, *commits: dict[str, Any]) -> list[tuple[bool, bool]]:
    """(is reverted, is a steal) of each."""
    rows = [pushes.row(commit["sha"]) for commit in commits]
    return [(row.is_reverted, row.is_steal) for row in rows]


def test_it_works(pushes: Pushes) -> None:
    bug = make_commit(**ADA, additions=30)
    fix = make_commit(**GRACE, message_title="Fix it", message_body=f"Fixes: {bug['sha'][:12]}")
    revert = reverting(bug["sha"], **GRACE)
    pushes.push(bug, fix, revert)
    assert marks(pushes, bug, fix, revert) == [(True, False), (False, True), (False, True)]
    totals = pushes.totals()
    assert "pts" not in totals["Ada"]  # given back
    assert totals["Grace"]["stl"] == 2000
    assert pushes.box_scores() == pushes.recomputed()


def test_mending_ones_own_is_no_steal(pushes: Pushes) -> None:
    bug = make_commit(**ADA)
    revert = reverting(bug["sha"], **ADA)
    pushes.push(bug, revert)
    assert marks(pushes, bug, revert) == [(True, False), (False, False)]


def test_a_revert_that_is_reverted_gives_the_points_again(pushes: Pushes) -> None:
    first = make_commit(**ADA, additions=30)
    second = reverting(first["sha"], **GRACE)
    third = reverting(second["sha"], **ADA)
    before = []
    for commit in (first, second, third):
        pushes.push(commit)
        before.append(pushes.totals()["Ada"].get("pts", 0))
    assert before == [4000, 0, 5000 + 1000]
    assert marks(pushes, first, second, third) == [(False, False), (True, True), (False, True)]
    assert pushes.box_scores() == pushes.recomputed()


def test_the_order_of_arrival_changes_nothing(database: Database) -> None:
    bug = make_commit(**ADA)
    fix = make_commit(**GRACE, message_body=f"Fixes: {bug['sha'][:9]}")
    revert = reverting(bug["sha"][:7], **GRACE)
    back = reverting(revert["sha"], **ADA)
    ends = set()
    for number, order in enumerate(itertools.permutations([bug, fix, revert, back])):
        if number % 3:  # eight of the twenty-four
            continue
        pushes = _another_project(database, number)
        for commit in order:
            pushes.push(commit)
        ends.add((str(marks(pushes, bug, fix, revert, back)), str(pushes.totals())))
        assert pushes.box_scores() == pushes.recomputed()
    assert len(ends) == 1


def _another_project(database: Database, number: int) -> Pushes:
    if number == 0:
        return make_pushes(database)
    return make_pushes(database, email=f"ada{number}@example.org")


@pytest.mark.on_both
def test_a_name_that_two_commits_answer_to_means_neither(pushes: Pushes) -> None:
    twins = [make_commit(sha="abcdef0" + make_sha(number)[7:], **ADA) for number in range(2)]
    revert = reverting("abcdef0", **GRACE)
    pushes.push(twins[0], revert)
    assert marks(pushes, *twins[:1]) == [(True, False)]
    pushes.push(twins[1])
    assert marks(pushes, *twins, revert) == [(False, False)] * 3
    assert pushes.box_scores() == pushes.recomputed()


def test_what_is_pruned_marks_nothing_any_more(pushes: Pushes) -> None:
    bug = make_commit(**ADA)
    revert = reverting(bug["sha"], parents=[bug["sha"]], **GRACE)
    pushes.push(bug, revert)
    pushes.prune(revert["sha"], tips=[bug["sha"]])
    assert marks(pushes, bug) == [(False, False)]
    pushes.push(revert)
    assert marks(pushes, bug) == [(True, False)]
    assert pushes.box_scores() == pushes.recomputed()


@pytest.mark.parametrize("seed", range(4))
def test_any_sequence_ends_where_a_recomputation_does(pushes: Pushes, seed: int) -> None:
    chance = random.Random(seed)
    fork = pushes.repo("https://example.org/fork")
    made: list[dict[str, Any]] = []
    for number in range(40):
        author = chance.choice([ADA, GRACE])
        over: dict[str, Any] = {**author, "additions": chance.randrange(1200)}
        if made and chance.random() < 0.4:
            over["message_body"] = f"This reverts commit {chance.choice(made)['sha'][:10]}."
        if chance.random() < 0.2:
            over["patch_key"] = f"change-{chance.randrange(4)}"
        over["parents"] = [made[-1]["sha"]] if made and chance.random() < 0.5 else []
        made.append(make_commit(sha=make_sha((seed, number)), **over))
    waiting = made * 2
    chance.shuffle(waiting)
    while waiting:
        batch, waiting = waiting[:7], waiting[7:]
        chance.choice([pushes, fork]).push(*batch)
        if chance.random() < 0.3:
            chance.choice([pushes, fork]).prune(chance.choice(made)["sha"])
    assert pushes.box_scores() == pushes.recomputed()
