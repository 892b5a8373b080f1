"""`doctor`: look at everything that a sync needs; each finding is a line, with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from gitleague_client.api import League
from gitleague_client.config import Config, ProjectConfig, RepoConfig, exposed_key
from gitleague_client.errors import ClientError, Exit, ShallowRepository
from gitleague_client.git import git_version, open_repository
from gitleague_client.outgoing import git_url
from gitleague_client.output import Output

OLDEST_GIT = (2, 31)
MOST_SKEW = 120.0  # seconds


class Finding(NamedTuple):
    what: str
    code: Exit = Exit.DONE
    remedy: str = ""
    is_warning: bool = False


def run(
    file: Path, load: Callable[[], Config], connect: Callable[[Config], League], out: Output
) -> Exit:
    worst = Exit.DONE
    for finding in _findings(file, load, connect):
        worst = max(worst, finding.code)
        mark = "warn" if finding.is_warning else "ok  " if finding.code is Exit.DONE else "FAIL"
        remedy = f"\n      {finding.remedy}" if finding.remedy else ""
        out.result(
            f"{mark}  {finding.what}{remedy}",
            finding=mark.strip().lower(),
            what=finding.what,
            remedy=finding.remedy or None,
        )
    return worst


def _findings(
    file: Path, load: Callable[[], Config], connect: Callable[[Config], League]
) -> Iterator[Finding]:
    yield _tried(_git)
    try:
        config = load()
    except ClientError as error:
        yield _failed(error)
        return
    yield Finding(f"{file} is read: {len(list(config.repos()))} repositories.")
    exposed = exposed_key(file)
    if exposed:
        yield Finding(exposed, is_warning=True)
    for _, repo in config.repos():
        yield _tried(lambda repo=repo: _clone(repo))  # type: ignore[misc]
    yield from _server(config, connect)


def _server(config: Config, connect: Callable[[Config], League]) -> Iterator[Finding]:
    try:
        with connect(config) as league:
            about = league.about()
            yield Finding(f"{config.api_url} answers: {about.name} {about.version}.")
            if abs(league.clock_skew) > MOST_SKEW:
                yield Finding(
                    f"The clocks differ by {abs(league.clock_skew):.0f} s.",
                    remedy="Set this machine's clock: sync with a time server.",
                    is_warning=True,
                )
            for project, repo in config.repos():
                yield _tried(lambda p=project, r=repo: _known(league, p, r))  # type: ignore[misc]
    except ClientError as error:
        yield _failed(error)


def _git() -> Finding:
    version = git_version()
    shown = ".".join(map(str, version))
    if version[:2] < OLDEST_GIT:
        oldest = ".".join(map(str, OLDEST_GIT))
        return Finding(f"git {shown} is too old.", Exit.SOME_FAILED, f"Install {oldest} or newer.")
    return Finding(f"git {shown}")


def _clone(repo: RepoConfig) -> Finding:
    repository = open_repository(repo.path)
    git_url(repository, repo)
    names = ", ".join(tip.name for tip in repository.tips(repo.branches)[:5])
    if repository.is_shallow:
        return Finding(
            f"{repo.label}: the clone is shallow.", Exit.SOME_FAILED, ShallowRepository.remedy
        )
    return Finding(f"{repo.label}: {repo.path} ({names})")


def _known(league: League, project: ProjectConfig, repo: RepoConfig) -> Finding:
    try:
        named = git_url(open_repository(repo.path), repo)
    except ClientError:
        return Finding(f"{repo.label}: not looked for, see above.", is_warning=True)
    status = league.status(project.project_id, named)
    if status.sync_method != "push_client":
        return Finding(
            f"{repo.label}: the server still pulls it.",
            Exit.SOME_FAILED,
            "Ask the operator to migrate it to push.",
        )
    if status.repo_id is None:
        return Finding(
            f"{repo.label}: not in the league yet; its first push adds it, with write:repos."
        )
    return Finding(f"{repo.label}: the key is taken, {status.total_commits:,} commits are there.")


def _tried(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except ClientError as error:
        return _failed(error)


def _failed(error: ClientError) -> Finding:
    return Finding(str(error), error.exit_code, error.remedy)
