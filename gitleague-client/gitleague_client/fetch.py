"""`fetch: true`: bring a clone up to date before it is scanned.

The credentials of repos.yaml are for git alone: it finds them in its environment, so they are in
no argument that other users of the machine could list, and they are offered to the remote's own
host only.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

from gitleague_client.config import RepoConfig
from gitleague_client.environment import FETCH_PASSWORD, FETCH_USERNAME
from gitleague_client.errors import FetchFailed, GitFailed
from gitleague_client.git import Repository

_HELPER = (
    '!f() { test "$1" = get || exit 0; printf "username=%s\\npassword=%s\\n"'
    f' "${FETCH_USERNAME}" "${FETCH_PASSWORD}"; }}; f'
)
_USER_IN_URL = re.compile(r"(?<=://)[^/@\s]+@")
# A remote that says nothing for a minute will not say anything more.
_PATIENCE = ("-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60")


def fetch(repository: Repository, repo: RepoConfig) -> None:
    """Runs `git fetch origin` in the clone. Raises FetchFailed, or ConfigError."""
    remote = repository.remote_url()
    if not remote:
        raise FetchFailed(
            f"{repo.label} has no remote called origin to fetch from.",
            remedy="Add one, or take `fetch` out of repos.yaml.",
        )
    try:
        repository.run(
            *_PATIENCE,
            *("fetch", "--quiet", "--no-recurse-submodules", "origin"),
            environment={**_ssh(repo), **_https(repo, remote)},
        )
    except GitFailed as error:
        raise FetchFailed(_USER_IN_URL.sub("", str(error))) from None


def _ssh(repo: RepoConfig) -> dict[str, str]:
    """Nobody is there to answer: a question is a failure."""
    options = "-o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=20"
    if not repo.ssh_key:
        return {} if "GIT_SSH_COMMAND" in os.environ else {"GIT_SSH_COMMAND": f"ssh {options}"}
    key = Path(os.path.expandvars(repo.ssh_key)).expanduser()
    if not key.is_file():
        raise FetchFailed(
            f"There is no SSH key at {key}.",
            remedy="Correct `ssh_key` in repos.yaml.",
        )
    chosen = f"ssh -i {shlex.quote(str(key))} -o IdentitiesOnly=yes {options}"
    return {"GIT_SSH_COMMAND": chosen}


def _https(repo: RepoConfig, remote: str) -> dict[str, str]:
    """A credential helper for the remote's host, said in git's own variables for settings."""
    if not repo.password_env:
        return {}
    password = os.environ.get(repo.password_env)
    if not password:
        raise FetchFailed(
            f"The environment variable {repo.password_env} is not set.",
            remedy="Set it to the password or token, or correct `password_env` in repos.yaml.",
        )
    parts = urlsplit(remote)
    if parts.scheme not in {"http", "https"}:
        return {}
    helper = f"credential.{parts.scheme}://{parts.netloc}.helper"
    before = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    settings = [(helper, ""), (helper, _HELPER)]  # the empty one forgets those before it
    variables = {"GIT_CONFIG_COUNT": str(before + len(settings))}
    for number, (name, value) in enumerate(settings, before):
        variables[f"GIT_CONFIG_KEY_{number}"] = name
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    variables[FETCH_USERNAME] = repo.username or "git"
    variables[FETCH_PASSWORD] = password
    return variables
