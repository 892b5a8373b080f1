"""Whatever the order, the batches and the repos of commits, their scores are the same."""

import random
from typing import Any

import pytest
from gitleague.core.db import Database
from make import make_commit, make_sha
from pushes import Pushes, make_pushes, people

TEAM = people("Ada", "Grace", "Linus")


def made_history(chance: random.Random) -> list[dict[str, Any]]:
    """Commits that revert, fix and copy one another."""
    commits: list[dict[str, Any]] = []
    for number in range(chance.randrange(3, 9)):
        over: dict[str, Any] = {
            "sha": make_sha(f"{number}-{chance.random()}"),
            "commit_date": f"2024-05-01T12:{number:02}:00Z",
            "author_date": f"2024-05-01T12:{number:02}:00Z",
            "additions": chance.randrange(1, 50),
            **chance.choice(TEAM),
        }
        if commits and chance.random() < 0.7:
            target = chance.choice(commits)
            fate = chance.choice(["revert", "revert", "fix", "copy"])
            if fate == "revert":
                over["message_body"] = f"This reverts commit {target['sha']}."
            elif fate == "fix":
                over["message_body"] = f"Fixes: {target['sha'][:12]}"
            else:
                over = {**target, "sha": over["sha"], "commit_date": over["commit_date"]}
                target["patch_key"] = over["patch_key"] = target.get(
                    "patch_key", target["sha"][:20]
                )
        commits.append(make_commit(**over))
    return commits


def scores(pushes: Pushes, commits: list[dict[str, Any]]) -> object:
    marks = [pushes.row(commit["sha"]) for commit in commits]
    assert pushes.box_scores() == pushes.recomputed()
    return pushes.totals(), [(row.is_reverted, row.is_steal) for row in marks]


@pytest.mark.parametrize("seed", range(12))
def test_any_order(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    history = made_history(chance)
    at_once = make_pushes(database)
    at_once.push(*history)
    expected = scores(at_once, history)

    bit_by_bit = make_pushes(database, email="grace@example.org")
    places = [bit_by_bit, *(bit_by_bit.repo(f"git@example.org:fork/{n}.git") for n in range(2))]
    arrivals = [(commit, bit_by_bit) for commit in history]
    arrivals += [(chance.choice(history), chance.choice(places)) for _ in range(2 * len(history))]
    chance.shuffle(arrivals)
    while arrivals:
        commit, place = arrivals.pop()
        beside = [other for other, where in arrivals[-2:] if where is place]
        place.push(commit, *beside)
    assert scores(bit_by_bit, history) == expected


def test_a_fork_gives_nothing_back_that_was_reverted(database: Database) -> None:
    feature = make_commit(**TEAM[0], additions=500)
    revert = make_commit(**TEAM[0], message_body=f"This reverts commit {feature['sha']}.")
    here = make_pushes(database)
    here.push(feature, revert)
    before = here.totals()
    for number in range(5):  # whichever of the rows has the smallest id
        here.repo(f"git@example.org:fork/{number}.git").push(feature, revert)
        assert here.totals() == before
        assert here.box_scores() == here.recomputed()


def test_what_was_reverted_and_came_back_counts(database: Database) -> None:
    feature = make_commit(**TEAM[0], additions=50, patch_key="the-feature")
    revert = make_commit(**TEAM[1], message_body=f"This reverts commit {feature['sha']}.")
    again = {**feature, "sha": make_sha("again"), "commit_date": "2024-07-01T12:00:00Z"}
    here = make_pushes(database)
    for commit in (feature, revert):
        here.push(commit)
    assert "pts" not in here.totals()["Ada"]
    here.push(again)
    assert here.totals()["Ada"]["pts"] == 6000
    assert (here.row(feature["sha"]).counts, here.row(again["sha"]).counts) == (False, True)
    assert here.box_scores() == here.recomputed()
