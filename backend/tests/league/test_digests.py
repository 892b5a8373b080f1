"""Recaps: what they say, where they go, and that each week goes there once."""

import logging
import time
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from awarding import give
from cases import in_one_world
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.outbound import Outbound
from gitleague.core.sealing import Sealer
from gitleague.core.settings import Settings
from gitleague.jobs.queue import unfinished
from gitleague.league.digests import destinations
from gitleague.league.digests.digests import MOST, SEND_DIGESTS
from gitleague.league.digests.recap import harmless, recap_of
from gitleague.league.digests.sending import WAITS, Sender, ask_for_digests
from gitleague.league.digests.weeks import week_told_at
from gitleague.tables.outside import Digest
from httpx import Client, Response
from letters import Mailbox, mail_server
from make import Person, make_commit
from receiver import Receiver, receiving
from sqlalchemy import select, update

SLACK = "https://hooks.slack.com/services/T0000AAAA/B0000BBBB/cccccccccccccccccccccccc"
DISCORD = f"https://discord.com/api/webhooks/{'1' * 18}/{'t' * 68}"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Stands where Slack and Discord are."""
    with receiving() as opened:
        opened.status = 200
        opened.answer = b"ok"
        monkeypatch.setattr(destinations, "DISCORD", f"{opened.url}/discord/")
        monkeypatch.setattr(destinations, "SLACK", f"{opened.url}/slack/")
        yield opened


@pytest.fixture
def settings(database_url: str, tmp_path: Path, mailbox: Mailbox) -> Settings:
    return Settings(
        _env_file=None,
        database_url=database_url,
        data_dir=tmp_path / "data",
        public_url="http://testserver",
        secret_key="s" * 32,
        smtp_url=mailbox.url,
        outbound_http=True,
        outbound_networks="127.0.0.0/8",
    )


def sender_of(database: Database, settings: Settings) -> Sender:
    return Sender(database, settings, Sealer(settings), Outbound(settings))


class Post(NamedTuple):
    """The digests of ada's league."""

    http: Client
    ada: Person
    database: Database
    settings: Settings
    receiver: Receiver
    mailbox: Mailbox

    def ask(self, method: str, path: str = "", by: Person | None = None, **body: Any) -> Response:
        place = f"/api/v1/projects/{self.ada.project_id}/digests{path}"
        headers = (by or self.ada).headers
        return self.http.request(method, place, json=body or None, headers=headers)

    def make(self, kind: str = "email", destination: str = "team@example.org") -> dict[str, Any]:
        answer = self.ask("POST", name="Team", kind=kind, destination=destination)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def shown(self) -> dict[str, Any]:
        (only,) = self.ask("GET").json()
        return dict(only)

    def send(self) -> None:
        sender_of(self.database, self.settings).send_due(self.ada.project_id, pause=lambda: None)

    def weeks_pass(self, count: int = 1) -> None:
        """As if the last recap had been sent so many weeks earlier."""
        told = date.fromisoformat(self.shown()["sent_through"])
        self.change(sent_through=told - timedelta(weeks=count))

    def change(self, **values: Any) -> None:
        with self.database.writing() as session:
            session.execute(update(Digest).values(**values))


@pytest.fixture
def post(
    http: Client,
    ada: Person,
    database: Database,
    settings: Settings,
    receiver: Receiver,
    mailbox: Mailbox,
) -> Post:
    return Post(http, ada, database, settings, receiver, mailbox)


def test_it_works(post):
    made = post.make()
    assert "destination" not in made
    post.send()
    assert post.mailbox.letters == [], "the first week has yet to end"
    post.weeks_pass()
    post.send()
    (letter,) = post.mailbox.letters
    assert letter.startswith("team@example.org|The League: ")
    assert "Nobody played." in letter
    shown = post.shown()
    assert shown["sent_through"] == made["sent_through"]
    assert shown["sent_at"]
    assert shown["error"] is None


