"""Commissioners are told around a deployment: each once, by themselves, and it is kept who was."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from gitleague.core.db import Database
from gitleague.core.locks import alone
from gitleague.core.settings import Settings
from gitleague.league.digests import destinations
from gitleague.ops.notices import filled, read_at
from gitleague.ops.telling import list_tries, list_waiting, tell
from gitleague.tables.accounts import User
from gitleague.tables.projects import MemberStatus, Role
from gitleague.tables.server import NoticeKind
from letters import Mailbox, mail_server
from make import Person, make_member, make_person
from operators import Operator
from receiver import Receiver, receiving
from sqlalchemy import delete

SLACK = "https://hooks.slack.com/services/T0000AAAA/B0000BBBB/cccccccccccccccccccccccc"
BLANKS = ("--at", "2026-12-01T20:00", "--contact", "Olga, olga@example.org")
NOTICE = filled(NoticeKind.ALL_CLEAR, read_at("2026-12-01"), {"contact": "Olga"})


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Stands where Slack is."""
    with receiving() as opened:
        opened.status, opened.answer = 200, b"ok"
        monkeypatch.setattr(destinations, "SLACK", f"{opened.url}/slack/")
        yield opened


@pytest.fixture
def settings(database_url: str, tmp_path: Path, mailbox: Mailbox) -> Settings:
    return Settings(
        _env_file=None,
        database_url=database_url,
        data_dir=tmp_path / "data",
        smtp_url=mailbox.url,
        outbound_http=True,
        outbound_networks="127.0.0.0/8",
    )


@pytest.fixture
def operator(settings: Settings, ada: Person, grace: Person, mallory: Person) -> Operator:
    """Of a server with two leagues: ada runs one, mallory the other, grace plays."""
    return Operator(
        {
            "GITLEAGUE_DATABASE_URL": settings.database_url,
            "GITLEAGUE_DATA_DIR": str(settings.data_dir),
            "GITLEAGUE_SMTP_URL": settings.smtp_url.get_secret_value(),
            "GITLEAGUE_OUTBOUND_HTTP": "true",
            "GITLEAGUE_OUTBOUND_NETWORKS": "127.0.0.0/8",
        }
    )


def addresses(mailbox: Mailbox) -> list[str]:
    return [letter.partition("|")[0] for letter in mailbox.letters]


def test_each_commissioner_is_told_once(
    operator: Operator,
    mailbox: Mailbox,
    slack: Receiver,
    database: Database,
    ada: Person,
    mallory: Person,
) -> None:
    with database.writing() as session:  # she runs two leagues from now on
        make_member(session, ada.project_id, mallory.user_id, role=Role.COMMISSIONER)
    told = operator.run_here("notify", "deployment", *BLANKS, "--yes", GITLEAGUE_SLACK_URL=SLACK)
    assert (told.code, told.err) == (0, "")
    assert addresses(mailbox) == ["ada@example.org", "mallory@example.org"]
    letter = mailbox.letters[0]
    assert "The Git League: a new version on Tuesday, 1 December 2026, 20:00 UTC" in letter
    assert "Questions: Olga, olga@example.org" in letter
    assert "mallory" not in letter
    (posted,) = slack.messages
    assert "Tuesday, 1 December 2026, 20:00 UTC" in posted.body.decode()
    assert "example.org" not in posted.body.decode().replace("olga@example.org", "")
    again = operator.run_here("notify", "deployment", *BLANKS, "--yes", GITLEAGUE_SLACK_URL=SLACK)
    assert (again.code, again.out) == (0, "Nobody is left to be told.\n")
    assert (len(mailbox.letters), len(slack.messages)) == (2, 1)
    moved = ("--at", "2026-12-02T20:00", *BLANKS[2:])
    assert operator.run_here("notify", "deployment", *moved, "--yes").code == 0
    assert len(mailbox.letters) == 4, "another time is another announcement"


@pytest.mark.on_both
def test_a_preview_shows_it_and_sends_nothing(
    operator: Operator, mailbox: Mailbox, slack: Receiver, database: Database
) -> None:
    shown = operator.run_here("notify", "rollback", "--preview", GITLEAGUE_SLACK_URL=SLACK)
    assert shown.code == 0, shown.err
    assert shown.out.startswith("Subject: The Git League: the new version was taken back\n")
    assert "On [at], the new version was taken back. Why: [why]" in shown.out
    assert "To 2 people and Slack:\n  ada@example.org\n  mallory@example.org\n  Slack" in shown.out
    assert "fill in --at, --why, --contact." in shown.out
    assert (mailbox.letters, slack.messages) == ([], [])
    with database.reading() as session:
        assert list_tries(session, limit=9) == []


@pytest.mark.on_both
def test_a_preview_says_who_was_told(
    operator: Operator, database: Database, settings: Settings
) -> None:
    with database.reading() as session:
        waiting = list_waiting(session, settings, NOTICE)
    next(tell(database, settings, NOTICE, waiting))
    shown = operator.run_here("notify", "all-clear", "--at", "2026-12-01", "--preview")
    assert "  ada@example.org  (was told)\n  mallory@example.org\n" in shown.out


def test_killed_halfway_it_goes_on(operator: Operator, mailbox: Mailbox) -> None:
    mailbox.takes = 1
    command = ("notify", "all-clear", *BLANKS, "--yes")
    with operator.start(*command) as process:
        assert mailbox.is_silent.wait(60)
        process.kill()
    assert addresses(mailbox) == ["ada@example.org"]
    mailbox.takes = 2
    done = operator.run_here(*command)
    assert (done.code, done.out) == (0, "told mallory@example.org\n")
    assert addresses(mailbox) == ["ada@example.org", "mallory@example.org"]


