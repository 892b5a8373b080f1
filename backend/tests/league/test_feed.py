"""The feed of a league: what a feed reader finds, and who may read it."""

import re
from datetime import date
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest
from awarding import give
from gitleague.core.db import Database
from httpx import Client, Response
from make import Person, make_commit
from remote import Repo

ATOM = {"a": "http://www.w3.org/2005/Atom"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Feed(NamedTuple):
    http: Client
    ada: Person
    database: Database
    repo: Repo

    @property
    def league(self) -> str:
        return f"/api/v1/projects/{self.ada.project_id}"

    def play(self, day: str = "2024-05-01", **over: str) -> None:
        when = f"{day}T12:00:00Z"
        answer = self.repo.push(make_commit(author_date=when, commit_date=when, **over))
        assert answer.status_code == 201

    def give(self) -> None:
        with self.database.writing() as session:
            give(session, self.ada.project_id, anew_from=date(2024, 5, 1))

    def get(self, by: Person | None = None, **headers: str) -> Response:
        known = by.headers if by else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.get(f"{self.league}/feed.atom", headers={**known, **named})

    def entries(self) -> list[ET.Element]:
        answer = self.get(self.ada)
        assert answer.status_code == 200, answer.text
        return parsed(answer).findall("a:entry", ATOM)

    def opens(self, *, public: bool = True) -> None:
        made = self.http.patch(self.league, json={"public_feed": public}, headers=self.ada.headers)
        assert made.json()["public_feed"] is public


@pytest.fixture
def feed(http: Client, ada: Person, database: Database, repo: Repo) -> Feed:
    return Feed(http, ada, database, repo)


def parsed(answer: Response) -> ET.Element:
    return ET.fromstring(answer.content)  # noqa: S314 - our own answer


def text(element: ET.Element, name: str) -> str:
    return element.findtext(f"a:{name}", "", ATOM)


@pytest.mark.any_day
def test_it_works(feed):
    feed.play(message_title="Add a page")
    feed.give()
    answer = feed.get(feed.ada)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    root = parsed(answer)
    assert text(root, "id") == f"urn:uuid:{feed.ada.project_id}"
    assert text(root, "title") == "The League: awards and plays"
    titles = {text(entry, "title") for entry in root.findall("a:entry", ATOM)}
    assert {"Play of the day: Grace Hopper", "Player of the week: Grace Hopper"} <= titles
    plays = [entry for entry in feed.entries() if "Play of" in text(entry, "title")]
    assert "Add a page" in text(plays[0], "summary")


def test_every_part_that_atom_demands_is_there(feed):
    feed.play()
    feed.give()
    root = parsed(feed.get(feed.ada))
    links = {
        link.get("rel", "alternate"): link.get("href") for link in root.findall("a:link", ATOM)
    }
    assert links["self"].endswith(f"{feed.league}/feed.atom")
    assert MOMENT.fullmatch(text(root, "updated"))
    for entry in root.findall("a:entry", ATOM):
        for name in ("id", "title", "updated", "summary"):
            assert text(entry, name), name
        assert entry.findtext("a:author/a:name", "", ATOM) == "Grace Hopper"
        assert MOMENT.fullmatch(text(entry, "updated"))
    ids = [text(entry, "id") for entry in feed.entries()]
    assert len(ids) == len(set(ids))


def test_an_award_that_is_given_anew_is_the_same_entry(feed):
    feed.play()
    feed.give()
    before = [text(entry, "id") for entry in feed.entries()]
    feed.give()
    assert [text(entry, "id") for entry in feed.entries()] == before


def test_a_league_without_awards_has_an_empty_feed(feed):
    root = parsed(feed.get(feed.ada))
    assert root.findall("a:entry", ATOM) == []
    assert MOMENT.fullmatch(text(root, "updated"))


def test_what_others_wrote_stays_text(feed):
    feed.play(author_name="<script>&\x01\u202eadA", message_title="</summary>]]>\x0b&amp;")
    feed.give()
    entry = feed.entries()[0]
    assert entry.findtext("a:author/a:name", "", ATOM) == "<script>&\ufffdadA"
    summaries = " ".join(text(entry, "summary") for entry in feed.entries())
    assert "</summary>]]>" in summaries


def test_who_has_it_already_is_told_so(feed):
    feed.play()
    feed.give()
    first = feed.get(feed.ada)
    etag, changed = first.headers["etag"], first.headers["last-modified"]
    for headers in (
        {"If_None_Match": etag},
        {"If_None_Match": f'"other", {etag}'},
        {"If_None_Match": etag.removeprefix("W/")},
        {"If_Modified_Since": changed},
    ):
        again = feed.get(feed.ada, **headers)
        assert (again.status_code, again.content) == (304, b""), headers
        assert again.headers["etag"] == etag
    for headers in (
        {"If_None_Match": '"other"', "If_Modified_Since": changed},
        {"If_Modified_Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"If_Modified_Since": "yesterday"},
    ):
        assert feed.get(feed.ada, **headers).status_code == 200, headers
    assert parsedate_to_datetime(changed).tzinfo


def test_new_awards_make_a_new_etag(feed):
    feed.play()
    feed.give()
    etag = feed.get(feed.ada).headers["etag"]
    feed.play("2024-05-02")
    feed.give()
    assert feed.get(feed.ada, If_None_Match=etag).status_code == 200


def test_a_private_feed_wants_to_know_who_reads(feed, linus, mallory):
    assert feed.get().status_code == 401
    assert feed.get(mallory).status_code == 404
    private = feed.get(linus)
    assert private.status_code == 200
    assert private.headers["cache-control"] == "private, no-cache"


@pytest.mark.on_both
def test_a_league_can_open_its_feed_and_close_it_again(feed, mallory):
    feed.opens()
    for reader in (None, mallory, feed.ada):
        answer = feed.get(reader)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=300"
    feed.opens(public=False)
    assert feed.get().status_code == 401


def test_only_a_commissioner_opens_it(feed, grace):
    refused = feed.http.patch(feed.league, json={"public_feed": True}, headers=grace.headers)
    assert refused.status_code == 403
    assert feed.get().status_code == 401


def test_other_leagues_stay_closed_and_out(feed, mallory):
    feed.play()
    feed.give()
    feed.opens()
    theirs = f"/api/v1/projects/{mallory.project_id}/feed.atom"
    assert feed.http.get(theirs).status_code == 401
    answer = feed.http.get(theirs, headers=mallory.headers)
    assert parsed(answer).findall("a:entry", ATOM) == []
