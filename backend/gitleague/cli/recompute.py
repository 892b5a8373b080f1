"""`gitleague recompute`."""

from __future__ import annotations

import uuid

import click

from gitleague.cli.opening import find_leagues, opened
from gitleague.core.settings import load_settings
from gitleague.scoring.boxscores import recompute as recompute_scores


@click.command()
@click.option("--project", "project_id", type=click.UUID, help="Id of one league; else all.")
def recompute(project_id: uuid.UUID | None) -> None:
    """Build the box scores anew, from the commits alone."""
    with opened(load_settings()) as database:
        for each, name in find_leagues(database, project_id):
            with database.writing() as session:
                recompute_scores(session, each)
            click.echo(f"{each} {name}")
