"""A league with a referee, and commits that it looks at."""

from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.league.fairplay import referee
from httpx import Client, Response
from make import Person, make_commit, make_sha
from remote import Repo

SUBJECTS = [
    *("Close the file", "Ask twice", "Name the port", "No tabs", "Spell colour"),
    *("Drop a print", "Read the clock", "Wait for it", "Two more cases", "Sort by day"),
]
NOON = datetime(2024, 5, 1, 12, tzinfo=timezone.utc)
OLD = make_sha("the commit that is taken back first")


class Field(NamedTuple):
    """Ada's league with a referee."""

    http: Client
    ada: Person
    database: Database
    repo: Repo

    @property
    def league(self) -> str:
        return f"/api/v1/projects/{self.ada.project_id}"

    def ask(self, method: str, path: str, *, by: Person | None = None, **body: Any) -> Response:
        headers = (by or self.ada).headers
        return self.http.request(method, self.league + path, json=body or None, headers=headers)

    def look(self) -> int:
        """As the job does a moment after each push; returns how many rulings are new."""
        with self.database.reading() as session:
            sight = referee.look(session, self.ada.project_id)
        with self.database.writing() as session:
            return referee.note(session, self.ada.project_id, sight)

    def rulings(self, query: str = "") -> list[dict[str, Any]]:
        answer = self.ask("GET", f"/rulings?limit=200&{query}")
        assert answer.is_success, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def flagged(self) -> list[str]:
        return sorted(ruling["rule"] for ruling in self.rulings())

    def set(self, **changes: Any) -> Response:
        return self.ask("PATCH", "/referee", changes=changes)


def at(moment: datetime, by: str = "Grace", **over: Any) -> dict[str, Any]:
    dated = {"author_date": moment.isoformat(), "commit_date": moment.isoformat()}
    named = {"author_name": by, "author_email": f"{by.lower()}@example.org"}
    return make_commit(**{**named, **dated, **over})


def burst(
    count: int, *, pause: timedelta, lines: int = 2, by: str = "Grace", begins: datetime = NOON
) -> list[Any]:
    return [
        at(begins + pause * number, by, additions=lines, deletions=0) for number in range(count)
    ]


def row_of_reverts(count: int, *, by: tuple[str, ...] = ("Grace", "Linus")) -> list[Any]:
    """The first takes back OLD, each other the one before."""
    commits: list[dict[str, Any]] = []
    for number in range(count):
        target = commits[-1]["sha"] if commits else OLD
        title = f"Revert number {number}"
        commits.append(
            at(
                NOON + timedelta(hours=number),
                by[number % len(by)],
                message_title=title,
                message_body=f"This reverts commit {target}.",
            )
        )
    return commits


def toggles(count: int, *, pause: timedelta, lines: int = 100, **over: Any) -> list[Any]:
    """The same lines in and out, by turns, and no word of it."""
    return [
        at(
            NOON + pause * number,
            additions=0 if number % 2 else lines,
            deletions=lines if number % 2 else 0,
            **over,
        )
        for number in range(count)
    ]


def work(days: int, a_day: int, by: str = "Grace") -> list[Any]:
    """Tiny commits, so many on each of the days before, two hours apart."""
    return [
        at(NOON - timedelta(days=day) + 2 * HOUR * number, by, additions=2, deletions=0)
        for day in range(1, days + 1)
        for number in range(a_day)
    ]


def bulk(files: int, additions: int, deletions: int) -> dict[str, Any]:
    return at(NOON, files_changed=files, additions=additions, deletions=deletions)


def soon(**ahead: float) -> datetime:
    return now() + timedelta(**ahead)


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SMALL_PAUSE = {"pause": MINUTE}
NEARLY_MIDNIGHT = NOON + 12 * HOUR - 5 * MINUTE
OTHER = [at(NOON, sha=OLD)]
