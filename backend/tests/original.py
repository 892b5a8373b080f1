"""A database of the original deployment, with a league in it."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from make import make_sha
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    insert,
)

# Both parts of a key may hold what parts others.
KEY = "tgl_a_-B_9-z_Tk_-x0_9-AbCdEfGhIjKlMnOpQrStUvW"
REVOKED_KEY = "tgl_revoked1_AbCdEfGhIjKlMnOpQrStUvWxYz012345"
COMMITS = 1300  # more than two batches


def at(*parts: int) -> datetime:
    return datetime(*parts)  # noqa: DTZ001 - its times have no zone


START = at(2024, 3, 4, 23, 30)
metadata = MetaData()


def _id() -> Column[str]:
    return Column("id", String(36), primary_key=True)


def _ref(name: str, target: str, *, key: bool = False) -> Column[str]:
    return Column(name, String(36), ForeignKey(f"{target}.id"), primary_key=key)


def _times(*names: str) -> list[Column[datetime]]:
    return [Column(name, DateTime) for name in names]


Table(
    "audit_logs",
    metadata,
    *(_id(), Column("user_id", String(36)), Column("action", String(100))),
    *(Column("resource_type", String(100)), Column("resource_id", String(36))),
    *(Column("details", String(1000)), Column("ip_address", String(45)), *_times("created_at")),
)
Table(
    "magic_link_tokens",
    metadata,
    *(_id(), Column("email", String(255)), Column("token", String(500), unique=True)),
    *(Column("used", Boolean), *_times("expires_at", "created_at")),
)
Table(
    "users",
    metadata,
    *(_id(), Column("email", String(255), unique=True), Column("role", String(12))),
    *(Column("status", String(8)), Column("display_name", String(255))),
    *_times("created_at", "updated_at"),
)
Table(
    "api_keys",
    metadata,
    *(_id(), _ref("user_id", "users"), Column("name", String(255))),
    *(Column("prefix", String(12), unique=True), Column("key_hash", String(255))),
    *(Column("scopes", String(50)), Column("status", String(20))),
    *(Column("last_used_ip", String(45)), Column("usage_count", Integer)),
    *_times("last_used_at", "expires_at", "created_at", "updated_at", "revoked_at"),
)
Table(
    "git_identities",
    metadata,
    *(_id(), _ref("user_id", "users"), Column("git_name", String(255))),
    *(Column("git_email", String(255)), *_times("created_at")),
)
Table(
    "projects",
    metadata,
    *(_id(), Column("name", String(255)), Column("slug", String(100), unique=True)),
    *(Column("description", Text), _ref("created_by", "users")),
    *_times("created_at", "updated_at"),
)
Table(
    "project_configs",
    metadata,
    *(_ref("project_id", "projects", key=True), Column("scoring_coefficients", Text)),
    *_times("created_at", "updated_at"),
)
Table(
    "repos",
    metadata,
    *(_id(), _ref("project_id", "projects"), Column("name", String(255))),
    *(Column("remote_url", Text), Column("remote_type", String(20))),
    *(Column("branch", String(255)), Column("sync_method", String(20))),
    *(Column("sync_frequency", String(50)), Column("last_ingested_sha", String(40))),
    *(Column("status", String(20)), Column("error_message", Text)),
    *(Column("credentials_encrypted", Text), *_times("last_sync_at", "created_at", "updated_at")),
)
Table(
    "seasons",
    metadata,
    *(_id(), _ref("project_id", "projects"), Column("name", String(255))),
    *(Column("status", String(20)), *_times("start_at", "end_at", "created_at", "updated_at")),
)
Table(
    "absences",
    metadata,
    *(_id(), _ref("user_id", "users"), _ref("season_id", "seasons")),
    *(Column("start_at", Date), Column("end_at", Date), Column("reason", String(255))),
    *_times("created_at"),
)
Table(
    "awards",
    metadata,
    *(_id(), _ref("season_id", "seasons"), Column("period_type", String(20))),
    *(Column("period_start", Date), Column("award_type", String(50)), _ref("user_id", "users")),
    *(Column("score", Float), Column("metadata_json", JSON), *_times("created_at")),
)
Table(
    "commits",
    metadata,
    *(_id(), Column("sha", String(40), unique=True), _ref("repo_id", "repos")),
    *(
        Column(f"{who}_{what}", String(255))
        for who in ("author", "committer")
        for what in ("name", "email")
    ),
    *(Column("message_title", String(500)), Column("message_body", Text)),
    *(
        Column(name, Integer)
        for name in ("additions", "deletions", "files_changed", "parent_count")
    ),
    *(Column("is_merge", Boolean), *_times("commit_date", "created_at")),
)
Table(
    "fantasy_leagues",
    metadata,
    *(_id(), _ref("season_id", "seasons"), Column("name", String(255))),
    *(Column("roster_min", Integer), Column("roster_max", Integer)),
    *_times("lock_at", "created_at"),
)
Table(
    "player_period_stats",
    metadata,
    *(_id(), _ref("user_id", "users"), _ref("season_id", "seasons")),
    *(Column("period_type", String(20)), Column("period_start", Date)),
    *(Column(name, Integer) for name in ("commits", "additions", "deletions", "files_changed")),
    *(Column(name, Integer) for name in ("pts", "reb", "ast", "blk", "tov")),
    *(Column("impact_score", Float), *_times("created_at", "updated_at")),
)
Table(
    "plays_of_day",
    metadata,
    *(_id(), _ref("season_id", "seasons"), Column("date", Date), Column("commit_sha", String(40))),
    *(_ref("user_id", "users"), Column("score", Float), Column("metadata_json", JSON)),
    *_times("created_at"),
)
Table(
    "fantasy_participants",
    metadata,
    _ref("league_id", "fantasy_leagues", key=True),
    _ref("user_id", "users", key=True),
    *_times("joined_at"),
)
Table(
    "fantasy_rosters",
    metadata,
    *(_id(), _ref("league_id", "fantasy_leagues"), _ref("user_id", "users")),
    *_times("locked_at", "created_at"),
)
Table(
    "fantasy_roster_picks",
    metadata,
    _ref("roster_id", "fantasy_rosters", key=True),
    _ref("picked_user_id", "users", key=True),
    Column("position", Integer),
)

Row = dict[str, Any]
Spelling = Callable[[str], str]


def fill(url: str, spelling: Spelling, *, credentials: str | None = None) -> None:
    """Makes the tables, and plays half a year."""
    engine = create_engine(url)
    metadata.create_all(engine)
    with engine.begin() as connection:
        _people(connection, spelling)
        _leagues(connection, spelling, credentials)
        connection.execute(insert(metadata.tables["commits"]), [_commit(n) for n in range(COMMITS)])
        _history(connection, spelling)
        _fantasy(connection)
    engine.dispose()


def key(name: str) -> str:
    """The id of a row that is called so."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


