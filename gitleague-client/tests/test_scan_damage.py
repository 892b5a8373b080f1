"""A scan of a damaged repository is an error. It never leaves a commit out, or its lines."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from gitleague_client.errors import GitFailed
from gitleague_client.git import open_repository
from gitleague_client.scan.jobs import Jobs
from gitleague_client.scan.log import scan
from histories import (
    Files,
    import_steps,
    make_repository,
    make_steps,
    packed,
    run_git,
    unpack,
)

COMMITS = 30


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("damage")
    path = make_repository(folder / "loose")
    import_steps(path, make_steps(COMMITS, files=4, length=5))
    for pack in list((path / ".git/objects/pack").glob("*.pack")):
        outside = pack.rename(folder / pack.name)
        with outside.open("rb") as opened:
            run_git(path, "unpack-objects", "-q", stdin=opened)
    return packed(path)


@pytest.fixture
def loose(files: Files, tmp_path: Path) -> Path:
    """A history whose objects are files, so that one can be spoiled."""
    return unpack(files, tmp_path / "loose")


def shas_of(path: Path) -> list[str]:
    return run_git(path, "rev-list", "--reverse", "--topo-order", "main").decode().split()


def object_file(path: Path, name: str) -> Path:
    sha = run_git(path, "rev-parse", name).decode().strip()
    return path / ".git/objects" / sha[:2] / sha[2:]


def remove(file: Path) -> None:
    file.unlink()


def empty(file: Path) -> None:
    file.chmod(0o644)
    file.write_bytes(b"")


def cut(file: Path) -> None:
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:20])


def turn_a_bit(file: Path) -> None:
    file.chmod(0o644)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x10
    file.write_bytes(content)


def whole_scan(path: Path, shas: Sequence[str], *, jobs: int) -> list[str]:
    return [commit.sha for commit in scan(open_repository(path), shas, jobs=Jobs(jobs))]


def test_it_works(loose: Path):
    assert whole_scan(loose, shas_of(loose), jobs=2) == shas_of(loose)


@pytest.mark.parametrize("damage", [remove, empty, cut, turn_a_bit])
@pytest.mark.parametrize("place", [0, 12, COMMITS - 1])
def test_a_commit_that_cannot_be_read_is_an_error(loose: Path, damage, place: int):
    shas = shas_of(loose)
    damage(object_file(loose, shas[place]))
    with pytest.raises(GitFailed) as raised:
        whole_scan(loose, shas, jobs=1)
    assert "git fsck" in raised.value.remedy


@pytest.mark.parametrize("damage", [remove, empty, cut, turn_a_bit])
@pytest.mark.parametrize("what", ["^{tree}", ":team"])
def test_a_tree_that_cannot_be_read_is_an_error(loose: Path, damage, what: str):
    shas = shas_of(loose)
    damage(object_file(loose, shas[12] + what))
    with pytest.raises(GitFailed):
        whole_scan(loose, shas, jobs=1)


@pytest.mark.parametrize("damage", [remove, empty, cut, turn_a_bit])
def test_a_file_that_cannot_be_read_is_an_error(loose: Path, damage):
    shas = shas_of(loose)
    changed = run_git(loose, "log", "--raw", "--no-abbrev", "--diff-filter=M", "--format=", "-1")
    damage(object_file(loose, changed.split()[3].decode()))
    with pytest.raises(GitFailed):
        whole_scan(loose, shas, jobs=1)


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize("place", [20, 2_000])
def test_what_arrives_before_the_damage_is_whole_and_in_order(loose: Path, jobs: int, place: int):
    shas = shas_of(loose)
    asked = [*shas[:20] * (place // 20), *shas[20:]]
    remove(object_file(loose, shas[20]))
    arrived: list[str] = []
    commits = scan(open_repository(loose), asked, jobs=Jobs(jobs))
    with pytest.raises(GitFailed, match=shas[20]):
        arrived.extend(commit.sha for commit in commits)
    assert arrived == asked[: len(arrived)]
    assert len(arrived) <= place


@pytest.mark.parametrize("wrong", ["d" * 40, "main", "", "--all", "HEAD\n"])
def test_what_is_no_commit_is_an_error(loose: Path, wrong: str):
    shas = shas_of(loose)
    with pytest.raises(GitFailed):
        whole_scan(loose, [*shas[:3], wrong, *shas[3:]], jobs=1)


@pytest.mark.parametrize("kind", ["main^{tree}", "main:team", "tagged"])
def test_another_object_in_the_place_of_a_commit_is_an_error(loose: Path, kind: str):
    run_git(loose, "tag", "-a", "-m", "Annotated", "tagged")
    other = run_git(loose, "rev-parse", kind).decode().strip()
    with pytest.raises(GitFailed):
        whole_scan(loose, [*shas_of(loose)[:3], other], jobs=1)


def test_a_history_whose_walk_meets_the_damage_is_an_error(loose: Path):
    shas = shas_of(loose)
    remove(object_file(loose, shas[5]))
    repository = open_repository(loose)
    with pytest.raises(GitFailed):
        repository.missing([shas[-1]], [])
