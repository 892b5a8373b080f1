"""A new version takes over, and nobody who asks meanwhile is turned away."""

import json
import os
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from awaited import until
from make import make_commit
from operators import Operator
from preloaded import SERVER, Run, loaded

pytestmark = pytest.mark.timeout(360)  # each starts a handful of programs

ASKING = 4  # threads
NOW_AND_THEN = 0.1  # seconds
PATIENCE = 240  # seconds: a slow machine is no defect
BOOTSTRAP = "bootstrap --email ada@example.org --project League --repo git@x.org:a/b.git --json"


class Systemd:
    """The part of it that a restart needs: it keeps the socket that the server hands it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.address = folder / "notify"
        self.hears = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.hears.bind(str(self.address))
        self.hears.settimeout(PATIENCE)
        self.environment = environment | {"NOTIFY_SOCKET": str(self.address)}
        self.kept: list[int] = []
        self.processes: list[Run] = []

    @property
    def port(self) -> int:
        """Of the socket that it keeps; 0, which is any, before there is one."""
        if not self.kept:
            return 0
        with socket.socket(fileno=os.dup(self.kept[0])) as kept:
            return int(kept.getsockname()[1])

    def start(self, port: int, *arguments: str) -> Run:
        """Waits until it has been handed what it shall keep, if it does not have it yet."""
        with ExitStack() as stack:
            kept = None
            if self.kept:
                kept = stack.enter_context(socket.socket(fileno=os.dup(self.kept[0])))
            process = loaded(SERVER).start(
                ["gitleague", "serve", "--port", str(port), *arguments],
                folder=self.address.parent,
                environment=self.environment,
                log=self.address.with_name("log"),
                listener=kept,
            )
        self.processes.append(process)
        if not self.kept:
            words, fds, _, _ = socket.recv_fds(self.hears, 4096, 1)
            assert words == b"FDSTORE=1\nFDNAME=http"
            self.kept = fds
        return process

    def close(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
        for fd in self.kept:
            os.close(fd)
        self.hears.close()


class Deployed(NamedTuple):
    systemd: Systemd
    repo: str  # path
    key: str

    @property
    def push(self) -> str:
        """Address, once the server has been started."""
        return f"http://127.0.0.1:{self.systemd.port}/api/v1/sync/{self.repo}"

    def start(self, *arguments: str) -> Run:
        """On a port that the server chooses, and keeps."""
        return self.systemd.start(self.systemd.port, *arguments)


@pytest.fixture
def deployed(tmp_path: Path, database_url: str) -> Iterator[Deployed]:
    environment = os.environ | {
        "GITLEAGUE_DATA_DIR": str(tmp_path / "data"),
        "GITLEAGUE_DATABASE_URL": database_url,
        "GITLEAGUE_RATE_LIMIT_API": "100000/minute",
    }
    made = json.loads(Operator(environment).run_here(*BOOTSTRAP.split()).out)
    repo = f"projects/{made['project_id']}/repos/{made['repos'][0]['id']}"
    systemd = Systemd(tmp_path, environment)
    yield Deployed(systemd, repo, made["api_key"])
    systemd.close()


@contextmanager
def asking(deployed: Deployed, trust: ssl.SSLContext) -> Iterator[list[object]]:
    """What everybody who asked meanwhile was told; the test ends with the last answer."""
    patiently: dict[str, Any] = {"timeout": PATIENCE, "verify": trust}
    answers: list[object] = []
    ended = threading.Event()
    known = {"Authorization": f"Bearer {deployed.key}"}

    def ask() -> None:
        while not ended.wait(NOW_AND_THEN):  # and leaves the server time to start
            try:  # each on a connection of its own, as a proxy does
                read = httpx.get(f"{deployed.push}/status", headers=known, **patiently)
                answers.append(read.status_code)
                body = {"commits": [make_commit()]}
                sent = httpx.post(f"{deployed.push}/commits", json=body, headers=known, **patiently)
                answers.append(sent.status_code)
            except httpx.HTTPError as error:
                answers.append(error)

    threads = [threading.Thread(target=ask) for _ in range(ASKING)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        ended.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_restart_turns_nobody_away(deployed: Deployed, trust: ssl.SSLContext) -> None:
    old = deployed.start()
    with asking(deployed, trust) as answers:
        for _ in range(2):
            seen = len(answers)
            until(lambda so_far=seen: len(answers) > so_far + 20, seconds=PATIENCE)
            old.send_signal(signal.SIGTERM)
            old.wait(PATIENCE)
            old = deployed.start()
        seen = len(answers)
        until(lambda: len(answers) > seen + 20, seconds=PATIENCE)
    assert [answer for answer in answers if answer not in {200, 201}] == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_workers_are_replaced_one_by_one(deployed: Deployed, trust: ssl.SSLContext) -> None:
    server = deployed.start("--workers", "2")
    with asking(deployed, trust) as answers:
        until(lambda: len(answers) > 20, seconds=PATIENCE)
        before = _children(server.pid)
        server.send_signal(signal.SIGHUP)
        until(lambda: len(_children(server.pid) - before) == 2, seconds=PATIENCE)
        until(lambda: not _children(server.pid) & before, seconds=PATIENCE)
    assert [answer for answer in answers if answer not in {200, 201}] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_port_that_is_no_longer_wanted_is_given_back(deployed: Deployed) -> None:
    deployed.start().send_signal(signal.SIGTERM)
    before = deployed.systemd.port
    deployed.systemd.start(0)
    words, *_ = socket.recv_fds(deployed.systemd.hears, 4096, 1)
    assert words == b"FDSTOREREMOVE=1\nFDNAME=http"
    words, fds, *_ = socket.recv_fds(deployed.systemd.hears, 4096, 1)
    assert words == b"FDSTORE=1\nFDNAME=http"
    with socket.socket(fileno=fds[0]) as kept:
        assert kept.getsockname()[1] not in {0, before}


def _children(pid: int) -> set[int]:
    """The workers of a server; what helps them has no port open."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return {int(child) for child in found if "spawn_main" in _command(child)}


def _command(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""
