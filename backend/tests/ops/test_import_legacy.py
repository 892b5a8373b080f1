"""`gitleague import-legacy`: a database of the original deployment is taken over."""

import json
import signal
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import original
import pytest
from awaited import until
from cryptography.fernet import Fernet
from gitleague.core.db import Database
from gitleague.core.sealing import Sealer
from gitleague.core.settings import Settings
from gitleague.league.cards import player_of_user
from gitleague.ops.contents import contents_of
from gitleague.ops.import_legacy import Imported, import_legacy
from gitleague.ops.verify import verify
from gitleague.scoring.rules import rules_of
from gitleague.sync.pull.credentials import unseal
from gitleague.tables.accounts import User
from gitleague.tables.audit import AuditEntry
from gitleague.tables.awards import Award
from gitleague.tables.commits import CommitRow, Identity, Player
from gitleague.tables.fantasy import FantasyPick
from gitleague.tables.projects import Member, Repo
from gitleague.tables.seasons import Absence, Season
from gitleague.tables.syncs import RepoPull
from make import make_commit, make_sha
from operators import Operator
from pydantic import SecretStr
from servers import postgresql_database
from sqlalchemy import create_engine, func, select

LEAGUE = uuid.UUID(original.key("league"))
LEFT = {
    "magic_link_tokens": 1,
    "commits": 1,  # with a negative number of lines
    "git_identities": 1,  # of which no commit speaks
    "awards": 1,  # of a kind that is unknown
    "player_period_stats": 1,
}


