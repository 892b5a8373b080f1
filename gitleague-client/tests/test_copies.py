"""Which commits are one change, as real git makes copies of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Commissioner
from gitleague_client.commit import Commit
from gitleague_client.git import open_repository
from gitleague_client.scan.copies import Copies
from gitleague_client.scan.jobs import Jobs
from gitleague_client.scan.log import scan
from histories import make_repository, run_git

ADA, GRACE = "Ada Lovelace <ada@example.com>", "Grace Hopper <grace@example.com>"


class Clone:
    """A repository that is worked in, by hand or by a script."""

    def __init__(self, path: Path) -> None:
        self.path = make_repository(path)
        self.second = 1_700_000_000

    def git(self, *arguments: str) -> str:
        now = {"GIT_COMMITTER_DATE": f"{self.second} +0000", "GIT_EDITOR": "true"}
        who = {
            f"GIT_{role}_{part}": "ada@example.com"
            for role in ("AUTHOR", "COMMITTER")
            for part in ("NAME", "EMAIL")
        }
        command = ["git", "-C", str(self.path), *arguments]
        done = subprocess.run(
            command, env={**os.environ, **who, **now}, capture_output=True, check=True, text=True
        )
        return done.stdout.strip()

    def commit(self, file: str, text: str, *, title: str = "Work", author: str = ADA) -> str:
        """Adds text to a file; time goes on only where the test says so."""
        place = self.path / file
        place.write_text((place.read_text() if place.exists() else "") + text)
        self.git("add", file)
        date = f"{self.second} +0000"
        self.git("commit", "-q", "-m", title, f"--author={author}", f"--date={date}")
        return self.git("rev-parse", "HEAD")

    def later(self) -> None:
        self.second += 60

    def keys(self) -> dict[str, str | None]:
        return {commit.sha: commit.patch_key for commit in self.scanned()}

    def scanned(self) -> Iterator[Commit]:
        repository = open_repository(self.path)
        tips = [tip.sha for tip in repository.tips(["*"])]
        return scan(repository, repository.missing(tips, []), jobs=Jobs(2))


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """With one commit on main, where a branch called side begins."""
    clone = Clone(tmp_path / "clone")
    clone.git("checkout", "-q", "-b", "main")
    clone.commit("readme", "one\n")
    clone.git("branch", "side")
    clone.later()
    return clone


def test_a_cherry_pick_is_the_same_change(clone: Clone):
    fix = clone.commit("code", "fixed\n", title="Fix it")
    clone.git("checkout", "-q", "side")
    clone.later()
    clone.git("cherry-pick", "-x", fix)
    assert clone.keys()[fix] == clone.keys()[clone.git("rev-parse", "HEAD")] is not None


def test_a_backport_with_another_title_is_the_same_change(clone: Clone):
    fix = clone.commit("code", "fixed\n", title="Fix it")
    clone.git("checkout", "-q", "side")
    clone.later()
    clone.git("cherry-pick", fix)
    clone.git("commit", "-q", "--amend", "-m", "[1.x] Fix it")
    assert clone.keys()[fix] == clone.keys()[clone.git("rev-parse", "HEAD")]


def test_a_rebase_makes_the_same_changes_again(clone: Clone):
    clone.git("checkout", "-q", "side")
    before = []
    for number in range(4):
        before.append(clone.commit("code", f"{number}\n"))
        clone.later()
    clone.git("branch", "backup")
    clone.git("checkout", "-q", "main")
    clone.commit("other", "meanwhile\n", author=GRACE)
    clone.git("checkout", "-q", "side")
    clone.git("rebase", "-q", "main")
    after = clone.git("rev-list", "--reverse", "main..side").split()
    keys = clone.keys()
    assert [keys[sha] for sha in before] == [keys[sha] for sha in after]
    assert set(before).isdisjoint(after)


@pytest.mark.parametrize("files", [["log"], ["log", "other"], ["log", "log", "other"]])
def test_what_a_script_commits_within_a_second_are_changes_of_their_own(
    clone: Clone, files: list[str]
):
    made = [clone.commit(file, "x\n", title="x") for file in files * 4]
    keys = clone.keys()
    assert len({keys[sha] for sha in made}) == len(made)


@pytest.mark.parametrize("at_once", [1, 3])
def test_it_does_not_matter_how_often_one_syncs(clone: Clone, at_once: int):
    made = [clone.commit("log", "x\n", title="x") for _ in range(7)]
    whole = clone.keys()
    repository = open_repository(clone.path)
    in_parts = {}
    for place in range(0, len(made), at_once):
        sent = made[place - 1 : place] if place else []
        part = repository.missing(made[place : place + at_once][-1:], sent)
        in_parts |= {
            commit.sha: commit.patch_key for commit in scan(repository, part, jobs=Jobs(1))
        }
    assert in_parts.items() <= whole.items()
    assert set(made) <= in_parts.keys()


def test_a_mailmap_that_changes_makes_no_other_change(clone: Clone):
    fix = clone.commit("code", "fixed\n")
    before = clone.keys()[fix]
    (clone.path / ".mailmap").write_text("Ada <countess@example.com> <ada@example.com>\n")
    assert clone.keys()[fix] == before


def test_a_rebase_of_what_a_script_commits_is_the_same_again(clone: Clone):
    clone.git("checkout", "-q", "side")
    before = [clone.commit("log", "x\n", title="x") for _ in range(5)]
    clone.git("branch", "backup")
    clone.git("checkout", "-q", "main")
    clone.later()
    clone.commit("other", "meanwhile\n", author=GRACE)
    clone.git("checkout", "-q", "side")
    clone.git("rebase", "-q", "main")
    after = clone.git("rev-list", "--reverse", "main..side").split()
    keys = clone.keys()
    assert [keys[sha] for sha in before] == [keys[sha] for sha in after]


@pytest.mark.parametrize(
    ("file", "text", "author", "minutes"),
    [
        ("other", "y\n", ADA, 0),
        ("code", "y\ny\n", ADA, 0),
        ("code", "y\n", GRACE, 0),
        ("code", "y\n", ADA, 1),
    ],
    ids=["another file", "more lines", "somebody else", "a minute later"],
)
def test_what_differs_is_another_change(
    clone: Clone, file: str, text: str, author: str, minutes: int
):
    first = clone.commit("code", "x\n")
    clone.git("checkout", "-q", "side")
    for _ in range(minutes):
        clone.later()
    second = clone.commit(file, text, author=author)
    keys = clone.keys()
    assert keys[first] != keys[second]


def test_merges_and_empty_commits_have_no_key(clone: Clone):
    clone.commit("code", "x\n")
    clone.git("checkout", "-q", "side")
    clone.git("commit", "-q", "--allow-empty", "-m", "Nothing", f"--author={ADA}")
    empty = clone.git("rev-parse", "HEAD")
    clone.git("merge", "-q", "--no-ff", "-m", "Merge", "main")
    merge = clone.git("rev-parse", "HEAD")
    assert clone.keys()[empty] is clone.keys()[merge] is None


def test_what_is_remembered_is_bounded():
    copies = Copies()
    parents: list[bytes] = []
    for number in range(50_000):
        sha = b"%040x" % number
        copies.key(sha, parents, origin=b"ada", changes=b"1\t0\tcode")
        parents = [sha]
    assert len(copies._young) + len(copies._old) < 20_000
    assert max(len(run) for _, run in copies._young.values()) < 100


def test_copies_are_kept_and_count_once_in_the_league(ada: Commissioner, clone: Clone):
    fix = clone.commit("code", "fixed\n", title="Fix it")
    clone.git("checkout", "-q", "side")
    clone.later()
    clone.git("cherry-pick", fix)
    ada.write({"path": str(clone.path), "git_url": "git@example.org:a/b.git", "branches": ["*"]})
    done = ada.sync()
    assert done.code == 0, done.err
    shas = run_git(clone.path, "rev-list", "--all").split()
    assert ada.held() == {"b": len(shas)} == {"b": 3}
    (player,) = ada.server.ask("GET", f"/projects/{ada.project_id}/standings?period=all")["items"]
    assert player["stats"]["commits"] == 2
