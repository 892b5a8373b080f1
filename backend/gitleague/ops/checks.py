"""What one look at a part of the system found, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple


class Mark(str, Enum):
    OK = "pass"
    WARN = "warn"
    FAIL = "fail"
    NOT_MEASURED = "not measured"


class Finding(NamedTuple):
    name: str
    mark: Mark
    says: str
    remedy: str = ""


def as_json(findings: Iterable[Finding]) -> list[dict[str, str]]:
    return [{**found._asdict(), "mark": found.mark.value} for found in findings]


def as_lines(findings: Iterable[Finding]) -> Iterable[str]:
    for found in findings:
        yield f"{found.mark.value:<12}  {found.name:<14}  {found.says}"
        if found.remedy and found.mark is not Mark.OK:
            yield f"{'':<14}  {'':<12}  -> {found.remedy}"


def failed(findings: Iterable[Finding]) -> bool:
    return any(found.mark is Mark.FAIL for found in findings)
