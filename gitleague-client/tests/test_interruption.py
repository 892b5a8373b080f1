"""Whatever happens while it runs, the next sync ends with exactly what git has.

Each seed is a bad day of a dozen incidents; together there are sixty. What happens, and at which
push, is drawn from the seed: that push is held, on its way or on its way back, until it happened.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from faults import CUT, LOST_ANSWER, Gate, Proxy, answer, proxy_to
from histories import import_steps, make_repository, make_steps, run_git
from league_server import LeagueServer
from preloaded import CLIENT, PROGRAM, Run, loaded
from waiting import wait_until

INCIDENTS = 12
BATCH = 5
MORE = 30  # commits before each incident: more pushes than any of them lets pass


class Day:
    """A clone, its client, and what goes wrong between it and the server."""

    def __init__(
        self, folder: Path, server: LeagueServer, proxy: Proxy, chance: random.Random
    ) -> None:
        self.server, self.proxy, self.chance = server, proxy, chance
        self.folder = folder
        self.path = make_repository(folder / "site")
        repos = [{"path": str(self.path), "git_url": "git@example.org:team/site.git"}]
        project = {"project_id": server.made["project_id"], "repos": repos}
        config = {"api_url": proxy.url, "batch_size": BATCH, "max_retries": 1}
        (folder / "repos.yaml").write_text(yaml.safe_dump({**config, "projects": [project]}))

    def work(self) -> None:
        """More commits, on top of what is there."""
        seed = self.chance.randrange(1000)
        tip = run_git(self.path, "rev-list", "--max-count=1", "--all").decode().strip()
        import_steps(self.path, make_steps(MORE, files=9, length=5, seed=seed), onto=tip)

    def client(self) -> Run:
        return loaded(CLIENT).start(
            [PROGRAM, "sync"],
            folder=self.folder,
            environment={**os.environ, "GITLEAGUE_API_KEY": self.server.made["api_key"]},
        )

    @contextmanager
    def amid_the_pushes(self) -> Iterator[Gate]:
        """The block runs while one of the pushes is held."""
        passing = self.chance.randrange(MORE // BATCH - 2)
        with self.proxy.gated(
            after=passing, is_behind_the_server=self.chance.random() < 0.5
        ) as gate:
            yield gate

    def pushes(self) -> int:
        return sum(seen.path.endswith("/commits") for seen in self.proxy.seen)


def wait_for(gate: Gate) -> None:
    wait_until(gate.reached.is_set, "the client is amid its pushes")


def killed(day: Day) -> None:
    with day.amid_the_pushes() as gate, day.client() as client:
        wait_for(gate)
        client.kill()


def interrupted(day: Day) -> None:
    with day.amid_the_pushes() as gate, day.client() as client:
        wait_for(gate)
        client.send_signal(signal.SIGINT)
        _, said = client.communicate()
        assert client.returncode == 130, said.decode()
        assert b"Traceback" not in said


def cut_off(day: Day) -> None:
    with day.amid_the_pushes() as gate, day.client() as client:
        wait_for(gate)
        day.proxy.fail("/commits", CUT, CUT)
        gate.opened.set()
        client.communicate()
        assert client.returncode == 4
    assert day.proxy.faults == []


def unheard(day: Day) -> None:
    """The server has committed, and its answers are lost; the last one for good."""
    lost = day.chance.randrange(1, 4)
    day.proxy.fail("/commits", *[LOST_ANSWER] * lost)
    with day.client() as client:
        client.communicate()
        assert client.returncode == (4 if lost > 1 else 0)
    day.proxy.faults.clear()


def sent_away(day: Day) -> None:
    day.proxy.fail(
        "/commits", answer(503, Retry_After="0"), answer(502), answer(429, Retry_After="0")
    )
    with day.client() as client:
        client.communicate()
    day.proxy.faults.clear()


def restarted(day: Day) -> None:
    """Sometimes the client asks while nobody is there."""
    with day.amid_the_pushes() as gate, day.client() as client:
        wait_for(gate)
        day.server.kill()
        if day.chance.random() < 0.5:
            gate.opened.set()
            client.communicate()
            assert client.returncode == 4
        day.server.start()
        day.proxy.target = day.server.url
        gate.opened.set()
        client.communicate()


def asleep(day: Day) -> None:
    """What was on its way arrives, and nobody takes the answer."""
    with day.amid_the_pushes() as gate, day.client() as client:
        wait_for(gate)
        client.send_signal(signal.SIGSTOP)
        wait_until(client.is_stopped, "the client stands still")
        gate.opened.set()
        wait_until(lambda: not day.proxy.open, "the server has answered")
        client.send_signal(signal.SIGCONT)
        client.communicate()
        assert client.returncode == 0


def two_at_once(day: Day) -> None:
    with day.amid_the_pushes() as gate, day.client() as one, day.client() as other:
        wait_for(gate)
        if day.chance.random() < 0.5:
            one.kill()
        gate.opened.set()
        other.communicate()
        assert other.returncode == 0


BAD_LUCK: list[Callable[[Day], None]] = [
    *(killed, killed, interrupted, cut_off),
    *(unheard, sent_away, restarted, asleep, two_at_once),
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LeagueServer]:
    folder = tmp_path / "data"
    folder.mkdir()
    server = LeagueServer(folder)
    yield server
    server.kill()


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_lost_and_nothing_is_twice(
    tmp_path: Path, server: LeagueServer, seed: int
) -> None:
    chance = random.Random(seed)
    with proxy_to(server.url) as proxy:
        day = Day(tmp_path, server, proxy, chance)
        for _ in range(INCIDENTS):
            day.work()
            chance.choice(BAD_LUCK)(day)
            held, there = set(server.shas()), run_git(day.path, "rev-list", "--all").split()
            assert held <= {sha.decode() for sha in there}
        for _ in range(2):  # the second one finds nothing to do
            with day.client() as client:
                _, said = client.communicate()
                assert client.returncode == 0, said.decode()
        everything = sorted(run_git(day.path, "rev-list", "--all").decode().split())
        assert server.shas() == everything
        assert len(everything) == INCIDENTS * MORE
        before = day.pushes()
        with day.client() as client:
            client.communicate()
        assert day.pushes() == before