@pytest.mark.parametrize(
    ("local", "told"),
    [
        ("2024-05-05T23:59", "2024-04-28"),  # Sunday
        ("2024-05-06T12:00", "2024-04-28"),  # Monday
        ("2024-05-07T08:59", "2024-04-28"),  # Tuesday
        ("2024-05-07T09:00", "2024-05-05"),
        ("2024-05-12T12:00", "2024-05-05"),
        ("2024-05-14T08:59", "2024-05-05"),
        ("2024-05-14T09:00", "2024-05-12"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_a_week_is_told_on_tuesday_at_nine(local, told, zone):
    moment = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    assert week_told_at(moment.astimezone(timezone.utc), ZoneInfo(zone)) == date.fromisoformat(told)


@pytest.mark.on_both
def test_what_a_recap_says(post, repo):
    for number in range(6):
        name = f"Player {number}"
        repo.push(
            make_commit(
                author_name=name, author_email=f"{number}@x.org", additions=100 * (9 - number)
            )
        )
    with post.database.writing() as session:
        give(session, post.ada.project_id, anew_from=date(2024, 5, 1))
    with post.database.reading() as session:
        recap = recap_of(session, post.ada.project_id, date(2024, 5, 5), public_url="https://x.org")
    assert recap.title == "The League: 2024-04-29 to 2024-05-05"
    lines = recap.text.splitlines()
    assert lines[0].startswith("1. Player 0: impact 9")
    assert lines[0].endswith(", 1 commit")
    assert lines[5] == "and 1 more"
    assert "Player of the week: Player 0" in lines
    assert "Play of the day 2024-05-01: Player 0" in lines
    assert lines[-1].endswith("?period=week&start=2024-04-29")


@pytest.mark.on_both
def test_who_was_away_has_no_place_in_a_recap(post, repo):
    repo.push(make_commit(), make_commit(author_name="Linus", author_email="linus@x.org"))
    league, days = (
        f"/api/v1/projects/{post.ada.project_id}",
        {"first": "2024-04-29", "last": "2024-05-05"},
    )
    found = post.http.get(f"{league}/standings?q=Linus", headers=post.ada.headers).json()["items"]
    away = {"player_id": found[0]["player"]["id"]} | days
    made = post.http.post(
        f"{league}/seasons", json={"name": "May"} | days, headers=post.ada.headers
    ).json()
    post.http.post(
        f"{league}/seasons/{made['id']}/absences", json=away, headers=post.ada.headers
    ).raise_for_status()
    with post.database.reading() as session:
        recap = recap_of(session, post.ada.project_id, date(2024, 5, 5), public_url="https://x.org")
    first, more, *_ = recap.text.splitlines()
    assert first.startswith("1. Grace Hopper")
    assert more == "and 1 more"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("@everyone", "@\u200beveryone"),
        ("<!channel>", "\u2039!channel\u203a"),
        ("<@123>", "\u2039@\u200b123\u203a"),
        ("[a](https://evil.example)", "[a]\u200b(https:\u200b//evil.example)"),
        ("line\r\nBcc: x@example.org", "line Bcc: x@\u200bexample.org"),
        ("\u202egnaL\x00", "gnaL\ufffd"),
        ("x" * 100, "x" * 60),
    ],
)
def test_names_call_nobody_and_lead_nowhere(name, shown):
    assert harmless(name) == shown


@pytest.mark.parametrize(("kind", "destination"), [("slack", SLACK), ("discord", DISCORD)])
def test_chats_are_told(post, repo, kind, destination):
    repo.push(make_commit(author_name="@everyone <!channel>"))
    post.make(kind, destination)
    post.weeks_pass()
    post.send()
    (message,) = post.receiver.messages
    assert kind in message.path
    assert "The League" in message.body.decode()
    assert post.shown()["error"] is None


def test_each_week_is_told_once(post):
    post.make()
    post.weeks_pass(3)
    for _ in range(3):
        with post.database.writing() as session:
            ask_for_digests(session)
        post.send()
    assert len(post.mailbox.letters) == 1, "after an absence, the newest week alone"


def test_a_week_is_asked_for_when_its_time_has_come(post):
    post.make()
    with post.database.writing() as session:
        ask_for_digests(session)
        assert unfinished(session, SEND_DIGESTS) == set()
        told = session.scalars(select(Digest.sent_through)).one()
        session.execute(update(Digest).values(sent_through=told - timedelta(weeks=1)))
        ask_for_digests(session)
        session.flush()  # looked at below
        assert unfinished(session, SEND_DIGESTS) == {post.ada.project_id}


@pytest.mark.on_both
def test_what_was_not_taken_is_tried_again_and_then_left(post):
    made = post.make()
    post.mailbox.refuses = True
    post.weeks_pass()
    before = post.shown()["sent_through"]
    for _ in WAITS:
        post.send()
        post.send()
        shown = post.shown()
        assert shown["error"] == "The mail server did not take it."
        assert shown["sent_through"] == before
        post.change(not_before=now())
    post.send()
    assert post.shown()["sent_through"] == made["sent_through"], "the next week begins anew"
    post.mailbox.refuses = False
    post.send()
    assert post.mailbox.letters == []
    post.weeks_pass()
    post.send()
    assert len(post.mailbox.letters) == 1
    assert post.shown()["error"] is None


@pytest.mark.parametrize("status", [404, 500, 302])
def test_a_chat_that_refuses(post, status):
    post.make("discord", DISCORD)
    post.receiver.status, post.receiver.location = status, post.receiver.url
    post.weeks_pass()
    post.send()
    assert post.shown()["error"] == "Discord did not take it."
    assert {message.path.split("/")[2] for message in post.receiver.messages} == {"discord"}


def test_a_test_is_sent_now_and_counts_for_nothing(post):
    made = post.make()
    path = f"/{made['id']}/test"
    assert post.ask("POST", path).status_code == 202
    assert post.ask("POST", path).status_code == 429
    deadline = time.monotonic() + 60
    while not post.mailbox.letters and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "|Test: The League" in post.mailbox.letters[0]
    assert post.shown()["sent_through"] == made["sent_through"]
    assert post.shown()["sent_at"] is None
    assert post.ask("POST", f"/{uuid.uuid4()}/test").status_code == 404


@pytest.mark.on_both
def test_a_destination_is_sealed_and_never_shown_or_logged(post, caplog):
    caplog.set_level(logging.DEBUG)
    post.make("discord", DISCORD)
    post.weeks_pass()
    post.send()
    assert post.receiver.messages
    everything = post.ask("GET").text + caplog.text
    audit = f"/api/v1/projects/{post.ada.project_id}/audit-log"
    everything += post.http.get(audit, headers=post.ada.headers).text
    with post.database.reading() as session:
        everything += session.scalars(select(Digest.sealed_destination)).one()
    assert "t" * 20 not in everything
    assert "1" * 18 not in everything


@pytest.mark.on_both
def test_another_secret_key_is_told_apart(post):
    post.make()
    post.change(sealed_destination="v1:AAAA")
    post.weeks_pass()
    post.send()
    assert "GITLEAGUE_SECRET_KEY" in post.shown()["error"]


@in_one_world(
    "kind, destination",
    [
        ("email", "nobody"),
        ("email", "a@example.org\r\nBcc: b@example.org"),
        ("slack", DISCORD),
        ("slack", "slack://T/B/c"),
        ("slack", SLACK + "?verify=no"),
        ("slack", SLACK.replace("hooks.slack.com", "hooks.slack.com.evil.example")),
        ("slack", SLACK.replace("https", "http")),
        ("discord", SLACK),
        ("discord", DISCORD + "?avatar_url=http://127.0.0.1"),
        ("discord", DISCORD.replace("discord.com", "discord.com@127.0.0.1")),
        ("discord", "json://127.0.0.1"),
    ],
)
def test_nothing_else_is_a_destination(post, kind, destination):
    answer = post.ask("POST", name="Team", kind=kind, destination=destination)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["destination"]
    assert destination not in answer.text


@in_one_world("body", [{"kind": "json"}, {"name": ""}, {"destination": ""}, {"x": 1}])
def test_what_is_wrong_is_named(post, body):
    wish = {"name": "Team", "kind": "slack", "destination": SLACK, **body}
    answer = post.ask("POST", **wish)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == list(body)


def test_a_league_has_so_many_at_most(post):
    for _ in range(MOST):
        post.make()
    assert post.ask("POST", name="T", kind="slack", destination=SLACK).status_code == 409


def test_one_can_be_deleted(post):
    made = post.make()
    assert post.ask("DELETE", f"/{made['id']}").status_code == 204
    assert post.ask("DELETE", f"/{made['id']}").status_code == 404
    post.send()
    assert post.mailbox.letters == []


@pytest.mark.on_both
def test_other_leagues_see_and_send_nothing(post, mallory):
    made = post.make()
    theirs = f"/api/v1/projects/{mallory.project_id}/digests"
    assert post.http.get(theirs, headers=mallory.headers).json() == []
    for method, path in (("DELETE", ""), ("POST", "/test")):
        place = f"{theirs}/{made['id']}{path}"
        assert post.http.request(method, place, headers=mallory.headers).status_code == 404
    post.weeks_pass()
    sender_of(post.database, post.settings).send_due(mallory.project_id, pause=lambda: None)
    assert post.mailbox.letters == []


def test_without_a_mail_server_there_are_no_mails(live_server, post):
    post.make()
    without = post.settings.model_copy(update={"smtp_url": Settings(_env_file=None).smtp_url})
    post.weeks_pass()
    sender_of(post.database, without).send_due(post.ada.project_id, pause=lambda: None)
    assert "GITLEAGUE_SMTP_URL" in post.shown()["error"]
