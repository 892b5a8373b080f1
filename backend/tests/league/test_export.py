"""What a league gives to take along: whole, in order, and nothing that a spreadsheet would run."""

import csv
import io
import uuid
from datetime import date
from typing import Any

import pytest
from awarding import give
from cases import in_one_world
from gitleague.league.exports import rows
from gitleague.league.exports.writing import defused
from gitleague.league.people.shown import PUBLIC
from gitleague.league.periods import Period, Window
from gitleague.projects.leagues import get_project
from httpx import Client, Response
from make import Person, make_commit

KINDS = ("standings", "plays", "commits", "awards")


@pytest.fixture
def played(repo, ada):
    """Two players and a bot in May 2024, one commit with a co-author."""
    repo.push(
        make_commit(sha="a" * 40, additions=10),
        make_commit(
            sha="b" * 40,
            author_name="Hedy",
            author_email="hedy@example.org",
            message_title='=HYPERLINK("https://evil.example","x")',
            message_body="Co-authored-by: Grace Hopper <grace@example.org>",
        ),
        make_commit(sha="c" * 40, author_name="dependabot[bot]", author_email="bot@example.org"),
    ).raise_for_status()
    return f"/api/v1/projects/{ada.project_id}/export"


def export(http: Client, person: Person, place: str, **query: str) -> Response:
    answer = http.get(place, params=query, headers=person.headers)
    assert answer.status_code == 200, answer.text
    return answer


def as_rows(answer: Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


def test_it_works(http, ada, played):
    answer = export(http, ada, played)
    assert answer.headers["content-type"].startswith("text/csv")
    assert [(row["rank"], row["player"], row["commits"]) for row in as_rows(answer)] == [
        ("1", "Grace Hopper", "1"),
        ("2", "Hedy", "1"),
    ]


@in_one_world("what", KINDS)
def test_csv_and_json_hold_the_same(http, ada, played, database, what):
    with database.writing() as session:
        give(session, ada.project_id, anew_from=date(2024, 5, 1))
    table = as_rows(export(http, ada, played, what=what))
    document = export(http, ada, played, what=what, format="json").json()
    assert document["what"] == what
    assert table
    assert [list(row) for row in table] == [list(item) for item in document["items"]]
    for row, item in zip(table, document["items"], strict=True):
        assert row == {name: str(defused(shown(value))) for name, value in item.items()}


def shown(value: Any) -> Any:
    return "" if value is None else value


@pytest.mark.parametrize("what", KINDS)
def test_a_league_without_commits_has_headers_only(http, ada, what):
    place = f"/api/v1/projects/{ada.project_id}/export"
    assert export(http, ada, place, what=what).text.strip() == ",".join(rows.COLUMNS[what])
    assert export(http, ada, place, what=what, format="json").json()["items"] == []


@pytest.mark.on_both
@pytest.mark.parametrize("what", KINDS)
def test_many_small_chunks_give_what_one_does(http, ada, played, database, monkeypatch, what):
    with database.writing() as session:
        give(session, ada.project_id, anew_from=date(2024, 5, 1))
    whole = export(http, ada, played, what=what, bots="true").text
    monkeypatch.setattr(rows, "CHUNK", 1)
    assert export(http, ada, played, what=what, bots="true").text == whole


def test_plays_have_the_points_of_everybody_in_a_commit(http, ada, played):
    plays = as_rows(export(http, ada, played, what="plays"))
    assert [(play["sha"][0], play["player"], play["role"], play["ast"]) for play in plays] == [
        ("a", "Grace Hopper", "author", "0.0"),
        ("b", "Hedy", "author", "0.0"),
        ("b", "Grace Hopper", "coauthor", "5.0"),
    ]
    table = as_rows(export(http, ada, played))
    for row in table:
        won = sum(float(play["impact"]) for play in plays if play["player"] == row["player"])
        assert won == pytest.approx(float(row["impact"]))


def test_only_the_days_that_were_asked_for(http, ada, played, repo):
    repo.push(make_commit(author_date="2024-06-03T12:00:00Z", commit_date="2024-06-03T12:00:00Z"))
    june = export(http, ada, played, what="commits", period="month", start="2024-06-09")
    assert [row["day"] for row in as_rows(june)] == ["2024-06-03"]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),  # the wide form of =
        ("a=1", "a=1"),
        ("", ""),
        (-1, -1),
        (-2.5, -2.5),
        (None, None),
    ],
)
def test_cells_that_a_spreadsheet_would_run_are_defused(cell, written):
    assert defused(cell) == written


def test_hostile_titles_arrive_as_text(http, ada, played):
    commits = as_rows(export(http, ada, played, what="commits"))
    assert commits[1]["title"] == '\'=HYPERLINK("https://evil.example","x")'
    items = export(http, ada, played, what="commits", format="json").json()["items"]
    assert items[1]["title"] == '=HYPERLINK("https://evil.example","x")'


@pytest.mark.on_both
def test_addresses_are_for_the_team(http, ada, grace, linus, played):
    def addresses(person: Person) -> set[str]:
        commits = as_rows(export(http, person, played, what="commits"))
        return {commit["author_email"] for commit in commits}

    assert addresses(ada) == addresses(grace)
    assert "hedy@example.org" in addresses(grace)
    assert addresses(linus) == {""}
    for what in KINDS:
        assert "@example.org" not in export(http, linus, played, what=what).text


@pytest.mark.on_both
def test_the_file_has_a_tame_name(http, ada, played, database):
    with database.reading() as session:
        slug = get_project(session, ada.project_id).slug
    for what, ending in (("plays", "csv"), ("awards", "json")):
        disposition = export(http, ada, played, what=what, format=ending).headers[
            "content-disposition"
        ]
        assert disposition.startswith(f'attachment; filename="{slug}-{what}-20')
        assert disposition.endswith(f'.{ending}"')


@in_one_world(
    "query", [{"what": "secrets"}, {"format": "xlsx"}, {"period": "season"}, {"start": "x"}]
)
def test_what_cannot_be_exported_is_named(http, ada, played, query):
    answer = http.get(played, params=query, headers=ada.headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == next(iter(query))


def test_other_leagues_stay_out(http, ada, mallory, played):
    place = f"/api/v1/projects/{mallory.project_id}/export"
    for what in KINDS:
        assert as_rows(export(http, mallory, place, what=what)) == []
    assert http.get(played, headers=mallory.headers).status_code == 404
    nowhere = f"/api/v1/projects/{uuid.uuid4()}/export"
    assert http.get(nowhere, headers=ada.headers).status_code == 404


@pytest.mark.on_both
def test_no_connection_is_held_while_somebody_reads(database, ada, played):
    """Between two chunks the pool is whole."""
    wish = rows.Wish(
        ada.project_id,
        rows.What.COMMITS,
        Window(Period.ALL, date.min, date.max, date(2024, 6, 1)),
        bots=True,
        addresses=True,
        viewer=PUBLIC,
    )
    reading = rows.rows_of(database, wish)
    next(reading)
    assert database.engine.pool.checkedout() == 0
    reading.close()
