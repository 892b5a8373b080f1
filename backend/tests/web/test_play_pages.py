"""From any list to one commit, the search, and back; as anybody reads it, without a script."""

import html

import pytest
from httpx import Client
from make import Person, make_commit
from remote import Repo
from served import Filled

HTML = {"Accept": "text/html"}
ATTACKS = ['"><img src=x onerror=alert(1)>', "</title><script>alert(1)</script>", "{{ 7*7 }}"]


def page_of(http: Client, person: Person, place: str) -> str:
    answer = http.get(f"/projects/{person.project_id}{place}", headers=person.headers | HTML)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_every_list_of_plays_leads_to_their_pages(filled_http: Client, filled: Filled):
    http, league, linus = filled_http, filled.league, filled.somebody()
    play = f"/projects/{league.project}/plays/"
    for place in ("", "/plays", "/plays?period=all", "/records", "/awards?kind=play_of_the_day"):
        assert play in page_of(http, linus, place), place
    for place in ("", "/best"):
        card = http.get(f"/players/{league.player}{place}", headers=linus.headers | HTML)
        assert play in card.text, place
    ruling = page_of(http, linus, f"/rulings/{league.ruling}")
    assert f"{play}{league.play}" in ruling
    assert f"/rulings/{league.ruling}" in page_of(http, linus, f"/plays/{league.play}")


@pytest.mark.on_both
def test_a_page_tells_all_of_a_commit(http: Client, repo: Repo, linus: Person):
    bug = make_commit(message_title="Add a bug")
    fix = make_commit(
        author_name="Linus",
        author_email="linus@example.org",
        message_title="fix: the bug",
        message_body=f"Fixes: {bug['sha']}",
        coauthors=[{"name": "Hedy", "email": "hedy@example.org"}],
        additions=1500,
    )
    repo.push(bug, fix)
    page = page_of(http, linus, f"/plays/{fix['sha'][:12]}")
    for told in ("capped at 1,000", "Steal", "Hedy", "Add a bug", fix["sha"], "+1,500"):
        assert told in page, told
    assert "fixed by" in page_of(http, linus, f"/plays/{bug['sha']}")


def test_what_does_not_count_says_why(http: Client, repo: Repo, linus: Person):
    first = make_commit(patch_key="same-change")
    picked = make_commit(patch_key="same-change", commit_date="2024-05-02T12:00:00Z")
    repo.push(first, picked)
    page = page_of(http, linus, f"/plays/{picked['sha']}")
    assert "It does not count." in page
    assert f"/plays/{first['sha']}" in page


@pytest.mark.on_both
def test_the_plays_of_a_week_as_they_came_and_by_impact(http: Client, repo: Repo, linus: Person):
    small = make_commit(message_title="Small", author_date="2024-05-02T12:00:00Z", additions=1)
    big = make_commit(message_title="Big", additions=500)
    repo.push(small, big)
    week = "/plays?period=week&start=2024-05-01"
    newest, best = page_of(http, linus, week), page_of(http, linus, f"{week}&sort=best")
    assert newest.index("Small") < newest.index("Big")
    assert best.index("Big") < best.index("Small")
    assert "The last week that was played" in page_of(http, linus, "/plays")


def test_the_search_finds_all_kinds(filled_http: Client, filled: Filled):
    http, league, linus = filled_http, filled.league, filled.somebody()
    page = page_of(http, linus, "/search?q=grace")
    assert "Grace Hopper" in page
    assert "Awards" in page
    assert "Copy the whole" in page_of(http, linus, f"/search?q={league.play[:9]}")
    assert "Nothing under" in page_of(http, linus, "/search?q=zzz")
    assert "Find anything" in page_of(http, linus, "/search")


@pytest.mark.on_both
@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_words_stay_words(http: Client, repo: Repo, linus: Person, attack: str):
    commit = make_commit(author_name=attack, message_title=attack)
    repo.push(commit)
    for place in (f"/plays/{commit['sha']}", "/plays?period=all", f"/search?q={commit['sha'][:9]}"):
        page = page_of(http, linus, place)
        assert attack not in page or "{{" in attack, place
        assert (
            html.escape(attack, quote=True).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
            in page
        ), place
    echoed = http.get(
        f"/projects/{linus.project_id}/search", params={"q": attack}, headers=linus.headers | HTML
    )
    assert "<img" not in echoed.text
    assert "<script>alert" not in echoed.text
