"""A sync without a network: a bundle takes the place of the server, and takes everything.

Who reads it knows nothing of what the server has, so it holds all commits; those that are there
already are passed by when it is imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from gitleague_client.api import Ended, Pushed, RulesInForce, Status
from gitleague_client.bundle import BundleWriter, Entry, Kind
from gitleague_client.errors import CannotWrite, RepositoryError, UsageError
from gitleague_client.files import private_file


@dataclass(frozen=True)
class _ProjectRules(RulesInForce):
    project_id: UUID


_RULES = TypeAdapter(_ProjectRules)
_ASK_FOR_RULES = (
    "Ask the operator for `gitleague export-rules`, and pass what it prints: --rules FILE"
)


class Courier:
    """Stands where a League does, and writes down what it is told."""

    def __init__(self, bundle: BundleWriter, rules: dict[UUID, RulesInForce]) -> None:
        self._bundle = bundle
        self._rules = rules

    def status(self, _project_id: UUID, _repo: str) -> Status:
        return Status(heads=[])

    def rules(self, project_id: UUID) -> RulesInForce:
        try:
            return self._rules[project_id]
        except KeyError:
            raise RepositoryError(
                f"To leave out what `privacy` says, the rules of {project_id} are needed.",
                remedy=_ASK_FOR_RULES,
            ) from None

    def push(self, project_id: UUID, repo: str, batch: bytes) -> Pushed:
        self._bundle.add(Entry(project_id, repo, Kind.COMMITS, batch))
        return Pushed(inserted=0, skipped=0, errors=0, details=[])

    def end(self, project_id: UUID, repo: str, refs: bytes) -> Ended:
        self._bundle.add(Entry(project_id, repo, Kind.REFS, refs))
        return Ended(pruned=0, total_commits=0)


@contextmanager
def courier_to(target: Path, api_key: str, rules: Path | None) -> Iterator[Courier]:
    """The file is there once the block has ended well, whole and for nobody else to read."""
    in_force = read_rules(rules) if rules else {}
    try:
        with private_file(target) as file:
            bundle = BundleWriter(file, api_key)
            yield Courier(bundle, in_force)
            bundle.close()
    except OSError as error:
        raise CannotWrite(f"{target} cannot be written: {error.strerror}.") from None


def read_rules(file: Path) -> dict[UUID, RulesInForce]:
    """The rules of each project, as `gitleague export-rules` prints them."""
    try:
        found = map(_RULES.validate_json, file.read_bytes().splitlines())
        return {each.project_id: each for each in found}
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}.", remedy=_ASK_FOR_RULES
        ) from None
    except ValidationError:
        raise UsageError(f"{file} holds no rules of a project.", remedy=_ASK_FOR_RULES) from None
