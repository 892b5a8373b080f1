"""`gitleague import-bundle` and `export-rules`: the courier's two ends on this side."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import click

from gitleague.cli.opening import find_leagues, whole_database
from gitleague.sync import bundle
from gitleague.sync.rules import rules_told

SHOWN_REFUSALS = 20


@click.command("import-bundle")
@click.argument("file", type=click.File("rb"))
def import_bundle(file: BinaryIO) -> None:
    """Take what `gitleague-client sync --to FILE` packed, as if it had been pushed.

    Safe to run again: what is there already is passed by.
    """
    arrived: dict[bundle.Place, bundle.Arrived] = {}
    with whole_database() as database, _seekable(file) as packed:
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


@click.command("export-rules")
@click.option(
    "--project", "project_id", type=click.UUID, help="Id of the league, where there are several."
)
def export_rules(project_id: uuid.UUID | None) -> None:
    """Print a league's rules, which `sync --to` needs.

    With them anybody can try whose a pseudonym is, and which files a commit changes: hand them on
    like a key.
    """
    with whole_database() as database:
        leagues = find_leagues(database, project_id)
        if len(leagues) > 1:  # they hold salts, which are not for all
            named = "".join(f"\n  --project {each}  {name}" for each, name in leagues)
            raise click.UsageError(f"Say whose rules you want:{named}")
        for each, _name in leagues:
            with database.reading() as session:
                answer = rules_told(session, each, with_salts=True).model_dump(mode="json")
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


@contextmanager
def _seekable(file: BinaryIO) -> Iterator[BinaryIO]:
    """The file, or a copy of what comes through a pipe: it is read twice."""
    if file.seekable():
        yield file
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        yield copy
