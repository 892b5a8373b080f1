"""A service and its timer, for the systemd of the user."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_config_path

from gitleague_client.errors import NotOurs
from gitleague_client.scheduling.every import CALENDAR, Every
from gitleague_client.scheduling.marked import MARK, read, write

NAME = "gitleague-sync"
ENABLE = f"systemctl --user enable --now {NAME}.timer"
_SERVICE = """\
{mark}
[Unit]
Description=Sync of commits to The Git League

[Service]
Type=oneshot
ExecStart={command}
"""
# Persistent: what was missed while the machine was off is made up for.
_TIMER = """\
{mark}
[Unit]
Description=Clock of the sync to The Git League

[Timer]
OnCalendar={calendar}
RandomizedDelaySec=60
Persistent=true

[Install]
WantedBy=timers.target
"""


def units(command: Sequence[str], every: Every) -> dict[Path, str]:
    """The text of each unit by the file that it belongs in."""
    folder = user_config_path("systemd") / "user"
    service = _SERVICE.format(mark=MARK, command=_command_line(command))
    timer = _TIMER.format(mark=MARK, calendar=CALENDAR[every])
    return {folder / f"{NAME}.service": service, folder / f"{NAME}.timer": timer}


def install(texts: dict[Path, str]) -> None:
    for path in texts:
        there = read(path)
        if there is not None and not there.startswith(MARK):
            raise NotOurs(f"{path} was made by somebody else, and stays as it is.")
    for path, text in texts.items():
        write(path, text)


def _command_line(command: Sequence[str]) -> str:
    # systemd starts no file that has a quote in its path, and reads no variable there.
    if re.search(r"[\"'\\$]", command[0]):
        command = ["/bin/sh", "-c", 'exec "$0" "$@"', *command]
    return " ".join(_word(each.replace("$", "$$")) for each in command)


def _word(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return escaped if re.fullmatch(r"[\w@%+=:,./$-]+", escaped) else f'"{escaped}"'
