"""`gitleague smoke`."""

from __future__ import annotations

import json
import sys

import click

from gitleague.core.settings import load_settings
from gitleague.ops.checks import as_json, as_lines, failed
from gitleague.ops.smoke import Smoke


@click.command()
@click.argument("url")
@click.option("--json", "in_json", is_flag=True, help="Print JSON.")
def smoke(*, url: str, in_json: bool) -> None:
    """Ask the endpoints of the deployment checklist of the server at URL.

    With the token in GITLEAGUE_SMOKE_TOKEN. The API key that it makes is revoked again;
    nothing else is written. Ends with 1 where an answer is not what it should be.
    """
    if not url.startswith(("http://", "https://")):
        raise click.BadParameter("Begin it with https://, or http:// on this machine.")
    token = load_settings().smoke_token.get_secret_value()
    findings = list(Smoke(url.rstrip("/"), token).findings())
    if in_json:
        click.echo(json.dumps(as_json(findings), indent=2))
    else:
        for line in as_lines(findings):
            click.echo(line)
    if failed(findings):
        sys.exit(1)
