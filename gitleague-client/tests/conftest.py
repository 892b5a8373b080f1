"""Real repositories, made by git; a real server; the real command."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import hypothesis
import pytest
import yaml
from certificates import make_certificate
from faults import Proxy, proxy_to
from histories import Files, import_steps, make_repository, make_steps, packed, unpack
from league_server import LeagueServer
from preloaded import CLIENT, PROGRAM, Run, close_all, loaded
from waiting import SECONDS

for name in [name for name in os.environ if name.startswith(("GITLEAGUE_", "GIT_"))]:
    del os.environ[name]
# What a CI or a desktop says of itself is no part of a test, and its keyring stays untouched.
OF_THE_MACHINE = ("CI", "GITHUB_STEP_SUMMARY", "XDG_CONFIG_HOME", "NO_COLOR", "FORCE_COLOR")
for name in [name for name in os.environ if name in OF_THE_MACHINE or "_proxy" in name.lower()]:
    del os.environ[name]
os.environ.update(
    GIT_CONFIG_GLOBAL=os.devnull,
    GIT_CONFIG_NOSYSTEM="1",
    PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring",
)
# A slow machine is no defect: what is timed is in bench/.
hypothesis.settings.register_profile(
    "league", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("league")


class Server(NamedTuple):
    """`gitleague serve`, and somebody who may do everything there."""

    url: str
    client: httpx.Client

    def ask(self, method: str, path: str, **json: Any) -> Any:
        answer = self.client.request(method, f"/api/v1{path}", json=json or None)
        answer.raise_for_status()
        return answer.json()


@pytest.fixture(scope="session", autouse=True)
def signals_are_heard() -> None:
    """Also where the tests run in the background, or under nohup, which children inherit."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session", autouse=True)
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Reading those that the machine trusts takes longer than most commands do."""
    file = make_certificate(tmp_path_factory.mktemp("authority"), days=1)
    os.environ["SSL_CERT_FILE"] = str(file)


@pytest.fixture(scope="session", autouse=True)
def programs_end_with_the_tests() -> Iterator[None]:
    yield
    close_all()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    league = LeagueServer(tmp_path_factory.mktemp("server"))
    headers = {"Authorization": f"Bearer {league.made['jwt']}"}
    with httpx.Client(base_url=league.url, headers=headers, timeout=SECONDS) as client:
        yield Server(league.url, client)
    league.stop()


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    """The way to the server; tests make it bad."""
    with proxy_to(server.url) as proxy:
        yield proxy


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def results(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


class Commissioner(NamedTuple):
    """A project with a key, a folder with a repos.yaml, and the command in it."""

    folder: Path
    server: Server
    project_id: str
    key: str
    url: str

    def write(self, *repos: dict[str, Any], **settings: Any) -> Path:
        project = {"name": "The League", "project_id": self.project_id, "repos": list(repos)}
        config = {"api_url": self.url, "api_key": self.key, "max_retries": 2}
        file = self.folder / "repos.yaml"
        file.write_text(yaml.safe_dump({**config, "projects": [project], **settings}))
        file.chmod(0o600)
        return file

    def run(self, *arguments: str, stdin: str = "", **environment: str) -> Done:
        run = self.start(*arguments, stdin=stdin, **environment)
        out, err = run.communicate()
        return Done(run.wait(), out.decode(), err.decode())

    def start(self, *arguments: str, stdin: str = "", **environment: str) -> Run:
        """A process of the client that goes on beside us."""
        return loaded(CLIENT).start(
            [PROGRAM, *arguments],
            folder=self.folder,
            environment=self._environment(environment),
            stdin=stdin.encode(),
        )

    def run_from_nothing(self, *arguments: str, **environment: str) -> Done:
        """As people start it."""
        done = subprocess.run(
            [sys.executable, "-m", "gitleague_client", *arguments],
            capture_output=True,
            cwd=self.folder,
            env=self._environment(environment),
            check=False,
            timeout=SECONDS,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        return {**os.environ, "HOME": str(self.folder), **more}

    def sync(self, *arguments: str) -> Done:
        return self.run("sync", "--json", *arguments)

    def held(self) -> dict[str, int]:
        """The repos of the project with the number of their commits."""
        repos = self.server.ask("GET", f"/projects/{self.project_id}/repos")["items"]
        return {repo["name"]: repo["total_commits"] for repo in repos}


@pytest.fixture
def ada(server: Server, proxy: Proxy, tmp_path: Path) -> Commissioner:
    project = server.ask("POST", "/projects", name="The League")["id"]
    key = make_key(server, project)
    return Commissioner(tmp_path, server, project, key, proxy.url)


def make_key(server: Server, project_id: str, scopes: str = "sync:commits,write:repos") -> str:
    made = server.ask("POST", "/api-keys/", name="key", scopes=scopes, project_id=project_id)
    return str(made["full_key"])


@pytest.fixture
def site(tmp_path: Path) -> dict[str, str]:
    """A repository of 30 commits, as repos.yaml names it."""
    return make_site(tmp_path / "site", 30)


def make_site(path: Path, commits: int, *, seed: int = 1) -> dict[str, str]:
    unpack(_packed_site(commits, seed), path)
    return {"path": str(path), "git_url": f"git@example.org:team/{path.name}.git"}


@cache
def _packed_site(commits: int, seed: int) -> Files:
    with tempfile.TemporaryDirectory(prefix="gitleague-test-") as folder:
        path = make_repository(Path(folder))
        import_steps(path, make_steps(commits, files=5, length=5, seed=seed))
        return packed(path)
