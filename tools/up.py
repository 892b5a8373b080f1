"""`make up`: a league on this machine, with the history of a real repository in it.

PORT (8000; 0 picks one), DATA (./data) and REPO (this clone) come from the environment. What runs
is the same as in production: the server, `gitleague bootstrap`, and the client's own sync.
"""

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import yaml
from gitleague_client.config import RepoConfig
from gitleague_client.urls import without_password

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PROJECT = "The Git League"
COMMISSIONER = "commissioner@localhost.localdomain"
START_SECONDS = 60
NOT_ALLOWED = 3  # how the client says that the server does not take the key
UNREADABLE = "{} cannot be read. Repair it, or delete it."
# The server's stdin is a leash: it closes when this process ends, even when it is killed.
LEASH = '"$@" </dev/null & read -r _; kill -TERM $! 2>/dev/null; wait $!'


class Stopped(BaseException):
    """Ctrl-C, SIGTERM, or the terminal was closed."""


class CannotStart(Exception):
    """The league cannot be started; the message says why, and what to do."""


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup make up
        signal.signal(signal.SIGHUP, _stop)
    try:
        data = Path(os.environ.get("DATA") or "data").expanduser().resolve()
        url = f"http://127.0.0.1:{_port(os.environ.get('PORT') or '8000')}"
        with _server(url, data) as server:
            _wait_until_healthy(url, server)
            _fill(url, data)
            server.wait()
        _say("error: The server has ended by itself; what it said is above.")
    except Stopped:
        _say("\nThe league has stopped. `make up` starts it again, with all that is in it.")
        return 0
    except CannotStart as reason:
        _say(f"error: {reason}")
    return 1


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a second one must not cut the ending short
    raise Stopped


def _port(wished: str) -> int:
    if not wished.isdecimal() or int(wished) > 65535:
        raise CannotStart(f"PORT={wished} is no port: use a number from 0 to 65535.")
    with socket.socket() as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind(("127.0.0.1", int(wished)))
        except PermissionError:
            raise CannotStart(
                f"Port {wished} is not yours to use. Try: make up PORT=8001"
            ) from None
        except OSError:
            raise CannotStart(
                f"Port {wished} is taken, perhaps by another league. Try: make up PORT=8001, or "
                "PORT=0 for any that is free."
            ) from None
        return int(opened.getsockname()[1])


