"""`status`: what the server has of each repository, and what a sync would send."""

from __future__ import annotations

from collections.abc import Collection

from gitleague_client.api import League
from gitleague_client.commands.sync import chosen
from gitleague_client.config import Config, RepoConfig
from gitleague_client.errors import ClientError, Exit, KeyRefused, ServerUnreachable
from gitleague_client.git import open_repository
from gitleague_client.outgoing import git_url
from gitleague_client.output import Output

PULLED = "pull_celery"


def run(config: Config, league: League, out: Output, *, only: Collection[str] = ()) -> Exit:
    worst = Exit.DONE
    for project, repo in chosen(config, only):
        try:
            line, fields = _status(league, project.project_id, repo)
        except ClientError as error:
            out.error(error, about=repo.label, repo=repo.label, path=repo.path)
            if isinstance(error, (KeyRefused, ServerUnreachable)):
                return error.exit_code
            worst = max(worst, error.exit_code)
        else:
            out.result(f"{repo.label}  {line}", repo=repo.label, path=repo.path, **fields)
    return worst


def _status(league: League, project_id: object, repo: RepoConfig) -> tuple[str, dict[str, object]]:
    repository = open_repository(repo.path)
    named = git_url(repository, repo)
    status = league.status(project_id, named)
    shas = [tip.sha for tip in repository.tips(repo.branches)]
    waiting = len(repository.missing(shas, status.heads))
    fields = {
        "project_id": project_id,
        "git_url": named,
        "repo_id": status.repo_id,
        "total_commits": status.total_commits,
        "last_sync_at": status.last_sync_at,
        "sync_method": status.sync_method,
        "waiting": waiting,
    }
    if status.repo_id is None:
        return f"not in the league yet, {waiting:,} commits to send", fields
    if status.sync_method == PULLED:
        return f"{status.total_commits:,} in the league, pulled by the server", fields
    last = f"{status.last_sync_at:%Y-%m-%d %H:%M} UTC" if status.last_sync_at else "never"
    return f"{status.total_commits:,} in the league, {waiting:,} to send, last sync {last}", fields
