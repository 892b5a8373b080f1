"""Which branches are synced, and which of their commits are new."""

from pathlib import Path

import pytest
from gitleague_client.errors import EmptyRepository, GitFailed, RepositoryError
from gitleague_client.git import Tip, open_repository
from histories import (
    Files,
    import_steps,
    make_repository,
    make_steps,
    packed,
    run_git,
    unpack,
)

COMMITS = 12
NOWHERE = "d" * 40


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    path = make_repository(tmp_path_factory.mktemp("branches") / "repo")
    import_steps(path, make_steps(COMMITS, files=3, length=5))
    return packed(path)


@pytest.fixture
def repo(files: Files, tmp_path: Path) -> Path:
    """`main` of 12 commits, with names of the tests' own: one ref for each place in it."""
    return unpack(files, tmp_path / "repo")


def shas_of(path: Path, *revisions: str) -> list[str]:
    return run_git(path, "rev-list", "--reverse", "--topo-order", *revisions).decode().split()


def point(path: Path, ref: str, place: int = 0) -> str:
    """Make a ref at one of the commits."""
    sha = shas_of(path, "main")[place]
    run_git(path, "update-ref", ref, sha)
    return sha


def only(path: Path, *refs: str) -> None:
    """Point each at a commit of its own; of all others, `main` too, nothing stays."""
    shas = shas_of(path, "main")
    run_git(path, "update-ref", "--no-deref", "refs/heads/main", shas[-1])
    run_git(path, "symbolic-ref", "HEAD", "refs/heads/not-yet")
    for place, ref in enumerate(refs):
        run_git(path, "update-ref", ref, shas[place])
    if "refs/heads/main" not in refs:
        run_git(path, "update-ref", "-d", "refs/heads/main")


@pytest.mark.parametrize(
    ("refs", "expected"),
    [
        (["refs/heads/main", "refs/heads/master"], "main"),
        (["refs/heads/master", "refs/heads/zebra"], "master"),
        (["refs/remotes/origin/main", "refs/heads/master"], "origin/main"),
        (["refs/remotes/origin/master", "refs/heads/apple"], "origin/master"),
        (["refs/heads/master", "refs/tags/main"], "master"),
        (["refs/heads/master", "refs/heads/a/main", "refs/remotes/fork/main"], "master"),
    ],
)
def test_the_default_branch_is_main_or_master(repo: Path, refs: list[str], expected: str):
    only(repo, *refs)
    (tip,) = open_repository(repo).tips()
    assert tip.name == expected


