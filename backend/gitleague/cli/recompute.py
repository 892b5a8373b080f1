"""`gitleague recompute`."""

from __future__ import annotations

import uuid

import click

from gitleague.cli.opening import find_leagues, opened
from gitleague.core.settings import load_settings
from gitleague.projects.leagues import lock_project
from gitleague.scoring.boxscores import months, rebuild_days
from gitleague.scoring.rules import rules_in_force


@click.command()
@click.option("--project", "project_id", type=click.UUID, help="Id of one league; else all.")
def recompute(project_id: uuid.UUID | None) -> None:
    """Build the box scores anew, from the commits alone; month by month, while others push."""
    with opened(load_settings()) as database:
        for each, name in find_leagues(database, project_id):
            with database.reading() as session:
                found = months(session, each, rules_in_force(session, each).version)
            for days in found:
                with database.writing() as session:
                    lock_project(session, each)
                    rebuild_days(session, each, rules_in_force(session, each), days)
            click.echo(f"{each} {name}")