def _put(connection: Connection, table: str, *rows: Row) -> None:
    kept = metadata.tables[table]
    times = {column.name: START for column in kept.columns if isinstance(column.type, DateTime)}
    connection.execute(insert(kept), [_with_times(times, row) for row in rows])


def _with_times(times: Row, row: Row) -> Row:
    empty = {"expires_at", "revoked_at", "last_used_at", "lock_at", "locked_at"}
    return {name: None if name in empty else when for name, when in times.items()} | row


def _people(connection: Connection, spelling: Spelling) -> None:
    _put(
        connection,
        "users",
        *(
            {
                "id": key(name),
                "email": f"{name}@Example.org",
                "role": spelling(role),
                "status": spelling(status),
                "display_name": name.capitalize(),
            }
            for name, role, status in (
                ("ada", "commissioner", "active"),
                ("grace", "player", "active"),
                ("alan", "player", "retired"),
                ("linus", "spectator", "pending"),
            )
        ),
    )
    _put(
        connection,
        "git_identities",
        {"id": key("own"), "user_id": key("grace"), "git_email": "grace@example.org"},
        {"id": key("home"), "user_id": key("grace"), "git_email": "grace@home.example.org"},
        {"id": key("gone"), "user_id": key("grace"), "git_email": "nobody@example.org"},
    )
    both = "sync:commits,read:repos" if spelling("x") == "x" else "SYNC_COMMITS_READ"
    hasher = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    _put(
        connection,
        "api_keys",
        *(
            {
                "id": key(full),
                "user_id": key("ada"),
                "name": "laptop",
                "prefix": full[:12],
                "key_hash": hasher.hash(full),
                "scopes": both,
                "status": spelling(status),
                "usage_count": 7,
            }
            for full, status in ((KEY, "active"), (REVOKED_KEY, "revoked"))
        ),
    )
    link = {"id": key("link"), "email": "ada@example.org", "token": "x", "used": True}
    _put(connection, "magic_link_tokens", link)


