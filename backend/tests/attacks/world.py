"""The league that the routes are tried on, with something fresh for each that changes something."""

import itertools
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from attacks.callers import Callers, Kind, make_callers
from everything import Everything
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.jobs.queue import enqueue
from gitleague.tables.commits import Identity, Player
from gitleague.tables.fairplay import FairPlayRule, Ruling, RulingCommit
from gitleague.tables.jobs import Job
from gitleague.tables.outside import Digest, Webhook
from gitleague.tables.projects import SyncMethod
from httpx import Client
from make import make_commit, make_project, make_repo
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

API = "/api/v1"
DISCORD = f"https://discord.com/api/webhooks/{'1' * 18}/{'t' * 68}"


def _day(number: int) -> str:
    return str(date(2020, 1, 1) + timedelta(days=number))


DAYS = map(_day, itertools.count())  # no generator: that is for one thread alone


@dataclass
class World:
    """The league that the routes are tried on."""

    http: Client
    database: Database
    callers: Callers
    project_id: uuid.UUID
    repo_id: uuid.UUID
    sha: str
    player_id: str = ""
    season_id: str = ""
    report_id: str = ""
    fantasy_season_id: str = ""  # far ahead: nothing locks while the routes are tried
    fantasy_id: str = ""

    def play(self) -> dict[str, object]:
        return {"sha": self.sha}

    def fresh_repo(self) -> dict[str, object]:
        with self.database.writing() as session:
            made = make_repo(session, self.project_id, f"git@example.org:x/{uuid.uuid4()}.git")
        return {"repo_id": made}

    def failed_job(self) -> dict[str, object]:
        with self.database.writing() as session:
            job_id = enqueue(session, "unknown", project_id=self.project_id)
            session.flush()  # what it is told is about this row
            session.execute(update(Job).where(Job.id == job_id).values(state="failed"))
        return {"job_id": job_id}

    def fresh_pulled_repo(self) -> dict[str, object]:
        method = SyncMethod.PULL_CELERY
        url = f"https://127.0.0.1:1/{uuid.uuid4()}.git"  # where this server may not pull from
        with self.database.writing() as session:
            return {"repo_id": make_repo(session, self.project_id, url, sync_method=method)}

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

    def fresh_squad(self) -> dict[str, object]:
        day = next(DAYS)
        made = self._made("squads", name=str(uuid.uuid4()))
        days = {"player_id": self.player_id, "first": day, "last": day}
        return {"squad_id": made["id"], "days": days}

    def fresh_stint(self) -> dict[str, Any]:
        squad = self.fresh_squad()
        made = self._made(f"squads/{squad['squad_id']}/members", **squad["days"])
        return {**squad, "stint_id": made["id"]}

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

    def fresh_ruling(self) -> dict[str, object]:
        """About the player among the callers."""
        ruling_id = uuid.uuid4()
        with self.database.writing() as session:
            identity_id = self._identity_of_player(session)
            session.add(
                Ruling(
                    id=ruling_id,
                    project_id=self.project_id,
                    rule=FairPlayRule.HUGE_COMMIT.value,
                    identity_id=identity_id,
                    day=date(2020, 1, 1),
                    figures={},
                    made_at=now(),
                )
            )
            session.flush()  # what it names points at it
            session.add(
                RulingCommit(
                    project_id=self.project_id,
                    ruling_id=ruling_id,
                    sha=uuid.uuid4().hex,
                    rule=FairPlayRule.HUGE_COMMIT.value,
                    place=1,
                    is_penalized=True,
                    evidence={},
                )
            )
        return {"ruling_id": ruling_id}

    def _identity_of_player(self, session: Session) -> uuid.UUID:
        """Of the player among the callers, who plays from the first time that this is asked."""
        user_id = self.callers.people[Kind.PLAYER].user_id
        known = session.scalar(
            select(Identity.id)
            .join(Player, Player.id == Identity.player_id)
            .where(Identity.project_id == self.project_id, Player.user_id == user_id)
        )
        if known:
            return known
        of_project = {"project_id": self.project_id, "created_at": now()}
        player = Player(id=uuid.uuid4(), name="Player", user_id=user_id, **of_project)
        session.add(player)
        session.flush()  # the identity points at it
        identity = Identity(
            id=uuid.uuid4(),
            player_id=player.id,
            name="Player",
            email="",
            address="",
            fingerprint=uuid.uuid4().hex,
            **of_project,
        )
        session.add(identity)
        session.flush()  # rulings point at it
        return identity.id

    def lifted_ruling(self) -> dict[str, object]:
        ruling = self.fresh_ruling()
        self._made(f"rulings/{ruling['ruling_id']}/lift", reason="A mistake.")
        return ruling

    def fresh_report(self) -> dict[str, object]:
        """The commissioner's, about somebody new, and the only one that is open."""
        subject_id = self.two_players()["player_id"]
        if self.report_id:
            self.http.post(
                f"{API}/projects/{self.project_id}/reports/{self.report_id}/dismiss",
                headers=self.callers.headers(Kind.COMMISSIONER),
            )
        made = self._made("reports", subject="player", subject_id=subject_id, sentence="No.")
        self.report_id = made["id"]
        return {"report_id": self.report_id}

    def wished_fantasy(self) -> dict[str, object]:
        if not self.fantasy_season_id:
            days = {"first": "2095-01-01", "last": "2095-03-31"}
            self.fantasy_season_id = str(self._made("seasons", name="Later", **days)["id"])
        season = {"season_id": self.fantasy_season_id, "mode": "free"}
        return {"fantasy": {"name": uuid.uuid4().hex, **season}}

    def fantasy(self) -> dict[str, object]:
        """The one that is looked at and joined."""
        self.fantasy_id = self.fantasy_id or str(self.fresh_fantasy()["fantasy_id"])
        return {"fantasy_id": self.fantasy_id}

    def fresh_fantasy(self) -> dict[str, object]:
        wish: Any = self.wished_fantasy()["fantasy"]
        return {"fantasy_id": self._made("fantasy", **wish)["id"]}

    def fantasy_to_pick(self) -> dict[str, object]:
        """Joined by a player and the commissioner, and started."""
        place = f"fantasy/{self.fresh_fantasy()['fantasy_id']}"
        for kind in (Kind.PLAYER, Kind.COMMISSIONER):
            self.http.post(
                f"{API}/projects/{self.project_id}/{place}/managers",
                headers=self.callers.headers(kind),
            ).raise_for_status()
        return {"fantasy_id": self._made(f"{place}/start")["id"]}

    def fantasy_picked(self) -> dict[str, object]:
        """By the commissioner."""
        fantasy = self.fantasy_to_pick()
        made = self._made(f"fantasy/{fantasy['fantasy_id']}/picks", player_id=self.player_id)
        return {**fantasy, "pick_id": made["id"]}

    def no_webhooks(self) -> dict[str, object]:
        """A league can have so many only."""
        with self.database.writing() as session:
            session.execute(delete(Webhook).where(Webhook.project_id == self.project_id))
        return {}

    def webhook(self) -> dict[str, object]:
        """To an address that nobody has."""
        self.no_webhooks()
        made = self._made("webhooks", url="https://hooks.invalid", events=["sync.done"])
        return {"webhook_id": made["id"]}

    def delivery(self) -> dict[str, object]:
        subject = self.webhook()
        made = self._made(f"webhooks/{subject['webhook_id']}/ping")
        return {**subject, "delivery_id": made["id"]}

    def no_digests(self) -> dict[str, object]:
        """A league can have so many only."""
        with self.database.writing() as session:
            session.execute(delete(Digest).where(Digest.project_id == self.project_id))
        return {}

    def fresh_digest(self) -> dict[str, object]:
        self.no_digests()
        made = self._made("digests", name="Team", kind="discord", destination=DISCORD)
        return {"digest_id": made["id"]}

    def dead_digest(self) -> dict[str, object]:
        """One that nothing is sent to: its seal is broken."""
        subject = self.fresh_digest()
        with self.database.writing() as session:
            session.execute(update(Digest).values(sealed_destination=""))
        return subject

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


def make_world(database: Database, settings: Settings, http: Client) -> World:
    with database.writing() as session:
        project_id = make_project(session)
        repo_id = make_repo(session, project_id)
    callers = make_callers(database, settings, http, project_id)
    return pushed_world(http, database, callers, project_id, repo_id)


def pushed_world(
    http: Client,
    database: Database,
    callers: Callers,
    project_id: uuid.UUID,
    repo_id: uuid.UUID,
) -> World:
    """With a commit, and so with a player."""
    headers = callers.headers(Kind.COMMISSIONER)
    push = f"{API}/sync/projects/{project_id}/repos/{repo_id}/commits"
    commit = make_commit()
    http.post(push, json={"commits": [commit]}, headers=headers)
    table = http.get(f"{API}/projects/{project_id}/standings?period=all", headers=headers).json()
    player_id = table["items"][0]["player"]["id"]
    return World(http, database, callers, project_id, repo_id, commit["sha"], player_id)


def world_of_everything(
    database: Database, settings: Settings, http: Client, league: Everything
) -> World:
    """The league that pages are looked at with, among the same callers."""
    callers = make_callers(database, settings, http, league.project)
    about = (league.project, league.repo, league.play, str(league.player))
    return World(http, database, callers, *about, season_id=str(league.season))
