"""Every kind of caller that a league meets, each with a real credential."""

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum

from gitleague.accounts.sign_in import make_link, open_api_session
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.accounts import ApiKey, Scope
from gitleague.tables.projects import MemberStatus, Role
from gitleague_client.credentials import LOOKUP_LENGTH
from gitleague_client.credentials import make_key as key_of
from httpx import Client
from make import Person, make_key, make_member, make_person, make_project, make_user
from sqlalchemy import update


class Kind(Enum):
    NOBODY = "nobody"
    PENDING = "spectator, pending"
    SPECTATOR = "spectator"
    PLAYER = "player"
    COMMISSIONER = "commissioner of this project"
    STRANGER = "commissioner of another project"
    OPERATOR = "operator of the server"
    READ_KEY = "key with read:repos"
    SYNC_KEY = "key with sync:commits"
    WRITE_KEY = "key with write:repos only"
    KEY_OF_ANOTHER_PROJECT = "key bound to another project"
    REVOKED_KEY = "revoked key"
    EXPIRED_KEY = "expired key"
    MISTYPED_KEY = "mistyped key"
    UNKNOWN_KEY = "key that nobody made"


PEOPLE = {
    Kind.PENDING: (Role.SPECTATOR, MemberStatus.PENDING),
    Kind.SPECTATOR: (Role.SPECTATOR, MemberStatus.APPROVED),
    Kind.PLAYER: (Role.PLAYER, MemberStatus.APPROVED),
    Kind.COMMISSIONER: (Role.COMMISSIONER, MemberStatus.APPROVED),
}


@dataclass
class Callers:
    settings: Settings
    people: dict[Kind, Person]
    credentials: dict[Kind, str]

    def headers(self, kind: Kind) -> dict[str, str]:
        credential = self.credentials.get(kind)
        return {"Authorization": f"Bearer {credential}"} if credential else {}

    def sign_in_again(self, database: Database, kind: Kind) -> None:
        person = self.people.get(kind)
        if person:
            with database.writing() as session:
                token = open_api_session(session, self.settings, person.user_id).token
            self.people[kind] = replace(person, jwt=token)
            self.credentials[kind] = token

    def own_key(self, http: Client, kind: Kind) -> str:
        """The id of a key of theirs; of the commissioner's for those who are no person."""
        owner = self.people.get(kind, self.people[Kind.COMMISSIONER])
        made = {"name": "own", "scopes": "read:repos"}
        answer = http.post("/api/v1/api-keys/", json=made, headers=owner.headers)
        return str(answer.json()["id"])

    def add_member(self, database: Database, project_id: uuid.UUID) -> uuid.UUID:
        with database.writing() as session:
            user_id = make_user(session, f"{uuid.uuid4()}@example.org")
            make_member(session, project_id, user_id)
        return user_id

    def sign_in_token(self, database: Database) -> str:
        with database.writing() as session:
            link = make_link(session, self.settings, self.people[Kind.PLAYER].user_id)
        return link.rsplit("/", 1)[-1]


def make_callers(
    database: Database, settings: Settings, http: Client, project_id: uuid.UUID
) -> Callers:
    with database.writing() as session:
        elsewhere = make_project(session, "Elsewhere")
    people = {
        kind: make_person(database, settings, kind.name, project_id, role, status=status)
        for kind, (role, status) in PEOPLE.items()
    }
    people[Kind.STRANGER] = make_person(
        database, settings, "stranger", elsewhere, Role.COMMISSIONER
    )
    people[Kind.OPERATOR] = make_person(database, settings, "olga", elsewhere, Role.SPECTATOR)
    ada = people[Kind.COMMISSIONER]
    with database.writing() as session:
        make_member(session, elsewhere, ada.user_id, role=Role.COMMISSIONER)
        make_member(session, elsewhere, people[Kind.PENDING].user_id, role=Role.SPECTATOR)
    everything = tuple(Scope)
    credentials = {kind: person.jwt for kind, person in people.items()} | {
        Kind.READ_KEY: make_key(http, ada, Scope.READ_REPOS),
        Kind.SYNC_KEY: make_key(http, ada, Scope.SYNC_COMMITS),
        Kind.WRITE_KEY: make_key(http, ada, Scope.WRITE_REPOS),
        Kind.KEY_OF_ANOTHER_PROJECT: make_key(http, ada, *everything, project_id=elsewhere),
        Kind.REVOKED_KEY: make_key(http, ada, *everything),
        Kind.EXPIRED_KEY: make_key(http, ada, *everything, expires_in_days=1),
        Kind.MISTYPED_KEY: make_key(http, ada, *everything)[:-1] + "!",
        Kind.UNKNOWN_KEY: key_of("aaaa0000", "A" * 32),
    }
    _end(database, credentials[Kind.REVOKED_KEY], "revoked_at")
    _end(database, credentials[Kind.EXPIRED_KEY], "expires_at")
    return Callers(settings, people, credentials)


def _end(database: Database, key: str, what: str) -> None:
    """As if its time had come a minute ago."""
    with database.writing() as session:
        session.execute(
            update(ApiKey)
            .where(ApiKey.prefix == key[:LOOKUP_LENGTH])
            .values({what: now() - timedelta(minutes=1)})
        )
