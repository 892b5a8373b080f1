"""The environment of a git that speaks with a remote.

It is made from nothing, so it inherits no secret of the server and no setting of a machine. What
opens the remote is in here, and in no argument that others could list.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from urllib.parse import urlsplit

from gitleague.core.settings import Settings
from gitleague.sync.pull.credentials import Credential
from gitleague.sync.pull.remotes import Reached, pin
from gitleague.tables.syncs import CredentialKind

KNOWN_HOSTS = "known_hosts"  # in the data folder
_USERNAME, _PASSWORD = "GITLEAGUE_PULL_USERNAME", "GITLEAGUE_PULL_PASSWORD"
_HELPER = (
    '!f() { test "$1" = get || exit 0; printf "username=%s\\npassword=%s\\n"'
    f' "${_USERNAME}" "${_PASSWORD}"; }}; f'
)
_OPTIONS = {
    "core.hooksPath": os.devnull,
    "credential.helper": "",
    "gc.autoDetach": "false",  # what runs beside us would outlive the lock
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "1",
    "http.lowSpeedTime": "60",
    "http.proxy": "",  # it would resolve the name again
    "init.defaultBranch": "main",
    "maintenance.autoDetach": "false",
    "transfer.bundleURI": "false",
}


def environment_for(
    reached: Reached, credential: Credential | None, settings: Settings, home: Path
) -> dict[str, str]:
    """`home` is a folder that goes with the pull: an ssh key is kept there meanwhile."""
    variables = {
        "GIT_ALLOW_PROTOCOL": reached.remote.scheme,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "HOME": str(home),
        "LC_ALL": "C",  # git's complaints are read
        "PATH": os.pathsep.join(os.get_exec_path()),
    }
    options = dict(_OPTIONS)
    if reached.remote.scheme == "ssh":
        variables["GIT_SSH_COMMAND"] = _ssh(reached, credential, settings, home)
        variables["GIT_SSH_VARIANT"] = "ssh"
    else:
        options |= _https(reached, settings)
    if credential and credential.kind is CredentialKind.TOKEN:
        variables |= {_USERNAME: credential.username or "git", _PASSWORD: credential.secret}
    variables["GIT_CONFIG_COUNT"] = str(len(options))
    for number, (name, value) in enumerate(options.items()):
        variables[f"GIT_CONFIG_KEY_{number}"] = name
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables


def _https(reached: Reached, settings: Settings) -> dict[str, str]:
    parts = urlsplit(reached.remote.url)
    options = {f"credential.{parts.scheme}://{parts.netloc}.helper": _HELPER}  # for no other host
    resolved = pin(reached)
    if resolved:
        options["http.curloptResolve"] = resolved
    if settings.pull_ca_file:
        options["http.sslCAInfo"] = str(settings.pull_ca_file.resolve())
    return options


def _ssh(reached: Reached, credential: Credential | None, settings: Settings, home: Path) -> str:
    known_hosts = settings.data_dir.resolve() / KNOWN_HOSTS
    options = {
        "BatchMode": "yes",
        "ConnectTimeout": "20",
        "GlobalKnownHostsFile": os.devnull,
        "HostKeyAlias": reached.remote.name,
        "HostName": reached.addresses[0],
        "IdentitiesOnly": "yes",
        "IdentityAgent": "none",
        "LogLevel": "ERROR",
        "ServerAliveInterval": "20",
        # The key that a host shows first is kept; another one later is refused.
        "StrictHostKeyChecking": "accept-new",
        "UserKnownHostsFile": f'"{known_hosts}"',
    }
    command = ["ssh", "-F", "none"]
    for name, value in options.items():
        command += ["-o", f"{name}={value}"]
    if credential and credential.kind is CredentialKind.SSH_KEY:
        key = home / "key"
        with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(credential.secret)
        command += ["-i", str(key)]
    return shlex.join(command)