def test_the_default_branch_is_the_one_that_origin_names(repo: Path):
    expected = point(repo, "refs/remotes/origin/trunk", 5)
    run_git(repo, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    assert open_repository(repo).tips() == [Tip("origin/trunk", expected)]


def test_a_default_branch_of_origin_that_is_gone_is_passed_over(repo: Path):
    run_git(repo, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone")
    assert [tip.name for tip in open_repository(repo).tips()] == ["main"]


def test_of_a_bare_clone_it_is_the_one_that_head_names(repo: Path, tmp_path: Path):
    """Also where an old `master` is still there."""
    expected = point(repo, "refs/heads/4.x", 7)
    point(repo, "refs/heads/master", 3)
    run_git(repo, "symbolic-ref", "HEAD", "refs/heads/4.x")
    run_git(tmp_path, "clone", "-q", "--bare", str(repo), "bare.git")
    assert open_repository(tmp_path / "bare.git").tips() == [Tip("4.x", expected)]


def test_a_head_of_a_bare_clone_that_names_no_branch_is_passed_over(repo: Path, tmp_path: Path):
    run_git(tmp_path, "clone", "-q", "--bare", str(repo), "bare.git")
    run_git(tmp_path / "bare.git", "symbolic-ref", "HEAD", "refs/heads/gone")
    assert [tip.name for tip in open_repository(tmp_path / "bare.git").tips()] == ["main"]


def test_without_a_known_name_it_is_what_is_checked_out(repo: Path):
    only(repo, "refs/heads/apple", "refs/heads/zebra")
    run_git(repo, "symbolic-ref", "HEAD", "refs/heads/zebra")
    assert open_repository(repo).tips() == [
        Tip("HEAD", run_git(repo, "rev-parse", "zebra").decode().strip())
    ]


def test_a_detached_head_is_synced_where_there_is_no_branch(repo: Path):
    sha = shas_of(repo, "main")[4]
    run_git(repo, "checkout", "-q", "--detach", sha)
    run_git(repo, "branch", "-q", "-D", "main")
    assert open_repository(repo).tips() == [Tip("HEAD", sha)]


def test_branches_without_a_default_one_get_a_sentence(repo: Path):
    only(repo, "refs/heads/apple", "refs/heads/zebra")
    with pytest.raises(RepositoryError, match="no default branch") as raised:
        open_repository(repo).tips()
    assert "name `branches` in repos.yaml" in raised.value.remedy


def test_a_branch_that_is_no_commit_yet_is_empty(tmp_path: Path):
    repository = open_repository(make_repository(tmp_path / "empty", bare=True))
    with pytest.raises(EmptyRepository):
        repository.tips()


ALL = ("heads/main", "heads/release/1", "heads/release/2/x", "remotes/origin/main",
       "remotes/origin/release/3", "remotes/fork/topic")  # fmt: skip


@pytest.mark.parametrize(
    ("globs", "expected"),
    [
        (["main"], ["main", "origin/main"]),
        (["origin/main"], ["origin/main"]),
        (["release/*"], ["release/1", "release/2/x", "origin/release/3"]),
        (["release/?"], ["release/1", "origin/release/3"]),
        (["topic"], ["fork/topic"]),
        (["fork/*"], ["fork/topic"]),
        (["[m]ain", "main"], ["main", "origin/main"]),
        (["*"], [ref.removeprefix("heads/").removeprefix("remotes/") for ref in ALL]),
    ],
)
def test_globs_name_branches_wherever_they_are(repo: Path, globs: list[str], expected: list[str]):
    for place, ref in enumerate(ALL[1:]):
        point(repo, f"refs/{ref}", place)
    run_git(repo, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    tips = open_repository(repo).tips(globs)
    assert sorted(tip.name for tip in tips) == sorted(expected)
    for tip in tips:
        assert tip.sha == run_git(repo, "rev-parse", f"{tip.name}^{{commit}}").decode().strip()


def test_a_glob_that_matches_nothing_is_named(repo: Path):
    with pytest.raises(RepositoryError, match=r"No branch matches 'mian', 'Main'\.") as raised:
        open_repository(repo).tips(["main", "mian", "Main"])
    assert "git branch --all" in raised.value.remedy


@pytest.mark.parametrize("name", ["--upload-pack=touch pwned", "-x", "--all", "HEAD", "@", "ü🏀"])
def test_a_branch_may_be_called_anything_and_is_only_a_name(repo: Path, name: str):
    """git itself makes no such names; another tool, or a remote that means harm, may."""
    name = name.replace(" ", "_")
    sha = shas_of(repo, "main")[5]
    file = repo / ".git/refs/heads" / name
    file.write_text(f"{sha}\n")
    (repo / ".git/refs/remotes/origin").mkdir(parents=True)
    (repo / ".git/refs/remotes/origin/HEAD").write_text(f"ref: refs/heads/{name}\n")
    repository = open_repository(repo)
    for tips in (repository.tips(), repository.tips([name])):
        assert tips == [Tip(name, sha)]
    assert list(repository.missing([sha], [])) == shas_of(repo, "main")[:6]


def test_a_branch_of_bytes_that_are_no_text_has_a_name(repo: Path):
    sha = shas_of(repo, "main")[0]
    (repo / ".git/refs/heads/caf\udce9").write_text(f"{sha}\n")
    assert open_repository(repo).tips(["caf?"]) == [Tip("café", sha)]


def test_missing_is_what_the_tips_reach_and_the_heads_do_not(repo: Path):
    shas = shas_of(repo, "main")
    repository = open_repository(repo)
    assert list(repository.missing([shas[-1]], [])) == shas
    assert list(repository.missing([shas[-1]], [shas[3], shas[7]])) == shas[8:]
    assert list(repository.missing([shas[5]], [shas[-1]])) == []
    assert list(repository.missing([], [shas[-1]])) == []


@pytest.mark.parametrize("head", [NOWHERE, "", "main", "--all", "^main", "d" * 64, "é", "x\ny"])
def test_a_head_that_this_clone_does_not_know_is_passed_over(repo: Path, head: str):
    shas = shas_of(repo, "main")
    repository = open_repository(repo)
    assert list(repository.missing([shas[-1]], [head, shas[3]])) == shas[4:]
    assert repository.known([head]) == []
    assert list(repository.unreachable([head], [shas[-1]])) == []


@pytest.mark.parametrize("tip", ["", "main", "--all", "d" * 39, "^" + NOWHERE])
def test_a_tip_that_is_no_id_is_refused(repo: Path, tip: str):
    with pytest.raises(RepositoryError, match="is not the id of a commit"):
        open_repository(repo).missing([tip], [])


def test_a_tip_that_is_not_there_is_an_error_of_git(repo: Path):
    with pytest.raises(GitFailed, match=NOWHERE):
        open_repository(repo).missing([NOWHERE], [])


def test_known_are_commits_only_and_in_any_case(repo: Path):
    shas = shas_of(repo, "main")
    tree = run_git(repo, "rev-parse", "main^{tree}").decode().strip()
    asked = [shas[2].upper(), NOWHERE, tree, shas[4], "main"]
    assert open_repository(repo).known(asked) == [shas[2], shas[4]]


def test_unreachable_is_what_the_heads_reach_and_the_tips_no_longer(repo: Path):
    shas = shas_of(repo, "main")
    repository = open_repository(repo)
    assert list(repository.unreachable([shas[-1]], [shas[7]])) == shas[8:]
    assert list(repository.unreachable([shas[-1]], [shas[-1]])) == []
    assert list(repository.unreachable([], [shas[7]])) == []
    assert list(repository.unreachable([shas[-1]], [])) == []


def test_a_shallow_clone_cannot_tell_what_is_unreachable(repo: Path, tmp_path: Path):
    run_git(tmp_path, "clone", "-q", "--depth=3", f"file://{repo}", "shallow")
    shas = shas_of(repo, "main")
    repository = open_repository(tmp_path / "shallow")
    assert list(repository.unreachable([shas[-1]], [shas[-2]])) == []
    assert list(repository.missing([shas[-1]], [])) == shas[-3:]


def test_ids_of_sha256_are_longer(tmp_path: Path):
    path = make_repository(tmp_path / "repo", object_format="sha256")
    import_steps(path, make_steps(COMMITS, files=3, length=5))
    shas = shas_of(path, "main")
    repository = open_repository(path)
    assert {len(sha) for sha in shas} == {64}
    assert list(repository.missing([shas[-1]], [shas[2], NOWHERE])) == shas[3:]
    assert list(repository.unreachable([shas[-1]], [shas[2]])) == shas[3:]
    with pytest.raises(RepositoryError):
        repository.missing([NOWHERE], [])
