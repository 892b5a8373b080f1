"""Whatever happens while it runs, the next sync ends with exactly what git has.

Each seed is a bad day of a dozen incidents; together there are sixty.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
import yaml
from faults import CUT, LOST_ANSWER, Proxy, answer, proxy_to
from histories import import_steps, make_repository, make_steps, run_git

INCIDENTS = 12
MORE = 60  # commits before each incident, so that there is always something to send
ENVIRONMENT = {**os.environ, "GITLEAGUE_RATE_LIMIT_API": "100000/minute"}


class Server:
    """A server that can be killed and started again, on the same port and data."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as opened:
            self._port = opened.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._environment = {
            **ENVIRONMENT,
            "GITLEAGUE_DATA_DIR": str(folder),
            "GITLEAGUE_PUBLIC_URL": self.url,
        }
        self._database = folder / "gitleague.db"
        self._log = folder / "log"
        self._command = [sys.executable, "-m", "gitleague"]
        who = ["--email", "ada@example.org", "--project", "League", "--json"]
        made = subprocess.check_output([*self._command, "bootstrap", *who], env=self._environment)
        self.made = json.loads(made)
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self._command, "serve", "--port", str(self._port)],
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        while True:
            try:
                if httpx.get(f"{self.url}/health").is_success:
                    return
            except httpx.TransportError:
                assert self.process.poll() is None, self._log.read_text()
                time.sleep(0.05)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def held(self) -> list[str]:
        with closing(sqlite3.connect(self._database)) as connection:
            return sorted(sha for (sha,) in connection.execute("SELECT sha FROM commits"))


class Day:
    """A clone, its client, and what goes wrong between it and the server."""

    def __init__(self, folder: Path, server: Server, proxy: Proxy, chance: random.Random) -> None:
        self.server, self.proxy, self.chance = server, proxy, chance
        self.path = make_repository(folder / "site")
        self.config = folder / "repos.yaml"
        repos = [{"path": str(self.path), "git_url": "git@example.org:team/site.git"}]
        project = {"project_id": server.made["project_id"], "repos": repos}
        config = {"api_url": proxy.url, "batch_size": 5, "max_retries": 1, "projects": [project]}
        self.config.write_text(yaml.safe_dump(config))

    def work(self) -> None:
        """More commits, on top of what is there."""
        seed = self.chance.randrange(1000)
        tip = run_git(self.path, "rev-list", "--max-count=1", "--all").decode().strip()
        import_steps(self.path, make_steps(MORE, files=9, length=5, seed=seed), onto=tip)

    def client(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "gitleague_client", "--config", self.config, "sync"],
            env={**ENVIRONMENT, "GITLEAGUE_API_KEY": self.server.made["api_key"]},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def after_some_pushes(self) -> None:
        """Waits until the client is in the middle of it, or through."""
        pushes = self.chance.randrange(1, 9)
        before = self.pushes()
        deadline = time.monotonic() + 3
        while self.pushes() < before + pushes and time.monotonic() < deadline:
            time.sleep(0.002)

    def pushes(self) -> int:
        return sum(seen.path.endswith("/commits") for seen in self.proxy.seen)


def killed(day: Day) -> None:
    with day.client() as client:
        day.after_some_pushes()
        client.kill()


def interrupted(day: Day) -> None:
    with day.client() as client:
        day.after_some_pushes()
        client.send_signal(signal.SIGINT)
        _, said = client.communicate()
        assert client.returncode in {0, 130}, said.decode()
        assert b"Traceback" not in said


def cut_off(day: Day) -> None:
    with day.client() as client:
        day.after_some_pushes()
        day.proxy.fail("/commits", CUT, CUT)
        client.communicate()
        assert client.returncode in {0, 4}
    day.proxy.faults.clear()


def unheard(day: Day) -> None:
    """The server has committed, and its answers are lost; the last one for good."""
    day.proxy.fail("/commits", *[LOST_ANSWER] * day.chance.randrange(1, 4))
    with day.client() as client:
        client.communicate()
        assert client.returncode in {0, 4}
    day.proxy.faults.clear()


def sent_away(day: Day) -> None:
    day.proxy.fail(
        "/commits", answer(503, Retry_After="0"), answer(502), answer(429, Retry_After="0")
    )
    with day.client() as client:
        client.communicate()
    day.proxy.faults.clear()


def restarted(day: Day) -> None:
    with day.client() as client:
        day.after_some_pushes()
        day.server.kill()
        day.server.start()
        client.communicate()


def asleep(day: Day) -> None:
    with day.client() as client:
        day.after_some_pushes()
        client.send_signal(signal.SIGSTOP)
        time.sleep(day.chance.uniform(0.1, 0.5))
        client.send_signal(signal.SIGCONT)
        client.communicate()
        assert client.returncode == 0


def two_at_once(day: Day) -> None:
    with day.client() as one, day.client() as other:
        day.after_some_pushes()
        if day.chance.random() < 0.5:
            one.kill()
        other.communicate()
        assert other.returncode == 0


BAD_LUCK: list[Callable[[Day], None]] = [
    *(killed, killed, interrupted, cut_off),
    *(unheard, sent_away, restarted, asleep, two_at_once),
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "data"
    folder.mkdir()
    server = Server(folder)
    try:
        yield server
    finally:
        server.kill()


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_lost_and_nothing_is_twice(tmp_path: Path, server: Server, seed: int) -> None:
    chance = random.Random(seed)
    with proxy_to(server.url) as proxy:
        day = Day(tmp_path, server, proxy, chance)
        for _ in range(INCIDENTS):
            day.work()
            chance.choice(BAD_LUCK)(day)
            held, there = set(server.held()), run_git(day.path, "rev-list", "--all").split()
            assert held <= {sha.decode() for sha in there}
        for _ in range(2):  # the second one finds nothing to do
            with day.client() as client:
                _, said = client.communicate()
                assert client.returncode == 0, said.decode()
        everything = sorted(run_git(day.path, "rev-list", "--all").decode().split())
        assert server.held() == everything
        assert len(everything) == INCIDENTS * MORE
        before = day.pushes()
        with day.client() as client:
            client.communicate()
        assert day.pushes() == before
