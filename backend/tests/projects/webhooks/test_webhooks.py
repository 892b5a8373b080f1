"""Webhooks: who is told what, signed how, how often it is tried, and who may see how that went."""

import json
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from awaited import until
from awarding import give
from gitleague.core.clock import now
from gitleague.core.sealing import Sealer
from gitleague.jobs.queue import unfinished
from gitleague.league.fairplay.referee import look, note
from gitleague.projects.webhooks.delivering import (
    KEPT,
    PATIENCE,
    WAITS,
    ask_for_deliveries,
    forget_deliveries,
)
from gitleague.projects.webhooks.outbox import DELIVER_WEBHOOKS
from gitleague.tables.outside import Webhook
from gitleague.tables.projects import Project
from hooked import EVENTS
from make import make_commit
from sqlalchemy import select, update


@pytest.mark.at("2026-05-13 12:00")  # a season of one day is opened on that day
def test_it_works(hooks):
    hook = hooks.make("season.opened")
    assert hook["secret"].startswith("whsec_")
    today = str(now().date())
    season = hooks.ask("POST", "/seasons", name="Q", first=today, last=today).json()
    hooks.ask("POST", f"/seasons/{season['id']}/open")
    (message,) = hooks.receiver.wait_for(1)
    assert message.json["type"] == "season.opened"
    assert message.json["data"] == {
        "project_id": str(hooks.ada.project_id),
        "season": {"id": season["id"], "name": "Q", "first": today, "last": today},
    }
    assert message.headers["content-type"] == "application/json"
    assert message.is_signed_with(hook["secret"])
    assert abs(int(message.headers["webhook-timestamp"]) - now().timestamp()) < 30
    done = hooks.wait(hook, "delivered")
    assert (done["status"], done["tries"], done["error"]) == (204, 1, None)
    assert done["message_id"] == message.headers["webhook-id"]


def test_a_signature_is_of_one_message_and_one_secret(hooks):
    hook, other = hooks.make(), hooks.make()
    hooks.ping(hook)
    (message,) = hooks.receiver.wait_for(1)
    assert not message.is_signed_with(other["secret"])
    message.body += b" "
    assert not message.is_signed_with(hook["secret"])


def test_the_sync_and_its_awards_are_told(hooks, repo, repo_id):
    hook = hooks.make("sync.done", "award.given")
    repo.push(make_commit(author_date="2024-05-01T12:00:00Z", commit_date="2024-05-01T12:00:00Z"))
    repo.refs()
    (synced,) = hooks.receiver.wait_for(1)
    assert synced.json["type"] == "sync.done"
    assert synced.json["data"]["repo"] == {"id": str(repo_id), "name": "site"}
    with hooks.database.writing() as session:
        session.execute(update(Project).values(awards_through=date(2024, 4, 30)))
        give(session, hooks.ada.project_id)
    awards = [message.json["data"]["award"] for message in hooks.receiver.wait_for(4)[1:]]
    play = next(award for award in awards if award["kind"] == "play_of_the_day")
    assert play["first"] == "2024-05-01"
    assert play["player"]["name"] == "Grace Hopper"
    assert all(message.is_signed_with(hook["secret"]) for message in hooks.receiver.messages)


def test_awards_that_are_given_anew_are_no_news(hooks, repo):
    hook = hooks.make("award.given")
    repo.push(make_commit())
    with hooks.database.writing() as session:
        assert give(session, hooks.ada.project_id, anew_from=date(2024, 5, 1))
    assert hooks.log(hook) == []


def test_the_end_of_a_season_and_its_awards_are_told(hooks, repo):
    hook = hooks.make("season.closed", "award.given")
    repo.push(make_commit())
    made = hooks.ask("POST", "/seasons", name="Q", first="2024-05-01", last="2024-05-31").json()
    hooks.ask("POST", f"/seasons/{made['id']}/open")
    hooks.ask("POST", f"/seasons/{made['id']}/close")
    assert {each["event"] for each in hooks.log(hook)} == {"season.closed", "award.given"}


