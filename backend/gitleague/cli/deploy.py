"""`gitleague deploy`: the record of deployments."""

from __future__ import annotations

import json
import re

import click

from gitleague.cli.opening import whole_database
from gitleague.core import migrations
from gitleague.ops.deployments import Deed, SignOff, list_deployments, record, running_commit
from gitleague.tables.server import Deployment, DeployResult

SHA = re.compile(r"[0-9a-f]{7,64}")
LONGEST = 255


@click.group()
def deploy() -> None:
    """Keep who deployed what, when, and who signed it off."""


def _name(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= LONGEST:
        raise click.BadParameter(f"give a name of 1 to {LONGEST} characters.")
    return name


def _sha(_context: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
    if text is not None and not SHA.fullmatch(text.lower()):
        raise click.BadParameter("give a commit by 7 to 64 of its hexadecimal digits.")
    return text.lower() if text else None


def _sign_offs(
    _context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]
) -> list[SignOff]:
    read = [SignOff(*map(str.strip, text.partition(":")[::2])) for text in texts]
    if not all(each.role and each.name for each in read):
        raise click.BadParameter('write it like "Tech Lead: Grace Hopper".')
    return read


@deploy.command("record")
@click.option("--by", required=True, callback=_name, help="Who deployed.")
@click.option(
    "--result",
    required=True,
    type=click.Choice([each.value for each in DeployResult]),
    help="How it went.",
)
@click.option("--commit", "sha", callback=_sha, help="Which commit, by default this checkout's.")
@click.option(
    "--sign-off",
    "sign_offs",
    multiple=True,
    callback=_sign_offs,
    help='Who said yes, like "Tech Lead: Grace Hopper"; may be given several times.',
)
@click.option("--notes", default="", help="What is worth remembering.")
def record_it(
    *, by: str, result: str, sha: str | None, sign_offs: list[SignOff], notes: str
) -> None:
    """Write down a deployment that was made just now."""
    deed = Deed(by, DeployResult(result), sha or running_commit(), sign_offs, notes.strip())
    with whole_database() as database, database.writing() as session:
        line = _line(record(session, deed, revision=migrations.newest()))
    click.echo(line)


@deploy.command()
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1), help="How many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def history(*, limit: int, as_json: bool) -> None:
    """Show all deployments, the newest first."""
    with whole_database() as database, database.reading() as session:
        made = list_deployments(session, limit=limit)
    if as_json:
        click.echo(json.dumps([_told(each) for each in made], indent=2))
        return
    for each in made:
        click.echo(_line(each))
        for sign_off in each.sign_offs:
            click.echo(f"    {sign_off['role']}: {sign_off['name']}")
        for note in each.notes.splitlines():
            click.echo(f"    {note}")


def _line(made: Deployment) -> str:
    commit = f" at {made.sha[:12]}" if made.sha else ""
    return (
        f"{made.created_at:%Y-%m-%d %H:%M:%S}  {made.result}  {made.version}{commit}, "
        f"schema {made.revision}, by {made.deployed_by}"
    )


def _told(made: Deployment) -> dict[str, object]:
    return {
        "deployed_by": made.deployed_by,
        "commit": made.sha,
        "version": made.version,
        "schema": made.revision,
        "result": made.result,
        "sign_offs": made.sign_offs,
        "notes": made.notes,
        "created_at": made.created_at.isoformat(),
    }
