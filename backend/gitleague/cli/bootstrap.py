"""`gitleague bootstrap`."""

from __future__ import annotations

import json

import click
from email_validator import EmailNotValidError, validate_email

from gitleague.cli.opening import opened
from gitleague.core import migrations
from gitleague.core.settings import load_settings
from gitleague.projects.bootstrap import Made
from gitleague.projects.bootstrap import bootstrap as make_first_league


@click.command()
@click.option("--email", required=True, help="Of the first commissioner.")
@click.option("--project", required=True, help="Name of the league.")
@click.option("--repo", "repos", multiple=True, help="Git URL of a repository; may be repeated.")
@click.option(
    "--time-zone", default="UTC", show_default=True, help="The league's, like Europe/Berlin."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def bootstrap(
    *, email: str, project: str, repos: tuple[str, ...], time_zone: str, as_json: bool
) -> None:
    """Make the first commissioner with a project, an API key and a sign-in link.

    Safe to run again: what is there is kept, and a fresh key and link are printed.
    """
    try:
        address = validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise click.BadParameter(str(error), param_hint="--email") from None
    if not project.strip():
        raise click.BadParameter("The league needs a name.", param_hint="--project")
    settings = load_settings()
    with opened(settings) as database:
        if database.is_sqlite:
            migrations.upgrade(database)
        with database.writing() as session:
            made = make_first_league(
                session,
                settings,
                email=address.normalized,
                project=project.strip(),
                git_urls=repos,
                time_zone=time_zone,
            )
    click.echo(_as_json(made) if as_json else _as_text(made))


def _as_json(made: Made) -> str:
    return json.dumps(
        {
            "project_id": str(made.project_id),
            "repos": [{"id": str(repo_id), "git_url": url} for repo_id, url in made.repos],
            "api_key": made.api_key,
            "jwt": made.jwt,
            "sign_in_url": made.sign_in_url,
        }
    )


def _as_text(made: Made) -> str:
    repos = "\n".join(f"  {repo_id}  {url}" for repo_id, url in made.repos) or "  none yet"
    return (
        f"Project\n  {made.project_id}\nRepositories\n{repos}\n"
        f"API key (shown this once)\n  {made.api_key}\n"
        f"Sign in (once, within 15 minutes)\n  {made.sign_in_url}"
    )
