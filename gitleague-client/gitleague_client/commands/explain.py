"""`explain`: the box score of one commit, with its working."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from gitleague_client.api import League
from gitleague_client.commands.sync import chosen
from gitleague_client.commit import Commit
from gitleague_client.config import Config, ProjectConfig, RepoConfig
from gitleague_client.errors import Exit, GitFailed, RepositoryError, UsageError
from gitleague_client.explain import Credit, Explainer
from gitleague_client.git import Repository, open_repository
from gitleague_client.output import Output
from gitleague_client.rules.score import IMPACT_UNIT, STAT_UNIT
from gitleague_client.rules.working import Line
from gitleague_client.scan.jobs import Jobs
from gitleague_client.scan.log import scan
from gitleague_client.shas import Shas

MERGE = "A merge: it is outside the game."
PENALIZED = "An upheld ruling names it: it counts for nothing."
_SHA = re.compile(r"[0-9a-fA-F]{4,64}")


def run(
    config: Config, league: League, out: Output, *, sha: str, only: Collection[str] = ()
) -> Exit:
    if not _SHA.fullmatch(sha):
        raise UsageError(f"{sha!r} is no commit id.", remedy="Give at least four hex digits of it.")
    found = next(_found(config, sha, only), None)
    if found is None:
        raise RepositoryError(
            f"No repository of repos.yaml has a commit {sha}.",
            remedy="Run `git fetch` where it should be, or `git log` to find its id.",
        )
    project, repo, repository, whole = found
    tips = [tip.sha for tip in repository.tips(repo.branches)]
    in_force = league.rules(project.project_id)
    explainer = Explainer(repository, tips, in_force.rules)
    if not explainer.holds(whole):
        out.warn(f"{repo.label}: no branch that is synced reaches {whole}.")
    (commit,) = scan(repository, Shas.of([whole]), jobs=Jobs(1), exclude=repo.exclude)
    is_penalized = whole in in_force.penalized
    credits_ = [] if is_penalized else explainer.credits(commit)
    nothing = PENALIZED if is_penalized else MERGE
    out.result(
        _told(commit, credits_, nothing),
        **_fields(repo, commit, credits_),
        is_penalized=is_penalized,
    )
    return Exit.DONE


def _found(
    config: Config, sha: str, only: Collection[str]
) -> Iterator[tuple[ProjectConfig, RepoConfig, Repository, str]]:
    for project, repo in chosen(config, only):
        try:
            repository = open_repository(repo.path)
            whole = repository.run("rev-parse", "--verify", "--quiet", f"{sha}^{{commit}}")
        except (RepositoryError, GitFailed):
            continue  # another one may have it
        yield project, repo, repository, whole.decode().strip()


def _told(commit: Commit, credits_: list[Credit], nothing: str) -> str:
    lines = [f"{commit.sha[:12]}  {commit.message_title}"]
    if not credits_:
        return "\n".join([*lines, f"  {nothing}"])
    for credit in credits_:
        role = " (co-author)" if credit.as_coauthor else ""
        lines += ["", f"  {credit.person.name} <{credit.person.email}>{role}"]
        lines += [
            f"    {line.stat.upper():<4}{line.points / STAT_UNIT:>10.2f}  {_reason(line)}"
            for line in credit.working.lines
        ]
        sums = [
            f"{share.points / STAT_UNIT:.2f} {share.stat.upper()} x {share.weight / STAT_UNIT:.2f}"
            for share in credit.working.shares
        ]
        total = credit.working.impact / IMPACT_UNIT
        lines.append(f"    impact {total:>7.2f}  = {' + '.join(sums) or 'nothing'}")
    return "\n".join(lines)


def _reason(line: Line) -> str:
    if line.amount == 1 and line.cap is None:
        return line.reason
    capped = f", at most {line.cap:,} count" if line.is_capped else ""
    return f"{line.amount:,} {line.reason} x {line.each / STAT_UNIT:.2f}{capped}"


def _fields(repo: RepoConfig, commit: Commit, credits_: list[Credit]) -> dict[str, object]:
    return {
        "repo": repo.label,
        "sha": commit.sha,
        "title": commit.message_title,
        "credits": [
            {
                "name": credit.person.name,
                "email": credit.person.email,
                "role": "coauthor" if credit.as_coauthor else "author",
                "impact": credit.working.impact / IMPACT_UNIT,
                "working": [
                    {
                        "stat": line.stat,
                        "reason": line.reason,
                        "amount": line.amount,
                        "cap": line.cap,
                        "each": line.each / STAT_UNIT,
                        "points": line.points / STAT_UNIT,
                    }
                    for line in credit.working.lines
                ],
            }
            for credit in credits_
        ],
    }
