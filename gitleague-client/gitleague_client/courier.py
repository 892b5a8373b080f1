"""A sync without a network: a bundle takes the place of the server, and takes everything.

Who reads it knows nothing of what the server has, so it holds all commits; those that are there
already are passed by when it is imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from uuid import UUID

from annotated_types import MinLen
from pydantic import TypeAdapter

from gitleague_client.api import Ended, Pushed, RulesInForce, Status
from gitleague_client.bundle import BundleWriter, Entry, Kind
from gitleague_client.credentials import is_of_the_original_system
from gitleague_client.errors import CannotWrite, KeyRefused, RepositoryError, UsageError
from gitleague_client.files import private_file


@dataclass(frozen=True, kw_only=True)
class _ProjectRules(RulesInForce):
    project_id: UUID
    # With short ones, anybody could find out whose a pseudonym is, and which files changed.
    pseudonym_salt: Annotated[str, MinLen(32)]
    change_salt: Annotated[str, MinLen(32)] = field()  # none of an older server


_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_RULES = TypeAdapter(_ProjectRules)
_ASK_FOR_RULES = (
    "Ask the operator for `gitleague export-rules`, and pass what it prints: --rules FILE"
)


class Courier:
    """Stands where a League does, and writes down what it is told."""

    def __init__(self, target: Path, bundle: BundleWriter, rules: dict[UUID, RulesInForce]) -> None:
        self._target = target
        self._bundle = bundle
        self._rules = rules
        self.is_given_up = False  # by whoever sees that it is not worth it
        self.is_kept = False  # the file took its place

    def status(self, _project_id: UUID, _repo: str) -> Status:
        return Status(heads=[])

    def rules(self, project_id: UUID) -> RulesInForce:
        try:
            return self._rules[project_id]
        except KeyError:
            raise RepositoryError(
                f"To pack commits, the rules of {project_id} are needed.",
                remedy=_ask_for_rules(str(project_id)),
            ) from None

    def push(self, project_id: UUID, repo: str, batch: bytes) -> Pushed:
        self._add(Entry(project_id, repo, Kind.COMMITS, batch))
        return Pushed(inserted=0, skipped=0, errors=0, details=[])

    def end(self, project_id: UUID, repo: str, refs: bytes) -> Ended:
        self._add(Entry(project_id, repo, Kind.REFS, refs))
        return Ended(pruned=0, total_commits=0)

    def _add(self, entry: Entry) -> None:
        with _named(self._target):
            self._bundle.add(entry)


class _NotKept(Exception):
    """Ends the block of a file that shall not take its place."""


@contextmanager
def courier_to(target: Path, api_key: str, rules: Path | None) -> Iterator[Courier]:
    """The file is there once the block has ended well and packed something: whole, and for nobody
    else to read. Else what was there before stays.
    """
    if is_of_the_original_system(api_key):
        raise KeyRefused(
            "This API key is of the original system, and cannot sign a bundle.",
            remedy="Rotate it on the API-keys page, and take the new one.",
        )
    in_force = read_rules(rules) if rules else {}
    place = target.resolve()  # what a link leads to is replaced, and not the link
    if place.exists() and not place.is_file():
        raise CannotWrite(f"{target} cannot be written: it is no ordinary file.")
    with suppress(_NotKept), ExitStack() as stack:
        with _named(target):
            file = stack.enter_context(private_file(place))
            bundle = BundleWriter(file, api_key)
        courier = Courier(target, bundle, in_force)
        yield courier
        if courier.is_given_up or not bundle.count:
            raise _NotKept
        with _named(target):
            bundle.close()
            stack.close()
        courier.is_kept = True


@contextmanager
def _named(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotWrite(f"{target} cannot be written: {error.strerror}.") from None


def read_rules(file: Path) -> dict[UUID, RulesInForce]:
    """The rules of each project, as `gitleague export-rules` prints them."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}.", remedy=_ask_for_rules("ID")
        ) from None
    try:  # some shells write what they redirect in UTF-16
        text = content.decode("utf-16" if content[:2] in _UTF_16 else "utf-8-sig")
        found = [_RULES.validate_json(line) for line in text.splitlines() if line.strip()]
    except ValueError:  # of pydantic, too
        raise UsageError(
            f"{file} holds no rules of a project, or those of an older server.",
            remedy=_ask_for_rules("ID"),
        ) from None
    return {each.project_id: each for each in found}


def _ask_for_rules(project_id: str) -> str:
    return (
        f"Ask the operator for `gitleague export-rules --project {project_id}`, and pass the file "
        "that it makes: --rules FILE"
    )
