"""The standings as people use them: in a browser, with and without scripts, mouse, light."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from httpx import Client
from make import Person, make_commit
from playwright.sync_api import Page, expect
from remote import Repo
from windows import Windows, in_browser, looks

HTML = {"Accept": "text/html"}


def names(page: Page) -> list[str]:
    return page.locator("tbody .who-text a").all_inner_texts()


def column(page: Page, metric: str) -> list[float]:
    shown = page.locator(f"tr.line > td.{metric}").all_inner_texts()
    return [float(text.replace(",", "").strip()) for text in shown]


@in_browser
def test_it_works(windows: Windows, season: str, linus: Person):
    page = windows.open(season, linus)
    expect(page.get_by_role("heading", level=1)).to_have_text("Standings")
    assert len(names(page)) == 12
    assert column(page, "impact") == sorted(column(page, "impact"), reverse=True)
    box = page.locator("tr.box").nth(1)
    expect(box).to_be_hidden()
    page.locator("tr.line").nth(1).locator("td.pts").click()
    expect(box).to_be_visible()
    expect(box).to_contain_text("Where the impact comes from")
    expect(page.locator("tr.box").nth(0)).to_be_hidden()
    second = names(page)[1]
    box.get_by_role("link", name="Every commit behind it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(second)


@in_browser
def test_a_column_sorts_both_ways(windows: Windows, season: str, linus: Person):
    page = windows.open(season, linus)
    page.get_by_role("link", name="REB", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?metric=reb$"))
    expect(page.locator("th.reb")).to_have_attribute("aria-sort", "descending")
    most_first = column(page, "reb")
    assert most_first == sorted(most_first, reverse=True)
    page.get_by_role("link", name="REB", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?metric=reb&order=asc$"))
    expect(page.locator("th.reb")).to_have_attribute("aria-sort", "ascending")
    assert column(page, "reb") == most_first[::-1]


@in_browser
def test_a_period_a_repository_and_a_search_go_together(
    windows: Windows, season: str, linus: Person
):
    page = windows.open(season, linus)
    all_time = column(page, "commits")
    page.get_by_role("link", name="Month", exact=True).click()
    page.get_by_role("link", name="The month before").click()
    expect(page).to_have_url(re.compile(r"\?period=month&start=\d{4}-\d{2}-01$"))
    assert 0 < sum(column(page, "commits")) < sum(all_time)
    month = page.locator("#table-title").inner_text()
    page.get_by_label("Repository").select_option("engine")  # sends itself
    expect(page).to_have_url(re.compile("repo_id="))
    page.get_by_label("Search players").fill("HOPPER")
    page.get_by_label("Search players").press("Enter")
    expect(page.locator("tr.line")).to_have_count(1)
    assert names(page) == ["Grace Hopper"]
    expect(page.locator("#table-title")).to_have_text(month)


@in_browser
def test_it_works_without_scripts(windows: Windows, season: str, linus: Person):
    page = windows.open(season, linus, scripts=False)
    page.get_by_role("link", name="PTS", exact=True).click()
    page.get_by_label("Search players").fill("ada")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("metric=pts"))
    assert names(page) == ["Ada Lovelace"]
    page.locator("tr.line summary").click()
    expect(page.locator("tr.box")).to_be_visible()


@in_browser
def test_a_keyboard_is_enough(windows: Windows, season: str, linus: Person):
    page = windows.open(season, linus)
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    summary = page.locator("tr.line summary").first
    for _ in range(40):
        page.keyboard.press("Tab")
        if summary.evaluate("one => one === document.activeElement"):
            break
    assert summary.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("tr.box").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("tr.box").first).to_be_hidden()


@in_browser
def test_dark_as_the_system_or_as_one_chooses(windows: Windows, season: str, linus: Person):
    def brightness() -> int:
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in re.findall(r"\d+", colour)[:3])

    page = windows.open(season, linus)
    assert brightness() > 3 * 200
    page.emulate_media(color_scheme="dark")
    assert brightness() < 3 * 50
    page.get_by_role("button", name="Switch between light and dark").click()
    assert brightness() > 3 * 200
    page.reload()
    assert brightness() > 3 * 200
    page.get_by_role("button", name="Switch between light and dark").click()
    assert brightness() < 3 * 50


@in_browser
def test_hostile_names_and_titles_are_text(windows: Windows, repo: Repo, linus: Person):
    hostile = [
        "<script>alert(1)</script>",
        "\u202eright to left \u05d0\u05d1\u05d2",
        "\N{FAMILY}\N{PILE OF POO} emoji",
        "x" * 300,
        "'\"><img src=//example.com/x onerror=alert(1)>",
    ]
    answer = repo.push(
        *(
            make_commit(author_name=name, author_email=f"{place}@example.org", message_title=name)
            for place, name in enumerate(hostile)
        )
    )
    assert answer.json()["inserted"] == len(hostile)
    page = windows.open(f"/projects/{linus.project_id}/standings", linus, phone=True)
    assert len(names(page)) == len(hostile)
    assert hostile[0] in names(page)
    assert looks(page)["outside"] == []
    for card in page.locator("tbody .who-text a").evaluate_all("all => all.map(one => one.href)"):
        page.goto(card)
        assert looks(page)["outside"] == []
        assert page.locator("script[src]").count() == page.locator("script").count()
        assert page.locator("main img").count() == 0


@in_browser
def test_its_numbers_are_those_of_the_api(
    windows: Windows, http: Client, season: str, linus: Person
):
    address = f"/api/v1{season}?period=month"
    items = http.get(address, headers=linus.headers).json()["items"]
    page = windows.open(f"{season}?period=month", linus)
    assert names(page) == [item["player"]["name"] for item in items]
    ranks = page.locator("tr.line .place").all_inner_texts()
    assert ranks == [str(item["rank"]) for item in items]
    for metric in ("commits", "pts", "reb", "ast", "blk", "stl", "tov", "impact"):
        expected = [item["stats"][metric] for item in items]
        assert column(page, metric) == pytest.approx(expected, abs=0.5), metric
    totals = page.locator("tr.box tfoot td").evaluate_all("all => all.map(one => one.textContent)")
    exact = [float(total.replace(",", "")) for total in totals]
    assert exact == pytest.approx([item["stats"]["impact"] for item in items], abs=1e-6)


@pytest.fixture
def show(http: Client, linus: Person) -> Callable[..., str]:
    """The page of linus's league, asked for in some words."""

    def show(**asked: Any) -> str:
        place = f"/projects/{linus.project_id}/standings"
        answer = http.get(place, params=asked, headers=linus.headers | HTML)
        assert answer.status_code == 200
        return answer.text

    return show


