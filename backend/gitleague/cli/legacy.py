"""`gitleague import-legacy`."""

from __future__ import annotations

import json
import sys

import click

from gitleague.cli.opening import opened
from gitleague.core import migrations
from gitleague.core.settings import load_settings
from gitleague.ops.import_legacy import Imported
from gitleague.ops.import_legacy import import_legacy as take_over


@click.command("import-legacy")
@click.argument("database_url")
@click.option("--dry-run", is_flag=True, help="Change nothing; tell what would be taken.")
@click.option(
    "--time-zone",
    default="UTC",
    show_default=True,
    help="Of the leagues, and of the clocks that commits were pushed by, like Europe/Berlin.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_legacy(*, database_url: str, dry_run: bool, time_zone: str, as_json: bool) -> None:
    """Take over the database of the original deployment, which is only read.

    Safe to run again: what is here is passed by. Leave a password out of the address: it is read
    from PGPASSWORD or ~/.pgpass. Exit code 1: some rows are accounted for by nothing.
    """
    settings = load_settings()
    with opened(settings) as database:
        if database.is_sqlite:
            migrations.upgrade(database)
        migrations.check(database)
        done = take_over(database, settings, database_url, time_zone=time_zone, dry_run=dry_run)
    click.echo(_as_json(done) if as_json else _as_text(done))
    if not done.is_reconciled:
        sys.exit(1)


def _as_json(done: Imported) -> str:
    tables = {
        name: {"read": each.read, "taken": each.taken, "there": each.there, "left": each.left}
        for name, each in done.tables.items()
    }
    told = {"reconciled": done.is_reconciled, "tables": tables, "notes": done.notes}
    return json.dumps(told)


def _as_text(done: Imported) -> str:
    lines = [f"{'table':22}{'read':>10}{'taken':>10}{'there':>10}{'left out':>10}"]
    for name, each in done.tables.items():
        left = each.left.total()
        lines.append(f"{name:22}{each.read:>10,}{each.taken:>10,}{each.there:>10,}{left:>10,}")
        lines += [f"    {count:,}: {why}" for why, count in sorted(each.left.items()) if count]
    return "\n".join([*lines, *done.notes])
