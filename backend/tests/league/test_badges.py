"""Badges and cards: what they say, who may see them, and what no name does to them."""

import uuid
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest
from cases import in_one_world
from httpx import Client, Response
from make import Person, make_commit
from remote import Repo

NOBODY = uuid.UUID(int=7)
SVG = "{http://www.w3.org/2000/svg}"


class Wall(NamedTuple):
    """Where the badges of ada's league hang."""

    http: Client
    ada: Person
    repo: Repo

    @property
    def league(self) -> str:
        return f"/api/v1/projects/{self.ada.project_id}"

    def play(self, by: str = "Grace Hopper", **over: object) -> None:
        address = f"{uuid.uuid5(uuid.NAMESPACE_DNS, by)}@example.org"
        commit = make_commit(author_name=by, author_email=address, **over)
        assert self.repo.push(commit).status_code == 201

    def player(self, name: str) -> str:
        answer = self.http.get(
            f"{self.league}/standings", params={"q": name}, headers=self.ada.headers
        )
        return str(answer.json()["items"][0]["player"]["id"])

    def get(self, path: str, by: Person | None = None, **headers: str) -> Response:
        known = by.headers if by else {}
        return self.http.get(f"{self.league}/badges/{path}", headers={**known, **headers})

    def says(self, path: str) -> str:
        answer = self.get(path, self.ada)
        assert answer.status_code == 200, answer.text
        return str(parsed(answer).get("aria-label"))

    def opens(self, *, public: bool = True) -> None:
        wish = {"public_badges": public}
        made = self.http.patch(self.league, json=wish, headers=self.ada.headers)
        assert made.json()["public_badges"] is public


@pytest.fixture
def wall(http: Client, ada: Person, repo: Repo) -> Wall:
    return Wall(http, ada, repo)


def parsed(answer: Response) -> ET.Element:
    return ET.fromstring(answer.content)  # noqa: S314 - our own answer


def test_it_works(wall):
    wall.play()
    answer = wall.get("leader.svg", wall.ada)
    assert answer.headers["content-type"] == "image/svg+xml; charset=utf-8"
    root = parsed(answer)
    assert root.tag == f"{SVG}svg"
    assert [each.text for each in root.iter(f"{SVG}text")] == ["leader", "Grace Hopper"]


@pytest.mark.on_both
def test_who_was_away_has_no_rank_and_leads_nothing(wall):
    wall.play()
    grace, days = wall.player("Grace"), {"first": "2024-05-01", "last": "2024-05-31"}
    headers = wall.ada.headers
    season = wall.http.post(f"{wall.league}/seasons", json={"name": "May"} | days, headers=headers)
    place = f"{wall.league}/seasons/{season.json()['id']}/absences"
    made = wall.http.post(place, json={"player_id": grace} | days, headers=headers)
    assert made.status_code == 201
    may = "?period=month&start=2024-05-01"
    said = {
        f"leader.svg{may}": "leader: nobody yet",
        f"players/{grace}.svg{may}&metric=commits": "Grace Hopper: no rank with 1 commits",
        f"players/{grace}/card.svg{may}": "Grace Hopper, no rank, The League",
    }
    assert {path: wall.says(path) for path in said} == said


@pytest.mark.on_both
def test_what_badges_say(wall):
    empty = {"leader.svg": "leader: nobody yet", "players.svg": "players: 0"}
    for path, said in empty.items():
        assert wall.says(path) == said
    wall.play(additions=900)
    wall.play("Linus", additions=1)
    wall.play("robot[bot]")
    grace, linus = wall.player("Grace"), wall.player("Linus")
    said = {
        "leader.svg": "leader: Grace Hopper",
        "players.svg": "players: 2",
        "commits.svg": "commits: 2",
        "leader.svg?period=day": "leader: nobody yet",
        f"players/{linus}.svg?metric=commits": "Linus: #1 with 1 commits",
        f"players/{grace}.svg?metric=pts": "Grace Hopper: #1 with 910 PTS",
        f"players/{linus}.svg?period=day": "Linus: not played",
        f"players/{linus}/card.svg": "Linus, #2 of 2, The League",
        f"players/{linus}/card.svg?period=day": "Linus, not played, The League",
    }
    assert {path: wall.says(path) for path in said} == said


