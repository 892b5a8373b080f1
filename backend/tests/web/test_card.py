"""A player's card: numbers that add up to the commits on it, each with its working."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from httpx import Client
from make import Person, make_commit, make_line
from playwright.sync_api import Page, expect
from remote import Repo
from windows import Windows, in_browser

HTML = {"Accept": "text/html"}
GRACE = {"author_name": "Grace Hopper", "author_email": "grace@example.org"}


def number(text: str) -> float:
    """What is shown, such as `1,000.5`."""
    digits = text.strip().lstrip("\N{MULTIPLICATION SIGN} ").replace(",", "")
    return float(digits.replace("\N{MINUS SIGN}", "-"))


def numbers(page: Page, selector: str) -> list[float]:
    texts = page.locator(selector).evaluate_all("all => all.map(one => one.textContent)")
    return [number(text) for text in texts]


@pytest.fixture
def card(http: Client, linus: Person) -> Callable[..., str]:
    """The address of the card of a player of linus's league."""

    def card(name: str) -> str:
        address = f"/api/v1/projects/{linus.project_id}/standings"
        found = http.get(address, params={"q": name}, headers=linus.headers).json()["items"]
        (player,) = [item["player"] for item in found if item["player"]["name"] == name]
        return f"/players/{player['id']}"

    return card


@in_browser
def test_its_numbers_are_the_sums_of_its_commits(
    windows: Windows, season: str, card: Callable[[str], str], linus: Person
):
    page = windows.open(card("Margaret Hamilton"), linus)
    total = numbers(page, ".panes tfoot td")
    shares = numbers(page, ".panes .shares:not(.by-repo) tbody td:last-child")
    assert len(shares) == 8
    assert sum(shares) == pytest.approx(total[0], abs=1e-6)
    listed, authored = [], 0
    while True:
        listed += numbers(page, ".sum strong")
        authored += page.locator(".play:not(:has(.co-author))").count()
        following = page.get_by_role("link", name="Next")
        if not following.count():
            break
        following.click()
        page.wait_for_load_state()
    assert sum(listed) == pytest.approx(total[0], abs=1e-6)
    assert [authored] == numbers(page, ".tiles > div:first-child dd")
    page.get_by_role("link", name="Previous").click()
    expect(page).to_have_url(re.compile(r"page=\d+#plays$"))


@in_browser
def test_the_working_behind_a_commit_can_be_opened(
    windows: Windows, season: str, card: Callable[[str], str], linus: Person
):
    page = windows.open(card("Grace Hopper"), linus)
    play = page.locator(".play", has=page.locator(".chip.fix")).first
    expect(play.locator(".working")).to_be_hidden()
    play.locator("summary").press("Enter")
    expect(play.locator(".working")).to_be_visible()
    expect(play.locator(".working")).to_contain_text("a fix")
    for row in play.locator("tbody tr").all():
        count, each, points = (number(text) for text in row.locator("td").all_inner_texts())
        assert count * each == pytest.approx(points, abs=0.005)


@in_browser
def test_the_chart_is_told_in_words_too(
    windows: Windows, season: str, card: Callable[[str], str], linus: Person
):
    page = windows.open(card("Ada Lovelace"), linus)
    charts = page.get_by_role("img", name=re.compile("^(Points|Commits) a week: 26 weeks, most"))
    expect(charts).to_have_count(2)
    page.get_by_text("The same as a table").click()
    weeks = page.locator(".as-table tbody tr")
    expect(weeks).to_have_count(26)
    assert numbers(page, ".as-table tbody td:nth-child(2)").count(0) > 0
    commits = sum(numbers(page, ".as-table tbody td:nth-child(2)"))
    assert [commits] == numbers(page, ".tiles > div:first-child dd")


@pytest.mark.at("2026-05-13 12:00")  # there is play in this month, and before
@in_browser
def test_a_row_leads_to_the_card_of_its_period(windows: Windows, season: str, linus: Person):
    page = windows.open(f"{season}?period=month", linus)
    in_table = number(page.locator("tr.line td.commits").first.inner_text())
    page.locator("tbody .who-text a").first.click()
    expect(page.get_by_role("link", name="Month", exact=True)).to_have_attribute(
        "aria-current", "true"
    )
    assert numbers(page, ".tiles > div:first-child dd") == [in_table]
    page.locator(".eyebrow a[rel=up]").click()
    expect(page).to_have_url(re.compile(r"\?period=month&start="))


