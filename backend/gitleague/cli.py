"""`gitleague …`: arguments in, one call, an exit code out."""

from __future__ import annotations

import json
import logging
import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import click
import uvicorn
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.engine import make_url

from gitleague import __version__
from gitleague.core import migrations
from gitleague.core.db import Database
from gitleague.core.errors import LeagueError, StartError
from gitleague.core.settings import Settings, load_settings
from gitleague.projects.bootstrap import Made
from gitleague.projects.bootstrap import bootstrap as make_first_league
from gitleague.scoring.boxscores import recompute as recompute_scores
from gitleague.sync import bundle
from gitleague.sync.migrate import RepoMethod, move, repo_methods
from gitleague.sync.rules import rules_told
from gitleague.tables.projects import Project, SyncMethod

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
APP = "gitleague.app:create_app_from_environment"
SHOWN_REFUSALS = 20
SERVING: Final[dict[str, Any]] = {
    "proxy_headers": False,  # accounts/addresses.py decides whose X-Forwarded-For is believed
    "server_header": False,
    "access_log": False,  # core/requests.py writes one, without what is secret
    "log_config": None,
    "timeout_graceful_shutdown": 10,
}


def main(arguments: list[str] | None = None) -> None:
    """The door: every error leaves as a sentence and an exit code."""
    try:
        cli.main(arguments, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except (StartError, LeagueError) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2 if isinstance(error, StartError) else 1)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(version)s")
def cli() -> None:
    """Run a league: serve it, set it up, look after its database."""


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port."
)
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes."
)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages and the API, until Ctrl-C.

    The embedded database is migrated first. Without GITLEAGUE_SMTP_URL, sign-in links are printed.
    """
    settings = load_settings()
    logging.basicConfig(level=settings.log_level.upper(), format=LOG_FORMAT)
    with _database(settings) as database:
        if database.is_sqlite:
            migrations.upgrade(database)
        else:
            migrations.check(database)
    uvicorn.run(APP, factory=True, host=host, port=port, workers=workers, **SERVING)


@cli.command()
@click.option("--email", required=True, help="Of the first commissioner.")
@click.option("--project", required=True, help="Name of the league.")
@click.option("--repo", "repos", multiple=True, help="Git URL of a repository; may be repeated.")
@click.option(
    "--time-zone", default="UTC", show_default=True, help="The league's, like Europe/Berlin."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def bootstrap(
    *, email: str, project: str, repos: tuple[str, ...], time_zone: str, as_json: bool
) -> None:
    """Make the first commissioner with a project, an API key and a sign-in link.

    Safe to run again: what is there is kept, and a fresh key and link are printed.
    """
    try:
        address = validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise click.BadParameter(str(error), param_hint="--email") from None
    if not project.strip():
        raise click.BadParameter("The league needs a name.", param_hint="--project")
    settings = load_settings()
    with _database(settings) as database:
        if database.is_sqlite:
            migrations.upgrade(database)
        with database.writing() as session:
            made = make_first_league(
                session,
                settings,
                email=address.normalized,
                project=project.strip(),
                git_urls=repos,
                time_zone=time_zone,
            )
    click.echo(_as_json(made) if as_json else _as_text(made))


@cli.group()
def db() -> None:
    """Move the schema of the database, or tell where it is."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Migrate up to REVISION, by default the newest."""
    with _database(load_settings()) as database:
        migrations.upgrade(database, revision)
        click.echo(migrations.current(database))


