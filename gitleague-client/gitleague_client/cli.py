"""Options in, one call for each command; no logic."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import Enum
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple

import click

from gitleague_client import __version__
from gitleague_client.api import League, check_key
from gitleague_client.commands import completion as completion_command
from gitleague_client.commands import doctor as doctor_command
from gitleague_client.commands import explain as explain_command
from gitleague_client.commands import init as init_command
from gitleague_client.commands import login as login_command
from gitleague_client.commands import schedule as schedule_command
from gitleague_client.commands import status as status_command
from gitleague_client.commands import sync as sync_command
from gitleague_client.commands import test as test_command
from gitleague_client.config import (
    FILE_NAME,
    Config,
    exposed_key,
    find_config,
    find_key,
    in_ci,
    job_summary,
    load_config,
    load_league,
)
from gitleague_client.courier import Courier, courier_to
from gitleague_client.credentials import Key
from gitleague_client.errors import Exit
from gitleague_client.outgoing import Options
from gitleague_client.output import Loudness, Output
from gitleague_client.scan.jobs import Jobs
from gitleague_client.scheduling.every import Every

_PATH = click.Path(path_type=Path)
_COMMON = (
    click.option(
        "--config",
        type=_PATH,
        help="The configuration; else ./repos.yaml, else the one in the user's config folder.",
    ),
    click.option("--json", "as_json", is_flag=True, help="One JSON object for each result."),
    click.option("--quiet", "-q", is_flag=True, help="Say nothing but errors."),
    click.option("--no-input", is_flag=True, help="Never ask; implied in CI."),
    click.option("--verbose", "-v", is_flag=True, help="Say what is waited for; show tracebacks."),
)
_INSECURE = click.option(
    "--insecure", is_flag=True, help="Send the key over plain http to another machine."
)
_REPO = click.option(
    "--repo", "only", multiple=True, metavar="NAME", help="This repository only; may be repeated."
)
_API_URL = click.option("--api-url", help="The league's address, where no configuration has it.")
_API_KEY = click.option("--api-key", help="The API key; GITLEAGUE_API_KEY shows it to nobody.")


class _Day(click.DateTime):
    """YYYY-MM-DD, as a date."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, *context: Any) -> Any:
        return super().convert(value, *context).date()


def _one_of(kind: type[Enum]) -> click.Choice[str]:
    return click.Choice([each.value for each in kind])


class Common(NamedTuple):
    """The options that every command has, before or after its name."""

    config: Path | None = None
    as_json: bool = False
    quiet: bool = False
    verbose: bool = False
    no_input: bool = False

    def joined(self, other: Common) -> Common:
        return Common(
            other.config or self.config,
            other.as_json or self.as_json,
            other.quiet or self.quiet,
            other.verbose or self.verbose,
            other.no_input or self.no_input,
        )

    @property
    def output(self) -> Output:
        loudness = Loudness.QUIET if self.quiet else Loudness.NORMAL
        return Output(
            as_json=self.as_json,
            loudness=Loudness.VERBOSE if self.verbose else loudness,
            is_watched=not in_ci(),
        )

    @property
    def may_ask(self) -> bool:
        """Whether somebody is there to type."""
        is_terminal = sys.stdin is not None and sys.stdin.isatty()
        return is_terminal and not self.no_input and not in_ci()


