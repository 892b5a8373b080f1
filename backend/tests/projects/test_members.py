"""Who belongs to a league, and how they come and go."""

from typing import Any

import pytest
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.accounts import User
from gitleague.tables.projects import Invitation
from httpx import Client, Response
from make import Person
from sqlalchemy import select, update


def members(http: Client, person: Person) -> dict[str, tuple[str, str]]:
    answer = http.get(f"/api/v1/projects/{person.project_id}/members", headers=person.headers)
    return {each["email"]: (each["role"], each["status"]) for each in answer.json()["items"]}


def change(http: Client, by: Person, of: Person, **what: Any) -> Response:
    path = f"/api/v1/projects/{by.project_id}/members/{of.user_id}"
    return http.patch(path, json=what, headers=by.headers)


def join(http: Client, person: Person, project_id: object) -> Response:
    return http.post(f"/api/v1/projects/{project_id}/join", headers=person.headers)


def sees(http: Client, person: Person, project_id: object) -> int:
    path = f"/api/v1/projects/{project_id}/standings"
    return http.get(path, headers=person.headers).status_code


def test_a_spectator_sees_nothing_until_approved(
    http: Client, ada: Person, mallory: Person
) -> None:
    assert sees(http, mallory, ada.project_id) == 404
    for _ in range(2):  # asking twice changes nothing
        answer = join(http, mallory, ada.project_id)
        assert (answer.status_code, answer.json()["status"]) == (202, "pending")
    assert sees(http, mallory, ada.project_id) == 403
    assert change(http, ada, mallory, status="approved").status_code == 200
    assert sees(http, mallory, ada.project_id) == 200
    assert members(http, ada)[mallory.email] == ("spectator", "approved")


def test_asking_again_does_not_lower_a_role(http: Client, ada: Person) -> None:
    assert join(http, ada, ada.project_id).json()["role"] == "commissioner"


def test_one_commissioner_always_stays(http: Client, ada: Person, grace: Person) -> None:
    path = f"/api/v1/projects/{ada.project_id}/members/{ada.user_id}"
    assert change(http, ada, ada, role="player").status_code == 409
    assert change(http, ada, ada, status="pending").status_code == 409
    assert http.delete(path, headers=ada.headers).status_code == 409
    change(http, ada, grace, role="commissioner")
    assert change(http, ada, ada, role="player").status_code == 200
    assert change(http, grace, grace, role="player").status_code == 409


def test_who_is_removed_sees_nothing_any_more(http: Client, ada: Person, grace: Person) -> None:
    path = f"/api/v1/projects/{ada.project_id}/members/{grace.user_id}"
    assert http.delete(path, headers=ada.headers).status_code == 204
    assert sees(http, grace, ada.project_id) == 404
    assert http.delete(path, headers=ada.headers).status_code == 404


def invite(http: Client, by: Person, email: str, role: str = "player") -> dict[str, Any]:
    answer = http.post(
        f"/api/v1/projects/{by.project_id}/invitations",
        json={"email": email, "role": role},
        headers=by.headers,
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def accept(http: Client, invitation: dict[str, Any]) -> Response:
    token = invitation["link"].rsplit("/", 1)[-1]
    return http.post("/api/v1/invitations/accept", json={"token": token})


def test_an_invitation_makes_an_account_and_a_place(http: Client, ada: Person) -> None:
    made = invite(http, ada, "New@Example.org")
    answer = accept(http, made)
    assert answer.status_code == 200
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    (mine,) = http.get("/api/v1/projects", headers=headers).json()["items"]
    assert (mine["id"], mine["role"], mine["status"]) == (
        str(ada.project_id),
        "player",
        "approved",
    )
    assert members(http, ada)["new@example.org"] == ("player", "approved")
    assert accept(http, made).status_code == 410


def test_an_invitation_lifts_who_waits_and_lowers_nobody(
    http: Client, ada: Person, grace: Person, mallory: Person
) -> None:
    join(http, mallory, ada.project_id)
    accept(http, invite(http, ada, mallory.email))
    assert members(http, ada)[mallory.email] == ("player", "approved")
    accept(http, invite(http, ada, ada.email, "spectator"))
    assert members(http, ada)[ada.email] == ("commissioner", "approved")


def test_an_invitation_opens_nobody_elses_account(
    http: Client, ada: Person, mallory: Person, settings: Settings
) -> None:
    """Whoever invites sees the token, and could accept in the name of the invited."""
    for email in (ada.email, *settings.operators):
        answer = accept(http, invite(http, mallory, email))
        assert (answer.status_code, answer.json()["access_token"]) == (200, None)
        link = invite(http, mallory, email)["link"]
        page = http.post(link, headers={"Origin": str(http.base_url).rstrip("/")})
        assert (page.status_code, "Set-Cookie" in page.headers) == (303, False)
    assert members(http, mallory)[ada.email] == ("player", "approved")


def test_an_invitation_can_be_taken_back(http: Client, ada: Person) -> None:
    made = invite(http, ada, "new@example.org")
    path = f"/api/v1/projects/{ada.project_id}/invitations/{made['id']}"
    assert http.delete(path, headers=ada.headers).status_code == 204
    assert accept(http, made).status_code == 410
    assert http.delete(path, headers=ada.headers).status_code == 404


def test_an_invitation_runs_out(http: Client, ada: Person, database: Database) -> None:
    made = invite(http, ada, "new@example.org")
    with database.writing() as session:
        session.execute(
            update(Invitation)
            .where(Invitation.project_id == ada.project_id)
            .values(expires_at=Invitation.created_at)
        )
    assert accept(http, made).status_code == 410


def test_the_token_of_an_invitation_is_kept_nowhere(
    http: Client, ada: Person, database: Database
) -> None:
    token = invite(http, ada, "new@example.org")["link"].rsplit("/", 1)[-1]
    listed = http.get(f"/api/v1/projects/{ada.project_id}/invitations", headers=ada.headers)
    assert token not in listed.text
    with database.reading() as session:
        hashes = select(Invitation.token_hash).where(Invitation.project_id == ada.project_id)
        assert session.scalars(hashes).one() != token


def test_changes_are_written_down(http: Client, ada: Person, grace: Person) -> None:
    change(http, ada, grace, role="commissioner")
    log = f"/api/v1/projects/{ada.project_id}/audit-log?action=project:member:changed"
    (entry,) = http.get(log, headers=ada.headers).json()["items"]
    assert (entry["subject"], entry["user_email"]) == (grace.email, ada.email)
    assert entry["details"]["role"] == ["player", "commissioner"]


@pytest.mark.parametrize("email", ["no address", "a@b", "x" * 400 + "@example.org"])
def test_an_address_that_is_none(http: Client, ada: Person, database: Database, email: str) -> None:
    path = f"/api/v1/projects/{ada.project_id}/invitations"
    wish = {"email": email, "role": "player"}
    assert http.post(path, json=wish, headers=ada.headers).status_code == 422
    with database.reading() as session:
        assert session.scalar(select(User.id).where(User.email == email)) is None
