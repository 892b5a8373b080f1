"""Two people who scan the same commit get the same numbers, whatever they have set for git."""

import os
from pathlib import Path

import pytest
from gitleague_client.commit import Commit
from gitleague_client.git import open_repository
from gitleague_client.scan.jobs import Jobs
from gitleague_client.scan.log import scan
from histories import NASTY, make_nasty_history, run_git

SETTINGS = (
    ("color.ui", "always"),
    ("color.diff", "always"),
    ("core.abbrev", "4"),
    ("core.attributesFile", "{attributes}"),
    ("core.autocrlf", "true"),
    ("core.bigFileThreshold", "10"),
    ("core.commentChar", "F"),
    ("core.fsmonitor", "false"),
    ("core.pager", "false"),
    ("core.quotePath", "true"),
    ("core.whitespace", "trailing-space,cr-at-eol"),
    ("diff.algorithm", "patience"),
    ("diff.context", "0"),
    ("diff.external", "false"),
    ("diff.ignoreSubmodules", "all"),
    ("diff.mnemonicPrefix", "true"),
    ("diff.noPrefix", "true"),
    ("diff.orderFile", "nowhere"),
    ("diff.relative", "true"),
    ("diff.renameLimit", "1"),
    ("diff.renames", "false"),
    ("diff.renames", "copies"),
    ("diff.submodule", "log"),
    ("diff.default.textconv", "false"),
    ("format.notes", "*"),
    ("format.pretty", "email"),
    ("i18n.commitEncoding", "UTF-16"),
    ("i18n.logOutputEncoding", "ISO-8859-15"),
    ("log.decorate", "full"),
    ("log.diffMerges", "separate"),
    ("log.mailmap", "false"),
    ("log.showRoot", "false"),
    ("log.showSignature", "true"),
)
ENVIRONMENT = (
    ("GIT_DIR", "/nowhere"),
    ("GIT_WORK_TREE", "/nowhere"),
    ("GIT_COMMON_DIR", "/nowhere"),
    ("GIT_INDEX_FILE", "/nowhere/index"),
    ("GIT_OBJECT_DIRECTORY", "/nowhere"),
    ("GIT_SHALLOW_FILE", "/nowhere"),
    ("GIT_NAMESPACE", "another"),
    ("GIT_PREFIX", "sub/"),
    ("GIT_CEILING_DIRECTORIES", "/"),
    ("GIT_DEFAULT_HASH", "sha256"),
    ("GIT_DIFF_OPTS", "-u0"),
    ("GIT_EXTERNAL_DIFF", "false"),
    ("GIT_FLUSH", "1"),
    ("GIT_GLOB_PATHSPECS", "1"),
    ("GIT_PAGER", "false"),
    ("GIT_CONFIG_PARAMETERS", "'diff.renameLimit'='1'"),
    ("LC_ALL", "tr_TR.UTF-8"),
    ("LANGUAGE", "de"),
    ("TZ", "Pacific/Auckland"),
)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_nasty_history(tmp_path_factory.mktemp("settings") / "origin", len(NASTY))


@pytest.fixture(scope="module")
def expected(origin: Path) -> list[Commit]:
    return scanned_in(origin)


@pytest.fixture
def clone(origin: Path, tmp_path: Path) -> Path:
    run_git(tmp_path, "clone", "-q", "--shared", str(origin), "clone")
    return tmp_path / "clone"


def scanned_in(path: Path) -> list[Commit]:
    repository = open_repository(path)
    shas = repository.missing([repository.tips()[0].sha], [])
    return list(scan(repository, shas, jobs=Jobs(2), exclude=["docs"]))


def test_it_works(clone: Path, expected: list[Commit]):
    assert scanned_in(clone) == expected


@pytest.mark.parametrize(("name", "value"), SETTINGS)
def test_no_setting_changes_what_is_counted(
    clone: Path, expected: list[Commit], tmp_path: Path, name: str, value: str
):
    attributes = tmp_path / "attributes"
    attributes.write_text("* -diff linguist-generated\n")
    run_git(clone, "config", name, value.format(attributes=attributes))
    assert scanned_in(clone) == expected


@pytest.mark.parametrize(("name", "value"), ENVIRONMENT)
def test_nothing_in_the_environment_changes_what_is_counted(
    clone: Path,
    expected: list[Commit],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
):
    monkeypatch.setenv(name, value)
    assert scanned_in(clone) == expected


def test_a_hook_that_scans_another_repository_scans_that_one(
    clone: Path, expected: list[Commit], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """git sets these for its hooks, and each leads back to the hook's own repository."""
    run_git(tmp_path, "init", "-q", "of-the-hook")
    hooked = tmp_path / "of-the-hook"
    monkeypatch.setenv("GIT_DIR", str(hooked / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(hooked / ".git/index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(hooked))
    assert scanned_in(clone) == expected
    assert "GIT_DIR" not in os.environ


def test_a_replaced_commit_is_read_as_it_was_pushed(clone: Path, expected: list[Commit]):
    run_git(clone, "replace", expected[5].sha, expected[40].sha)
    run_git(clone, "replace", "--graft", "main")
    assert scanned_in(clone) == expected


def test_a_graft_hides_nothing(clone: Path, expected: list[Commit]):
    (clone / ".git/info").mkdir(exist_ok=True)
    (clone / ".git/info/grafts").write_text(f"{expected[-1].sha}\n")
    assert scanned_in(clone) == expected


def test_notes_are_no_part_of_a_message(clone: Path, expected: list[Commit]):
    run_git(clone, "notes", "add", "-m", "A note\n\nFixes: 1234567", "main")
    assert scanned_in(clone) == expected


def test_changes_that_nobody_committed_count_nothing(clone: Path, expected: list[Commit]):
    (clone / "app.py").write_text("changed\n")
    (clone / "new").write_text("new\n")
    run_git(clone, "add", "new")
    assert scanned_in(clone) == expected