@contextlib.contextmanager
def _server(url: str, data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`gitleague serve` for the length of the block, in a session that Ctrl-C does not reach."""
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"DATA={data} cannot be used: {error.strerror}.") from None
    port = url.rpartition(":")[2]
    with subprocess.Popen(
        ["sh", "-c", LEASH, "leash", BIN / "gitleague", "serve", "--port", port],
        stdin=subprocess.PIPE,
        env=_environment(url, data),
        start_new_session=True,
    ) as server:
        try:
            yield server
        finally:
            if server.stdin:
                server.stdin.close()
            server.wait()


def _environment(url: str, data: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        # A client configured for another server must not send this history there.
        if name not in {"GITLEAGUE_API_URL", "GITLEAGUE_API_KEY"}
    }
    defaults = {"GITLEAGUE_LOG_LEVEL": "warning"}
    return {**defaults, **kept, "GITLEAGUE_DATA_DIR": str(data), "GITLEAGUE_PUBLIC_URL": url}


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes]) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        with (
            contextlib.suppress(OSError),
            direct.open(f"{url}/health", timeout=5),
        ):
            return
        time.sleep(0.05)
    raise CannotStart("The server did not start; what it said is above.")


def _fill(url: str, data: Path) -> None:
    """The first commissioner and project, the repositories' histories, and where to go next."""
    config_file = data / "repos.yaml"
    known = _known_config(config_file)
    repos = _known_repos(config_file, known)
    asked = _asked_repo(is_first=not repos)
    if asked and asked["path"] not in {repo["path"] for repo in repos}:
        repos.append(_named_apart(asked, repos))
    made = _bootstrap(url, data, [repo["git_url"] for repo in repos])
    # The key of the last time goes on, and the one just made ends unused, so that they do not pile
    # up; unless somebody has revoked the old one.
    for key in (known.get("api_key"), made["api_key"]):
        if not key:
            continue
        _write_config(config_file, url, {**made, "api_key": key}, repos)
        code = _sync(url, data, config_file) if repos else 0
        if code != NOT_ALLOWED:
            break
    if code:
        _say("Not everything was sent (see above). The league is up all the same.")
    _say(_welcome(url, data, made))


def _sync(url: str, data: Path, config_file: Path) -> int:
    arguments = [str(BIN / "gitleague-client"), "--config", str(config_file), "sync"]
    return subprocess.run(arguments, env=_environment(url, data), check=False).returncode


def _known_config(config_file: Path) -> dict[str, Any]:
    try:
        return dict(yaml.safe_load(config_file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except (yaml.YAMLError, TypeError, ValueError):
        raise CannotStart(UNREADABLE.format(config_file)) from None


def _known_repos(config_file: Path, config: dict[str, Any]) -> list[dict[str, str]]:
    try:
        return list(config["projects"][0]["repos"]) if config else []
    except (LookupError, TypeError):
        raise CannotStart(UNREADABLE.format(config_file)) from None


def _asked_repo(*, is_first: bool) -> dict[str, str] | None:
    """REPO, else this clone for a league that has no repository yet."""
    wished = os.environ.get("REPO")
    if wished:
        path = Path(wished).expanduser().resolve()
        if _git(path, "rev-parse", "--git-dir"):
            return {"path": str(path), "git_url": _git_url(path)}
        _say(f"REPO={wished} is no git repository, so nothing of it was sent.")
    elif is_first and (ROOT / ".git").exists():
        return {"path": str(ROOT), "git_url": _git_url(ROOT)}
    elif is_first:
        _say("This copy came without its history. Show another: make up REPO=~/code/x")
    return None


def _named_apart(asked: dict[str, str], repos: list[dict[str, str]]) -> dict[str, str]:
    """Two folders may have one name; two repositories of a league may not."""
    labels = {RepoConfig.model_validate(repo).label for repo in repos}
    label = RepoConfig.model_validate(asked).label
    if label not in labels:
        return asked
    names = (f"{label}-{number}" for number in itertools.count(2))
    return {**asked, "name": next(name for name in names if name not in labels)}


def _git_url(path: Path) -> str:
    return without_password(_git(path, "remote", "get-url", "origin")) or path.as_uri()


def _git(path: Path, *arguments: str) -> str:
    """What git says in the folder; nothing if it fails."""
    done = subprocess.run(
        ["git", "-C", path, *arguments], capture_output=True, text=True, check=False
    )
    return "" if done.returncode else done.stdout.strip()


def _bootstrap(url: str, data: Path, git_urls: list[str]) -> dict[str, Any]:
    arguments = [str(BIN / "gitleague"), "bootstrap", "--email", COMMISSIONER, "--project", PROJECT]
    for git_url in git_urls:
        arguments += ["--repo", git_url]
    done = subprocess.run(
        [*arguments, "--json"],
        env=_environment(url, data),
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        raise CannotStart("The first project could not be made; the reason is above.")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _write_config(path: Path, url: str, made: dict[str, Any], repos: list[dict[str, str]]) -> None:
    """The client's configuration: it holds the key, so only its owner may read it."""
    project = {"name": PROJECT, "project_id": made["project_id"], "repos": repos}
    config = {"api_url": url, "api_key": made["api_key"], "projects": [project]}
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(yaml.safe_dump(config, sort_keys=False, allow_unicode=True))
    part.replace(path)


def _welcome(url: str, data: Path, made: dict[str, Any]) -> str:
    config = os.path.relpath(data / "repos.yaml")
    client = os.path.relpath(BIN / "gitleague-client")
    return f"""
  The standings   {url}/projects/{made["project_id"]}/standings
  Sign in first   {made["sign_in_url"]}
                  (good once, for 15 minutes; `make up` makes a new one)

  Three things to try
    1. Open the standings, choose a week, and open a player: every point has its commits.
    2. Add a repository of yours:   make up REPO=~/code/x
    3. Commit and push, then:       {client} --config {config} sync

  Serving until Ctrl-C."""


def _say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