def test_rulings_are_told(hooks, repo):
    hook = hooks.make("ruling.made", "ruling.changed")
    repo.push(make_commit(additions=9000, excluded_additions=9000))
    with hooks.database.writing() as session:
        note(session, hooks.ada.project_id, look(session, hooks.ada.project_id))
    ruling = hooks.ask("GET", "/rulings").json()["items"][0]
    hooks.ask("POST", f"/rulings/{ruling['id']}/uphold", reason="It is a lock file.")
    told = {message.json["type"]: message.json["data"] for message in hooks.receiver.wait_for(2)}
    assert told["ruling.made"]["rulings"][0]["id"] == ruling["id"]
    assert told["ruling.changed"]["ruling"]["state"] == "upheld"
    assert {each["event"] for each in hooks.log(hook)} == {"ruling.made", "ruling.changed"}


def test_only_what_was_asked_for_is_told(hooks, repo):
    hook, other = hooks.make("season.closed"), hooks.make("sync.done")
    repo.refs()
    assert hooks.log(hook) == []
    assert [each["event"] for each in hooks.log(other)] == ["sync.done"]


@pytest.mark.at("2026-05-13 12:00")  # a season is not closed on its last day
def test_what_did_not_happen_is_not_told(hooks):
    hook = hooks.make()
    today = str(now().date())
    made = hooks.ask("POST", "/seasons", name="Q", first=today, last=today).json()
    hooks.ask("POST", f"/seasons/{made['id']}/open")
    hooks.receiver.wait_for(1)
    assert hooks.ask("POST", f"/seasons/{made['id']}/close").status_code == 409
    assert [each["event"] for each in hooks.log(hook)] == ["season.opened"]


def test_a_secret_is_shown_once_and_sealed(hooks):
    hook = hooks.make()
    assert "secret" not in hooks.shown(hook)
    everything = hooks.ask("GET", "/webhooks").text + hooks.ask("GET", "/audit-log").text
    assert "whsec_" not in everything
    with hooks.database.reading() as session:
        kept = session.scalars(select(Webhook.sealed_secret)).one()
    assert hook["secret"] not in kept
    assert kept.startswith("v1:")


def test_a_new_secret_takes_the_place_of_the_old_one(hooks):
    hook = hooks.make()
    new = hooks.ask("POST", f"/webhooks/{hook['id']}/rotate").json()["secret"]
    assert new != hook["secret"]
    hooks.ping(hook)
    (message,) = hooks.receiver.wait_for(1)
    assert message.is_signed_with(new)
    assert not message.is_signed_with(hook["secret"])


def test_failures_are_tried_again_later_each_time_and_given_up(hooks):
    hook = hooks.make()
    hooks.receiver.status = 500
    hooks.ping(hook)
    hooks.receiver.wait_for(1)
    for tries, wait in enumerate(WAITS, start=1):
        delivery = hooks.answered(hook)
        assert (delivery["state"], delivery["tries"]) == ("waiting", tries)
        hooks.run()
        assert len(hooks.receiver.messages) == tries, "too early"
        hooks.later(wait)
        hooks.run()
    last = hooks.log(hook)[0]
    assert (last["state"], last["tries"], last["status"]) == ("given_up", len(WAITS) + 1, 500)
    assert len({message.headers["webhook-id"] for message in hooks.receiver.messages}) == 1
    hooks.later(timedelta(days=1))
    hooks.run()
    assert len(hooks.receiver.messages) == len(WAITS) + 1


def test_what_is_tried_again_can_succeed(hooks):
    hook = hooks.make()
    hooks.receiver.status = 503
    hooks.ping(hook)
    hooks.answered(hook)
    assert hooks.shown(hook)["failures"] == 1
    hooks.receiver.status = 200
    hooks.later(WAITS[0])
    with hooks.database.writing() as session:
        ask_for_deliveries(session)
        session.flush()  # looked at below
        assert unfinished(session, DELIVER_WEBHOOKS) == {hooks.ada.project_id}
    assert hooks.wait(hook, "delivered")["tries"] == 2
    shown = hooks.shown(hook)
    assert (shown["failures"], shown["failing_since"], shown["paused_until"]) == (0, None, None)