@pytest.fixture
def old_url(database: Database, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of an empty database of the same kind."""
    if database.is_sqlite:
        yield f"sqlite:///{tmp_path / 'old.db'}"
        return
    with postgresql_database(request.getfixturevalue("postgresql"), "old") as url:
        yield url


def taken(database: Database, settings: Settings, url: str, *, dry_run: bool = False) -> Imported:
    return import_legacy(database, settings, url, time_zone="UTC", dry_run=dry_run)


def rows_of(url: str) -> object:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = contents_of(connection)
    engine.dispose()
    return found


@pytest.mark.on_both
@pytest.mark.parametrize("spelling", [str.lower, str.upper], ids=["by value", "by name"])
def test_it_works(
    database: Database, settings: Settings, old_url: str, spelling: original.Spelling
) -> None:
    original.fill(old_url, spelling)
    before = rows_of(old_url)
    rehearsed = taken(database, settings, old_url, dry_run=True)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 0
    done = taken(database, settings, old_url)
    assert rehearsed == done
    assert done.is_reconciled
    assert {
        name: each.left.total() for name, each in done.tables.items() if each.left.total()
    } == LEFT
    assert {name: each.there for name, each in done.tables.items() if each.there} == {
        "git_identities": 1,  # an address that somebody signs in with
        "fantasy_rosters": 1,  # the team of somebody who had joined
    }
    assert any("luck" in note for note in done.notes)
    assert any("Spring ends on 2024-04-19" in note for note in done.notes)
    assert rows_of(old_url) == before
    with database.reading() as session:
        assert [check for check in verify(session) if check.wrong] == []

    again = taken(database, settings, old_url)
    assert again.is_reconciled
    assert sum(each.taken for each in again.tables.values()) == 0


def test_what_is_taken_is_what_was_there(
    database: Database, settings: Settings, old_url: str
) -> None:
    original.fill(old_url, str.lower)
    taken(database, settings, old_url)
    grace = uuid.UUID(original.key("grace"))
    with database.reading() as session:
        members = dict(
            session.execute(
                select(User.email, Member.role + " " + Member.status).join(
                    Member, Member.user_id == User.id
                )
            )
            .tuples()
            .all()
        )
        assert members == {
            "ada@example.org": "commissioner approved",
            "grace@example.org": "player approved",
            "linus@example.org": "spectator pending",
        }
        rules = rules_of(session, LEAGUE)
        assert (rules.additions_weight, rules.turnover_points, rules.additions_cap) == (2, 5, 500)
        repos = {
            repo.name: (repo.id, repo.sync_method, repo.status, repo.total_commits)
            for repo in session.scalars(select(Repo).where(Repo.project_id == LEAGUE))
        }
        engine = uuid.UUID(original.key("engine"))
        assert repos["engine"] == (engine, "push_client", "healthy", 1170)
        assert repos["site"][1:] == ("pull_celery", "error", 129)
        late = session.get_one(CommitRow, (LEAGUE, make_sha("old 1"), engine))
        assert late.day == date(2024, 3, 5)
        assert late.parents is None
        player = player_of_user(session, LEAGUE, grace)
        addresses = session.scalars(select(Identity.address).where(Identity.player_id == player))
        assert set(addresses) == {"grace@example.org", "grace@home.example.org"}
        retired = session.scalars(select(Player.name).where(Player.retired_on.is_not(None)))
        assert list(retired) == ["Alan"]


def test_history_is_taken_as_it_was_given(
    database: Database, settings: Settings, old_url: str
) -> None:
    original.fill(old_url, str.lower)
    taken(database, settings, old_url)
    grace = uuid.UUID(original.key("grace"))
    with database.reading() as session:
        player = player_of_user(session, LEAGUE, grace)
        seasons = session.execute(
            select(Season.name, Season.first, Season.last, Season.state).order_by(Season.first)
        )
        assert [tuple(row) for row in seasons] == [
            ("Spring", date(2024, 3, 1), date(2024, 4, 19), "closed"),
            ("Summer", date(2024, 4, 20), date(2024, 6, 30), "active"),
            ("Autumn", date(2024, 9, 1), date(2024, 11, 30), "draft"),
        ]
        away = session.scalars(select(Absence)).one()
        assert (away.player_id, away.last) == (player, date(2024, 4, 19))
        awards = session.execute(
            select(Award.kind, Award.first, Award.last, Award.score).order_by(Award.kind)
        )
        assert [tuple(row) for row in awards] == [
            ("mvp", date(2024, 3, 1), date(2024, 4, 19), 125_000),
            ("play_of_the_day", date(2024, 3, 5), date(2024, 3, 5), 992_500),
            ("player_of_the_month", date(2024, 3, 1), date(2024, 3, 31), 125_000),
            ("player_of_the_week", date(2024, 3, 4), date(2024, 3, 10), 125_000),
        ]
        assert session.scalar(select(func.count()).select_from(FantasyPick)) == 2
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action.startswith("original:"))
        ).one()
        assert (entry.action, entry.project_id) == ("original:project:create_project", LEAGUE)


@pytest.mark.on_both
def test_old_keys_keep_working(
    database: Database, settings: Settings, old_url: str, http: httpx.Client
) -> None:
    """To push, to a repository that was pushed, as the published client does."""
    original.fill(old_url, str.upper)
    taken(database, settings, old_url)
    address = f"/api/v1/sync/projects/{LEAGUE}/repos/{original.key('engine')}"
    headers = {"Authorization": f"Bearer {original.KEY}"}
    new, known = make_commit(), make_commit(sha=make_sha("old 1"), parents=None)
    answer = http.post(f"{address}/commits", json={"commits": [new, known]}, headers=headers)
    assert (answer.status_code, answer.json()["inserted"]) == (201, 1)
    assert http.get(f"{address}/status", headers=headers).json()["total_commits"] == 1171
    for wrong in (original.KEY[:-1] + "x", original.REVOKED_KEY):
        headers = {"Authorization": f"Bearer {wrong}"}
        assert http.get(f"{address}/status", headers=headers).status_code == 401


@pytest.mark.on_both
def test_an_import_that_was_killed_goes_on(
    database: Database, settings: Settings, database_url: str, old_url: str, tmp_path: Path
) -> None:
    original.fill(old_url, str.lower)
    environment = {
        "GITLEAGUE_DATABASE_URL": database_url,
        "GITLEAGUE_DATA_DIR": str(tmp_path / "data"),
    }
    operator = Operator(environment)
    with operator.start("import-legacy", old_url, "--json") as process:
        until(lambda: process.poll() is not None or _commits(database), seconds=180)
        process.send_signal(signal.SIGKILL)
    assert _commits(database)
    done = operator.run_here("import-legacy", old_url, "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["reconciled"]
    assert _commits(database) == original.COMMITS - 1
    with database.reading() as session:
        assert [check for check in verify(session) if check.wrong] == []


def _commits(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(CommitRow)) or 0


def test_what_is_no_such_database_is_refused(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    for url, says in (
        (f"sqlite:///{tmp_path / 'nothing.db'}", "cannot be opened"),
        (str(database.url.render_as_string(hide_password=False)), "original deployment"),
        ("league.db", "sqlite:///"),
    ):
        with pytest.raises(Exception, match=says):
            taken(database, settings, url)
    assert not (tmp_path / "nothing.db").exists()


def test_credentials_are_sealed_anew(database: Database, settings: Settings, old_url: str) -> None:
    """With the old key; without it they are left out, and that is said."""
    fernet_key = Fernet.generate_key()
    told = json.dumps({"username": "league", "password": "a token"})
    encrypted = Fernet(fernet_key).encrypt(told.encode()).decode()
    original.fill(old_url, str.lower, credentials=encrypted)
    without = taken(database, settings, old_url, dry_run=True)
    assert any("GITLEAGUE_LEGACY_FERNET_KEY" in note for note in without.notes)
    knowing = {"legacy_fernet_key": SecretStr(fernet_key.decode())}
    done = taken(database, settings.model_copy(update=knowing), old_url)
    assert not any("FERNET" in note for note in done.notes)
    site = uuid.UUID(original.key("site"))
    with database.reading() as session:
        pull = session.get_one(RepoPull, (LEAGUE, site))
    assert (pull.schedule, pull.branches) == ("0 * * * *", ["main"])
    assert pull.sealed_credential
    opened = unseal(Sealer(settings), pull.sealed_credential, site)
    assert (opened.username, opened.secret) == ("league", "a token")