def test_the_card_shows_the_box_score(wall):
    wall.play(additions=900)
    root = parsed(wall.get(f"players/{wall.player('Grace')}/card.svg", wall.ada))
    texts = [each.text for each in root.iter(f"{SVG}text")]
    assert texts[0] == "Grace Hopper"
    assert texts[texts.index("PTS") - 1] == "910"


@pytest.mark.parametrize(
    "name",
    [
        '"/><script>alert(1)</script>',
        "</title></svg><img src=x onerror=alert(1)>",
        "]]>&amp;&#x3c;",
        "\u202egnaL\u2066 \x01\x1b[31m\x0b",
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16") * 60,
        "日本語の名前" * 10,
        "Z\u0351\u036b\u0343" * 60,
        "line one\nline two\ttab",
        "javascript:alert(1)",
    ],
)
def test_no_name_breaks_a_picture(wall, name):
    wall.play(name)
    player_id = wall.player("")
    for path in ("leader.svg", f"players/{player_id}.svg", f"players/{player_id}/card.svg"):
        answer = wall.get(path, wall.ada)
        assert answer.status_code == 200
        root = parsed(answer)
        assert {each.tag for each in root.iter()} <= {
            f"{SVG}{tag}" for tag in ("svg", "title", "rect", "text")
        }
        width = float(root.get("width", ""))
        for each in root.iter(f"{SVG}text"):
            assert float(each.get("x", "")) + float(each.get("textLength", "")) <= width
            assert not set(each.text or "") & set("\u202e\u2066\x01\x1b\n\t")
            assert len(each.text or "") <= 90


@pytest.mark.on_both
def test_who_has_it_already_is_told_so(wall):
    wall.play()
    first = wall.get("commits.svg", wall.ada)
    known = {"If-None-Match": first.headers["etag"]}
    assert wall.get("commits.svg", wall.ada, **known).status_code == 304
    wall.play()
    assert wall.get("commits.svg", wall.ada, **known).status_code == 200


def test_badges_are_private_until_the_league_opens_them(wall, linus, mallory):
    wall.play()
    card = f"players/{wall.player('Grace')}/card.svg"
    for path in ("leader.svg", card):
        assert wall.get(path).status_code == 401
        assert wall.get(path, mallory).status_code == 404
        assert wall.get(path, linus).headers["cache-control"] == "private, no-cache"
    wall.opens()
    for path in ("leader.svg", card):
        for viewer in (None, mallory, linus):
            answer = wall.get(path, viewer)
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "public, max-age=300"
    wall.opens(public=False)
    assert wall.get("leader.svg").status_code == 401


@pytest.mark.on_both
def test_open_badges_open_nothing_else(wall, mallory):
    wall.play()
    wall.opens()
    player_id = wall.player("Grace")
    for path in ("/standings", "/feed.atom", "/export", ""):
        assert wall.http.get(wall.league + path).status_code == 401
    assert wall.http.get(f"/api/v1/players/{player_id}").status_code == 401
    elsewhere = f"/api/v1/projects/{mallory.project_id}/badges/players/{player_id}.svg"
    assert wall.http.get(elsewhere, headers=mallory.headers).status_code == 404


def test_only_a_commissioner_opens_them(wall, grace):
    refused = wall.http.patch(wall.league, json={"public_badges": True}, headers=grace.headers)
    assert refused.status_code == 403


@in_one_world(
    "path, status",
    [
        ("winner.svg", 404),
        (f"players/{NOBODY}.svg", 404),
        (f"players/{NOBODY}/card.svg", 404),
        ("leader.svg?period=decade", 422),
    ],
)
def test_what_is_not_there(wall, path, status):
    assert wall.get(path, wall.ada).status_code == status
