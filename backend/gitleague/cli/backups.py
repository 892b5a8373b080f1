"""`gitleague backup` and `restore`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from gitleague.cli.opening import opened, there
from gitleague.core.settings import load_settings
from gitleague.ops import backup as backups
from gitleague.ops.archive import Manifest
from gitleague.ops.restore import restore as put_back
from gitleague.ops.restore import verify_backup

FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(invoke_without_command=True)
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for it, by default backups in the data folder.",
)
@click.option(
    "--keep",
    default=14,
    show_default=True,
    type=click.IntRange(1),
    help="How many to keep in the folder; older ones are removed.",
)
@AS_JSON
@click.pass_context
def backup(context: click.Context, *, folder: Path | None, keep: int, as_json: bool) -> None:
    """Back up all leagues, while the server runs.

    Encrypted where GITLEAGUE_BACKUP_KEY is set; then the secret key is in it too.
    """
    if context.invoked_subcommand:
        return
    settings = load_settings()
    with there(settings) as database:
        made = backups.back_up(
            database, settings, folder or backups.backup_folder(settings), keep=keep
        )
    for warning in made.warnings:
        click.echo(f"warning: {warning}", err=True)
    if as_json:
        removed = [str(path) for path in made.removed]
        told = {"file": str(made.path), "bytes": made.bytes, "removed": removed}
        click.echo(json.dumps(told | _told(made.manifest)))
    else:
        click.echo(f"{made.path}  {made.bytes:,} bytes, {_rows(made.manifest):,} rows")


@backup.command()
@FILE
@click.option("--drill/--no-drill", default=True, help="Restore it into a scratch database too.")
@AS_JSON
def verify(*, file: Path, drill: bool, as_json: bool) -> None:
    """Tell whether FILE is whole, by restoring it into a scratch database and comparing all rows.

    Exit code 1: it cannot be relied on.
    """
    settings = load_settings()
    with opened(settings) as database:
        found = verify_backup(database, settings, file, drill=drill)
    if as_json:
        told = {"whole": not found.problems, "drilled": found.drilled, "problems": found.problems}
        click.echo(json.dumps(told | _told(found.manifest)))
    else:
        for problem in found.problems:
            click.echo(f"error: {problem}", err=True)
        if not found.problems:
            how = "restored into a scratch database" if found.drilled else "not restored"
            click.echo(f"{file} is whole: {_rows(found.manifest):,} rows, {how}")
    if found.problems:
        sys.exit(1)


@click.command()
@FILE
@click.option("--replace", is_flag=True, help="Replace all that the database holds now.")
@click.option("--allow-newer", is_flag=True, help="Although this version does not know its schema.")
@AS_JSON
def restore(*, file: Path, replace: bool, allow_newer: bool, as_json: bool) -> None:
    """Put back what `gitleague backup` kept in FILE.

    All of it or nothing: when it is interrupted, the database is as it was before.
    """
    settings = load_settings()
    with opened(settings) as database:
        done = put_back(database, settings, file, replace=replace, allow_newer=allow_newer)
    for warning in done.warnings:
        click.echo(f"warning: {warning}", err=True)
    if as_json:
        click.echo(json.dumps({"needs_upgrade": done.needs_upgrade} | _told(done.manifest)))
        return
    click.echo(
        f"Restored {_rows(done.manifest):,} rows of {done.manifest.made_at:%Y-%m-%d %H:%M} UTC"
    )
    if done.needs_upgrade:
        click.echo(f"It has schema {done.manifest.revision}. Run: gitleague db upgrade")


def _told(manifest: Manifest) -> dict[str, object]:
    return {"manifest": manifest.model_dump(mode="json"), "rows": _rows(manifest)}


def _rows(manifest: Manifest) -> int:
    return sum(content.rows for content in manifest.tables.values())
