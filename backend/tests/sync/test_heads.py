"""Heads: what the client need not send again. Nothing that is missing is ever behind one."""

import random
from typing import Any

import pytest
from gitleague.core.db import Database
from gitleague.sync.heads import completed
from hypothesis import given
from hypothesis import strategies as st
from make import make_commit, make_line
from pushes import Pushes, make_pushes


@pytest.fixture
def pushes(database: Database) -> Pushes:
    return make_pushes(database)


@pytest.mark.on_both
def test_it_works(pushes: Pushes) -> None:
    line = make_line(4)
    pushes.push(*line[:2])
    assert pushes.heads() == {line[1]["sha"]}
    pushes.push(*line[2:])
    assert pushes.heads() == {line[3]["sha"]}


@pytest.mark.on_both
def test_branches_have_a_head_each_until_they_merge(pushes: Pushes) -> None:
    root = make_commit()
    left, right = (make_commit(parents=[root["sha"]]) for _ in range(2))
    pushes.push(root, left, right)
    assert pushes.heads() == {left["sha"], right["sha"]}
    merge = make_commit(parents=[left["sha"], right["sha"]])
    pushes.push(merge)
    assert pushes.heads() == {merge["sha"]}


@pytest.mark.on_both
def test_a_commit_with_a_gap_below_it_is_no_head(pushes: Pushes) -> None:
    line = make_line(5)
    pushes.push(line[0], line[2], line[3], line[4])
    assert pushes.heads() == {line[0]["sha"]}
    pushes.push(line[1])  # and the gap closes
    assert pushes.heads() == {line[4]["sha"]}


@pytest.mark.on_both
def test_what_came_without_parents_is_never_a_head(pushes: Pushes) -> None:
    """0.1.0 sends none, and of a long history only the newest."""
    line = make_line(3)
    pushes.push(*({**commit, "parents": None} | {} for commit in line[1:]))
    assert pushes.heads() == set()
    pushes.push(*line)
    assert pushes.heads() == {line[2]["sha"]}


@pytest.mark.on_both
def test_a_repo_knows_only_its_own(pushes: Pushes) -> None:
    line = make_line(2)
    other = pushes.repo("https://example.org/other")
    other.push(line[0])
    pushes.push(line[1])
    assert pushes.heads() == set()


@pytest.mark.on_both
@pytest.mark.parametrize("seed", range(4))
def test_every_order_of_arrival_ends_with_the_tips(pushes: Pushes, seed: int) -> None:
    chance = random.Random(seed)
    made: list[dict[str, Any]] = []
    for _ in range(60):
        parents = chance.sample(made, min(len(made), chance.choice([0, 1, 1, 1, 2, 3])))
        made.append(make_commit(parents=[parent["sha"] for parent in parents]))
    inner = {sha for commit in made for sha in commit["parents"]}
    shuffled = made.copy()
    chance.shuffle(shuffled)
    sent: set[str] = set()
    while shuffled:
        batch, shuffled = shuffled[:9], shuffled[9:]
        pushes.push(*batch)
        sent |= {commit["sha"] for commit in batch}
        assert _ancestry(made, pushes.heads()) <= sent
    assert pushes.heads() == {commit["sha"] for commit in made} - inner


def _ancestry(commits: list[dict[str, Any]], heads: set[str]) -> set[str]:
    parents = {commit["sha"]: commit["parents"] for commit in commits}
    reached: set[str] = set()
    todo = list(heads)
    while todo:
        sha = todo.pop()
        if sha not in reached:
            reached.add(sha)
            todo += parents[sha]
    return reached


GRAPHS = st.integers(1, 12).flatmap(
    lambda size: st.lists(st.lists(st.integers(0, size), max_size=3), min_size=size, max_size=size)
)


@given(GRAPHS, st.sets(st.integers(0, 12)))
def test_complete_means_that_everything_below_is_there(
    graph: list[list[int]], known: set[int]
) -> None:
    """Against the plain definition: a node is complete unless it reaches something unknown."""
    nodes = {
        str(number): [str(parent) for parent in parents if parent < number or parent >= len(graph)]
        for number, parents in enumerate(graph)
    }
    there = {str(number) for number in known}

    def is_whole(sha: str) -> bool:
        return sha in there or (sha in nodes and all(map(is_whole, nodes[sha])))

    assert completed(nodes, there) == {sha for sha in nodes if is_whole(sha)}
