"""`schedule`: print, or put in place, what starts a sync when nobody is there to do it."""

from __future__ import annotations

import re
import sys
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from gitleague_client.config import load_config
from gitleague_client.errors import CannotSchedule, ClientError, Exit, NotARepository, UsageError
from gitleague_client.git import Repository, open_repository
from gitleague_client.output import Output
from gitleague_client.scheduling import ci, crontab, hooks, systemd
from gitleague_client.scheduling.every import Every

AGAIN = "or run this again with --install"
KEY_IN_FILE = (
    "It does not know the GITLEAGUE_API_KEY of your shell, and cannot unlock a keyring: where "
    "`login` found one, keep the key in {file}, which nobody else may read."
)


class Kind(str, Enum):
    CRON = "cron"
    SYSTEMD = "systemd"
    HOOK = "hook"
    GITHUB = "github"
    GITLAB = "gitlab"


CLOCKLESS = {
    Kind.HOOK: "A hook runs when git does.",
    Kind.GITLAB: "GitLab keeps its clock under Build, Pipeline schedules.",
}


class Wish(NamedTuple):
    kind: Kind
    file: Path  # the configuration; whole, since what is scheduled starts in another folder
    every: Every | None
    install: bool

    @property
    def command(self) -> list[str]:
        return [*_program(), "--config", str(self.file), "--quiet", "sync"]


def run(file: Path, out: Output, *, kind: Kind, every: Every | None, install: bool) -> Exit:
    wish = Wish(kind, file.absolute(), every, install)
    for part in wish.command:
        if re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", part):
            raise CannotSchedule(
                f"No schedule can hold the path {part!r}.", remedy="Move the file, and try again."
            )
    if every and kind in CLOCKLESS:
        out.warn(f"{CLOCKLESS[kind]} Nothing runs {every.value}.")
    kinds = {Kind.CRON: _cron, Kind.SYSTEMD: _systemd, Kind.HOOK: _hook}
    return kinds.get(kind, _ci)(wish, out)


def _program() -> list[str]:
    """What runs now, by a path that needs neither this folder nor PATH."""
    program = Path(sys.argv[0])
    if program.name.startswith("gitleague-client") and program.is_file():
        return [str(program.absolute())]  # a link stays one: it outlives the next upgrade
    return [sys.executable, "-m", "gitleague_client"]


def _cron(wish: Wish, out: Output) -> Exit:
    line = crontab.cron_line(wish.command, wish.every or Every.HOURLY)
    if wish.install:
        crontab.install(line)
        _tell(out, wish, "your crontab", line)
    else:
        _show(out, wish, line, f"Add this line with `crontab -e`, {AGAIN}.")
    out.hint(KEY_IN_FILE.format(file=wish.file))
    return Exit.DONE


def _systemd(wish: Wish, out: Output) -> Exit:
    units = systemd.units(wish.command, wish.every or Every.HOURLY)
    if wish.install:
        systemd.install(units)
        for path, text in units.items():
            _tell(out, wish, path, text)
        out.hint(f"Start it: {systemd.ENABLE}")
    else:
        shown = "\n".join(f"# {path}\n{text}" for path, text in units.items())
        _show(out, wish, shown, f"Write the two files, {AGAIN}. Then: {systemd.ENABLE}")
    out.hint(KEY_IN_FILE.format(file=wish.file))
    return Exit.DONE


def _hook(wish: Wish, out: Output) -> Exit:
    line = hooks.hook_line(wish.command)
    if not wish.install:
        names = " and ".join(hooks.NAMES)
        how = f"Make it the hooks {names} of each repository, executable, {AGAIN}."
        return _show(out, wish, hooks.script(line), how)
    worst = Exit.DONE
    for _, repo in load_config(wish.file).repos():
        for name in hooks.NAMES:
            try:
                hook = open_repository(repo.path).hooks_folder() / name
                hooks.install(hook, line)
            except ClientError as error:
                out.error(error, about=repo.label, kind=wish.kind.value, repo=repo.label)
                worst = max(worst, error.exit_code)
            else:
                _tell(out, wish, hook, line)
    return worst


def _ci(wish: Wish, out: Output) -> Exit:
    here = _repository_here()
    config = load_config(wish.file)
    is_github = wish.kind is Kind.GITHUB
    text = ci.workflow(config, here, wish.every) if is_github else ci.job(config, here)
    file = here.path / (ci.GITHUB if is_github else ci.GITLAB)
    if not wish.install:
        _show(out, wish, text, f"This belongs in {file}.")
    elif is_github:
        ci.install_workflow(file, text)
        _tell(out, wish, file, text)
    else:
        ci.install_job(file, text)
        _tell(out, wish, file, text)
    kind = "repository secret" if is_github else "masked CI/CD variable"
    out.hint(f"Commit it, and keep the key in a {kind} called GITLEAGUE_API_KEY.")
    return Exit.DONE


def _repository_here() -> Repository:
    try:
        return open_repository(Path())
    except NotARepository:
        raise UsageError(
            "A job belongs to a repository, and there is none here.",
            remedy="Run the command inside one, and name the configuration with --config.",
        ) from None


def _show(out: Output, wish: Wish, snippet: str, how: str) -> Exit:
    snippet = snippet.rstrip("\n")
    out.result(snippet, kind=wish.kind.value, installed=False, snippet=snippet)
    out.hint(how)
    return Exit.DONE


def _tell(out: Output, wish: Wish, where: Path | str, snippet: str) -> None:
    out.result(
        f"{where} is up to date.",
        kind=wish.kind.value,
        installed=True,
        where=where,
        snippet=snippet,
    )
