"""From the bytes of a push to its commits: one bad commit is refused, the others are read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from annotated_types import MaxLen
from gitleague_client.commit import COMMIT_FIELDS, MAX_PARENTS, SHA_PATTERN, Commit
from pydantic import TypeAdapter, ValidationError

from gitleague.core.clock import as_utc
from gitleague.core.errors import BadRequest, FieldError, Invalid, TooLarge
from gitleague.core.problems import sentence_of
from gitleague.sync.body import refuse_heaps

MOST_COMMITS = 5000  # what the setting max_batch may be at most
_DEEPEST = 4  # a commit, its coauthors, one of them, a name: nothing lies deeper
_NUL_ESCAPE = b"\\u0000"
_SHA = re.compile(SHA_PATTERN)


@dataclass(slots=True)
class Push:
    """The body of `POST …/commits`."""

    commits: Annotated[list[Commit], MaxLen(MOST_COMMITS)]
    client_version: str | None = None


class Refusal(NamedTuple):
    """A commit that could not be taken, and why."""

    sha: str | None  # None: unreadable, so it cannot be remembered
    shown: str | None  # what was sent in its place
    field: str
    reason: str
    parents: list[str] | None


class Batch(NamedTuple):
    commits: list[Commit]
    refusals: list[Refusal]
    client_version: str | None = None


_PUSH = TypeAdapter(Push)
_COMMIT = TypeAdapter(Commit)


def dates_of(batch: Batch) -> Iterator[datetime]:
    """When its commits were written."""
    return (as_utc(commit.author_date or commit.commit_date) for commit in batch.commits)


def read_batch(content: bytes, *, max_batch: int) -> Batch:
    refuse_heaps(content)
    if _NUL_ESCAPE in content:
        return _read_singly(content, max_batch)
    try:
        push = _PUSH.validate_json(content)
    except ValidationError:
        return _read_singly(content, max_batch)
    _refuse_many(len(push.commits), max_batch)
    return Batch(push.commits, [], push.client_version)


def _read_singly(content: bytes, max_batch: int) -> Batch:
    """The slow way, for a batch that holds something odd."""
    push = _parse(content)
    sent, version = push.get("commits"), push.get("client_version")
    if not isinstance(sent, list):
        raise _invalid("commits", "Send a list of commits, possibly empty.")
    if version is not None and not isinstance(version, str):
        raise _invalid("client_version", "Send the version as text, for example 0.2.0.")
    _refuse_many(len(sent), max_batch)
    batch = Batch([], [], version)
    for item in sent:
        cleaned = _cleaned(_known_fields(item))
        try:
            batch.commits.append(_COMMIT.validate_python(cleaned))
        except ValidationError as error:
            batch.refusals.append(_refusal(cleaned, error))
    return batch


def _parse(content: bytes) -> dict[str, Any]:
    try:
        push = json.loads(content)
    except RecursionError as error:
        raise BadRequest("The JSON is nested too deeply.") from error
    except ValueError as error:  # not JSON, not UTF-8, or a number of thousands of digits
        raise BadRequest(f"The body is not JSON in UTF-8: {error}") from error
    if not isinstance(push, dict):
        raise _invalid("", 'Send an object: {"commits": […]}.')
    return push


def _known_fields(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    return {name: item[name] for name in COMMIT_FIELDS if name in item}


def _cleaned(value: Any, *, depth: int = 0) -> Any:
    """Without NUL, which PostgreSQL cannot keep, and without halves of surrogate pairs."""
    if isinstance(value, str):
        text = value.replace("\0", "")
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if depth > _DEEPEST:
        return None
    if isinstance(value, list):
        return [_cleaned(item, depth=depth + 1) for item in value]
    if isinstance(value, dict):
        return {key: _cleaned(item, depth=depth + 1) for key, item in value.items()}
    return value


def _refusal(item: Any, error: ValidationError) -> Refusal:
    sent = item if isinstance(item, dict) else {}
    sha = sent.get("sha")
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return Refusal(
        sha=_sha(sha),
        shown=sha[:64] if isinstance(sha, str) else None,
        field=field[:64],
        reason=_reason(first["type"], first["msg"], field),
        parents=_parents(sent.get("parents")),
    )


def _reason(kind: str, message: str, field: str) -> str:
    if kind == "missing":
        return "This field is missing."
    if kind == "string_pattern_mismatch" and not field.startswith("patch_key"):
        return "This is no sha: send 40 or 64 hex digits."
    return sentence_of(kind, message)


def _sha(value: object) -> str | None:
    return value.lower() if isinstance(value, str) and _SHA.fullmatch(value) else None


def _parents(value: object) -> list[str] | None:
    if not isinstance(value, list):
        return None
    shas = [_sha(parent) for parent in value]
    return None if None in shas or len(shas) > MAX_PARENTS else [sha for sha in shas if sha]


def _refuse_many(count: int, max_batch: int) -> None:
    if count > max_batch:
        raise TooLarge(
            f"The batch holds more than {max_batch:,} commits, the most that one push may carry. "
            "Send smaller batches."
        )


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(field=field, message=message)])
