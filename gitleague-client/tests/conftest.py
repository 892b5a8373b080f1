"""Real repositories, made by git; a real server; the real command."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import hypothesis
import pytest
import yaml
from faults import Proxy, proxy_to
from histories import import_steps, make_repository, make_steps

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
START_SECONDS = 60
LEASH = '"$@" </dev/null & read -r _; kill -TERM $! 2>/dev/null; wait $!'


class Server(NamedTuple):
    """`gitleague serve`, and somebody who may do everything there."""

    url: str
    jwt: str

    def ask(self, method: str, path: str, **json: Any) -> Any:
        answer = httpx.request(
            method,
            f"{self.url}/api/v1{path}",
            json=json or None,
            headers={"Authorization": f"Bearer {self.jwt}"},
            timeout=30,
        )
        answer.raise_for_status()
        return answer.json()


@pytest.fixture(scope="session", autouse=True)
def signals_are_heard() -> None:
    """Also where the tests run in the background, or under nohup, which children inherit."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port = opened.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "GITLEAGUE_DATA_DIR": str(folder),
        "GITLEAGUE_PUBLIC_URL": url,
        "GITLEAGUE_RATE_LIMIT_API": "100000/minute",
    }
    gitleague = [sys.executable, "-m", "gitleague"]
    made = subprocess.run(
        [*gitleague, *["bootstrap", "--email", "ada@example.org", "--project", "First", "--json"]],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            ["sh", "-c", LEASH, "leash", *gitleague, "serve", "--port", str(port)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        ) as process,
    ):
        _wait_for(url, folder / "log")
        yield Server(url, json.loads(made.stdout)["jwt"])
        assert process.stdin
        process.stdin.close()


def _wait_for(url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/health").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(log.read_text())


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
        done = subprocess.run(
            [sys.executable, "-m", "gitleague_client", *arguments],
            capture_output=True,
            input=stdin.encode(),
            cwd=self.folder,
            env={**os.environ, "HOME": str(self.folder), **environment},
            check=False,
            timeout=120,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

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
    make_repository(path)
    import_steps(path, make_steps(commits, files=5, length=5, seed=seed))
    return {"path": str(path), "git_url": f"git@example.org:team/{path.name}.git"}