def test_who_could_not_be_told_is_told_by_the_next_run(
    operator: Operator, mailbox: Mailbox, slack: Receiver
) -> None:
    mailbox.unknown.add("ada@example.org")
    slack.status = 500
    command = ("notify", "all-clear", *BLANKS, "--yes")
    done = operator.run_here(*command, GITLEAGUE_SLACK_URL=SLACK)
    assert done.code == 1
    assert "not told: ada@example.org  The mail server 127.0.0.1:" in done.err
    assert "does not take mail for this address.\n" in done.err
    assert "error: 2 of 3 were not told. Run it again." in done.err
    assert SLACK not in done.out + done.err
    assert addresses(mailbox) == ["mallory@example.org"]
    mailbox.unknown.clear()
    slack.status = 200
    assert operator.run_here(*command, GITLEAGUE_SLACK_URL=SLACK).code == 0
    assert addresses(mailbox) == ["mallory@example.org", "ada@example.org"]
    log = json.loads(operator.run_here("notify", "log", "--json").out)
    server = mailbox.url.removeprefix("smtp://")
    assert [(each["to"], each["channel"], each["error"]) for each in log] == [
        ("Slack", "slack", None),
        ("ada@example.org", "mail", None),
        ("Slack", "slack", "Slack did not take it."),
        ("mallory@example.org", "mail", None),
        (
            "ada@example.org",
            "mail",
            f"The mail server {server} does not take mail for this address.",
        ),
    ]
    assert {(each["kind"], each["about"]) for each in log} == {("all-clear", "2026-12-01T20:00")}
    lines = operator.run_here("notify", "log", "--limit", "2").out.splitlines()
    assert len(lines) == 2
    assert lines[1].endswith("all-clear 2026-12-01T20:00  mail  ada@example.org  sent")


def test_who_is_gone_is_not_named(
    operator: Operator, database: Database, settings: Settings, ada: Person
) -> None:
    with database.reading() as session:
        waiting = list_waiting(session, settings, NOTICE)
    list(tell(database, settings, NOTICE, waiting))
    with database.writing() as session:
        session.execute(delete(User).where(User.id == ada.user_id))
    assert "an account that is gone  sent" in operator.run_here("notify", "log").out


def test_who_only_asked_to_be_one_is_not_told(
    operator: Operator, database: Database, settings: Settings, ada: Person
) -> None:
    waits, commissioner = MemberStatus.PENDING, Role.COMMISSIONER
    make_person(database, settings, "Eve", ada.project_id, commissioner, status=waits)
    shown = operator.run_here("notify", "reminder", "--preview").out
    assert "To 2 people:" in shown
    assert not any(name in shown for name in ("eve@", "grace@"))


@pytest.mark.parametrize(
    ("arguments", "setting", "told"),
    [
        (("deployment", "--yes"), {}, "Fill in --at, --contact. --preview shows"),
        (("rollback", *BLANKS, "--why", " ", "--yes"), {}, "Fill in --why."),
        (("deployment", "--at", "soon"), {}, "give a day like 2026-12-01"),
        (("deployment", *BLANKS, "--why", "x"), {}, "No such option"),
        (("deployment", *BLANKS, "--yes"), {"GITLEAGUE_SMTP_URL": ""}, "set GITLEAGUE_SMTP_URL"),
        (
            ("deployment", *BLANKS, "--yes"),
            {"GITLEAGUE_SLACK_URL": "https://example.org/tok3n"},
            "GITLEAGUE_SLACK_URL cannot be used",
        ),
    ],
)
def test_what_cannot_be_sent_is_refused(
    operator: Operator,
    mailbox: Mailbox,
    arguments: tuple[str, ...],
    setting: dict[str, str],
    told: str,
) -> None:
    done = operator.run_here("notify", *arguments, **setting)
    assert done.code == 2
    assert told in done.err
    assert "tok3n" not in done.err
    assert mailbox.letters == []


def test_two_at_once_do_not_tell_twice(
    operator: Operator, settings: Settings, mailbox: Mailbox
) -> None:
    with alone(settings.data_dir / "notify.lock"):
        done = operator.run_here("notify", "deployment", *BLANKS, "--yes")
    assert done.code == 2
    assert "Another `gitleague notify`" in done.err
    assert mailbox.letters == []


def test_without_yes_it_asks(operator: Operator, mailbox: Mailbox) -> None:
    done = operator.run_here("notify", "deployment", *BLANKS)  # nobody is there to answer
    assert done.code == 130
    assert "Tell 2 people?" in done.out
    assert mailbox.letters == []


@pytest.mark.parametrize(
    ("typed", "key", "words"),
    [
        ("2026-12-01", "2026-12-01", "Tuesday, 1 December 2026"),
        ("2026-12-01 00:00", "2026-12-01T00:00", "Tuesday, 1 December 2026, 00:00 UTC"),
        ("2026-12-01T21:30+01:00", "2026-12-01T20:30", "Tuesday, 1 December 2026, 20:30 UTC"),
    ],
)
def test_a_time_is_read(typed: str, key: str, words: str) -> None:
    assert read_at(typed) == (key, words)


def test_what_somebody_types_fills_one_blank() -> None:
    """And neither another blank nor another line."""
    blanks = {"contact": "Olga\nBcc: x@example.org [at]", "why": "it was slow"}
    notice = filled(NoticeKind.ROLLBACK, None, blanks)
    assert "Questions: Olga Bcc: x@example.org [at]\n" in notice.text
    assert notice.missing == ["at"]
