"""What events have of players: their ids, and the names that may be shown when they are told."""

import json
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from alembic import command
from awarding import give
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.league.people.shown import ANONYMOUS
from gitleague.league.people.telling import kept, told
from gitleague.tables.commits import Identity, Player
from gitleague.tables.outside import Delivery, DeliveryState, Happening, Webhook
from gitleague.tables.projects import Project
from httpx import Client
from make import Person, make_commit
from migrations import config_for
from pushes import Pushes, make_pushes
from radio import WAIT_SECONDS, listening
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from who import GRACE, HOME


@pytest.fixture
def pushes(database: Database) -> Pushes:
    made = make_pushes(database)
    made.push(make_commit(**GRACE), make_commit(**HOME))
    return made


@pytest.fixture
def session(database: Database, pushes: Pushes) -> Iterator[Session]:
    with database.writing() as opened:
        yield opened


def ids(session: Session, person: dict[str, str]) -> tuple[uuid.UUID, uuid.UUID]:
    """Of the player, and of the identity."""
    wanted = Identity.email == person["author_email"]
    player, identity = session.execute(select(Identity.player_id, Identity.id).where(wanted)).one()
    return player, identity


def award(player: dict[str, str]) -> dict[str, Any]:
    return {"award": {"kind": "mvp", "player": player, "sha": "a" * 40}}


def test_a_name_is_put_in_when_it_is_told(session, pushes):
    player, identity = ids(session, GRACE)
    (read,) = told(session, pushes.project_id, [award(kept(player, identity))])
    assert read == award({"id": str(player), "name": "Grace Hopper"})
    session.execute(update(Player).where(Player.id == player).values(is_hidden=True))
    (read,) = told(session, pushes.project_id, [award(kept(player, identity))])
    assert read["award"]["player"] == {"id": str(player), "name": ANONYMOUS}
    assert read["award"]["sha"] is None


def test_it_is_the_name_of_whom_they_were_joined_with(session, pushes):
    (player, identity), (other, _) = ids(session, GRACE), ids(session, HOME)
    session.execute(update(Identity).where(Identity.id == identity).values(player_id=other))
    (read,) = told(session, pushes.project_id, [award(kept(player, identity))])
    assert read["award"]["player"] == {"id": str(other), "name": "grace"}


def test_the_name_in_an_event_of_an_older_release_is_not_told(session, pushes):
    """By the player it names; one who was joined with another has no name of their own."""
    (player, identity), (other, _) = ids(session, GRACE), ids(session, HOME)
    old = award({"id": str(player), "name": "Once"})
    (read,) = told(session, pushes.project_id, [old])
    assert read == award({"id": str(player), "name": "Grace Hopper"})
    session.execute(update(Identity).where(Identity.id == identity).values(player_id=other))
    (read,) = told(session, pushes.project_id, [old])
    assert read["award"]["player"] == {"id": str(player), "name": ANONYMOUS}
    assert read["award"]["sha"] is None


def test_what_names_nobody_is_told_as_it_is(session, pushes):
    events = [{}, {"repo": {"id": "1", "name": "site"}, "pruned": 0}]
    assert told(session, pushes.project_id, events) == events


@pytest.mark.on_both
def test_the_names_of_before_are_dropped(database, pushes):
    data = {"project_id": str(pushes.project_id), **award({"id": "1", "name": "Grace Hopper"})}
    body = {"type": "award.given", "timestamp": "2024-05-01T12:00:00Z", "data": data}
    with database.writing() as session:
        common = {"project_id": pushes.project_id, "event": "award.given", "created_at": now()}
        hook = Webhook(
            id=uuid.uuid4(),
            project_id=pushes.project_id,
            host="hooks.example.org",
            sealed_url="",
            events=["award.given"],
            sealed_secret="",
            created_at=now(),
        )
        session.add(hook)
        session.flush()  # the delivery points at it
        session.add(Happening(data=data, **common))
        session.add(
            Delivery(
                webhook_id=hook.id,
                message_id="msg_1",
                body=json.dumps(body),
                state=DeliveryState.DELIVERED.value,
                not_before=now(),
                **common,
            )
        )
    with database.migrating() as connection:
        command.downgrade(config_for(connection), "0028")
        command.upgrade(config_for(connection), "head")
    nameless = data | award({"id": "1"})
    with database.reading() as session:
        happened = select(Happening.data).where(Happening.event == "award.given")
        assert session.scalars(happened).one() == nameless
        assert json.loads(session.scalars(select(Delivery.body)).one()) == body | {"data": nameless}


def award_in_a_replay(http: Client, by: Person) -> dict[str, Any]:
    with listening(http, by, seconds=0, Last_Event_ID="0") as radio:
        assert radio.ended.wait(WAIT_SECONDS)
    (award,) = (told.data["award"] for told in radio.told if told.event == "award.given")
    return dict(award)


@pytest.mark.on_both
def test_a_replay_tells_the_names_that_may_be_shown_by_then(http, ada, linus, repo, database):
    commit = make_commit(author_date="2024-05-01T12:00:00Z", commit_date="2024-05-01T12:00:00Z")
    repo.push(commit)
    with database.writing() as session:
        session.execute(update(Project).values(awards_through=date(2024, 4, 30)))
        give(session, ada.project_id)
        session.execute(
            delete(Happening).where(
                Happening.event == "award.given",
                Happening.data["award"]["kind"].as_string() != "play_of_the_day",
            )
        )
    award = award_in_a_replay(http, linus)
    player = award["player"]["id"]
    assert (award["player"], award["sha"]) == (
        {"id": player, "name": "Grace Hopper"},
        commit["sha"],
    )
    http.post(f"/api/v1/players/{player}/hide", headers=ada.headers)
    hidden = award_in_a_replay(http, linus)
    assert hidden == award | {"player": {"id": player, "name": ANONYMOUS}, "sha": None}
    body = {"confirm": "Grace Hopper"}
    http.post(f"/api/v1/players/{player}/erase", json=body, headers=ada.headers)
    assert award_in_a_replay(http, linus)["player"]["name"] == "Erased player 1"


def test_no_name_of_a_player_is_kept_in_what_happened(http, ada, repo, database):
    repo.push(make_commit(author_date="2024-05-01T12:00:00Z", commit_date="2024-05-01T12:00:00Z"))
    with database.writing() as session:
        session.execute(update(Project).values(awards_through=date(2024, 4, 30)))
        give(session, ada.project_id)
        kept = session.scalars(select(Happening.data)).all()
    assert "award" in str(kept)
    assert "Grace" not in str(kept)