def _common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command its `common` options, joined with those before its name."""

    @wraps(command)
    def joined(
        *,
        config: Path | None,
        as_json: bool,
        quiet: bool,
        verbose: bool,
        no_input: bool,
        **options: Any,
    ) -> Any:
        before = click.get_current_context().obj or Common()
        after = Common(config, as_json, quiet, verbose, no_input)
        return command(common=before.joined(after), **options)

    for option in reversed(_COMMON):
        joined = option(joined)
    return joined


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 90})
@click.version_option(__version__, message="%(version)s")
@_common
def cli(*, common: Common) -> None:
    """Push the commits of your repositories to The Git League: who changed how many lines when.

    Code, file names and git credentials never leave this machine.
    """
    click.get_current_context().obj = common


@cli.command()
@click.argument("folders", nargs=-1, type=_PATH)
@click.option("--api-url", default="https://league.example.org", help="The league's address.")
@click.option("--project-id", default=init_command.PLACEHOLDER_ID, help="The project's id.")
@_common
def init(*, common: Common, folders: tuple[Path, ...], **options: Any) -> Exit:
    """Write a configuration with the repositories in FOLDERS (by default the one you are in)."""
    target = common.config or Path(FILE_NAME)
    return init_command.run(target, common.output, folders=folders or (Path(),), **options)


@cli.command()
@_INSECURE
@_API_KEY
@_common
def test(*, common: Common, **options: Any) -> Exit:
    """Ask the server whether it takes the key, for every repository."""
    config, league = _connected(common, **options)
    with league:
        return test_command.run(config, league, common.output)


@cli.command()
@click.option("--dry-run", is_flag=True, help="Send nothing; tell what would be sent.")
@click.option("--show-payload", is_flag=True, help="With --dry-run: print all that would leave.")
@_API_KEY
@_REPO
@click.option("--jobs", type=click.IntRange(1, 64), help="Processes that count lines.")
@click.option("--full", is_flag=True, help="Look at all commits again, also at refused ones.")
@click.option("--prune", is_flag=True, help="Take back what no branch reaches any more.")
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a bundle for `gitleague import-bundle` instead.",
)
@click.option("--rules", type=_PATH, help="With --to: what `gitleague export-rules` printed.")
@click.option("--since", type=_Day(), help="Nothing older than that day.")
@click.option(
    "--allow-failure",
    is_flag=True,
    help="Exit with 0 though repositories fail or the server is away.",
)
@click.option("--allow-shallow", is_flag=True, help="Take shallow clones too.")
@_INSECURE
@_common
def sync(
    *,
    common: Common,
    only: tuple[str, ...],
    jobs: int | None,
    api_key: str | None,
    insecure: bool,
    rules: Path | None,
    allow_failure: bool,
    **options: Any,
) -> Exit:
    """Send what is new. A sync that was cut off goes on where it stopped."""
    sync_command.check_options(**options, rules=rules)
    config, key = _settled(common, jobs=jobs, api_key=api_key)
    chosen = Options(jobs=Jobs(config.jobs), batch_size=config.batch_size, **options)
    to = (
        courier_to(chosen.to, key.text, rules)
        if chosen.to
        else _league(config, key, common.output, insecure=insecure)
    )
    with to as destination:
        code = sync_command.run(
            config, destination, chosen, common.output, only=only, summary=job_summary()
        )
        if isinstance(destination, Courier):
            destination.is_given_up = code not in {Exit.DONE, Exit.SOME_FAILED}
    if isinstance(destination, Courier) and not destination.is_kept:
        common.output.warn(f"{chosen.to} was not written: nothing was packed.")
    return sync_command.forgiven(code) if allow_failure else code


@cli.command()
@_REPO
@_INSECURE
@_API_KEY
@_common
def status(*, common: Common, only: tuple[str, ...], **options: Any) -> Exit:
    """Tell what the server has of each repository, and what a sync would send."""
    config, league = _connected(common, **options)
    with league:
        return status_command.run(config, league, common.output, only=only)


@cli.command()
@click.argument("sha")
@_REPO
@_INSECURE
@_API_KEY
@_common
def explain(*, common: Common, sha: str, only: tuple[str, ...], **options: Any) -> Exit:
    """Show how the commit SHA scores: every rule that gives points, with its numbers."""
    config, league = _connected(common, **options)
    with league:
        return explain_command.run(config, league, common.output, sha=sha, only=only)


@cli.command()
@_INSECURE
@_API_KEY
@_common
def doctor(*, common: Common, insecure: bool, api_key: str | None) -> Exit:
    """Look at everything that a sync needs, and say what to do about it."""
    file = find_config(common.config)
    steps = doctor_command.Steps(
        lambda: load_config(file, {"api_key": api_key}),
        lambda config: find_key(config, api_key, may_ask=common.may_ask),
        lambda config, key: _league(config, key, common.output, insecure=insecure, max_retries=0),
    )
    return doctor_command.run(file, steps, common.output)


@cli.command()
@_API_URL
@click.option("--offline", is_flag=True, help="Keep the key without asking the server.")
@_INSECURE
@_common
def login(*, common: Common, api_url: str | None, offline: bool, insecure: bool) -> Exit:
    """Keep an API key in the system keyring; where there is none, in a file of yours.

    The key is asked for, or read from stdin.
    """
    config = load_league(common.config, api_url)
    key = login_command.read_key(may_ask=common.may_ask)

    def connect(key: Key) -> League:
        return _league(config, key, common.output, insecure=insecure)

    return login_command.run(
        config,
        key,
        common.output,
        connect=None if offline else connect,
        may_ask=common.may_ask,
    )


@cli.command()
@_API_URL
@_common
def logout(*, common: Common, api_url: str | None) -> Exit:
    """Forget the API key that `login` keeps."""
    config = load_league(common.config, api_url)
    return login_command.forget(config, common.output, may_ask=common.may_ask)


@cli.command()
@click.argument("kind", type=_one_of(schedule_command.Kind))
@click.option("--install", is_flag=True, help="Put it in place instead of printing it.")
@click.option("--every", type=_one_of(Every), help="How often; a clock's default is hourly.")
@_common
def schedule(*, common: Common, kind: str, every: str | None, install: bool) -> Exit:
    """Print what starts a sync by itself: by a clock, by git's hooks or as a job of your CI."""
    return schedule_command.run(
        find_config(common.config),
        common.output,
        kind=schedule_command.Kind(kind),
        every=Every(every) if every else None,
        install=install,
    )


@cli.command()
@click.argument("shell", type=click.Choice(list(completion_command.PLACES)))
@_common
def completion(*, common: Common, shell: str) -> Exit:
    """Print the script that lets your shell complete this command."""
    return completion_command.run(cli, shell, common.output)


def _connected(
    common: Common, *, insecure: bool, api_key: str | None, **flags: object
) -> tuple[Config, League]:
    config, key = _settled(common, api_key=api_key, **flags)
    return config, _league(config, key, common.output, insecure=insecure)


def _settled(common: Common, *, api_key: str | None, **flags: object) -> tuple[Config, Key]:
    """What is configured, and a key that is whole."""
    file = find_config(common.config)
    config = load_config(file, {**flags, "api_key": api_key})
    key = find_key(config, api_key, may_ask=common.may_ask)
    check_key(key.text)
    exposed = exposed_key(file)
    if exposed:
        common.output.warn(exposed)
    return config, key


def _league(
    config: Config, key: Key, out: Output, *, insecure: bool, max_retries: int | None = None
) -> League:
    return League(
        config.api_url,
        key.text,
        max_retries=config.max_retries if max_retries is None else max_retries,
        insecure=insecure,
        on_wait=out.warn,
    )
