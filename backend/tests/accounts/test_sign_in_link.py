"""`gitleague sign-in-link`: the operator's way in where no mail server is set up."""

import pytest
from gitleague.accounts.audit import Action
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.accounts import User
from gitleague.tables.audit import AuditEntry
from httpx import Client
from make import Person
from operators import Operator
from sqlalchemy import select


@pytest.fixture
def operator(settings: Settings) -> Operator:
    return Operator(
        {
            "GITLEAGUE_DATA_DIR": str(settings.data_dir),
            "GITLEAGUE_DATABASE_URL": settings.database,
            "GITLEAGUE_PUBLIC_URL": settings.public_url,
            "GITLEAGUE_OPERATORS": ",".join(settings.operators),
        }
    )


def logged(database: Database, email: str) -> list[str]:
    """What the server's log says of an address, in order."""
    with database.reading() as session:
        wanted = select(AuditEntry.action).where(
            AuditEntry.subject == email, AuditEntry.project_id.is_(None)
        )
        return list(session.scalars(wanted.order_by(AuditEntry.id)))


def test_it_works(http: Client, database: Database, operator: Operator, ada: Person) -> None:
    done = operator.run_here("sign-in-link", "Ada@Example.org")
    assert (done.code, done.err) == (0, "")
    token = done.out.strip().partition("http://testserver/sign-in/")[2]
    answer = http.post("/api/v1/auth/verify", json={"token": token})
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    (mine,) = http.get("/api/v1/projects", headers=headers).json()["items"]
    assert mine["id"] == str(ada.project_id)
    assert http.post("/api/v1/auth/verify", json={"token": token}).status_code == 410
    assert logged(database, "ada@example.org") == [
        Action.SIGN_IN_LINK_PRINTED.value,
        Action.ACCOUNT_SIGNED_IN.value,
    ]


@pytest.mark.on_both
def test_operators_and_the_invited_need_no_account_yet(
    http: Client, operator: Operator, ada: Person
) -> None:
    place = f"/api/v1/projects/{ada.project_id}/invitations"
    http.post(place, json={"email": "new@example.org", "role": "player"}, headers=ada.headers)
    for email in ("new@example.org", "olga@example.org"):
        done = operator.run_here("sign-in-link", email)
        token = done.out.strip().rpartition("/")[2]
        assert http.post("/api/v1/auth/verify", json={"token": token}).status_code == 200


def test_an_address_that_nobody_has(database: Database, operator: Operator) -> None:
    done = operator.run_here("sign-in-link", "nobody@example.org")
    assert (done.code, done.out) == (1, "")
    assert "Let a commissioner invite it" in done.err
    with database.reading() as session:
        assert session.scalar(select(User.id).where(User.email == "nobody@example.org")) is None


def test_bootstrap_is_logged_as_a_way_in(database: Database, operator: Operator) -> None:
    operator.run_here("bootstrap", "--email", "ada@example.org", "--project", "League")
    assert {Action.SIGN_IN_LINK_PRINTED.value, Action.ACCOUNT_SIGNED_IN.value} <= set(
        logged(database, "ada@example.org")
    )
