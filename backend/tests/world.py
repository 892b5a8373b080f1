"""The league that the routes are tried on, with something fresh for each that changes something."""

import itertools
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from callers import Callers, Kind, make_callers
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from httpx import Client
from make import make_commit, make_project, make_repo

API = "/api/v1"
DAYS = (str(date(2020, 1, 1) + timedelta(days=number)) for number in itertools.count())


@dataclass
class World:
    """The league that the routes are tried on."""

    http: Client
    database: Database
    callers: Callers
    project_id: uuid.UUID
    repo_id: uuid.UUID
    player_id: str = ""
    season_id: str = ""

    def fresh_repo(self) -> dict[str, object]:
        with self.database.writing() as session:
            made = make_repo(session, self.project_id, f"git@example.org:x/{uuid.uuid4()}.git")
        return {"repo_id": made}

    def fresh_member(self) -> dict[str, object]:
        return {"user_id": self.callers.add_member(self.database, self.project_id)}

    def fresh_invitation(self) -> dict[str, object]:
        answer = self.http.post(
            f"{API}/projects/{self.project_id}/invitations",
            json={"email": f"{uuid.uuid4()}@example.org", "role": "player"},
            headers=self.callers.headers(Kind.COMMISSIONER),
        )
        made = answer.json()
        return {"invitation_id": made["id"], "token": made["link"].rsplit("/", 1)[-1]}

    def fresh_link(self) -> dict[str, object]:
        return {"token": self.callers.sign_in_token(self.database)}

    def fresh_project(self) -> dict[str, object]:
        with self.database.writing() as session:
            return {"project_id": make_project(session)}

    def fresh_season(self) -> dict[str, object]:
        first = next(DAYS)
        made = self._made("seasons", name="Q", first=first, last=first)
        away = {"player_id": self.player_id, "first": first, "last": first}
        return {"season_id": made["id"], "absence": away}

    def open_season(self) -> dict[str, object]:
        """The one that is played, since only one can be; another once it is closed."""
        if not self.season_id or self._state_of(self.season_id) == "closed":
            self.season_id = str(self.fresh_season()["season_id"])
            self._made(f"seasons/{self.season_id}/open")
        return {"season_id": self.season_id}

    def _state_of(self, season_id: str) -> str:
        answer = self.http.get(
            f"{API}/projects/{self.project_id}/seasons/{season_id}",
            headers=self.callers.headers(Kind.COMMISSIONER),
        )
        return str(answer.json()["state"])

    def two_players(self) -> dict[str, object]:
        """One of them with two identities."""
        names = [f"{uuid.uuid4().hex}@example.org" for _ in range(2)]
        commits = [
            make_commit(author_name=name, author_email=email)
            for name, email in (("A", names[0]), ("B", names[0]), ("C", names[1]))
        ]
        push = f"{API}/sync/projects/{self.project_id}/repos/{self.repo_id}/commits"
        headers = self.callers.headers(Kind.COMMISSIONER)
        self.http.post(push, json={"commits": commits}, headers=headers).raise_for_status()
        people = [self._identities(name) for name in names]
        return {
            "player_id": people[0][0]["player"]["id"],
            "other": people[1][0]["player"]["id"],
            "identity": people[0][0]["id"],
            "address": names[1],
        }

    def identity_change(self) -> dict[str, object]:
        two = self.two_players()
        made = self._made(f"players/{two['player_id']}/merge", players=[two["other"]])
        return {"change_id": made["id"]}

    def fresh_claim(self) -> dict[str, object]:
        made = self._made("claims", address=self.two_players()["address"])
        return {"claim_id": made["id"]}

    def _identities(self, q: str) -> list[dict[str, Any]]:
        answer = self.http.get(
            f"{API}/projects/{self.project_id}/identities?q={q}",
            headers=self.callers.headers(Kind.COMMISSIONER),
        )
        items: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
        return items

    def fresh_absence(self) -> dict[str, object]:
        season = self.fresh_season()
        made = self._made(f"seasons/{season['season_id']}/absences", **season["absence"])
        return {**season, "absence_id": made["id"]}

    def _made(self, path: str, **body: object) -> dict[str, Any]:
        answer = self.http.post(
            f"{API}/projects/{self.project_id}/{path}",
            json=body or None,
            headers=self.callers.headers(Kind.COMMISSIONER),
        )
        made: dict[str, Any] = answer.raise_for_status().json()
        return made


def make_world(settings: Settings, http: Client) -> World:
    database = Database(settings.database)
    with database.writing() as session:
        project_id = make_project(session)
        repo_id = make_repo(session, project_id)
    callers = make_callers(database, settings, http, project_id)
    headers = callers.headers(Kind.COMMISSIONER)
    push = f"{API}/sync/projects/{project_id}/repos/{repo_id}/commits"
    http.post(push, json={"commits": [make_commit()]}, headers=headers)
    table = http.get(f"{API}/projects/{project_id}/standings?period=all", headers=headers).json()
    player_id = table["items"][0]["player"]["id"]
    return World(http, database, callers, project_id, repo_id, player_id)
