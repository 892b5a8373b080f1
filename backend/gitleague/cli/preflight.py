"""`gitleague preflight`."""

from __future__ import annotations

import json
import sys

import click

from gitleague.cli.opening import opened
from gitleague.core.settings import load_settings
from gitleague.ops.checks import as_json, as_lines, failed
from gitleague.ops.preflight import preflight as look


@click.command()
@click.option("--json", "in_json", is_flag=True, help="Print JSON.")
def preflight(*, in_json: bool) -> None:
    """Look at all that a league stands on, with a remedy for what is wrong.

    Ends with 1 where something fails; what is only to be watched does not count.
    """
    settings = load_settings()
    with opened(settings) as database:
        findings = list(look(settings, database))
    if in_json:
        click.echo(json.dumps(as_json(findings), indent=2))
    else:
        for line in as_lines(findings):
            click.echo(line)
    if failed(findings):
        sys.exit(1)
