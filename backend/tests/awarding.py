"""The awards of a league, and how they are given now."""

import uuid
from datetime import date, datetime
from typing import Any, NamedTuple

from gitleague.core.db import Database
from gitleague.league.awards.giving import find, keep
from gitleague.league.awards.stretches import stretches
from gitleague.tables.projects import Project
from httpx import Client, Response
from make import Person, make_commit
from remote import Repo
from sqlalchemy import update
from sqlalchemy.orm import Session


def give(session: Session, project_id: uuid.UUID, *, anew_from: date | None = None) -> int:
    """What is due, or all again from a day on; returns how many awards that were."""
    wanted = {"anew_from": str(anew_from)} if anew_from else {}
    given = 0
    for stretch in stretches(session, project_id, wanted):
        found = find(session, project_id, stretch.days)
        given += keep(session, project_id, stretch.days, found, how=stretch.how) or 0
    return given


class Shelf(NamedTuple):
    """The awards of ada's league."""

    http: Client
    ada: Person
    database: Database
    repo: Repo

    @property
    def league(self) -> str:
        return f"/api/v1/projects/{self.ada.project_id}"

    def ask(self, method: str, path: str, **body: Any) -> Response:
        return self.http.request(
            method, self.league + path, json=body or None, headers=self.ada.headers
        )

    def began(self, day: str) -> None:
        """The league is as old as that."""
        made = datetime.fromisoformat(f"{day}T00:00:00+00:00")
        with self.database.writing() as session:
            session.execute(
                update(Project)
                .where(Project.id == self.ada.project_id)
                .values(created_at=made, awards_through=None)
            )

    def give(self, **options: Any) -> int:
        with self.database.writing() as session:
            return give(session, self.ada.project_id, **options)

    def awards(self, query: str = "") -> list[dict[str, Any]]:
        answer = self.ask("GET", f"/awards?limit=200&{query}")
        assert answer.is_success, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def winners(self, kind: str) -> dict[str, str]:
        """The names, by the first day of what they were given it for."""
        return {each["first"]: each["player"]["name"] for each in self.awards(f"kind={kind}")}


def on(day: str, by: str = "Grace", **over: Any) -> dict[str, Any]:
    return make_commit(
        author_name=by,
        author_email=f"{by.lower()}@example.org",
        author_date=f"{day}T12:00:00Z",
        commit_date=f"{day}T12:00:00Z",
        **over,
    )
