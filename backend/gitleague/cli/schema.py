"""`gitleague db`: where the schema is, and how it moves."""

from __future__ import annotations

import json

import click
from pydantic import ValidationError

from gitleague.cli.opening import opened, there
from gitleague.core import migrations
from gitleague.core.settings import Settings, load_settings
from gitleague.ops.move import move_database


@click.group()
def db() -> None:
    """Move the schema of the database, or tell where it is."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Migrate up to REVISION, by default the newest."""
    with opened(load_settings()) as database:
        migrations.upgrade(database, revision)
        click.echo(migrations.current(database))


@db.command(context_settings={"ignore_unknown_options": True})  # -1 is no option
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Migrate down to REVISION (-1: one step, base: nothing left)."""
    with opened(load_settings()) as database:
        migrations.downgrade(database, revision)
        click.echo(migrations.current(database) or "base")


@db.command()
def current() -> None:
    """Tell where the database is, and what this version needs."""
    with opened(load_settings()) as database:
        click.echo(f"{migrations.current(database) or 'base'} (needs {migrations.newest()})")


@db.command()
@click.argument("target_url")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def move(target_url: str, *, as_json: bool) -> None:
    """Copy all leagues into the empty database at TARGET_URL, and compare every row.

    Stop the server first. The old database stays as it is. Leave a password out of the address:
    PostgreSQL's programs and this one read it from PGPASSWORD or ~/.pgpass.
    """
    settings = load_settings()
    try:
        target_settings = Settings(database_url=target_url)
    except ValidationError:
        message = "It must begin with sqlite:/// or postgresql://."
        raise click.BadParameter(message, param_hint="TARGET_URL") from None
    with there(settings) as source, opened(target_settings) as target:
        moved = move_database(source, target)
    if as_json:
        tables = {name: content.model_dump() for name, content in moved.tables.items()}
        click.echo(json.dumps({"rows": moved.rows, "tables": tables}))
        return
    click.echo(f"{moved.rows:,} rows of {len(moved.tables)} tables are there, and the same.")
    click.echo("Set GITLEAGUE_DATABASE_URL to the new address, and start the server.")
