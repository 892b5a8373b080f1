"""`sync`: push what is new in every repository; one that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TypeAlias

from gitleague_client.config import Config, ProjectConfig, RepoConfig
from gitleague_client.errors import (
    ClientError,
    Exit,
    KeyRefused,
    ServerUnreachable,
    UsageError,
)
from gitleague_client.outgoing import Options
from gitleague_client.output import Output
from gitleague_client.push import Destination, Report, sync_repo
from gitleague_client.summary import Row, append_summary
from gitleague_client.threads import side_by_side

SHOWN_REFUSALS = 20
WAITING_FOR_THE_SERVER = 2  # repositories beside those that keep git busy
Place: TypeAlias = tuple[ProjectConfig, RepoConfig]


def run(
    config: Config,
    league: Destination,
    options: Options,
    out: Output,
    *,
    only: Collection[str] = (),
    summary: Path | None = None,
) -> Exit:
    places = chosen(config, only)
    rows: dict[Place, Row] = {}
    code = _sync(places, league, options, out, rows)
    if summary:
        try:
            append_summary(
                summary,
                [rows.get(place, Row(place[1].label, trouble="not reached")) for place in places],
            )
        except OSError as error:
            out.warn(f"{summary} cannot be written: {error.strerror}.")
    return code


def check_options(
    *,
    dry_run: bool,
    show_payload: bool,
    prune: bool,
    to: Path | None,
    rules: Path | None,
    **_others: object,
) -> None:
    """Raises UsageError for what makes no sense together."""
    if show_payload and not dry_run:
        raise UsageError("--show-payload sends nothing.", remedy="Add --dry-run.")
    if to and dry_run:
        raise UsageError("--to sends nothing by itself.", remedy="Leave out --dry-run.")
    if to and prune:
        raise UsageError(
            "--prune needs to know what the server has.", remedy="Prune where it can be reached."
        )
    if to == Path("-"):
        raise UsageError("A bundle goes to a file.", remedy="Name one: --to league.bundle")
    if rules and not to:
        raise UsageError("--rules belongs to a bundle.", remedy="Name its file with --to.")


def forgiven(code: Exit) -> Exit:
    """With --allow-failure a job goes on, unless somebody has to mend its settings."""
    return Exit.DONE if code in {Exit.SOME_FAILED, Exit.UNREACHABLE} else code


def _sync(
    places: Sequence[Place],
    league: Destination,
    options: Options,
    out: Output,
    rows: dict[Place, Row],
) -> Exit:
    """The rows are filled also where the sync ends early."""
    worst = Exit.DONE
    with out.progress() as bars:

        def synced(place: Place) -> Report:
            project, repo = place
            return sync_repo(league, project.project_id, repo, options, bars.bar(repo.label))

        threads = options.jobs.count + WAITING_FOR_THE_SERVER
        for place, report in side_by_side(synced, places, threads=threads):
            project, repo = place
            rows[place] = _row(repo, report, options)
            if isinstance(report, ClientError):
                out.error(report, about=repo.label, **_named(project, repo))
                if isinstance(report, (KeyRefused, ServerUnreachable, UsageError)):
                    return report.exit_code  # it would be the same for every other
                worst = max(worst, report.exit_code)
            else:
                _tell(out, project, repo, report, options)
                worst = max(worst, Exit.SOME_FAILED if report.refused else Exit.DONE)
    return worst


def chosen(config: Config, only: Collection[str]) -> list[Place]:
    """The repositories called so; all without names. Raises UsageError for a name of none."""
    repos = list(config.repos())
    unknown = set(only) - {repo.label for _, repo in repos}
    if unknown:
        known = ", ".join(repo.label for _, repo in repos)
        raise UsageError(
            f"No repository is called {min(unknown)!r}.", remedy=f"Known here: {known}."
        )
    return [(project, repo) for project, repo in repos if not only or repo.label in only]


def _row(repo: RepoConfig, report: Report | ClientError, options: Options) -> Row:
    if isinstance(report, ClientError):
        return Row(repo.label, trouble=str(report))
    refused = f"{len(report.refused):,} refused" if report.refused else ""
    sent = report.found if options.to else report.inserted
    return Row(repo.label, report.found, sent, refused)


def _tell(
    out: Output, project: ProjectConfig, repo: RepoConfig, report: Report, options: Options
) -> None:
    refused = [item._asdict() for item in report.refused]
    out.result(
        f"{repo.label}  {_sentence(report, options)}",
        **_named(project, repo),
        ok=not refused,
        dry_run=options.dry_run,
        to=options.to,
        found=report.found,
        inserted=report.inserted,
        skipped=report.skipped,
        pruned=report.pruned,
        total_commits=report.total_commits,
        unpublished=report.unpublished,
        refused=refused,
    )
    if report.unpublished:
        out.hint(
            f"{repo.label}: {_commits(report.unpublished)} of your own branch not pushed to origin "
            "yet; what origin has is what counts."
        )
    for item in report.refused[:SHOWN_REFUSALS]:
        field = f" ({item.field})" if item.field else ""
        out.warn(f"{repo.label}: {item.sha or 'a commit'} was refused: {item.reason}{field}")
    if len(report.refused) > SHOWN_REFUSALS:
        out.warn(f"{repo.label}: and {len(report.refused) - SHOWN_REFUSALS:,} more were refused.")


def _sentence(report: Report, options: Options) -> str:
    if options.to:
        return f"{_commits(report.found)} packed into {options.to}"
    total = f"{report.total_commits:,} in the league"
    if options.dry_run:
        return f"{_commits(report.found)} would be sent ({total})"
    parts = [f"{_commits(report.inserted)} sent"] if report.found else ["nothing new"]
    parts += [f"{report.skipped:,} known already"] if report.skipped else []
    parts += [f"{len(report.refused):,} refused"] if report.refused else []
    parts += [f"{report.pruned:,} pruned"] if report.pruned else []
    return f"{', '.join(parts)} ({total})"


def _commits(count: int) -> str:
    return "1 commit" if count == 1 else f"{count:,} commits"


def _named(project: ProjectConfig, repo: RepoConfig) -> dict[str, object]:
    return {"repo": repo.label, "project_id": project.project_id, "path": repo.path}