@pytest.fixture
def show(http: Client, card: Callable[[str], str]) -> Callable[..., str]:
    """The card of a player as somebody sees it."""

    def show(name: str, viewer: Person, **asked: Any) -> str:
        answer = http.get(card(name), params=asked, headers=viewer.headers | HTML)
        assert answer.status_code == 200
        return answer.text

    return show


def test_each_rule_says_what_it_counted(repo: Repo, show: Callable[..., str], linus: Person):
    repo.push(make_commit(**GRACE, message_title="Fix the map", additions=5000, deletions=3))
    page = " ".join(re.sub(r"<[^>]*>", " ", show("Grace Hopper", linus)).split())
    page = page.replace("\N{MULTIPLICATION SIGN}", "x")
    assert "PTS lines added, capped at 1,000 5,000 x 1 1,000" in page
    assert "REB lines deleted 3 x 0.6 1.8" in page
    assert "BLK a fix 1 x 15 15" in page


@pytest.mark.on_both
def test_commits_with_a_co_author_are_told_apart(
    repo: Repo, show: Callable[..., str], linus: Person
):
    repo.push(
        make_commit(**GRACE),
        make_commit(
            author_name="Ada",
            author_email="ada@example.org",
            message_body="Co-authored-by: Grace Hopper <grace@example.org>",
        ),
    )
    assert "1 commit and 1 as co-author. Open one" in show("Grace Hopper", linus)
    assert "1 commit. Open one" in show("Ada", linus)


@pytest.mark.on_both
def test_a_quiet_month_leads_back(repo: Repo, show: Callable[..., str], linus: Person):
    repo.push(make_commit(**GRACE))
    page = show("Grace Hopper", linus, period="month", start="2023-01-01")
    assert "Did not play in January 2023" in page
    assert "No commits in January 2023" in page
    assert "See all time" in page


def test_addresses_are_for_the_team(
    repo: Repo, show: Callable[..., str], linus: Person, grace: Person
):
    repo.push(make_commit(**GRACE))
    assert "grace@example.org" in show("Grace Hopper", grace)
    assert "grace@example.org" not in show("Grace Hopper", linus)


def test_another_league_is_not_there(
    http: Client, repo: Repo, card: Callable[[str], str], mallory: Person
):
    repo.push(make_commit(**GRACE))
    answer = http.get(card("Grace Hopper"), headers=mallory.headers | HTML)
    assert answer.status_code == 404
    assert "Grace" not in answer.text
    assert http.get(f"/players/{uuid.uuid4()}", headers=mallory.headers).status_code == 404
    assert http.get("/players/grace", headers=mallory.headers).status_code == 404


def test_more_commits_are_no_more_questions(
    http: Client,
    repo: Repo,
    card: Callable[[str], str],
    linus: Person,
    queries: list[str],
):
    def asked(commits: int) -> int:
        repo.push(*make_line(commits, **GRACE))
        address = card("Grace Hopper")
        http.get(address, headers=linus.headers | HTML)
        queries.clear()
        assert http.get(address, headers=linus.headers | HTML).status_code == 200
        return len(queries)

    few = asked(1)
    assert asked(40) == few
    assert few < 24


@in_browser
def test_a_number_leads_to_what_it_is_made_of(
    windows: Windows, season: str, card: Callable[[str], str], linus: Person
):
    page = windows.open(card("Grace Hopper"), linus)
    for name, row in (("PTS", "Points"), ("BLK", "Blocks")):
        tile = page.locator(".tiles > div", has=page.get_by_text(name, exact=True))
        said = tile.locator("dd").inner_text()
        tile.locator("dd a").click()
        made_of = page.locator("tr:target")
        expect(made_of).to_contain_text(row)
        points = made_of.locator("td").first.inner_text()
        assert number(points) == pytest.approx(number(said), abs=0.05)
    page.locator(".tiles > div:first-child a").click()
    expect(page.locator("#plays:target")).to_be_in_viewport()