def test_more_players_are_no_more_questions(repo: Repo, show, queries: list[str]):
    def asked(*players: int) -> int:
        authors = [
            {"author_name": f"Player {one}", "author_email": f"{one}@example.org"}
            for one in players
        ]
        repo.push(*(make_commit(**author) for author in authors))
        show()  # what a new connection asks first is no question of the page
        queries.clear()
        assert show().count('<tr class="line">') == players[-1]
        return len(queries)

    few = asked(1)
    assert asked(*range(2, 26)) == few
    assert few < 17  # two of them for the form of all rows together


def test_more_players_than_fit_are_on_further_pages(repo: Repo, show):
    repo.push(
        *(
            make_commit(author_name=f"Player {one}", author_email=f"{one}@example.org")
            for one in range(60)
        )
    )
    assert "Page 1 of 3" in show()
    last = show(page=3)
    assert "Page 3 of 3" in last
    assert last.count('<tr class="line">') == 10
    assert "60 players" in last


@pytest.mark.on_both
def test_a_page_past_the_end_leads_back(season: str, show):
    assert "all-time table" in show(page=99)


@pytest.mark.on_both
def test_an_empty_league_says_how_to_push(show):
    page = show()
    assert "The season has not begun" in page
    assert "gitleague-client sync" in page
    assert 'href="/api-keys"' in page


@pytest.mark.on_both
def test_a_day_of_rest_leads_to_one_that_was_played(repo: Repo, show):
    repo.push(make_commit(author_date="2024-05-01T12:00:00Z", commit_date="2024-05-01T12:00:00Z"))
    page = show(period="day", start="2024-05-09")
    assert "Nobody played on Thu, 9 May 2024" in page
    assert "period=day&amp;start=2024-05-01" in page


@pytest.mark.on_both
def test_no_medals_for_nothing_and_none_for_turnovers(repo: Repo, show):
    repo.push(make_commit(message_title="wip"))
    assert "place-1" in show(metric="pts")
    assert "place-1" not in show(metric="stl")
    assert "place-1" not in show(metric="tov")


def test_what_cannot_be_asked_is_said(http: Client, linus: Person):
    for asked in ("metric=beauty", "start=yesterday", "page=0", "period=season"):
        place = f"/projects/{linus.project_id}/standings?{asked}"
        answer = http.get(place, headers=linus.headers | HTML)
        assert answer.status_code == 422
        assert f"<strong><bdi>{asked.partition('=')[0]}</bdi></strong>" in answer.text


def test_a_page_comes_packed_to_who_can_unpack_it(http: Client):
    packed = http.get("/sign-in", headers={"Accept-Encoding": "gzip"})
    plain = http.get("/sign-in", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert packed.text == plain.text
    assert "Accept-Encoding" in packed.headers["vary"]
