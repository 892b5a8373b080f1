"""Accounts, the keys they made, and the addresses that are theirs."""

from __future__ import annotations

import uuid
from typing import Any

from gitleague_client.reading import Named
from gitleague_client.rules.people import address_of
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Caller, Membership
from gitleague.core.errors import LeagueError
from gitleague.league.cards import player_of_user
from gitleague.league.identities.claims import decide, make_claim
from gitleague.ops.legacy.source import Row, id_of, moment, word
from gitleague.ops.legacy.taking import Taking
from gitleague.scoring.players import fingerprint
from gitleague.tables.accounts import ApiKey, Scope, User
from gitleague.tables.commits import Identity, Player
from gitleague.tables.identities import ClaimState
from gitleague.tables.projects import Role

_SCOPES = {
    "sync:commits": (Scope.SYNC_COMMITS,),
    "sync_commits": (Scope.SYNC_COMMITS,),
    "read:repos": (Scope.READ_REPOS,),
    "read_repos": (Scope.READ_REPOS,),
    "sync_commits_read": (Scope.SYNC_COMMITS, Scope.READ_REPOS),
}
NO_SUCH_USER = "its user is not there"


def take_users(taking: Taking) -> None:
    tally = taking.tally("users")
    with taking.writer.writing() as session:
        here = dict(session.execute(select(User.email, User.id)).tuples().all())
        for row in taking.source.rows("users"):
            tally.read += 1
            email = str(row["email"]).strip().lower()
            if email in here:
                tally.there += 1
            else:
                here[email] = id_of(row["id"])
                values = {
                    "id": here[email],
                    "email": email,
                    "display_name": row["display_name"] or "",
                    "created_at": moment(row["created_at"]),
                }
                session.execute(insert(User).values(values))
                tally.taken += 1
            taking.users[str(row["id"])] = here[email]
    links = taking.tally("magic_link_tokens")
    if taking.source.has("magic_link_tokens"):
        links.read = taking.source.count("magic_link_tokens")
        links.left["a sign-in link lasts minutes, and is worth nothing any more"] += links.read


def take_keys(taking: Taking) -> None:
    """They go on opening what they opened: a key is found by its first 12 characters, and what is
    kept of it is the same Argon2 hash.
    """
    tally = taking.tally("api_keys")
    with taking.writer.writing() as session:
        here = set(session.scalars(select(ApiKey.id)))
        prefixes = set(session.scalars(select(ApiKey.prefix)))
        for row in taking.source.rows("api_keys"):
            tally.read += 1
            user_id, scopes = taking.users.get(str(row["user_id"])), _scopes(row["scopes"])
            if id_of(row["id"]) in here:
                tally.there += 1
            elif user_id is None:
                tally.left[NO_SUCH_USER] += 1
            elif row["prefix"] in prefixes:
                tally.left["another key here begins with the same 12 characters"] += 1
            elif not scopes:
                tally.left[f"nobody knows its scopes: {row['scopes']}"] += 1
            else:
                session.execute(insert(ApiKey).values(_key(row, user_id, scopes)))
                prefixes.add(row["prefix"])
                tally.taken += 1


def _scopes(text: object) -> str:
    words = [word(each) for each in str(text or "").split(",")]
    if not all(each in _SCOPES for each in words):
        return ""
    scopes = dict.fromkeys(scope for each in words for scope in _SCOPES[each])
    return ",".join(scope.value for scope in scopes)


def _key(row: Row, user_id: uuid.UUID, scopes: str) -> dict[str, Any]:
    revoked_at = moment(row["revoked_at"])
    if revoked_at is None and word(row["status"]) not in {"active", "expired"}:
        revoked_at = moment(row["updated_at"])
    return {
        "id": id_of(row["id"]),
        "user_id": user_id,
        "project_id": None,
        "name": row["name"],
        "prefix": row["prefix"],
        "key_hash": row["key_hash"],
        "public_key": None,  # says that it is a key of the original deployment
        "scopes": scopes,
        "created_at": moment(row["created_at"]),
        "expires_at": moment(row["expires_at"])
        or (moment(row["updated_at"]) if word(row["status"]) == "expired" else None),
        "revoked_at": revoked_at,
        "last_used_at": moment(row["last_used_at"]),
        "last_used_ip": row["last_used_ip"],
        "usage_count": row["usage_count"] or 0,
    }


