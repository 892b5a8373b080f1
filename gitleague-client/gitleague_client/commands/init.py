"""`init`: write a repos.yaml with the repositories that are found."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import yaml

from gitleague_client.errors import Exit, RepositoryError, UsageError
from gitleague_client.git import open_repository
from gitleague_client.output import Output

PLACEHOLDER_ID = "00000000-0000-0000-0000-000000000000"
DEPTH = 3  # folders below the one given: ~/code/team/site is found from ~
HEADER = """\
# What gitleague-client pushes, and where to. Every setting: docs/client/configure.md of the project
# The API key is best kept out of this file: gitleague-client login
"""


def run(
    target: Path, out: Output, *, folders: Sequence[Path], api_url: str, project_id: str
) -> Exit:
    if target.exists():
        raise UsageError(
            f"{target} is there already, and stays as it is.",
            remedy="Name another file with --config, or move this one away.",
        )
    repos = [entry for path in _clones(folders) if (entry := _entry(path))]
    _write(target, api_url, project_id, repos or [{"path": "~/code/site"}])
    out.result(
        f"{target} is written, with {len(repos)} repositories. Next: " + _next(repos, project_id),
        config=target,
        repos=repos,
    )
    return Exit.DONE


def _next(repos: Sequence[object], project_id: str) -> str:
    if project_id == PLACEHOLDER_ID:
        return "put the project's id into it, then run gitleague-client test."
    if not repos:
        return "correct the path of the repository in it, then run gitleague-client test."
    return "gitleague-client test."


def _write(target: Path, api_url: str, project_id: str, repos: list[dict[str, str]]) -> None:
    project = {"project_id": project_id, "name": "league", "repos": repos}
    config = {"api_url": api_url, "projects": [project]}
    body = yaml.safe_dump(config, sort_keys=False, allow_unicode=True)
    try:
        # A key may be added later: from the first moment nobody else can read it.
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(HEADER + body)


def _clones(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from _clones_in(folder.expanduser().absolute(), DEPTH)


def _clones_in(folder: Path, depth: int) -> Iterator[Path]:
    if (folder / ".git").exists() or (folder.suffix == ".git" and (folder / "HEAD").exists()):
        yield folder
        return
    if not depth:
        return
    try:
        inside = sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    except OSError:
        return  # a folder that is not ours to read holds nothing of ours
    for each in inside:
        if each.is_dir() and not each.is_symlink():
            yield from _clones_in(each, depth - 1)


def _entry(path: Path) -> dict[str, str] | None:
    try:
        url = open_repository(path).remote_url()
    except RepositoryError:
        return None
    return {"path": str(path), "git_url": url or path.as_uri()}
