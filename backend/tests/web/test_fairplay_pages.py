"""Fair play on pages: everybody sees it, the player answers, a commissioner decides."""

import re

import pytest
from gitleague.core.db import Database
from gitleague.league.fairplay import referee
from gitleague.tables.fairplay import Ruling
from httpx import Client, Response
from make import Person, make_commit
from remote import Repo
from served import Filled
from sqlalchemy import select

HTML = {"Accept": "text/html"}


class Pages:
    def __init__(self, http: Client, person: Person) -> None:
        self.http, self.person = http, person
        self.league = f"/projects/{person.project_id}"

    def see(self, place: str) -> str:
        answer = self.http.get(self.league + place, headers=self.person.headers | HTML)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, place: str, **form: str) -> Response:
        return self.http.post(self.league + place, data=form, headers=self.person.headers | HTML)


@pytest.fixture
def ruling(http: Client, database: Database, repo: Repo, grace: Person) -> str:
    """The path of one about grace, whose address is in the commit."""
    repo.push(make_commit(additions=140_000, message_title="Copy <b>everything</b>"))
    league = f"/api/v1/projects/{grace.project_id}"
    claim = {"address": "grace@example.org"}
    http.post(f"{league}/claims", json=claim, headers=grace.headers).raise_for_status()
    with database.writing() as session:
        referee.note(session, grace.project_id, referee.look(session, grace.project_id))
        return f"/rulings/{session.scalars(select(Ruling.id)).one()}"


@pytest.mark.on_both
def test_it_works(http: Client, ruling: str, ada: Person, grace: Person, linus: Person):
    looker, player, commissioner = (Pages(http, each) for each in (linus, grace, ada))
    assert ruling in looker.see("/rulings")
    seen = looker.see(ruling)
    assert "100,000" in seen
    assert "<b>everything" not in seen
    assert "Contest it" not in seen
    assert "Uphold" not in seen
    assert "Contest it" in player.see(ruling)
    assert player.send(f"{ruling}/contest", sentence="It is <i>ours</i>.").status_code == 303
    assert "It is &lt;i&gt;ours" in looker.see(ruling)
    assert commissioner.send(f"{ruling}/uphold", reason="A copy.").status_code == 303
    upheld = looker.see(ruling)
    assert "counts for nothing" in upheld
    assert "A copy." in upheld
    assert commissioner.send(f"{ruling}/reopen", reason="Look again.").status_code == 303
    assert commissioner.send(f"{ruling}/lift", reason="It is theirs.").status_code == 303
    assert "lifted" in looker.see("/rulings?state=lifted&rule=")
    assert "No such ruling" in looker.see("/rulings?state=upheld")


def test_only_who_may_decides(http: Client, ruling: str, grace: Person, linus: Person):
    assert Pages(http, grace).send(f"{ruling}/uphold", reason="No.").status_code == 403
    assert Pages(http, linus).send(f"{ruling}/contest", sentence="No.").status_code == 403


def test_an_award_can_be_wrong_too(filled_http: Client, filled: Filled):
    """From each page where one opens to its working."""
    http, league, linus = filled_http, filled.league, filled.somebody()
    member = Pages(http, linus)
    forms: set[str] = set()
    for place in (
        f"{member.league}/awards",
        f"{member.league}/seasons/{league.closed}",
        f"/players/{league.player}/awards",
    ):
        page = http.get(place, headers=linus.headers | HTML).text
        found = re.findall(r"/reports/new\?(subject=award&amp;subject_id=[0-9a-f-]{36})\"", page)
        assert found, place
        forms |= set(found)
    form = min(forms).replace("&amp;", "&")
    assert "an award" in member.see(f"/reports/new?{form}")
    about = dict(pair.split("=") for pair in form.split("&"))
    assert member.send("/reports", **about, sentence="I was away.").status_code == 303
    assert "I was away." in member.see("/reports")


@pytest.mark.on_both
def test_this_is_wrong(http: Client, repo: Repo, ada: Person, linus: Person):
    """From a row of the table to a commissioner's answer."""
    repo.push(make_commit())
    member, commissioner = Pages(http, linus), Pages(http, ada)
    table = member.see("/standings")
    form = table.partition("/reports/new?")[2].partition('"')[0].replace("&amp;", "&")
    assert "Grace Hopper" in member.see(f"/reports/new?{form}")
    about = dict(pair.split("=") for pair in form.split("&"))
    assert member.send("/reports", **about, sentence="Half is <u>mine</u>.").status_code == 303
    assert "Half is &lt;u&gt;mine" in member.see("/reports")
    page = commissioner.see("/reports")
    answer = page.partition('/answer"')[0].rpartition("/")[2]
    assert commissioner.send(f"/reports/{answer}/answer", reply="It is joined.").status_code == 303
    assert "It is joined." in member.see("/reports")
    assert member.send("/reports", **about, sentence="").status_code == 422


def test_nobody_else_reads_a_report(http: Client, repo: Repo, grace: Person, linus: Person):
    commit = make_commit()
    repo.push(commit)
    told = {"subject": "commit", "subject_id": commit["sha"], "sentence": "It is mine."}
    assert Pages(http, linus).send("/reports", **told).status_code == 303
    assert "It is mine." not in Pages(http, grace).see("/reports")