@pytest.mark.on_both
def test_an_address_that_fails_is_left_alone_for_a_while(hooks, repo):
    """So that one that never answers does not take the time of all others."""
    hook = hooks.make()
    hooks.receiver.status = 500
    hooks.ping(hook)
    hooks.receiver.wait_for(1)
    until(lambda: hooks.shown(hook)["paused_until"])
    repo.refs()
    hooks.run()
    assert len(hooks.receiver.messages) == 1
    assert hooks.log(hook)[0]["tries"] == 0
    moved = hooks.ask("PATCH", f"/webhooks/{hook['id']}", url=f"{hooks.receiver.url}/new").json()
    anew = (moved["failures"], moved["failing_since"], moved["paused_until"])
    assert anew == (0, None, None), "another address is not blamed for this one"


def test_long_failure_disables_it(hooks):
    hook = hooks.make()
    hooks.receiver.status = 500
    hooks.ping(hook)
    hooks.answered(hook)
    hooks.later(PATIENCE)
    hooks.run()
    shown = hooks.shown(hook)
    assert "for 5 days" in shown["disabled_because"]
    assert hooks.log(hook)[0]["state"] == "given_up"
    assert hooks.ping(hook).status_code == 409
    audit = hooks.ask("GET", "/audit-log?action=project:webhook:disabled").json()["items"]
    assert audit[0]["subject"] == "127.0.0.1"
    enabled = hooks.ask("PATCH", f"/webhooks/{hook['id']}", enabled=True).json()
    assert (enabled["disabled_at"], enabled["failures"]) == (None, 0)
    hooks.receiver.status = 200
    hooks.ping(hook)
    hooks.wait(hook, "delivered")


def test_gone_disables_it_at_once(hooks):
    hook = hooks.make()
    hooks.receiver.status = 410
    hooks.ping(hook)
    assert hooks.wait(hook, "given_up")["status"] == 410
    assert "410" in hooks.shown(hook)["disabled_because"]


def test_redirects_are_failures(hooks):
    hook = hooks.make()
    hooks.receiver.status, hooks.receiver.location = 307, hooks.receiver.url
    hooks.ping(hook)
    hooks.receiver.wait_for(1)
    hooks.answered(hook)
    assert hooks.log(hook)[0]["status"] == 307
    assert len(hooks.receiver.messages) == 1


def test_a_private_address_gets_nothing(hooks):
    hook = hooks.make(url=hooks.receiver.url.replace("127.0.0.1", "10.255.255.1"))
    hooks.ping(hook)
    until(lambda: hooks.run() or hooks.log(hook)[0]["error"])
    assert "private network" in hooks.log(hook)[0]["error"]


@pytest.mark.on_both
def test_another_secret_key_is_told_apart(hooks):
    hook = hooks.make()
    with hooks.database.writing() as session:
        other = Sealer(hooks.settings.model_copy(update={"data_dir": Path()}))
        sealed = other.seal("whsec_", place="webhook:another")
        session.execute(update(Webhook).values(sealed_secret=sealed))
    hooks.ping(hook)
    hooks.wait(hook, "given_up")
    assert "rotate its secret" in hooks.shown(hook)["disabled_because"]


def test_a_delivery_can_be_sent_again(hooks):
    hook = hooks.make()
    hooks.ping(hook)
    first = hooks.wait(hook, "delivered")
    again = hooks.ask("POST", f"/webhooks/{hook['id']}/deliveries/{first['id']}/redeliver")
    assert again.status_code == 202
    assert again.json()["message_id"] == first["message_id"]
    one, two = hooks.receiver.wait_for(2)
    assert (one.body, one.headers["webhook-id"]) == (two.body, two.headers["webhook-id"])
    assert len(hooks.log(hook)) == 2


