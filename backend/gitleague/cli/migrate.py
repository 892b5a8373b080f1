"""`gitleague migrate`: from pull to push, and back. Also scripts/migrate_repos_to_push.py."""

from __future__ import annotations

import json
import re
import sys
import time
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import click

from gitleague.cli.opening import whole_database
from gitleague.core.db import Database
from gitleague.core.errors import LeagueError
from gitleague.sync.migrate import (
    League,
    Outcome,
    RepoMethod,
    Wish,
    leagues_of,
    move,
    outcome_of,
    repo_methods,
)
from gitleague.tables.projects import SyncMethod

LOOK_EVERY = 0.5  # seconds, while a sync is waited for
NOT_DONE = (Outcome.RUNNING, Outcome.UNKNOWN, Outcome.FAILED)
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
WORDS = {
    Outcome.ALREADY: "already syncs by {method}",
    Outcome.ACTIVE: "left out: it was synced in the last 7 days",
    Outcome.RUNNING: "not changed: a sync is running. Try again when it has ended.",
    Outcome.UNKNOWN: "unknown: there is no such repository. `--status` lists them all.",
}


class Result(NamedTuple):
    repo_id: str
    repo: RepoMethod | None
    outcome: Outcome
    message: str


def duration(text: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,5})([smhd])", text.strip())
    if not match:
        raise click.BadParameter(f"{text!r}: write a number with s, m, h or d, for example 14d.")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


