"""The scan gives what git says: every field of 1,000 commits that real histories have held."""

from datetime import datetime, timezone
from pathlib import Path

import pytest
from gitleague_client.commit import Commit, Person
from gitleague_client.git import Repository, open_repository
from gitleague_client.scan.jobs import Jobs
from gitleague_client.scan.log import scan
from gitleague_client.shas import Shas
from histories import NASTY, make_nasty_history, run_git
from independent import Row, read_log

COMMITS = 1000
COAUTHORS = [
    Person("Grace Hopper", "grace@example.com"),
    Person("Linus", "linus@example.com"),
    Person("", "only@example.com"),
]


@pytest.fixture(scope="module", params=["sha1", "sha256"])
def nasty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    object_format = request.param
    folder = tmp_path_factory.mktemp("nasty") / object_format
    return make_nasty_history(folder, COMMITS, object_format)


@pytest.fixture(scope="module")
def scanned(nasty: Path) -> list[Commit]:
    return scanned_in(nasty, jobs=3)


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commits that are nasty by hand, without the ordinary ones."""
    return make_nasty_history(tmp_path_factory.mktemp("short") / "history", len(NASTY))


@pytest.fixture(scope="module")
def shown(short: Path) -> list[Commit]:
    return scanned_in(short, jobs=1)


def scanned_in(path: Path, *, jobs: int) -> list[Commit]:
    repository = open_repository(path)
    return list(scan(repository, all_of(repository), jobs=Jobs(jobs)))


def all_of(repository: Repository) -> Shas:
    return repository.missing([repository.tips()[0].sha], [])


def as_row(commit: Commit) -> Row:
    return Row(*(getattr(commit, field) for field in Row._fields))


def children() -> set[str]:
    """The processes that this one has started and that are still there."""
    listings = Path("/proc/self/task").glob("*/children")
    return {pid for listing in listings for pid in listing.read_text().split()}


def test_every_field_of_every_commit_is_what_git_says(nasty: Path, scanned: list[Commit]):
    truth = read_log(nasty)
    assert len(scanned) == len(truth) == COMMITS
    wrong = [
        (commit, truth[commit.sha]) for commit in scanned if as_row(commit) != truth[commit.sha]
    ]
    assert not wrong, wrong[0]


def test_every_time_is_in_utc(scanned: list[Commit]):
    zones = {
        date.tzinfo
        for commit in scanned
        for date in (commit.author_date, commit.commit_date)
        if date
    }
    assert zones == {timezone.utc}


def test_a_merge_is_what_has_several_parents(scanned: list[Commit]):
    assert {commit.parent_count for commit in scanned} == {0, 1, 2, 3}
    for commit in scanned:
        assert commit.parents is not None
        assert commit.parent_count == len(commit.parents)
        assert commit.is_merge == (len(commit.parents) > 1)


def test_parents_come_before_their_children(scanned: list[Commit]):
    seen: set[str] = set()
    for commit in scanned:
        assert seen.issuperset(commit.parents or ()), commit
        seen.add(commit.sha)
    assert len(seen) == COMMITS


def test_one_process_gives_the_same_as_three(nasty: Path, scanned: list[Commit]):
    assert scanned_in(nasty, jobs=1) == scanned


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_process_that_has_read_enough_is_replaced_by_another(short: Path, jobs: int):
    repository = open_repository(short)
    once = list(scan(repository, all_of(repository), jobs=Jobs(1)))
    often = [commit.sha for commit in once[-10:]] * 2_000  # a process reads some 16,000
    commits = scan(repository, often, jobs=Jobs(jobs))
    for number, commit in enumerate(commits):
        assert commit == once[-10:][number % 10]
    assert number == len(often) - 1


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=timezone.utc)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("First", {"additions": 41, "files_changed": 2, "message_body": None}),
        ("A title of two lines", {"message_body": "and a body"}),
        ("No author name", {"author_name": "", "author_email": "nameless@example.com"}),
        ("Neither", {"author_name": "", "author_email": ""}),
        ("Émoji 🏀 in ハンガリー", {"author_name": "Zoë 🏀", "author_email": "zoë@éx.com"}),
        ("Café in Latin-1", {"author_name": "René"}),
        ("Café declared", {"author_name": "René"}),
        ("テスト", {"additions": 1}),
        ("NUL", {"message_body": None}),  # git ends a message there
        ("Megabyte", {"message_body": ("All work and no play. " * 50_000).rstrip()}),
        ("T" * 100_000, {"additions": 1}),
        ("In 1970", {"author_date": at(1970, 1, 1)}),
        ("In 2099", {"author_date": at(2099, 12, 31, 23, 59, 59)}),
        ("West of Hawaii", {"commit_date": at(2017, 7, 14, 2, 40)}),
        ("Committed by another", {"committer_email": "grace@example.com"}),
        ("By an old address", {"author_name": "Grace Hopper", "author_email": "grace@example.com"}),
        ("Together", {"coauthors": COAUTHORS}),
        ("Nothing changed", {"files_changed": 0}),
        ("Rename", {"additions": 0, "deletions": 0, "files_changed": 1}),
        ("Rename and edit", {"additions": 4, "deletions": 0, "files_changed": 1}),
        ("Rename, too different", {"additions": 50, "deletions": 44, "files_changed": 2}),
        ("Binary", {"additions": 0, "files_changed": 1}),
        ("Executable", {"additions": 0, "files_changed": 1}),
        ("Submodule entry", {"additions": 1, "files_changed": 1}),
        ("Many files", {"files_changed": 300}),
        ("Many renames", {"additions": 0, "deletions": 0, "files_changed": 300}),
        ("Octopus", {"parent_count": 3, "is_merge": True, "additions": 0}),
        ("Evil merge", {"parent_count": 2, "additions": 0, "files_changed": 0}),
    ],
)
def test_what_stands_in_the_history_comes_out(
    shown: list[Commit], title: str, expected: dict[str, object]
):
    (commit,) = [commit for commit in shown if commit.message_title == title]
    assert {field: getattr(commit, field) for field in expected} == expected


def test_a_bare_repository_gives_what_git_says_there(nasty: Path, tmp_path: Path):
    """Not always the same: git reads `-diff` in .gitattributes only from a work tree."""
    run_git(tmp_path, "clone", "-q", "--bare", str(nasty), "bare.git")
    commits = scanned_in(tmp_path / "bare.git", jobs=2)
    assert {commit.sha: as_row(commit) for commit in commits} == read_log(tmp_path / "bare.git")


def test_a_worktree_gives_the_same(nasty: Path, scanned: list[Commit], tmp_path: Path):
    run_git(nasty, "worktree", "add", "-q", "-f", "--detach", str(tmp_path / "beside"))
    assert scanned_in(tmp_path / "beside", jobs=2) == scanned


def test_a_folder_of_a_work_tree_gives_the_whole_tree(short: Path):
    assert scanned_in(short / "sub", jobs=1) == scanned_in(short, jobs=1)


def test_a_shallow_clone_says_so_and_gives_what_it_has(nasty: Path, tmp_path: Path):
    run_git(tmp_path, "clone", "-q", "--depth=30", f"file://{nasty}", "shallow")
    repository = open_repository(tmp_path / "shallow")
    assert repository.is_shallow
    assert not open_repository(nasty).is_shallow
    commits = list(scan(repository, all_of(repository), jobs=Jobs(2)))
    truth = read_log(tmp_path / "shallow")
    assert {commit.sha: as_row(commit) for commit in commits} == truth
    assert repository.boundary() == {commit.sha for commit in commits if not commit.parents}


def test_a_reader_who_stops_early_leaves_no_process(short: Path):
    before = children()
    repository = open_repository(short)
    commits = scan(repository, list(all_of(repository)) * 20, jobs=Jobs(3), exclude=["docs"])
    for _ in range(200):
        next(commits)
    assert len(children() - before) >= 3
    commits.close()
    assert children() == before


def test_a_whole_scan_leaves_no_process(short: Path):
    before = children()
    assert scanned_in(short, jobs=3)
    assert children() == before


def test_no_commits_are_no_work(short: Path):
    before = children()
    assert list(scan(open_repository(short), Shas(), jobs=Jobs(3))) == []
    assert children() == before
