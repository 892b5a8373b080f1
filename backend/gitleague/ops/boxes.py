"""A report: boxes to be checked, each with its figure, and lists; as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple


class Verdict(str, Enum):
    PASS = "pass"  # noqa: S105 - the word of the report
    FAIL = "fail"
    UNKNOWN = "unknown"  # nothing tells; which is not to pass


class Box(NamedTuple):
    group: str
    name: str
    verdict: Verdict
    figure: str
    bound: str
    remedy: str = ""


class Listing(NamedTuple):
    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str | int | None, ...]]


class Report(NamedTuple):
    title: str
    since: datetime
    until: datetime
    boxes: list[Box]
    listings: list[Listing]

    @property
    def passes(self) -> bool:
        return all(box.verdict is Verdict.PASS for box in self.boxes)


def judge(box: tuple[str, str], *, ok: bool | None, figure: str, bound: str, remedy: str) -> Box:
    """`box`: its group and name. None: nothing tells."""
    if ok:
        return Box(*box, Verdict.PASS, figure, bound)
    verdict = Verdict.UNKNOWN if ok is None else Verdict.FAIL
    return Box(*box, verdict, figure, bound, remedy)


def as_json(report: Report) -> dict[str, Any]:
    return {
        "title": report.title,
        "since": report.since.isoformat(),
        "until": report.until.isoformat(),
        "passes": report.passes,
        "boxes": [{**box._asdict(), "verdict": box.verdict.value} for box in report.boxes],
        "listings": {
            each.title: [dict(zip(each.columns, row, strict=True)) for row in each.rows]
            for each in report.listings
        },
    }


def as_markdown(report: Report) -> Iterator[str]:
    count = dict.fromkeys(Verdict, 0)
    for box in report.boxes:
        count[box.verdict] += 1
    yield f"# {report.title}: {'pass' if report.passes else 'not passed'}"
    yield ""
    yield f"From {report.since:%Y-%m-%d %H:%M} to {report.until:%Y-%m-%d %H:%M} UTC: " + ", ".join(
        f"{number} {verdict.value}" for verdict, number in count.items()
    )
    for group in dict.fromkeys(box.group for box in report.boxes):
        rows = [
            (box.name, box.verdict.value, box.figure, box.bound, box.remedy)
            for box in report.boxes
            if box.group == group
        ]
        yield from _table(group, ("box", "verdict", "figure", "bound", "what to do"), rows)
    for listing in report.listings:
        yield from _table(listing.title, listing.columns, listing.rows)


def _table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    columns = tuple(columns)
    yield from ("", f"## {title}", "", _row(columns), _row("---" for _ in columns))
    yield from (_row(row) for row in rows)


def _row(cells: Iterable[object]) -> str:
    """Names are others' words: none of them ends its cell."""
    texts = ("" if cell is None else " ".join(str(cell).split()) for cell in cells)
    return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |"