@db.command(context_settings={"ignore_unknown_options": True})  # -1 is no option
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Migrate down to REVISION (-1: one step, base: nothing left)."""
    with _database(load_settings()) as database:
        migrations.downgrade(database, revision)
        click.echo(migrations.current(database) or "base")


@db.command()
def current() -> None:
    """Tell where the database is, and what this version needs."""
    with _database(load_settings()) as database:
        click.echo(f"{migrations.current(database) or 'base'} (needs {migrations.newest()})")


@cli.command()
@click.option("--project", "project_id", type=click.UUID, help="Id of one league; else all.")
def recompute(project_id: uuid.UUID | None) -> None:
    """Build the box scores anew, from the commits alone."""
    with _database(load_settings()) as database:
        for each, name in _projects(database, project_id):
            with database.writing() as session:
                recompute_scores(session, each)
            click.echo(f"{each} {name}")


@cli.command()
@click.argument("repo_ids", nargs=-1, type=click.UUID)
@click.option("--all", "every", is_flag=True, help="Every repository of the server.")
@click.option("--back", is_flag=True, help="To pull again, with the token that the server has.")
@click.option("--dry-run", is_flag=True, help="Change nothing; tell what would change.")
@click.option("--status", is_flag=True, help="Tell how each repository is synced.")
def migrate(
    *, repo_ids: tuple[uuid.UUID, ...], every: bool, back: bool, dry_run: bool, status: bool
) -> None:
    """Let repositories be pushed by the client instead of pulled by the server."""
    if status + every + bool(repo_ids) != 1:
        raise click.UsageError("Name repositories by id, or pass --all, or --status.")
    method = SyncMethod.PULL_CELERY if back else SyncMethod.PUSH_CLIENT
    with _database(load_settings()) as database:
        if status:
            with database.reading() as session:
                _tell_methods(repo_methods(session))
            return
        # A dry run does the same, in a session whose changes are thrown away.
        with database.reading() if dry_run else database.writing() as session:
            moved = move(session, None if every else repo_ids, method)
    for repo in moved:
        would = "would sync" if dry_run else "syncs"
        click.echo(f"{repo.repo_id}  {repo.project}/{repo.name} {would} by {method.value}")
    if not moved:
        click.echo(f"Nothing to do: all of them sync by {method.value} already.")


@cli.command("import-bundle")
@click.argument("file", type=click.File("rb"))
def import_bundle(file: BinaryIO) -> None:
    """Take what `gitleague-client sync --to FILE` packed, as if it had been pushed.

    Safe to run again: what is there already is passed by.
    """
    arrived: dict[bundle.Place, bundle.Arrived] = {}
    with _whole_database() as database, _seekable(file) as packed:
        signed = bundle.signer_of(database, packed)
        made = f"{signed.seal.created_at:%Y-%m-%d %H:%M %Z}"
        click.echo(f"Signed by {signed.caller.email} with {signed.seal.key_prefix}…, {made}")
        try:
            bundle.import_bundle(database, signed, packed, arrived)
        finally:
            for each in arrived.values():
                _tell_arrived(each)
    if any(each.trouble or each.refused for each in arrived.values()):
        sys.exit(1)


@cli.command("export-rules")
@click.option(
    "--project", "project_id", type=click.UUID, help="Id of the league, where there are several."
)
def export_rules(project_id: uuid.UUID | None) -> None:
    """Print a league's rules, which `sync --to` needs where `privacy` is not `full`.

    With them anybody can try whose a pseudonym is: hand them on like a key.
    """
    with _whole_database() as database:
        leagues = _projects(database, project_id)
        if len(leagues) > 1:  # they hold what pseudonyms are made with, which is not for all
            named = "".join(f"\n  --project {each}  {name}" for each, name in leagues)
            raise click.UsageError(f"Say whose rules you want:{named}")
        for each, _name in leagues:
            with database.reading() as session:
                answer = rules_told(session, each).model_dump(mode="json")
            click.echo(json.dumps({"project_id": str(each), **answer}))


def _tell_arrived(arrived: bundle.Arrived) -> None:
    line = f"{arrived.repo}  {arrived.inserted:,} new, {arrived.skipped:,} known already"
    total = "" if arrived.total_commits is None else f" ({arrived.total_commits:,} in the league)"
    click.echo(line + total)
    for each in arrived.refused[:SHOWN_REFUSALS]:
        field = f" ({each.field})" if each.field else ""
        click.echo(f"  refused: {each.sha or 'a commit'}: {each.reason}{field}", err=True)
    if len(arrived.refused) > SHOWN_REFUSALS:
        click.echo(f"  and {len(arrived.refused) - SHOWN_REFUSALS:,} more refused", err=True)
    if arrived.trouble:
        click.echo(f"  error: {arrived.trouble}", err=True)


def _tell_methods(repos: list[RepoMethod]) -> None:
    for repo in repos:
        click.echo(f"{repo.repo_id}  {repo.sync_method}  {repo.project}/{repo.name}")
    pushed = sum(repo.sync_method == SyncMethod.PUSH_CLIENT.value for repo in repos)
    click.echo(f"{pushed} of {len(repos)} repositories are pushed.")


def _projects(database: Database, only: uuid.UUID | None) -> list[tuple[uuid.UUID, str]]:
    wanted = select(Project.id, Project.name).order_by(Project.created_at, Project.id)
    if only:
        wanted = wanted.where(Project.id == only)
    with database.reading() as session:
        found = [(row.id, row.name) for row in session.execute(wanted)]
    if only and not found:
        raise click.BadParameter("There is no such project.", param_hint="--project")
    return found


@contextmanager
def _whole_database() -> Iterator[Database]:
    """One that is there, and at the version that is needed. Raises StartError."""
    settings = load_settings()
    file = make_url(settings.database).database
    with _database(settings) as database:
        if database.is_sqlite and file and not Path(file).exists():
            raise StartError(f"There is no database at {file}. Is GITLEAGUE_DATA_DIR right?")
        migrations.check(database)
        yield database


@contextmanager
def _seekable(file: BinaryIO) -> Iterator[BinaryIO]:
    """The file, or a copy of what comes through a pipe: it is read twice."""
    if file.seekable():
        yield file
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        yield copy


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    opened = Database(settings.database, pool_size=1)
    try:
        yield opened
    finally:
        opened.close()


def _as_json(made: Made) -> str:
    return json.dumps(
        {
            "project_id": str(made.project_id),
            "repos": [{"id": str(repo_id), "git_url": url} for repo_id, url in made.repos],
            "api_key": made.api_key,
            "jwt": made.jwt,
            "sign_in_url": made.sign_in_url,
        }
    )


def _as_text(made: Made) -> str:
    repos = "\n".join(f"  {repo_id}  {url}" for repo_id, url in made.repos) or "  none yet"
    return (
        f"Project\n  {made.project_id}\nRepositories\n{repos}\n"
        f"API key (shown this once)\n  {made.api_key}\n"
        f"Sign in (once, within 15 minutes)\n  {made.sign_in_url}"
    )
