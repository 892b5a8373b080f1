"""The pages that people look at: each is read by `test_looks.py`, and drawn by `make shots`.

A new page has a line here.
"""

from typing import NamedTuple

LEAGUE = "/projects/{project}"


class Place(NamedTuple):
    name: str  # of its picture
    path: str


PLACES = [
    Place("league", LEAGUE),
    Place("tv", f"{LEAGUE}?tv"),
    Place("standings", f"{LEAGUE}/standings"),
    Place("standings-week", f"{LEAGUE}/standings?period=week&metric=blk&order=asc"),
    Place("standings-none", f"{LEAGUE}/standings?period=day&start=2020-02-29"),
    Place("standings-nobody", f"{LEAGUE}/standings?q=nobody"),
    Place("awards", f"{LEAGUE}/awards"),
    Place("awards-mvp", f"{LEAGUE}/awards?kind=mvp"),
    Place("hall", f"{LEAGUE}/hall-of-fame"),
    Place("records", f"{LEAGUE}/records"),
    Place("seasons", f"{LEAGUE}/seasons"),
    Place("season", f"{LEAGUE}/seasons/{{season}}"),
    Place("season-closed", f"{LEAGUE}/seasons/{{closed}}"),
    Place("compare", f"{LEAGUE}/compare?a={{player}}&b={{other}}"),
    Place("compare-one", f"{LEAGUE}/compare?a={{player}}"),
    Place("rules", f"{LEAGUE}/rules"),
    Place("setup", f"{LEAGUE}/setup"),
    Place("new-league", "/leagues/new"),
    Place("repos", f"{LEAGUE}/repos"),
    Place("repo", f"{LEAGUE}/repos/{{repo}}"),
    Place("members", f"{LEAGUE}/members"),
    Place("log", f"{LEAGUE}/log"),
    Place("card", "/players/{player}"),
    Place("card-week", "/players/{player}?period=week"),
    Place("career", "/players/{player}/career"),
    Place("card-awards", "/players/{player}/awards"),
    Place("card-best", "/players/{player}/best"),
    Place("api-keys", "/api-keys"),
    Place("leagues", "/"),
]
