"""Hooks that `schedule` installs, run by git itself."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from histories import Files, make_repository, packed, run_git, unpack
from installed import Installed, install

HOOKS = ("post-merge", "pre-push")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Two repositories, the first with a branch to merge and a remote to push to."""
    folder = tmp_path_factory.mktemp("hooks")
    make_repository(folder / "other")
    make_repository(folder / "remote.git", bare=True)
    site = make_repository(folder / "site")
    for name in ("main", "side"):
        run_git(site, "switch", "-q", "-C", name)
        run_git(site, "commit", "-q", "--allow-empty", "-m", name)
    run_git(site, "switch", "-q", "main")
    run_git(site, "remote", "add", "origin", "../remote.git")
    return packed(folder)


@pytest.fixture(params=["plain", '100% "Ada\'s" $HOME;# \\ dir'])
def installed(request: pytest.FixtureRequest, files: Files, tmp_path: Path) -> Installed:
    made = install(tmp_path / request.param)
    unpack(files, tmp_path)
    made.write({"path": str(tmp_path / "site")}, {"path": str(tmp_path / "other")})
    return made


@pytest.fixture
def site(installed: Installed) -> Path:
    return installed.folder.parent / "site"


def merge(site: Path) -> None:
    run_git(site, "merge", "-q", "--no-ff", "-m", "merge", "side")


def push(site: Path) -> None:
    run_git(site, "push", "-q", "origin", "main")


@pytest.mark.parametrize("act", [merge, push])
def test_git_starts_a_sync_and_does_not_wait(
    installed: Installed, site: Path, act: Callable[[Path], None]
) -> None:
    done = installed.schedule("hook", "--install")
    hooks = [
        site.parent / name / ".git/hooks" / hook for name in ("site", "other") for hook in HOOKS
    ]
    assert (done.code, done.out) == (0, "".join(f"{hook} is up to date.\n" for hook in hooks))
    installed.stand_in()
    held = installed.hold()
    act(site)  # run_git insists on success, and waits for whoever holds its pipes
    assert not installed.was_called
    held.unlink()
    assert installed.called() == installed.scheduled


def test_a_program_that_is_gone_stops_nothing(installed: Installed, site: Path) -> None:
    installed.schedule("hook", "--install")
    installed.program.unlink()
    merge(site)
    push(site)
    assert run_git(site.parent / "remote.git", "rev-parse", "main")


def test_pre_push_reads_all_that_git_says(installed: Installed, site: Path) -> None:
    installed.schedule("hook", "--install")
    hook = site / ".git/hooks/pre-push"
    with subprocess.Popen([hook, "origin", "url"], stdin=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.write(b"refs/heads/x\n" * 100_000)  # BrokenPipeError if nobody reads
    assert process.returncode == 0


def test_hooks_go_where_git_looks_for_them(installed: Installed, site: Path) -> None:
    run_git(site, "config", "core.hooksPath", "hooks of ours")
    assert installed.schedule("hook", "--install").code == 0
    assert not (site / ".git/hooks/post-merge").exists()
    installed.stand_in()
    merge(site)
    assert installed.called() == installed.scheduled


def test_a_foreign_hook_is_never_touched(installed: Installed, site: Path) -> None:
    theirs = site / ".git/hooks/post-merge"
    theirs.write_text("#!/bin/sh\necho merged\n")
    done = installed.schedule("hook", "--install")
    assert done.code == 1
    assert f"{theirs} was made by somebody else, and stays as it is." in done.err
    assert theirs.read_text() == "#!/bin/sh\necho merged\n"
    assert done.out.count("is up to date") == 3  # one that is refused does not stop the others


def test_the_line_that_it_names_works_by_hand(installed: Installed, site: Path) -> None:
    theirs = site / ".git/hooks/post-merge"
    theirs.write_text("#!/bin/sh\nexit 0\n")
    theirs.chmod(0o755)
    (line,) = [
        line.split("below its first one: ")[1]
        for line in installed.schedule("hook", "--install").err.splitlines()
        if "below its first one: " in line
    ]
    with_ours = f"#!/bin/sh\n{line}\nexit 0\n"
    theirs.write_text(with_ours)
    assert installed.schedule("hook", "--install").code == 0
    assert theirs.read_text() == with_ours
    installed.stand_in()
    merge(site)
    assert installed.called() == installed.scheduled


def test_a_second_install_replaces_our_line_only(installed: Installed, site: Path) -> None:
    installed.schedule("hook", "--install")
    hook = site / ".git/hooks/pre-push"
    first = hook.read_text()
    hook.write_text(first.replace("--quiet", "--verbose") + "echo mine\n")
    hook.chmod(0o644)
    assert installed.schedule("hook", "--install").code == 0
    assert hook.read_text() == first + "echo mine\n"
    assert hook.stat().st_mode & 0o100


def test_a_link_that_leads_nowhere_is_somebody_s(installed: Installed, site: Path) -> None:
    link = site / ".git/hooks/post-merge"
    link.symlink_to("gone")
    assert installed.schedule("hook", "--install").code == 1
    assert not link.exists()


def test_what_is_printed_is_what_is_installed(installed: Installed, site: Path) -> None:
    printed = installed.schedule("hook", "--every", "daily")
    assert "A hook runs when git does." in printed.err
    assert not (site / ".git/hooks/pre-push").exists()
    installed.schedule("hook", "--install")
    assert (site / ".git/hooks/pre-push").read_text() == printed.out


def test_a_repository_that_is_gone_does_not_stop_the_others(
    installed: Installed, site: Path
) -> None:
    installed.write({"path": "nowhere"}, {"path": str(site)})
    done = installed.schedule("hook", "--install")
    assert (done.code, "There is nothing at" in done.err) == (1, True)
    assert (site / ".git/hooks/pre-push").exists()
