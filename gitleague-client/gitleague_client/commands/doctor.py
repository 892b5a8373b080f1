"""`doctor`: look at everything that a sync needs; each finding is a line, with its remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

from gitleague_client import __version__
from gitleague_client.api import UPGRADE, About, League, Tls
from gitleague_client.config import Config, ProjectConfig, RepoConfig, exposed_key
from gitleague_client.credentials import Key
from gitleague_client.errors import ClientError, Exit, ShallowRepository
from gitleague_client.git import git_version, open_repository
from gitleague_client.outgoing import git_url
from gitleague_client.output import Output
from gitleague_client.proxies import way_to

OLDEST_GIT = (2, 31)
MOST_SKEW = 120.0  # seconds
SHORT_VALIDITY = timedelta(days=14)


class Finding(NamedTuple):
    what: str
    code: Exit = Exit.DONE
    remedy: str = ""
    is_warning: bool = False


class Steps(NamedTuple):
    """What a sync does before it begins; each may fail."""

    load: Callable[[], Config]
    find_key: Callable[[Config], Key]
    connect: Callable[[Config, Key], League]


def run(file: Path, steps: Steps, out: Output) -> Exit:
    worst = Exit.DONE
    for finding in _findings(file, steps):
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


def _findings(file: Path, steps: Steps) -> Iterator[Finding]:
    yield _tried(_git)
    try:
        config = steps.load()
    except ClientError as error:
        yield _failed(error)
        return
    count = len(list(config.repos()))
    yield Finding(f"{file} is read: {count} {'repository' if count == 1 else 'repositories'}.")
    exposed = exposed_key(file)
    if exposed:
        yield Finding(exposed, is_warning=True)
    for _, repo in config.repos():
        yield _tried(lambda repo=repo: _clone(repo))  # type: ignore[misc]
    yield _proxy(config.api_url)
    yield from _server(config, steps)


def _server(config: Config, steps: Steps) -> Iterator[Finding]:
    try:
        key = steps.find_key(config)
        if key.source:
            yield Finding(f"The API key comes from {key.source.value}.")
        with steps.connect(config, key) as league:
            yield _versions(config.api_url, league.about())
            if league.tls:
                yield _certificate(league.tls)
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


def _proxy(api_url: str) -> Finding:
    way = way_to(api_url)
    if way.proxy:
        return Finding(f"{way.setting} sends what goes to {api_url} through {way.proxy}.")
    if way.setting:
        return Finding(f"{way.setting} lets what goes to {api_url} pass by the proxy.")
    return Finding(f"No proxy is on the way to {api_url}.")


def _versions(api_url: str, about: About) -> Finding:
    what = f"{api_url} answers: {about.name} {about.version}; this client is {__version__}."
    if _line_of(about.version) > _line_of(__version__):
        return Finding(what, remedy=UPGRADE, is_warning=True)
    return Finding(what)


def _line_of(version: str) -> tuple[int, ...]:
    """Its first two numbers: the third is for corrections."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])


def _certificate(tls: Tls) -> Finding:
    until = f"{tls.valid_until:%Y-%m-%d %H:%M} UTC"
    what = f"{tls.version}; the server's certificate is valid until {until}."
    if tls.valid_until - datetime.now(timezone.utc) < SHORT_VALIDITY:
        return Finding(what, remedy="Tell the operator of the server to renew it.", is_warning=True)
    return Finding(what)


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
