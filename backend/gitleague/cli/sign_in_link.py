"""`gitleague sign-in-link`."""

from __future__ import annotations

import click

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.sign_in import find_or_admit, make_link
from gitleague.cli.opening import whole_database
from gitleague.core.errors import NotFound
from gitleague.core.settings import load_settings


@click.command()
@click.argument("email")
def sign_in_link(*, email: str) -> None:
    """Print a sign-in link for EMAIL, where no mail server sends one.

    The link signs in as EMAIL, once, within 15 minutes. Hand it to the person themselves.
    """
    settings = load_settings()
    with whole_database() as database, database.writing() as session:
        account = find_or_admit(session, settings, email)
        if account is None:
            raise NotFound(
                f"No account and no open invitation has the address {email}. Let a commissioner "
                "invite it, or run `gitleague bootstrap` for a new league."
            )
        link = make_link(session, settings, account.user_id)
        audit.record(session, Action.SIGN_IN_LINK_PRINTED, account.email, caller=None)
    click.echo(link)
