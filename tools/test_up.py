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


def _url(said: str) -> str:
    return re.findall(r"http://127\.0\.0\.1:\d+", said)[0]


def _ends(process: subprocess.Popen[str], end: signal.Signals, url: str) -> None:
    """Cleanly, and the server with it."""
    assert _is_serving(url)
    process.send_signal(end)
    assert process.wait(SECONDS) == 0
    assert not _is_serving(url)


def _ends_without_an_orphan(process: subprocess.Popen[str], url: str) -> None:
    assert _is_serving(url)
    process.kill()
    deadline = time.monotonic() + SECONDS
    while _is_serving(url):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _key(data: Path) -> str:
    return (data / "repos.yaml").read_text().partition("api_key: ")[2][:51]


@pytest.mark.timeout(4 * SECONDS)  # it starts three servers
def test_a_league_goes_on_from_day_to_day(tmp_path: Path) -> None:
    """Each `make up` costs seconds, so that each of the days shows several things."""
    data = tmp_path / "data"
    site = _repository(tmp_path / "site", commits=3)
    remote = "https://s3cret@example.org/team/site.git"
    _git(site, "remote", "add", "origin", remote)
    nowhere = "http://127.0.0.1:9"
    proxies = {"http_proxy": nowhere, "HTTP_PROXY": nowhere}

    # It works, and a proxy is not asked for what is here.
    with up(data, REPO=str(site), **proxies) as process:
        first = _said(process)
        assert "3 commits sent" in first
        assert "Not everything was sent" not in first
        assert re.search(
            r"The standings +" + _url(first) + r"/projects/[0-9a-f-]+/standings", first
        )
        assert re.search(r"Sign in first +http\S+", first)
        assert (data / "repos.yaml").stat().st_mode & 0o777 == 0o600
        _ends(process, signal.SIGINT, _url(first))
    key = _key(data)
    # Nobody sees the token in a remote.
    kept = b"".join(file.read_bytes() for file in data.iterdir() if file.is_file())
    assert b"example.org/team/site.git" in kept
    assert b"s3cret" not in kept + first.encode()

    # A second time sends what is new, and needs no other key. A second repository joins, although
    # its folder has the name of the first.
    _commit(site, 4)
    (tmp_path / "other").mkdir()
    other = _repository(tmp_path / "other" / "site", commits=2)
    with up(data, REPO=str(other)) as process:
        second = _said(process)
        assert re.search(r"^site +1 commit sent \(4 in", second, re.MULTILINE), second
        assert re.search(r"^site-2 +2 commits sent", second, re.MULTILINE), second
        assert "Not everything was sent" not in second
        assert "error" not in second
        _ends(process, signal.SIGTERM, _url(second))
    assert _key(data) == key

    # A key that was revoked is replaced.
    _revoke_all_keys(data)
    with up(data) as process:
        third = _said(process)
        assert "Not everything was sent" not in third
        _ends_without_an_orphan(process, _url(third))
    assert _key(data) != key


def _revoke_all_keys(data: Path) -> None:
    with closing(sqlite3.connect(data / "gitleague.db")) as database:
        database.execute("UPDATE api_keys SET revoked_at = CURRENT_TIMESTAMP")
        database.commit()


def test_it_serves_although_there_is_nothing_to_send(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    with up(tmp_path / "data", REPO=str(nothing)) as process:
        said = _said(process)
        assert "no git repository" in said
        _ends(process, signal.SIGHUP, _url(said))
    with up(tmp_path / "data", REPO=str(_repository(nothing, commits=0))) as process:
        said = _said(process)
        assert "no commit" in said
        assert _is_serving(_url(said))


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