def take_addresses(taking: Taking) -> None:
    """Each becomes an approved claim wherever commits have the address: there it counted too."""
    own = [(str(row["id"]), str(row["email"])) for row in taking.source.rows("users")]
    for user, email in own:
        _claim(taking, user, email)
    tally = taking.tally("git_identities")
    for row in taking.source.rows("git_identities"):
        tally.read += 1
        if str(row["user_id"]) not in taking.users:
            tally.left[NO_SUCH_USER] += 1
            continue
        outcomes = _claim(taking, str(row["user_id"]), str(row["git_email"]))
        if "taken" in outcomes:
            tally.taken += 1
        elif "there" in outcomes:
            tally.there += 1
        else:
            tally.left[next(iter(outcomes - {"unknown"}), "no commit has this address")] += 1


def _claim(taking: Taking, user: str, email: str) -> set[str]:
    outcomes = set()
    for project_id in taking.projects.values():
        with taking.writer.writing() as session:
            outcomes.add(_claim_in(session, project_id, taking.users[user], email, taking))
    return outcomes


def _claim_in(
    session: Session, project_id: uuid.UUID, user_id: uuid.UUID, email: str, taking: Taking
) -> str:
    owners = _owners(session, project_id, address_of(email))
    if not owners:
        return "unknown"
    if owners == {user_id}:
        return "there"
    if owners - {None}:
        return "another member has this address already"
    member = _member(session, project_id, user_id, Role.PLAYER)
    commissioner = _member(session, project_id, taking.owners[project_id], Role.COMMISSIONER)
    try:
        claim = make_claim(session, email, by=member)
        if claim.state == ClaimState.PENDING.value:
            decide(session, claim.id, approve=True, by=commissioner)
    except LeagueError as error:
        return str(error)
    return "taken"


def _owners(session: Session, project_id: uuid.UUID, address: str) -> set[uuid.UUID | None]:
    if not address:
        return set()
    found = session.scalars(
        select(Player.user_id)
        .join(Identity, (Identity.project_id == project_id) & (Identity.player_id == Player.id))
        .where(Player.project_id == project_id, Identity.address == address)
    )
    return set(found)


def _member(session: Session, project_id: uuid.UUID, user_id: uuid.UUID, role: Role) -> Membership:
    return Membership(caller_for(session, user_id), project_id, role)


def caller_for(session: Session, user_id: uuid.UUID) -> Caller:
    user = session.execute(select(User.email, User.display_name).where(User.id == user_id)).one()
    return Caller(user_id, user.email, user.display_name, address="import")


def identity_of(session: Session, project_id: uuid.UUID, user_id: uuid.UUID) -> uuid.UUID:
    """What awards and picks are kept under; somebody who never committed gets a player too."""
    player_id = player_of_user(session, project_id, user_id)
    if player_id is None:
        return _introduce(session, project_id, user_id)
    return session.scalars(
        select(Identity.id)
        .where(Identity.project_id == project_id, Identity.player_id == player_id)
        .order_by(Identity.created_at, Identity.id)
        .limit(1)
    ).one()


def player_for(session: Session, project_id: uuid.UUID, user_id: uuid.UUID) -> uuid.UUID:
    identity_id = identity_of(session, project_id, user_id)
    return session.scalars(
        select(Identity.player_id).where(
            Identity.project_id == project_id, Identity.id == identity_id
        )
    ).one()


def _introduce(session: Session, project_id: uuid.UUID, user_id: uuid.UUID) -> uuid.UUID:
    user = session.execute(
        select(User.email, User.display_name, User.created_at).where(User.id == user_id)
    ).one()
    person = Named(user.display_name or user.email.partition("@")[0], user.email)
    player_id, printed = uuid.uuid4(), fingerprint(person)
    values = {"project_id": project_id, "name": person.name, "created_at": user.created_at}
    session.execute(insert(Player).values(id=player_id, user_id=user_id, is_bot=False, **values))
    known = session.scalar(
        select(Identity.id).where(
            Identity.project_id == project_id, Identity.fingerprint == printed
        )
    )
    if known:  # it belongs to a player whom somebody else claimed
        printed = fingerprint(Named(f"{person.name} ({player_id})", person.email))
    identity = {"email": person.email, "address": address_of(person.email), "fingerprint": printed}
    identity_id = uuid.uuid4()
    session.execute(
        insert(Identity).values(id=identity_id, player_id=player_id, **values, **identity)
    )
    return identity_id


def retire(session: Session, project_id: uuid.UUID, user_id: uuid.UUID, since: Any) -> None:
    session.execute(
        update(Player)
        .where(
            Player.project_id == project_id,
            Player.user_id == user_id,
            Player.retired_on.is_(None),
        )
        .values(retired_on=since)
    )
