"""`test`: does the server answer, and does it take the key for every repository?"""

from __future__ import annotations

from gitleague_client.api import League
from gitleague_client.config import Config
from gitleague_client.errors import ClientError, Exit, KeyRefused
from gitleague_client.git import open_repository
from gitleague_client.outgoing import git_url
from gitleague_client.output import Output


def run(config: Config, league: League, out: Output) -> Exit:
    about = league.about()
    out.result(f"{about.name} {about.version} answers.", server=about.name, version=about.version)
    worst = Exit.DONE
    for project, repo in config.repos():
        try:
            named = git_url(open_repository(repo.path), repo)
            status = league.status(project.project_id, named)
        except ClientError as error:
            out.error(error, about=repo.label, repo=repo.label, path=repo.path)
            if isinstance(error, KeyRefused):
                return error.exit_code
            worst = max(worst, error.exit_code)
        else:
            found = "found" if status.repo_id else "not in the league yet"
            out.result(
                f"{repo.label}  the key is taken, the repository is {found}.",
                repo=repo.label,
                repo_id=status.repo_id,
                total_commits=status.total_commits,
            )
    return worst
