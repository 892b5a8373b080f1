"""The pages that people look at: each is read by `test_looks.py`, and drawn by `make shots`.

A new page has a line here.
"""

from typing import NamedTuple

LEAGUE = "/projects/{project}"


class Place(NamedTuple):
    name: str  # of its picture
    path: str


# Of whoever is not signed in; the tokens need not be good, since opening uses none up.
FRONT_DOOR = [
    Place("sign-in", "/sign-in"),
    Place("use-link", "/sign-in/link"),
    Place("invitation", "/invitations/link"),
    Place("status", "/status"),
]
# Of the server's operator.
OPERATOR = [
    Place("operator", "/operator"),
    Place("operator-jobs", "/operator/jobs"),
    Place("operator-jobs-done", "/operator/jobs?state=done"),
    Place("operator-errors", "/operator/errors"),
    Place("operator-pull-to-push", "/operator/pull-to-push"),
    Place("operator-rollout", "/operator/rollout"),
]


PLACES = [
    Place("league", LEAGUE),
    Place("tv", f"{LEAGUE}?tv"),
    Place("standings", f"{LEAGUE}/standings"),
    Place("standings-week", f"{LEAGUE}/standings?period=week&metric=blk&order=asc"),
    Place("standings-none", f"{LEAGUE}/standings?period=day&start=2020-02-29"),
    Place("standings-nobody", f"{LEAGUE}/standings?q=nobody"),
    Place("plays", f"{LEAGUE}/plays"),
    Place("plays-best", f"{LEAGUE}/plays?period=all"),
    Place("plays-none", f"{LEAGUE}/plays?period=day&start=2020-02-29"),
    Place("play", f"{LEAGUE}/plays/{{play}}"),
    Place("squads", f"{LEAGUE}/squads"),
    Place("squads-average", f"{LEAGUE}/squads?per=player&period=month"),
    Place("fantasies", f"{LEAGUE}/fantasy"),
    Place("fantasy", f"{LEAGUE}/fantasy/{{fantasy}}"),
    Place("fantasy-table", f"{LEAGUE}/fantasy/{{fantasy}}/table"),
    Place("fantasy-picks", f"{LEAGUE}/fantasy/{{fantasy}}/picks"),
    Place("draft", f"{LEAGUE}/fantasy/{{draft}}"),
    Place("draft-picks", f"{LEAGUE}/fantasy/{{draft}}/picks"),
    Place("cup-table", f"{LEAGUE}/fantasy/{{cup}}/table"),
    Place("rulings", f"{LEAGUE}/rulings"),
    Place("ruling", f"{LEAGUE}/rulings/{{ruling}}"),
    Place("reports", f"{LEAGUE}/reports"),
    Place("report", f"{LEAGUE}/reports/new?subject=player&subject_id={{other}}"),
    Place("search", f"{LEAGUE}/search?q=er"),
    Place("search-empty", f"{LEAGUE}/search"),
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
    Place("repo-pulled", f"{LEAGUE}/repos/{{pulled}}"),
    Place("members", f"{LEAGUE}/members"),
    Place("log", f"{LEAGUE}/log"),
    Place("jobs", f"{LEAGUE}/jobs"),
    Place("run", f"{LEAGUE}/run"),
    Place("rules-edit", f"{LEAGUE}/rules/edit"),
    Place("referee", f"{LEAGUE}/referee"),
    Place("lineup", f"{LEAGUE}/lineup"),
    Place("lineup-squad", f"{LEAGUE}/lineup/{{squad}}"),
    Place("webhooks", f"{LEAGUE}/webhooks"),
    Place("webhook", f"{LEAGUE}/webhooks/{{webhook}}"),
    Place("digests", f"{LEAGUE}/digests"),
    Place("sharing", f"{LEAGUE}/sharing"),
    Place("exports", f"{LEAGUE}/exports"),
    Place("identities", f"{LEAGUE}/identities"),
    Place("identity", f"{LEAGUE}/identities/{{player}}"),
    Place("merge", f"{LEAGUE}/identities/merge?players={{player}}&players={{other}}"),
    Place("suggestions", f"{LEAGUE}/identities/suggestions"),
    Place("claims", f"{LEAGUE}/identities/claims"),
    Place("mailmap", f"{LEAGUE}/identities/mailmap"),
    Place("claim", f"{LEAGUE}/claims"),
    Place("privacy", "/players/{player}/privacy"),
    Place("changes", f"{LEAGUE}/identities/changes"),
    Place("card", "/players/{player}"),
    Place("card-week", "/players/{player}?period=week"),
    Place("career", "/players/{player}/career"),
    Place("card-awards", "/players/{player}/awards"),
    Place("card-best", "/players/{player}/best"),
    Place("api-keys", "/api-keys"),
    Place("leagues", "/"),
]
