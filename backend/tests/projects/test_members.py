"""Who belongs to a league, and how they come and go."""

import uuid
from typing import Any

import pytest
from gitleague.core.db import Database
from gitleague.tables.accounts import Scope, User
from gitleague.tables.projects import Invitation
from httpx import Client, Response
from letters import printed_link
from make import Person, make_key
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


@pytest.mark.on_both
def test_a_league_that_takes_no_requests_is_told_from_none_by_nobody(
    http: Client, ada: Person, grace: Person, mallory: Person
) -> None:
    league = f"/api/v1/projects/{ada.project_id}"
    closed = http.patch(league, json={"takes_requests": False}, headers=ada.headers)
    assert closed.json()["takes_requests"] is False
    there, nowhere = (join(http, mallory, each) for each in (ada.project_id, uuid.uuid4()))
    assert there.status_code == nowhere.status_code == 404
    assert there.json()["detail"] == nowhere.json()["detail"]
    assert join(http, grace, ada.project_id).status_code == 202, "a member changes nothing"


@pytest.mark.on_both
def test_who_was_removed_or_declined_comes_back_by_invitation_alone(
    http: Client, ada: Person, grace: Person, mallory: Person
) -> None:
    join(http, mallory, ada.project_id)
    nowhere = join(http, grace, uuid.uuid4())
    for person in (grace, mallory):
        path = f"/api/v1/projects/{ada.project_id}/members/{person.user_id}"
        for _ in range(2):
            assert http.delete(path, headers=ada.headers).status_code == 204
            answer = join(http, person, ada.project_id)
            assert (answer.status_code, answer.json()["detail"]) == (404, nowhere.json()["detail"])
            accept(http, invite(http, ada, person.email), person.headers)
            assert members(http, ada)[person.email] == ("player", "approved")


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


def token_of(invitation: dict[str, Any]) -> str:
    return str(invitation["link"].rsplit("/", 1)[-1])


def accept(http: Client, invitation: dict[str, Any], headers: dict[str, str]) -> Response:
    path = "/api/v1/invitations/accept"
    return http.post(path, json={"token": token_of(invitation)}, headers=headers)


def ask_for_link(http: Client, email: str) -> None:
    assert http.post("/api/v1/auth/magic-link", json={"email": email}).status_code == 202


def test_an_invitation_gives_a_place_to_who_signs_in_by_mail(
    http: Client, ada: Person, capfd: pytest.CaptureFixture[str]
) -> None:
    made = invite(http, ada, "New@Example.org")
    ask_for_link(http, "new@example.org")
    signed_in = http.post(
        "/api/v1/auth/verify", json={"token": printed_link(capfd).rsplit("/", 1)[-1]}
    )
    headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    answer = accept(http, made, headers)
    assert (answer.status_code, answer.json()) == (200, {"project_id": str(ada.project_id)})
    (mine,) = http.get("/api/v1/projects", headers=headers).json()["items"]
    assert (mine["id"], mine["role"], mine["status"]) == (
        str(ada.project_id),
        "player",
        "approved",
    )
    assert members(http, ada)["new@example.org"] == ("player", "approved")
    assert accept(http, made, headers).status_code == 410


@pytest.mark.on_both
def test_an_invitation_lifts_who_waits_or_is_lower_and_lowers_nobody(
    http: Client, ada: Person, grace: Person, linus: Person, mallory: Person
) -> None:
    join(http, mallory, ada.project_id)
    for person, offered, role in (
        (mallory, "player", "player"),
        (linus, "player", "player"),
        (grace, "spectator", "player"),
        (ada, "spectator", "commissioner"),
    ):
        since = member_since(http, ada, person)
        accept(http, invite(http, ada, person.email, offered), person.headers)
        assert members(http, ada)[person.email] == (role, "approved")
        assert member_since(http, ada, person) == since
        log = f"/api/v1/projects/{ada.project_id}/audit-log?action=project:invitation:accepted"
        newest = http.get(log, headers=ada.headers).json()["items"][0]
        assert (newest["user_email"], newest["details"]) == (person.email, {"role": role})


def member_since(http: Client, by: Person, person: Person) -> str:
    answer = http.get(f"/api/v1/projects/{by.project_id}/members", headers=by.headers)
    (since,) = [
        each["created_at"] for each in answer.json()["items"] if each["email"] == person.email
    ]
    return str(since)


@pytest.mark.parametrize(
    "email",
    ["ada@example.org", "olga@example.org", "new@example.org"],
    ids=["member", "operator", "new"],
)
def test_an_invitation_signs_nobody_in(
    http: Client, ada: Person, mallory: Person, email: str
) -> None:
    """Its link is seen by the inviter, so that it must not open the account of the invited, nor
    one that somebody will have later.
    """
    made = invite(http, mallory, email)
    for headers, status in (({}, 401), (mallory.headers, 403)):
        answer = accept(http, made, headers)
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (status, False)
        page = http.post(
            f"/invitations/{token_of(made)}",
            headers=headers | {"Origin": str(http.base_url).rstrip("/")},
        )
        assert (page.status_code, "Set-Cookie" in page.headers) == (status, False)
    assert set(members(http, mallory)) == {mallory.email}
    assert ada.email == "ada@example.org"


def test_an_invitation_is_accepted_in_person(http: Client, ada: Person, mallory: Person) -> None:
    key = make_key(http, ada, Scope.SYNC_COMMITS)
    made = invite(http, mallory, ada.email)
    assert accept(http, made, {"Authorization": f"Bearer {key}"}).status_code == 403
    assert accept(http, made, ada.headers).status_code == 200
    assert members(http, mallory)[ada.email] == ("player", "approved")


def test_a_sign_in_link_goes_to_the_invited_address_alone(
    http: Client, ada: Person, capfd: pytest.CaptureFixture[str], live_server: str
) -> None:
    made = invite(http, ada, "new@example.org")
    capfd.readouterr()
    page = http.post(f"/invitations/{token_of(made)}/sign-in", headers={"Origin": live_server})
    assert (page.status_code, "new@example.org" in page.text) == (200, False)
    link = printed_link(capfd)
    assert link.startswith(f"{live_server}/sign-in/")
    assert link.partition("/sign-in/")[2] not in page.text
    assert link.endswith(f"?invitation={token_of(made)}")


def test_no_link_is_sent_for_an_invitation_that_is_closed(
    http: Client, ada: Person, database: Database
) -> None:
    made = invite(http, ada, "new@example.org")
    path = f"/api/v1/projects/{ada.project_id}/invitations/{made['id']}"
    http.delete(path, headers=ada.headers)
    expired = invite(http, ada, "late@example.org")
    with database.writing() as session:
        session.execute(
            update(Invitation)
            .where(Invitation.project_id == ada.project_id)
            .values(expires_at=Invitation.created_at)
        )
    for email in ("new@example.org", "late@example.org"):
        ask_for_link(http, email)
    with database.reading() as session:
        emails = session.scalars(select(User.email)).all()
    assert not {"new@example.org", "late@example.org"} & set(emails)
    assert accept(http, expired, ada.headers).status_code == 410


def test_an_invitation_can_be_taken_back(http: Client, ada: Person) -> None:
    made = invite(http, ada, "new@example.org")
    path = f"/api/v1/projects/{ada.project_id}/invitations/{made['id']}"
    assert http.delete(path, headers=ada.headers).status_code == 204
    assert accept(http, made, ada.headers).status_code == 410
    assert http.delete(path, headers=ada.headers).status_code == 404


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