@pytest.mark.on_both
def test_it_can_be_changed_and_disabled_and_deleted(hooks, repo):
    hook = hooks.make("sync.done")
    path = f"/webhooks/{hook['id']}"
    changed = hooks.ask("PATCH", path, events=["award.given", "award.given"]).json()
    assert changed["events"] == ["award.given"]
    repo.refs()
    hooks.ask("PATCH", path, events=["sync.done"], enabled=False)
    repo.refs()
    assert hooks.log(hook) == []
    hooks.ask("PATCH", path, enabled=True)
    hooks.receiver.status = 500
    hooks.ping(hook)
    hooks.ask("PATCH", path, enabled=False)
    hooks.wait(hook, "given_up")
    assert hooks.ask("DELETE", path).status_code == 204
    assert hooks.ask("GET", path).status_code == 404
    actions = {each["action"] for each in hooks.ask("GET", "/audit-log").json()["items"]}
    assert {f"project:webhook:{verb}" for verb in ("created", "changed", "deleted")} <= actions


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "ftp://hooks.example.org"}, "url"),
        ({"url": "https://me:secret@hooks.example.org"}, "url"),
        ({"url": ""}, "url"),
        ({"events": []}, "events"),
        ({"events": ["standings.changed"]}, "events.0"),
        ({"events": ["ping"]}, "events.0"),
        ({"secret": "mine"}, "secret"),
    ],
)
def test_what_is_wrong_is_named(hooks, body, field):
    wish = {"url": hooks.receiver.url, "events": EVENTS, **body}
    answer = hooks.ask("POST", "/webhooks", **wish)
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]
    hook = hooks.make()
    assert hooks.ask("PATCH", f"/webhooks/{hook['id']}", **body).status_code == 422


def test_a_league_has_ten_at_most(hooks):
    for _ in range(10):
        hooks.make()
    answer = hooks.ask("POST", "/webhooks", url=hooks.receiver.url, events=EVENTS)
    assert answer.status_code == 409
    assert "Delete one first" in answer.json()["detail"]


def test_other_leagues_see_and_do_nothing(hooks, mallory, repo):
    hook = hooks.make()
    hooks.ping(hook)
    delivery = hooks.wait(hook, "delivered")
    theirs = f"/api/v1/projects/{mallory.project_id}/webhooks/{hook['id']}"
    again = f"{theirs}/deliveries/{delivery['id']}/redeliver"
    for method, path in (
        *((("GET"), theirs), ("PATCH", theirs), ("DELETE", theirs), ("POST", f"{theirs}/rotate")),
        *(("POST", f"{theirs}/ping"), ("GET", f"{theirs}/deliveries"), ("POST", again)),
    ):
        body = {"enabled": False} if method == "PATCH" else None
        answer = hooks.http.request(method, path, json=body, headers=mallory.headers)
        assert answer.status_code == 404, path
    assert hooks.shown(hook)["disabled_at"] is None
    elsewhere = hooks.http.post(
        f"/api/v1/projects/{mallory.project_id}/webhooks",
        json={"url": f"{hooks.receiver.url}/elsewhere", "events": EVENTS},
        headers=mallory.headers,
    ).json()
    assert elsewhere["secret"]
    repo.refs()
    hooks.run()
    assert {message.path for message in hooks.receiver.wait_for(2)} == {"/hook"}
    unknown = f"/webhooks/{hook['id']}/deliveries/{uuid.uuid4()}/redeliver"
    assert hooks.ask("POST", unknown).status_code == 404


@pytest.mark.on_both
def test_the_log_reaches_back_so_far(hooks):
    hook = hooks.make()
    hooks.ping(hook)
    hooks.wait(hook, "delivered")
    for passed, left in ((KEPT - timedelta(days=1), 1), (timedelta(days=2), 0)):
        hooks.later(passed)
        with hooks.database.writing() as session:
            forget_deliveries(session)
        assert len(hooks.log(hook)) == left


def test_hostile_text_is_text(hooks, repo, repo_id):
    hook = hooks.make("sync.done")
    name = '</script>"\u2028\u202e'
    hooks.ask("PATCH", f"/repos/{repo_id}", name=name)
    repo.refs()
    (message,) = hooks.receiver.wait_for(1)
    assert message.body.isascii()
    assert json.loads(message.body)["data"]["repo"]["name"] == name
    assert message.is_signed_with(hook["secret"])
