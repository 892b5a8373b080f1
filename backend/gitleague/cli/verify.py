"""`gitleague verify`."""

from __future__ import annotations

import json
import sys

import click

from gitleague.cli.opening import whole_database
from gitleague.ops.verify import verify as verify_data


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(*, as_json: bool) -> None:
    """Prove that the numbers follow from the commits, and that nothing is missing.

    Changes nothing. Exit code 1: something is wrong.
    """
    with whole_database() as database, database.reading() as session:
        checks = verify_data(session)
    wrong = [check for check in checks if check.wrong]
    if as_json:
        told = [check._asdict() for check in checks]
        click.echo(json.dumps({"right": not wrong, "checks": told}))
    else:
        for check in checks:
            click.echo(str(check), err=bool(check.wrong))
            if check.wrong:
                click.echo(f"  {check.remedy}", err=True)
    if wrong:
        sys.exit(1)
