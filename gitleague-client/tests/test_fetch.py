"""`fetch: true`: the clone is brought up to date, and nobody but git sees how."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Commissioner, make_site
from faults import Proxy
from forge import Forge, forge, make_ssh
from histories import Files, packed, run_git, unpack

EMPTY = gzip.compress(b"")
USER, PASSWORD = "ada", "s3cret/p@ss word"


class Remote:
    """A bare repository and a clone of it that is behind."""

    def __init__(self, folder: Path) -> None:
        self.origin = folder / "served" / "site.git"
        self.clone = folder / "clone"
        self.point(str(self.origin))

    def point(self, url: str) -> None:
        run_git(self.clone, "remote", "set-url", "origin", url)

    def entry(self, **settings: object) -> dict[str, object]:
        git_url = "git@example.org:team/site.git"
        return {"path": str(self.clone), "git_url": git_url, "fetch": True, **settings}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("fetch")
    origin, clone = folder / "served" / "site.git", folder / "clone"
    work = make_site(folder / "work", 10)["path"]
    run_git(folder, "clone", "-q", "--bare", work, str(origin))
    run_git(folder, "clone", "-q", str(origin), str(clone))
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    run_git(Path(work), *who, "commit", "-q", "--allow-empty", "-m", "Newer")
    both = ["HEAD:refs/heads/main", "HEAD:refs/heads/master"]
    run_git(Path(work), "push", "-q", str(origin), *both)
    return packed(folder)


@pytest.fixture
def remote(files: Files, tmp_path: Path) -> Remote:
    return Remote(unpack(files, tmp_path))


@pytest.fixture
def hub(remote: Remote) -> Iterator[Forge]:
    with forge(remote.origin.parent, USER, PASSWORD) as served:
        remote.point(f"{served.url}/site.git")
        yield served


def test_without_it_nothing_is_fetched(ada: Commissioner, remote: Remote):
    ada.write({**remote.entry(), "fetch": False})
    assert ada.sync().results[0]["inserted"] == 10


def test_a_clone_is_brought_up_to_date(ada: Commissioner, remote: Remote):
    ada.write(remote.entry())
    assert ada.sync().results[0]["inserted"] == 11


def test_one_line_is_enough_for_all_repositories(ada: Commissioner, remote: Remote):
    entry = remote.entry()
    del entry["fetch"]
    ada.write(entry, fetch=True)
    assert ada.sync().results[0]["inserted"] == 11


def test_git_signs_in_with_the_password_of_a_variable(
    ada: Commissioner, remote: Remote, hub: Forge, proxy: Proxy, tmp_path: Path
):
    ada.write(remote.entry(username=USER, password_env="FORGE_PASSWORD"))
    trace = tmp_path / "trace"
    done = ada.run("sync", "--json", FORGE_PASSWORD=PASSWORD, GIT_TRACE=str(trace))
    assert done.code == 0, done.err
    assert done.results[0]["inserted"] == 11
    assert "fetch" in trace.read_text()
    assert PASSWORD not in trace.read_text() + done.out + done.err
    assert PASSWORD.encode() not in b"".join(
        gzip.decompress(seen.body or EMPTY) for seen in proxy.seen
    )


def test_a_wrong_password_is_told_and_not_shown(ada: Commissioner, remote: Remote, hub: Forge):
    ada.write(remote.entry(username=USER, password_env="FORGE_PASSWORD"))
    done = ada.run("sync", FORGE_PASSWORD="wr0ng")
    assert done.code == 1
    assert "could not" in done.err or "fetch failed" in done.err
    assert "wr0ng" not in done.err


def test_the_password_goes_to_the_remotes_own_host_only(
    ada: Commissioner, remote: Remote, hub: Forge, tmp_path: Path
):
    with forge(tmp_path / "elsewhere", "eve", "other") as elsewhere:
        module = f"{elsewhere.url}/site.git"
        run_git(remote.clone, "config", f"url.{module}.insteadOf", f"{hub.url}/site.git")
        ada.write(remote.entry(username=USER, password_env="FORGE_PASSWORD"))
        assert ada.run("sync", FORGE_PASSWORD=PASSWORD).code == 1
        assert set(elsewhere.asked) <= {None}


def test_a_variable_that_is_not_set_is_named(ada: Commissioner, remote: Remote, hub: Forge):
    ada.write(remote.entry(username=USER, password_env="FORGE_PASSWORD"))
    done = ada.run("sync")
    assert done.code == 1
    assert "FORGE_PASSWORD is not set" in done.err


def test_a_password_in_the_remotes_address_is_not_shown(
    ada: Commissioner, remote: Remote, hub: Forge
):
    remote.point(hub.url.replace("//", "//ada:t0ken@") + "/site.git")
    ada.write(remote.entry())
    done = ada.run("sync")
    assert done.code == 1
    assert "t0ken" not in done.err + done.out


def test_git_uses_the_key_that_is_named(ada: Commissioner, remote: Remote, tmp_path: Path):
    log = make_ssh(tmp_path / "bin")
    key = tmp_path / "a key"
    key.write_text("not read by this ssh\n")
    remote.point(f"ssh://git@example.org{remote.origin}")
    ada.write(remote.entry(ssh_key=str(key)))
    done = ada.run("sync", "--json", PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert done.code == 0, done.err
    assert done.results[0]["inserted"] == 11
    assert f"-i {key} -o IdentitiesOnly=yes" in log.read_text()
    assert "BatchMode=yes" in log.read_text()


def test_a_key_that_is_not_there_is_told(ada: Commissioner, remote: Remote, tmp_path: Path):
    ada.write(remote.entry(ssh_key=str(tmp_path / "none")))
    done = ada.run("sync")
    assert done.code == 1
    assert "There is no SSH key at" in done.err


def test_without_a_remote_there_is_nothing_to_fetch_from(ada: Commissioner, tmp_path: Path):
    ada.write({**make_site(tmp_path / "alone", 3), "fetch": True})
    done = ada.run("sync")
    assert done.code == 1
    assert "no remote called origin" in done.err


def test_a_remote_that_is_gone_fails_this_repository_only(ada: Commissioner, remote: Remote):
    remote.point(str(remote.origin.parent / "gone.git"))
    ada.write(remote.entry(), make_site(remote.clone.parent / "other", 5))
    done = ada.sync()
    assert done.code == 1
    assert {result["repo"]: result.get("inserted") for result in done.results} == {
        "site": None,
        "other": 5,
    }
