"""A season of a league that could be: who plays, how, and what they wrote."""

import json
import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gitleague.accounts.caller import Caller
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.projects.repos import get_repo
from gitleague.sync.batch import read_batch
from gitleague.sync.ingest import ingest
from make import make_commit, make_repo, make_sha, make_user

WEEKS = 18


@dataclass(frozen=True)
class Style:
    """How somebody plays: commits a week, lines a commit, and the share of each kind of play."""

    name: str
    email: str
    weekly: float
    lines: int
    deletes: float = 0.4
    fixes: float = 0.15
    tickets: float = 0.3
    wip: float = 0.05
    pairs: float = 0.1
    repos: tuple[int, ...] = (0, 1, 2)


ROSTER = (
    Style("Grace Hopper", "grace@example.org", 9, 90, fixes=0.3, tickets=0.7),
    Style("Ada Lovelace", "ada@example.org", 8, 120, pairs=0.3),
    Style("Linus Åkesson", "linus@example.org", 11, 45, deletes=0.9, wip=0.15),
    Style("Margaret Hamilton", "margaret@example.org", 7, 110, fixes=0.45, tickets=0.9),
    Style("Katherine Johnson", "katherine@example.org", 6, 80, repos=(1,)),
    Style("Alan Turing", "alan@example.org", 5, 160, wip=0.2, tickets=0),
    Style("Radia Perlman", "radia@example.org", 5, 60, fixes=0.35),
    Style("Dennis MacAlistair Ritchie", "dennis@example.org", 4, 70, deletes=1.2),
    Style("Barbara Liskov", "barbara@example.org", 4, 95, pairs=0.4, repos=(0, 2)),
    Style("Đorđe Živković", "djordje@example.org", 3, 75, tickets=0.8),
    Style("Edsger Dijkstra", "edsger@example.org", 2, 40, deletes=2.5, repos=(0,)),
    Style("Hedy", "hedy@example.org", 0.7, 55, repos=(2,)),
    Style("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com", 6, 8),
)
REPOS = ("site", "engine", "mobile-app")
THINGS = (
    "the sign-in page",
    "the search index",
    "invoices",
    "the map",
    "webhooks",
    "the queue worker",
    "avatars",
    "the export",
    "rate limits",
    "the settings form",
    "dark mode",
    "the changelog",
)
DEEDS = (
    "Add {}",
    "Speed up {}",
    "Draw {} with fewer requests",
    "Test {}",
    "Document {}",
    "Move {} to its own module",
    "Let commissioners change {}",
    "Remove what was left of {}",
)
FIXES = ("Fix {} when the list is empty", "Fix a crash in {}", "Bugfix: {} forgot time zones")


def play_season(
    today: datetime, *, weeks: int = WEEKS, seed: int = 7
) -> list[list[dict[str, Any]]]:
    """The commits of each of REPOS, oldest first, in the weeks up to the moment `today`."""
    dice = random.Random(seed)
    drawn = []
    for style in ROSTER:
        for week in range(weeks):
            form = 0.4 + dice.random() * 1.2
            for _ in range(round(style.weekly * form)):
                ago = timedelta(weeks=week, days=dice.choice((0, 0, 1, 1, 2, 3, 3, 4, 5)))
                at = today - ago - timedelta(minutes=dice.randrange(0, 10 * 60))
                drawn.append((at, style))
    drawn.sort(key=lambda one: (one[0], one[1].name))
    repos: list[list[dict[str, Any]]] = [[] for _ in REPOS]
    for number, (at, style) in enumerate(drawn):
        history = repos[dice.choice(style.repos)]
        parents = [history[-1]["sha"]] if history else []
        history.append(_commit(dice, style, at, number=number, parents=parents, seed=seed))
    return repos


def seed_season(
    database: Database, project_id: uuid.UUID, *, today: datetime | None = None
) -> dict[str, uuid.UUID]:
    """Push the season into a project by its own road; returns the ids of its repos by name."""
    ids = {}
    for name, commits in zip(REPOS, play_season(today or now()), strict=True):
        with database.writing() as session:
            ids[name] = make_repo(session, project_id, f"git@example.org:team/{name}.git")
        push(database, project_id, ids[name], commits)
    return ids


def push(
    database: Database, project_id: uuid.UUID, repo_id: uuid.UUID, commits: list[dict[str, Any]]
) -> None:
    with database.writing() as session:
        user_id = make_user(session, f"{uuid.uuid4()}@example.org")
        pusher = Caller(user_id=user_id, email="", name="", address="127.0.0.1")
        repo = get_repo(session, project_id, str(repo_id))
        batch = read_batch(json.dumps({"commits": commits}).encode(), max_batch=5000)
        ingest(session, repo, batch, caller=pusher, received_at=now())


def _commit(
    dice: random.Random, style: Style, at: datetime, *, number: int, parents: list[str], seed: int
) -> dict[str, Any]:
    thing = dice.choice(THINGS)
    title = dice.choice(DEEDS).format(thing)
    body = ""
    if dice.random() < style.fixes:
        title = dice.choice(FIXES).format(thing)
        if parents and dice.random() < 0.4:
            body = f"Fixes: {parents[0][:12]}"
    if dice.random() < style.tickets:
        title = f"LG-{100 + number % 890}: {title}"
    if dice.random() < style.wip:
        title = f"WIP {thing}"
    if style.name.endswith("[bot]"):
        title = f"Bump {dice.choice(('jinja2', 'vite', 'ruff'))} to {number % 9}.{number % 7}"
    if dice.random() < style.pairs:
        other = dice.choice([one for one in ROSTER[:9] if one is not style])
        body = f"{body}\n\nCo-authored-by: {other.name} <{other.email}>".strip()
    added = int(dice.expovariate(1 / style.lines))
    return make_commit(
        sha=make_sha((seed, number)),
        author_name=style.name,
        author_email=style.email,
        committer_name=style.name,
        committer_email=style.email,
        author_date=at.isoformat(),
        commit_date=at.isoformat(),
        message_title=title,
        message_body=body,
        additions=added,
        deletions=int(added * style.deletes * dice.random()),
        files_changed=1 + int(dice.expovariate(1 / 3)),
        parents=parents,
    )