def _leagues(connection: Connection, spelling: Spelling, credentials: str | None) -> None:
    project = {"id": key("league"), "name": "League", "slug": "league", "created_by": key("ada")}
    _put(connection, "projects", project)
    config = '{"additions_weight": 2.0, "wip_penalty": -5, "max_additions_cap": 500, "luck": 1}'
    told = {"project_id": key("league"), "scoring_coefficients": config}
    _put(connection, "project_configs", told)
    _put(
        connection,
        "repos",
        *(
            {
                "id": key(name),
                "project_id": key("league"),
                "name": name,
                "remote_url": url,
                "branch": "main",
                "sync_method": spelling(method),
                "sync_frequency": "0 * * * *",
                "status": spelling(status),
                "last_ingested_sha": make_sha("old 5") if name == "engine" else None,
                "credentials_encrypted": credentials if name == "site" else None,
            }
            for name, url, method, status in (
                ("engine", "git@example.org:team/engine.git", "push_client", "healthy"),
                ("site", "https://example.org/team/site.git", "pull_celery", "error"),
                ("attic", None, "pull_celery", "pending"),
            )
        ),
    )


def _commit(number: int) -> Row:
    when = START + timedelta(hours=number)
    name, email = [
        ("Grace", "grace@example.org"),
        ("Grace at home", "grace@home.example.org"),
        ("Alan", "alan@example.org"),
    ][number % 3]
    return {
        "id": key(f"commit {number}"),
        "sha": make_sha(f"old {number}"),
        "repo_id": key("engine" if number % 10 else "site"),
        "author_name": name,
        "author_email": email,
        "committer_name": name,
        "committer_email": email,
        "commit_date": when,
        "message_title": "Fix the door" if number % 5 == 0 else f"Add number {number}",
        "message_body": None,
        "additions": -1 if number == 100 else number % 900,  # one that cannot be
        "deletions": number % 7,
        "files_changed": number % 6,
        "is_merge": False,
        "parent_count": 1,
        "created_at": when + timedelta(days=1),
    }


def _history(connection: Connection, spelling: Spelling) -> None:
    _put(
        connection,
        "seasons",
        *(
            {
                "id": key(name),
                "project_id": key("league"),
                "name": name,
                "start_at": start,
                "end_at": end,
                "status": spelling(status),
            }
            for name, start, end, status in (
                ("Spring", at(2024, 3, 1), at(2024, 4, 30), "closed"),
                ("Summer", at(2024, 4, 20), at(2024, 6, 30, 23, 59), "active"),
                ("Autumn", at(2024, 9, 1), at(2024, 11, 30), "draft"),
            )
        ),
    )
    away = {"id": key("away"), "user_id": key("grace"), "season_id": key("Spring")}
    days = {"start_at": date(2024, 3, 20), "end_at": date(2024, 4, 25), "reason": "At sea"}
    _put(connection, "absences", away | days)
    _put(
        connection,
        "awards",
        *(
            {
                "id": key(kind),
                "season_id": key("Spring"),
                "period_type": spelling(period),
                "period_start": start,
                "award_type": spelling(kind),
                "user_id": key(winner),
                "score": 12.5,
                "metadata_json": {"why": "most"},
            }
            for kind, period, start, winner in (
                ("player_of_week", "week", date(2024, 3, 4), "alan"),
                ("player_of_month", "month", date(2024, 3, 1), "linus"),  # who has no commit
                ("mvp", "season", date(2024, 3, 1), "grace"),
                ("best_hat", "season", date(2024, 3, 1), "grace"),  # which nobody knows here
            )
        ),
    )
    play = {"id": key("play"), "season_id": key("Spring"), "date": date(2024, 3, 5)}
    won = {"commit_sha": make_sha("old 5"), "user_id": key("alan"), "score": 99.25}
    _put(connection, "plays_of_day", play | won | {"metadata_json": None})
    stats = {"id": key("stats"), "user_id": key("grace"), "season_id": key("Spring")}
    _put(connection, "player_period_stats", stats | {"pts": 4})
    log = {"user_id": key("ada"), "resource_type": "project", "resource_id": key("league")}
    _put(connection, "audit_logs", {"id": key("log"), "action": "create_project", **log})


def _fantasy(connection: Connection) -> None:
    league = {"id": key("cup"), "season_id": key("Summer"), "name": "Cup"}
    _put(connection, "fantasy_leagues", league | {"roster_min": 1, "roster_max": 3})
    in_league = {"league_id": key("cup"), "user_id": key("grace")}
    _put(connection, "fantasy_participants", in_league)
    joined = {"id": key("roster"), **in_league}
    other = {"id": key("other"), "league_id": key("cup"), "user_id": key("ada")}  # never joined
    _put(connection, "fantasy_rosters", joined, other)
    _put(
        connection,
        "fantasy_roster_picks",
        {"roster_id": key("roster"), "picked_user_id": key("alan"), "position": 1},
        {"roster_id": key("other"), "picked_user_id": key("linus"), "position": 1},
    )
