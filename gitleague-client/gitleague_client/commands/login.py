"""`login`: keep an API key for a league, once the server takes it. `logout`: forget it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from uuid import UUID

import click

from gitleague_client import keystore
from gitleague_client.api import League, check_key
from gitleague_client.commands.init import PLACEHOLDER_ID
from gitleague_client.config import Config, find_key
from gitleague_client.credentials import Key, KeySource
from gitleague_client.errors import Exit, RepositoryError, ServerUnreachable, UsageError
from gitleague_client.git import open_repository
from gitleague_client.output import Output
from gitleague_client.urls import without_password

LONGEST_LINE = 1000  # characters: a whole file that is given by mistake is not read


def run(
    config: Config,
    key: str,
    out: Output,
    *,
    connect: Callable[[Key], League] | None,
    may_ask: bool,
) -> Exit:
    """`connect` is None where the server shall not be asked."""
    check_key(key)
    is_taken = connect is not None and _is_taken(config, connect(Key(key)))
    source = keystore.store(config.api_url, key, may_ask=may_ask)
    place = source.value
    if source is KeySource.CREDENTIALS:
        place = f"{keystore.credentials_file()}, since there is no usable system keyring"
    checked = "The server takes the key" if is_taken else "The key was not tried yet"
    out.result(
        f"{checked}. It is kept for {config.api_url} in {place}.",
        api_url=config.api_url,
        kept_in=source.name.lower(),
        checked=is_taken,
    )
    if config.api_key:
        winner = find_key(config, None, may_ask=False).source
        out.warn(f"{winner.value if winner else ''} has a key too, and that one is used.")
    return Exit.DONE


def forget(config: Config, out: Output, *, may_ask: bool) -> Exit:
    places = keystore.remove(config.api_url, may_ask=may_ask)
    named = " and ".join(place.value for place in places)
    out.result(
        f"The key for {config.api_url} is gone from {named}."
        if places
        else f"There was no key for {config.api_url}.",
        api_url=config.api_url,
        removed_from=[place.name.lower() for place in places],
    )
    return Exit.DONE


def read_key(*, may_ask: bool) -> str:
    """From a prompt that shows nothing; else one line of stdin. Raises UsageError without."""
    if may_ask:
        return str(click.prompt("API key", hide_input=True)).strip()
    line = "" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.readline(LONGEST_LINE)
    if not line.strip():
        raise UsageError(
            "There is no key to read.",
            remedy="Send it to stdin, as in: gitleague-client login <key.txt",
        )
    return line.strip().lstrip("\ufeff")  # some editors begin a file with it


def _is_taken(config: Config, league: League) -> bool:
    """Raises what the server says against it; False where there is nothing to try it on."""
    place = _any_repo(config)
    try:
        with league:
            if place is None:
                league.about()
            else:
                league.status(*place)
    except ServerUnreachable as error:
        raise ServerUnreachable(
            f"{error} Nothing was stored.",
            remedy="Check `api_url` and the network, or keep the key untried: --offline.",
        ) from None
    return place is not None


def _any_repo(config: Config) -> tuple[UUID, str] | None:
    for project, repo in config.repos():
        try:
            url = repo.git_url or open_repository(repo.path).remote_url()
        except RepositoryError:
            continue  # its clone may come later
        if url and str(project.project_id) != PLACEHOLDER_ID:
            return project.project_id, without_password(url)
    return None
