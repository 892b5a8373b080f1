"""A new version takes over, and nobody who asks meanwhile is turned away."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from make import make_commit
from servers import free_port

ASKING = 4  # threads
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
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, port: int, *arguments: str) -> subprocess.Popen[bytes]:
        """Waits until it has been handed what it shall keep, if it does not have it yet."""
        serve = f"exec {sys.executable} -m gitleague serve --port {port} {' '.join(arguments)}"
        handed = ""
        if self.kept:
            handed = f"exec 3<&{self.kept[0]}; export LISTEN_PID=$$ LISTEN_FDNAMES=http; "
        process = subprocess.Popen(
            ["bash", "-c", handed + serve], env=self.environment, pass_fds=self.kept
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
            process.wait(timeout=PATIENCE)
        for fd in self.kept:
            os.close(fd)
        self.hears.close()


class Deployed(NamedTuple):
    systemd: Systemd
    port: int
    push: str  # address
    key: str

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return self.systemd.start(self.port, *arguments)


@pytest.fixture
def deployed(tmp_path: Path, database_url: str) -> Iterator[Deployed]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "GITLEAGUE_DATA_DIR": str(tmp_path / "data"),
        "GITLEAGUE_DATABASE_URL": database_url,
        "GITLEAGUE_PUBLIC_URL": url,
        "GITLEAGUE_RATE_LIMIT_API": "100000/minute",
    }
    made = json.loads(
        subprocess.run(
            [sys.executable, "-m", "gitleague", *BOOTSTRAP.split()],
            env=environment,
            check=True,
            capture_output=True,
        ).stdout
    )
    repo = f"projects/{made['project_id']}/repos/{made['repos'][0]['id']}"
    systemd = Systemd(tmp_path, environment)
    yield Deployed(systemd, port, f"{url}/api/v1/sync/{repo}", made["api_key"])
    systemd.close()


@contextmanager
def asking(deployed: Deployed) -> Iterator[list[object]]:
    """What everybody who asked meanwhile was told; the test ends with the last answer."""
    answers: list[object] = []
    ended = threading.Event()
    known = {"Authorization": f"Bearer {deployed.key}"}

    def ask() -> None:
        while not ended.is_set():
            try:  # each on a connection of its own, as a proxy does
                read = httpx.get(f"{deployed.push}/status", headers=known, timeout=PATIENCE)
                answers.append(read.status_code)
                body = {"commits": [make_commit()]}
                sent = httpx.post(
                    f"{deployed.push}/commits", json=body, headers=known, timeout=PATIENCE
                )
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


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_restart_turns_nobody_away(deployed: Deployed) -> None:
    old = deployed.start()
    with asking(deployed) as answers:
        for _ in range(2):
            seen = len(answers)
            wait_until(lambda so_far=seen: len(answers) > so_far + 20)  # type: ignore[misc]
            old.send_signal(signal.SIGTERM)
            old.wait(timeout=PATIENCE)
            old = deployed.start()
        seen = len(answers)
        wait_until(lambda: len(answers) > seen + 20)
    assert [answer for answer in answers if answer not in {200, 201}] == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_workers_are_replaced_one_by_one(deployed: Deployed) -> None:
    server = deployed.start("--workers", "2")
    with asking(deployed) as answers:
        wait_until(lambda: len(answers) > 20)
        before = _children(server.pid)
        server.send_signal(signal.SIGHUP)
        wait_until(lambda: len(_children(server.pid) - before) == 2)
        wait_until(lambda: not _children(server.pid) & before)
    assert [answer for answer in answers if answer not in {200, 201}] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_port_that_is_no_longer_wanted_is_given_back(deployed: Deployed) -> None:
    deployed.start().send_signal(signal.SIGTERM)
    before, other = deployed.systemd.kept, free_port()
    deployed.systemd.start(other)
    words, *_ = socket.recv_fds(deployed.systemd.hears, 4096, 1)
    assert words == b"FDSTOREREMOVE=1\nFDNAME=http"
    words, fds, *_ = socket.recv_fds(deployed.systemd.hears, 4096, 1)
    assert words == b"FDSTORE=1\nFDNAME=http"
    with socket.socket(fileno=fds[0]) as kept:
        assert kept.getsockname()[1] == other
    assert before


def _children(pid: int) -> set[int]:
    """The workers of a server; what helps them has no port open."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return {int(child) for child in found if "spawn_main" in _command(child)}


def _command(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""