@click.command()
@click.argument("repo_ids", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every repository of the server.")
@click.option("--project", "project_id", type=click.UUID, help="Every repository of one league.")
@click.option("--exclude-active", is_flag=True, help="Leave out those synced in the last 7 days.")
@click.option("--rollback", is_flag=True, help="Back to pull.")
@click.option("--dry-run", is_flag=True, help="Change nothing; tell what would change.")
@click.option("--status", is_flag=True, help="Tell how each repository is synced.")
@click.option(
    "--keep-credentials",
    type=duration,
    metavar="14d",
    help="Keep sealed credentials so long, so that a rollback needs no new ones; else they go.",
)
@click.option(
    "--wait",
    type=duration,
    default="30s",
    metavar="30s",
    help="How long to wait for a sync that is running, before the repository is left as it is.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def migrate(  # noqa: PLR0913 - each option of the command is one
    *,
    repo_ids: tuple[str, ...],
    every: bool,
    project_id: uuid.UUID | None,
    exclude_active: bool,
    rollback: bool,
    dry_run: bool,
    status: bool,
    keep_credentials: timedelta | None,
    wait: timedelta,
    yes: bool,
    as_json: bool,
) -> None:
    """Let repositories be pushed by the client instead of pulled by the server.

    Each is a transaction of its own: when it was interrupted, run it again. Ends with 0 only if all
    that was asked for is so.
    """
    whole = every or (exclude_active and not repo_ids and not project_id)
    if status + whole + bool(repo_ids) + bool(project_id) != 1:
        raise click.UsageError("Name repositories by id, or pass --all, --project or --status.")
    method = SyncMethod.PULL_CELERY if rollback else SyncMethod.PUSH_CLIENT
    wish = Wish(method, keep_credentials, exclude_active)
    with whole_database() as database:
        with database.reading() as session:
            repos = repo_methods(session, project_id)
        if status:
            _tell_status(repos, as_json=as_json)
            return
        chosen, unknown = _chosen(repos, repo_ids)
        if not dry_run and not yes:
            _ask(chosen, wish)
        results: list[Result] = []
        asked: list[RepoMethod | Result] = [*unknown, *chosen]
        for each in asked:
            results.append(_one(database, each, wish, None if dry_run else wait))
            if not as_json:
                _tell(results[-1])
    if as_json:
        _tell_json(results, method, dry_run=dry_run)
    else:
        click.echo(_summary(results, method, dry_run=dry_run))
    if any(each.outcome in NOT_DONE for each in results):
        sys.exit(1)


def _chosen(
    repos: Sequence[RepoMethod], repo_ids: Sequence[str]
) -> tuple[list[RepoMethod], list[Result]]:
    """Those that are meant, and what is to be said of ids that are none."""
    if not repo_ids:
        return list(repos), []
    known = {str(repo.repo_id): repo for repo in repos}
    asked = list(dict.fromkeys(repo_id.strip().lower() for repo_id in repo_ids))
    unknown = [
        Result(repo_id, None, Outcome.UNKNOWN, WORDS[Outcome.UNKNOWN])
        for repo_id in asked
        if repo_id not in known
    ]
    return [known[repo_id] for repo_id in asked if repo_id in known], unknown


def _ask(repos: Sequence[RepoMethod], wish: Wish) -> None:
    """Where somebody is there to answer, and there is much to answer for."""
    count = sum(outcome_of(repo, wish) in {Outcome.DONE, Outcome.RUNNING} for repo in repos)
    if count > 1 and sys.stdin.isatty():
        question = f"Let {count} repositories sync by {wish.method.value} from now on?"
        click.confirm(question, abort=True, err=True)


def _one(
    database: Database, each: RepoMethod | Result, wish: Wish, wait: timedelta | None
) -> Result:
    """Without `wait` it is only looked at."""
    if isinstance(each, Result):
        return each
    if wait is None:
        return _result(each, outcome_of(each, wish), wish, "would sync by")
    return _move(database, each, wish, wait)


def _move(database: Database, repo: RepoMethod, wish: Wish, wait: timedelta) -> Result:
    deadline = time.monotonic() + wait.total_seconds()
    try:
        while True:
            with database.writing() as session:
                outcome = move(session, repo, wish)
            if outcome is not Outcome.RUNNING or time.monotonic() >= deadline:
                return _result(repo, outcome, wish, "syncs by")
            time.sleep(LOOK_EVERY)
    except LeagueError as error:
        return Result(str(repo.repo_id), repo, Outcome.FAILED, f"failed: {error}")


def _result(repo: RepoMethod, outcome: Outcome, wish: Wish, verb: str) -> Result:
    method = wish.method.value
    message = WORDS.get(outcome, f"{verb} {method}").format(method=method)
    if outcome is Outcome.DONE and wish.method is SyncMethod.PULL_CELERY:
        message += "" if repo.credential_kind else "; it has no credential: set one if it needs one"
    return Result(str(repo.repo_id), repo, outcome, message)


def _tell(result: Result) -> None:
    name = f"{result.repo.project}/{result.repo.name} " if result.repo else ""
    is_error = result.outcome in NOT_DONE
    click.echo(f"{result.repo_id}  {name}{result.message}", err=is_error)


def _summary(results: Sequence[Result], method: SyncMethod, *, dry_run: bool) -> str:
    counts = _counts(results)
    if not any(counts[outcome.value] for outcome in (*NOT_DONE, Outcome.DONE, Outcome.ACTIVE)):
        return f"Nothing to do: all of them sync by {method.value} already."
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return f"Dry run, nothing was changed: {told}" if dry_run else told


def _counts(results: Sequence[Result]) -> dict[str, int]:
    outcomes = [each.outcome for each in results]
    return {outcome.value: outcomes.count(outcome) for outcome in Outcome}


def _tell_json(results: Sequence[Result], method: SyncMethod, *, dry_run: bool) -> None:
    told = {
        "dry_run": dry_run,
        "method": method.value,
        "counts": _counts(results),
        "repos": [
            {
                "repo_id": each.repo_id,
                "project_id": str(each.repo.project_id) if each.repo else None,
                "project": each.repo.project if each.repo else None,
                "name": each.repo.name if each.repo else None,
                "outcome": each.outcome.value,
                "message": each.message,
            }
            for each in results
        ],
    }
    click.echo(json.dumps(told, indent=2))


def _tell_status(repos: Sequence[RepoMethod], *, as_json: bool) -> None:
    leagues = leagues_of(repos)
    pushed = sum(league.pushed for league in leagues)
    percent = 100 * pushed // len(repos) if repos else 100
    if as_json:
        told = {
            "total": len(repos),
            "pushed": pushed,
            "pulled": len(repos) - pushed,
            "percent": percent,
            "projects": [_as_json(league) for league in leagues],
        }
        click.echo(json.dumps(told, indent=2))
        return
    for league in leagues:
        share = f"{league.pushed} of {league.total} pushed ({league.percent} %)"
        click.echo(f"{league.project_id}  {league.project}: {share}")
        for repo in league.repos:
            last = f"{repo.last_sync_at:%Y-%m-%d %H:%M} UTC" if repo.last_sync_at else "never"
            kept = ", credential kept" if repo.credential_kept_until else ""
            line = f"{repo.sync_method}  {repo.name}  last sync {last}{kept}"
            click.echo(f"  {repo.repo_id}  {line}")
    click.echo(f"{pushed} of {len(repos)} repositories are pushed ({percent} %).")


def _as_json(league: League) -> dict[str, object]:
    return {
        "project_id": str(league.project_id),
        "project": league.project,
        "total": league.total,
        "pushed": league.pushed,
        "pulled": league.total - league.pushed,
        "percent": league.percent,
        "repos": [
            {
                "repo_id": str(repo.repo_id),
                "name": repo.name,
                "git_url": repo.git_url,
                "sync_method": repo.sync_method,
                "status": repo.status,
                "last_sync_at": repo.last_sync_at.isoformat() if repo.last_sync_at else None,
                "last_ingested_sha": repo.last_ingested_sha,
                "credential": repo.credential_kind,
                "is_running": repo.is_running,
            }
            for repo in league.repos
        ],
    }
