"""Whatever happens while it runs, the next sync ends with exactly what git has.

Each seed is a bad day: every incident in both of its ways, in an order that is drawn from the seed.
So is the push at which it happens: that one is held, on its way or on its way back, until it has.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import pytest
import yaml
from faults import CUT, LOST_ANSWER, Gate, Proxy, answer, proxy_to
from histories import import_steps, make_repository, make_steps, run_git
from league_server import LeagueServer
from preloaded import CLIENT, PROGRAM, Run, loaded
from waiting import wait_until

BATCH = 3
MORE = 15  # commits before each incident: more pushes than any of them lets pass


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
    def amid_the_pushes(self, *, has_arrived: bool) -> Iterator[Gate]:
        """The block runs while one of the pushes, or the answer to it, is held."""
        passing = self.chance.randrange(MORE // BATCH - 2)
        with self.proxy.gated(after=passing, is_behind_the_server=has_arrived) as gate:
            yield gate

    def pushes(self) -> int:
        return sum(seen.path.endswith("/commits") for seen in self.proxy.seen)


def wait_for(gate: Gate) -> None:
    wait_until(gate.reached.is_set, "the client is amid its pushes")


def killed(day: Day, *, has_arrived: bool) -> None:
    with day.amid_the_pushes(has_arrived=has_arrived) as gate, day.client() as client:
        wait_for(gate)
        client.kill()


def interrupted(day: Day, *, has_arrived: bool) -> None:
    with day.amid_the_pushes(has_arrived=has_arrived) as gate, day.client() as client:
        wait_for(gate)
        client.send_signal(signal.SIGINT)
        _, said = client.communicate()
        assert client.returncode == 130, said.decode()
        assert b"Traceback" not in said


def cut_off(day: Day, *, has_arrived: bool) -> None:
    with day.amid_the_pushes(has_arrived=has_arrived) as gate, day.client() as client:
        wait_for(gate)
        day.proxy.fail("/commits", CUT, CUT)
        gate.opened.set()
        client.communicate()
        assert client.returncode == 4
    assert day.proxy.faults == []


def unheard(day: Day, *, for_good: bool) -> None:
    """The server has committed, and its answers are lost; the last one for good."""
    day.proxy.fail("/commits", *[LOST_ANSWER] * (2 if for_good else 1))
    with day.client() as client:
        client.communicate()
        assert client.returncode == (4 if for_good else 0)
    assert day.proxy.faults == []


def sent_away(day: Day, *, for_good: bool) -> None:
    busy, broken = answer(day.chance.choice((503, 429)), Retry_After="0"), answer(502)
    day.proxy.fail("/commits", *((busy, broken) if for_good else (busy,)))
    with day.client() as client:
        client.communicate()
        assert client.returncode == (4 if for_good else 0)
    assert day.proxy.faults == []


def restarted(day: Day, *, is_missed: bool) -> None:
    """Where it is missed, the client asks while nobody is there."""
    has_arrived = day.chance.random() < 0.5
    with day.amid_the_pushes(has_arrived=has_arrived) as gate, day.client() as client:
        wait_for(gate)
        day.server.kill()
        if is_missed:
            gate.opened.set()
            client.communicate()
            assert client.returncode == 4
        day.server.start()
        day.proxy.target = day.server.url
        gate.opened.set()
        client.communicate()


def asleep(day: Day, *, has_arrived: bool) -> None:
    """What was on its way arrives, and nobody takes the answer."""
    with day.amid_the_pushes(has_arrived=has_arrived) as gate, day.client() as client:
        wait_for(gate)
        client.send_signal(signal.SIGSTOP)
        wait_until(client.is_stopped, "the client stands still")
        gate.opened.set()
        wait_until(lambda: not day.proxy.open, "the server has answered")
        client.send_signal(signal.SIGCONT)
        client.communicate()
        assert client.returncode == 0


def two_at_once(day: Day, *, one_is_killed: bool) -> None:
    has_arrived = day.chance.random() < 0.5
    held = day.amid_the_pushes(has_arrived=has_arrived)
    with held as gate, day.client() as one, day.client() as other:
        wait_for(gate)
        if one_is_killed:
            one.kill()
        gate.opened.set()
        other.communicate()
        assert other.returncode == 0


BAD_LUCK: dict[Callable[..., None], str] = {  # and what it is that makes its two ways
    killed: "has_arrived",
    interrupted: "has_arrived",
    cut_off: "has_arrived",
    unheard: "for_good",
    sent_away: "for_good",
    restarted: "is_missed",
    asleep: "has_arrived",
    two_at_once: "one_is_killed",
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LeagueServer]:
    folder = tmp_path / "data"
    folder.mkdir()
    server = LeagueServer(folder)
    yield server
    server.kill()


@pytest.mark.parametrize("seed", range(2))
def test_nothing_is_lost_and_nothing_is_twice(
    tmp_path: Path, server: LeagueServer, seed: int
) -> None:
    chance = random.Random(seed)
    with proxy_to(server.url) as proxy:
        day = Day(tmp_path, server, proxy, chance)
        incidents = list(product(BAD_LUCK.items(), (False, True)))
        chance.shuffle(incidents)
        for (happens, way), is_so in incidents:
            day.work()
            happens(day, **{way: is_so})
            held, there = set(server.shas()), run_git(day.path, "rev-list", "--all").split()
            assert held <= {sha.decode() for sha in there}
        for _ in range(2):  # the second one finds nothing to do
            with day.client() as client:
                _, said = client.communicate()
                assert client.returncode == 0, said.decode()
        everything = sorted(run_git(day.path, "rev-list", "--all").decode().split())
        assert server.shas() == everything
        assert len(everything) == len(incidents) * MORE
        before = day.pushes()
        with day.client() as client:
            client.communicate()
        assert day.pushes() == before
