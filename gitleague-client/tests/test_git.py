"""Opening a repository, and the questions that it answers."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from gitleague_client.errors import (
    EmptyRepository,
    GitFailed,
    GitNotFound,
    NotARepository,
    RepositoryError,
)
from gitleague_client.git import git_version, open_repository
from gitleague_client.urls import without_password
from histories import import_steps, make_repository, make_steps, run_git

COMMITS = 12


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = make_repository(tmp_path_factory.mktemp("git") / "origin")
    import_steps(path, make_steps(COMMITS, files=3, length=5))
    run_git(path, "checkout", "-q", "main")
    return path


@pytest.fixture
def clone(origin: Path, tmp_path: Path) -> Path:
    run_git(tmp_path, "clone", "-q", str(origin), "clone")
    return tmp_path / "clone"


def shas_of(path: Path, *revisions: str) -> list[str]:
    return run_git(path, "rev-list", "--reverse", "--topo-order", *revisions).decode().split()


def folder(path: Path) -> None:
    path.mkdir()


def file(path: Path) -> None:
    path.write_text("no repository\n")


def nothing(path: Path) -> None:
    assert not path.exists()


def link_to_nothing(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def worktree_of_nothing(path: Path) -> None:
    path.mkdir()
    (path / ".git").write_text("gitdir: /nowhere/.git/worktrees/gone\n")


def empty_git_folder(path: Path) -> None:
    (path / ".git").mkdir(parents=True)


def spoiled(path: Path) -> None:
    make_repository(path)
    (path / ".git/HEAD").write_bytes(b"\0\0")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (nothing, "There is nothing at"),
        (link_to_nothing, "There is nothing at"),
        (file, "There is no git repository at"),
        (folder, "There is no git repository at"),
        (worktree_of_nothing, "place"),
        (empty_git_folder, "There is no git repository at"),
        (spoiled, "place"),
    ],
)
def test_a_path_without_a_repository_gets_a_sentence(
    tmp_path: Path, make: Callable[[Path], None], said: str
):
    make(tmp_path / "place")
    with pytest.raises(NotARepository, match=said) as raised:
        open_repository(tmp_path / "place")
    assert "repos.yaml" in raised.value.remedy


def test_a_setting_that_git_does_not_understand_gets_a_sentence(clone: Path):
    with (clone / ".git/config").open("a") as config:
        config.write("[core\n")
    with pytest.raises(RepositoryError, match="bad config line"):
        open_repository(clone)


def test_a_path_below_a_file_gets_a_sentence(tmp_path: Path):
    file(tmp_path / "place")
    with pytest.raises(NotARepository, match="There is nothing at"):
        open_repository(tmp_path / "place" / "deeper")


def test_an_empty_repository_opens_and_says_that_it_is_empty(tmp_path: Path):
    repository = open_repository(make_repository(tmp_path / "empty"))
    for branches in [(), ("main",), ("*",)]:
        with pytest.raises(EmptyRepository, match="no commit yet"):
            repository.tips(branches)


@pytest.mark.parametrize("name", ["plain", "with blank", "$HOME", "new\nline", "-dash", "ü\udcff"])
def test_a_repository_may_be_called_anything(origin: Path, tmp_path: Path, name: str):
    run_git(tmp_path, "clone", "-q", "--", str(origin), f"./{name}")
    repository = open_repository(tmp_path / name)
    assert repository.path == tmp_path / name
    assert list(repository.missing([repository.tips()[0].sha], [])) == shas_of(origin, "main")


@pytest.mark.parametrize("inside", ["", "team", "team/package0", ".git", "./team/.."])
def test_a_folder_in_a_work_tree_means_the_whole(clone: Path, inside: str):
    assert open_repository(clone / inside).path == clone


def test_a_path_may_begin_at_home(clone: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(clone.parent))
    assert open_repository(Path("~/clone")).path == clone


def test_a_path_may_begin_where_we_are(clone: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(clone / "team")
    assert open_repository(Path()).path == clone
    assert open_repository(Path("../..") / clone.name).path == clone


def test_a_link_leads_to_the_repository(clone: Path, tmp_path: Path):
    (tmp_path / "link").symlink_to(clone)
    assert open_repository(tmp_path / "link").path.samefile(clone)


@pytest.mark.parametrize("inside", ["", "refs", "objects/pack"])
def test_a_bare_repository_opens(origin: Path, tmp_path: Path, inside: str):
    run_git(tmp_path, "clone", "-q", "--bare", str(origin), "bare.git")
    repository = open_repository(tmp_path / "bare.git" / inside)
    assert repository.path == tmp_path / "bare.git"
    assert [tip.name for tip in repository.tips()] == ["main"]


def test_a_linked_worktree_opens(clone: Path, tmp_path: Path):
    run_git(clone, "worktree", "add", "-q", "-b", "beside", str(tmp_path / "beside"))
    repository = open_repository(tmp_path / "beside")
    assert repository.path == tmp_path / "beside"
    assert {tip.name for tip in repository.tips(["main", "beside"])} == {
        "main",
        "beside",
        "origin/main",
    }


def test_a_submodule_opens_as_itself(clone: Path, origin: Path):
    run_git(clone, "submodule", "--quiet", "add", str(origin), "module")
    assert open_repository(clone / "module").path == clone / "module"


def test_a_worktree_of_a_shallow_clone_is_shallow(origin: Path, tmp_path: Path):
    run_git(tmp_path, "clone", "-q", "--depth=2", f"file://{origin}", "shallow")
    run_git(tmp_path / "shallow", "worktree", "add", "-q", "--detach", str(tmp_path / "beside"))
    for path in (tmp_path / "shallow", tmp_path / "shallow/team", tmp_path / "beside"):
        repository = open_repository(path)
        assert repository.is_shallow
        assert repository.boundary() == {shas_of(origin, "main")[-2]}


def test_a_whole_clone_has_no_boundary(clone: Path):
    assert open_repository(clone).boundary() == set()


def test_a_repository_of_another_user_gets_the_command_that_trusts_it(
    clone: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(RepositoryError, match="belongs to another user") as raised:
        open_repository(clone)
    assert f"git config --global --add safe.directory {clone}" in raised.value.remedy


def test_a_machine_without_git_gets_a_sentence(clone: Path, monkeypatch: pytest.MonkeyPatch):
    repository = open_repository(clone)
    monkeypatch.setenv("PATH", str(clone))
    for ask in (git_version, repository.tips, lambda: open_repository(clone)):
        with pytest.raises(GitNotFound, match="git was not found") as raised:
            ask()
        assert "Install git" in raised.value.remedy


def test_the_version_of_git_is_numbers():
    said = run_git(Path.cwd(), "--version").decode()
    assert ".".join(map(str, git_version()[:3])) in said


def test_what_git_said_is_in_the_error(clone: Path):
    with pytest.raises(GitFailed, match=r"git cat-file failed: fatal: .*nowhere"):
        open_repository(clone).run("cat-file", "-p", "nowhere")


def test_the_own_repository_of_a_hook_does_not_leak_in(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    other = make_repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_SSH_COMMAND", "ssh -i key")
    repository = open_repository(clone)
    assert repository.path == clone
    assert repository.tips()[0].sha == shas_of(clone, "main")[-1]
    assert "GIT_DIR" not in os.environ
    assert os.environ["GIT_SSH_COMMAND"] == "ssh -i key"  # it leads to no other repository


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://ada:secret@example.org/a/b.git", "https://example.org/a/b.git"),
        ("https://token@example.org/a/b.git", "https://example.org/a/b.git"),
        ("https://a@b:c@example.org/a/b.git", "https://example.org/a/b.git"),
        ("https://ada@example.com:secret@example.org/a.git", "https://example.org/a.git"),
        ("ssh://a@b:secret@example.org/a.git", "ssh://a@b@example.org/a.git"),
        ("ftp://ada:s@cret@example.org/a.git", "ftp://ada@example.org/a.git"),
        ("ssh://git@[::1]:2222/a.git", "ssh://git@[::1]:2222/a.git"),
        ("HTTPS://ada:secret@example.org/a.git", "HTTPS://example.org/a.git"),
        ("https://example.org/a@b.git", "https://example.org/a@b.git"),
        ("ssh://git:secret@example.org/a.git", "ssh://git@example.org/a.git"),
        ("ssh://git@example.org:2222/a.git", "ssh://git@example.org:2222/a.git"),
        ("git@example.org:a/b.git", "git@example.org:a/b.git"),
        ("../beside", "../beside"),
        ("/srv/git/a b.git", "/srv/git/a b.git"),
    ],
)
def test_the_address_of_origin_comes_without_its_password(clone: Path, url: str, shown: str):
    run_git(clone, "config", "remote.origin.url", url)
    assert open_repository(clone).remote_url() == without_password(url) == shown


def test_a_repository_without_origin_has_no_address(clone: Path):
    run_git(clone, "remote", "remove", "origin")
    assert open_repository(clone).remote_url() is None
