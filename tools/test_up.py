"""`make up` as a newcomer meets it: the real server, the real client, a real repository."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

UP = Path(__file__).with_name("up.py")
READY = "Serving until Ctrl-C."
SECONDS = 90


@pytest.fixture(scope="session", autouse=True)
def signals_are_heard() -> None:
    """Also where the tests run in the background, or under nohup, which children inherit."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextmanager
def up(data: Path, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """`make up` until the block ends."""
    with subprocess.Popen(
        [sys.executable, UP],
        env={**os.environ, "DATA": str(data), "PORT": "0", **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _said(process: subprocess.Popen[str]) -> str:
    """All that it says until it is ready or gives up."""
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if READY in line:
            break
    return said


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return _repository(tmp_path / "site", commits=3)


def _repository(path: Path, *, commits: int) -> Path:
    _git(path.parent, "init", "--quiet", "--initial-branch=main", str(path))
    for number in range(commits):
        _commit(path, number)
    return path


def _commit(path: Path, number: int) -> None:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    _git(path, *who, "commit", "--quiet", "--allow-empty", "-m", f"Step {number}")


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *arguments], check=True)


def _is_serving(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def test_it_works(tmp_path: Path, repository: Path) -> None:
    with up(tmp_path / "data", REPO=str(repository)) as process:
        said = _said(process)
        address = re.search(
            r"The standings +(http://127\.0\.0\.1:\d+)/projects/[0-9a-f-]+/standings", said
        )
        assert address, said
        assert re.search(r"Sign in first +http\S+", said)
        assert _is_serving(address[1])
        assert (tmp_path / "data" / "repos.yaml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_cleanly(tmp_path: Path, repository: Path, end: signal.Signals) -> None:
    with up(tmp_path / "data", REPO=str(repository)) as process:
        url = re.findall(r"http://127\.0\.0\.1:\d+", _said(process))[0]
        process.send_signal(end)
        assert process.wait(SECONDS) == 0
        assert not _is_serving(url)


def test_it_leaves_no_orphan_when_killed(tmp_path: Path, repository: Path) -> None:
    with up(tmp_path / "data", REPO=str(repository)) as process:
        url = re.findall(r"http://127\.0\.0\.1:\d+", _said(process))[0]
        process.kill()
        deadline = time.monotonic() + SECONDS
        while _is_serving(url):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_second_time_sends_what_is_new(tmp_path: Path, repository: Path) -> None:
    with up(tmp_path / "data", REPO=str(repository)) as process:
        _said(process)
    _commit(repository, 4)
    with up(tmp_path / "data") as process:
        said = _said(process)
    assert "site" in said
    assert "Not everything was sent" not in said


def test_a_second_repository_joins(tmp_path: Path, repository: Path) -> None:
    with up(tmp_path / "data", REPO=str(repository)) as process:
        _said(process)
    other = _repository(tmp_path / "other", commits=2)
    with up(tmp_path / "data", REPO=str(other)) as process:
        said = _said(process)
    assert "site" in said
    assert "other" in said


def test_two_repositories_may_have_folders_of_one_name(tmp_path: Path) -> None:
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        one = _repository(tmp_path / place / "site", commits=2)
        with up(tmp_path / "data", REPO=str(one)) as process:
            said = _said(process)
    assert "site-2" in said
    assert "error" not in said


def test_nobody_sees_the_token_in_a_remote(tmp_path: Path, repository: Path) -> None:
    remote = "https://s3cret@example.org/team/site.git"
    _git(repository, "remote", "add", "origin", remote)
    with up(tmp_path / "data", REPO=str(repository)) as process:
        said = _said(process)
    kept = b"".join(file.read_bytes() for file in (tmp_path / "data").iterdir() if file.is_file())
    assert b"example.org/team/site.git" in kept
    assert b"s3cret" not in kept + said.encode()


def test_a_proxy_is_not_asked_for_what_is_here(tmp_path: Path, repository: Path) -> None:
    nowhere = "http://127.0.0.1:9"
    proxies = {"http_proxy": nowhere, "HTTP_PROXY": nowhere}
    with up(tmp_path / "data", REPO=str(repository), **proxies) as process:
        assert "3 commits sent" in _said(process)


def test_keys_do_not_pile_up_and_a_revoked_one_is_replaced(
    tmp_path: Path, repository: Path
) -> None:
    keys = []
    for revoked in (False, False, True):
        if revoked:
            _revoke_all_keys(tmp_path / "data")
        with up(tmp_path / "data", REPO=str(repository)) as process:
            assert "Not everything was sent" not in _said(process)
        keys.append((tmp_path / "data" / "repos.yaml").read_text().partition("api_key: ")[2][:51])
    assert keys[0] == keys[1] != keys[2]


def _revoke_all_keys(data: Path) -> None:
    with closing(sqlite3.connect(data / "gitleague.db")) as database:
        database.execute("UPDATE api_keys SET revoked_at = CURRENT_TIMESTAMP")
        database.commit()


@pytest.mark.parametrize("commits", [None, 0])
def test_it_serves_although_there_is_nothing_to_send(tmp_path: Path, commits: int | None) -> None:
    path = tmp_path / "nothing"
    path.mkdir()
    if commits is not None:
        _repository(path, commits=commits)
    with up(tmp_path / "data", REPO=str(path)) as process:
        said = _said(process)
        url = re.findall(r"http://127\.0\.0\.1:\d+", said)[0]
        assert ("no git repository" if commits is None else "no commit") in said
        assert _is_serving(url)


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        opened.listen()
        port = str(opened.getsockname()[1])
        with up(tmp_path / "data", PORT=port) as process:
            assert f"Port {port} is taken" in _said(process)
            assert process.wait(SECONDS) == 1


@pytest.mark.parametrize("port", ["league", "99999"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    with up(tmp_path / "data", PORT=port) as process:
        assert f"PORT={port} is no port" in _said(process)
