"""Whatever is asked of the tables, the answer is what plain Python makes of the raw box scores."""

import random
import uuid
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from boxscores import Field, make_field
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.league.people.shown import LEAGUE
from gitleague.league.schemas import StandingsQuery
from gitleague.league.squads.schemas import SquadStandingsQuery
from gitleague.league.squads.standings import squad_standings
from gitleague.league.squads.stints import OPEN, new_stint
from gitleague.league.standings import standings
from gitleague.scoring.totals import mark
from gitleague.tables.commits import Player
from gitleague.tables.scores import RulesVersion
from gitleague.tables.seasons import Absence, AbsenceKind, Season, SeasonState
from gitleague.tables.squads import Squad
from gitleague_client.rules.defaults import Rules
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from make import make_repo
from plainly import DAY, SUMMED, Days, Limits, Plain, Raw, Spell, Who

ZONE = "Pacific/Auckland"
FROZEN = 2  # the version that the season before was closed in
SPAN = 100  # days that are played
NAMES = ("Ada", "Grace", "Åke", "Linus", "Bob", "Dot", "Eve", "bot")
POSITIONS = ("backend", "Backend", "ops", "")


class League:
    """The same league twice: in a database, and as lists."""

    def __init__(self, field: Field, seed: int) -> None:
        self.field, self.chance = field, random.Random(seed)
        today = now().astimezone(ZoneInfo(ZONE)).date()
        self.plain = Plain(
            today, {1: Limits(Fraction(2, 5), 3), FROZEN: Limits(Fraction(1, 10), 1)}
        )
        self.repos = [field.repo_id, make_repo(field.session, field.project_id, "git@x.org:a/b")]
        self._rules()
        self._players()
        self._seasons()
        self._squads()
        self._plays()
        self._absences()
        field.session.flush()  # what was added is asked for below
        field.sum_up()
        some = [one.day for one in self.chance.sample(self.plain.raw, 2)]
        mark(field.session, field.project_id, 1, some)

    def _rules(self) -> None:
        for version, limits in self.plain.limits.items():
            rules = Rules(
                unranked_when_away_for=Decimal(str(float(limits.away_for))),
                average_active_days=limits.active_days,
            )
            self.field.session.add(
                RulesVersion(
                    project_id=self.field.project_id,
                    version=version,
                    rules=rules.model_dump(mode="json"),
                    created_at=now(),
                )
            )

    def _players(self) -> None:
        for name in NAMES:
            who = Who(
                self.field.player(name, is_bot=name == "bot"),
                name,
                name == "bot",
                self.chance.choice(POSITIONS),
            )
            self.field.session.get_one(Player, who.id).position = who.position
            self.plain.players.append(who)

    def _seasons(self) -> None:
        middle = self.plain.today - self.chance.randrange(20, 60) * DAY
        self.plain.seasons = [
            Days(middle - 50 * DAY, middle - DAY, FROZEN),
            Days(middle, middle + 90 * DAY),
        ]
        for days in self.plain.seasons:
            closed = days.version == FROZEN
            self.field.session.add(
                Season(
                    id=(season_id := uuid.uuid4()),
                    project_id=self.field.project_id,
                    name="Season",
                    first=days.first,
                    last=days.last,
                    state=(SeasonState.CLOSED if closed else SeasonState.ACTIVE).value,
                    rules_version=FROZEN if closed else None,
                    created_at=now(),
                )
            )
        self.season_id = season_id
        self.field.session.flush()  # absences point at it

    def _squads(self) -> None:
        for name in ("Core", "Web", "ÖPS"):
            squad = Squad(
                id=uuid.uuid4(),
                project_id=self.field.project_id,
                name=name,
                name_key=name.casefold(),
                created_at=now(),
            )
            self.field.session.add(squad)
            self.plain.squads[squad.id] = name
        self.field.session.flush()  # stints point at them
        for who in self.plain.players:
            here = self.plain.today - self.chance.randrange(SPAN) * DAY
            for _ in range(self.chance.randrange(4)):
                last = here + self.chance.randrange(50) * DAY
                if self.chance.random() < 0.3:
                    last = OPEN
                squad_id = self.chance.choice(list(self.plain.squads))
                self.field.session.add(
                    new_stint(self.field.project_id, squad_id, who.id, here, last)
                )
                self.plain.stints.append(Spell(who.id, squad_id, here, last))
                if last == OPEN:
                    break
                here = last + self.chance.randrange(1, 9) * DAY

    def _plays(self) -> None:
        cells = {
            (
                self.chance.choice(self.plain.players).id,
                self.plain.today - self.chance.randrange(SPAN) * DAY,
                self.chance.choice(self.repos),
            )
            for _ in range(300)
        }
        for version in (1, FROZEN):
            for player, day, repo in sorted(cells, key=str):
                numbers = {name: self.chance.randrange(4) for name in SUMMED}
                points = {name: value for name, value in numbers.items() if name != "impact"}
                impact = numbers["impact"]
                self.field.score_unmarked(
                    player, day, impact=impact, repo_id=repo, version=version, **points
                )
                whole = {**numbers, "impact": impact * 10_000}
                self.plain.raw.append(Raw(version, player, day, repo, whole))
            mark(self.field.session, self.field.project_id, version, [day for _, day, _ in cells])

    def _absences(self) -> None:
        for who in self.chance.sample(self.plain.players, 5):
            first = self.plain.today - self.chance.randrange(SPAN) * DAY
            last = first + self.chance.randrange(1, 40) * DAY
            kind = self.chance.choice((AbsenceKind.AWAY, AbsenceKind.AWAY, AbsenceKind.PART_TIME))
            self.field.session.add(
                Absence(
                    id=uuid.uuid4(),
                    project_id=self.field.project_id,
                    season_id=self.season_id,
                    player_id=who.id,
                    first=first,
                    last=last,
                    kind=kind.value,
                    note="",
                    created_at=now(),
                )
            )
            if kind is AbsenceKind.AWAY:
                self.plain.absences.append(Spell(who.id, None, first, last))

    def query(self, drawn: dict[str, Any]) -> dict[str, Any]:
        """With the league's own days, repos and squads in place of numbers."""
        ago, repo, squad = drawn["ago"], drawn["repo"], drawn["squad"]
        has_start = ago is not None and drawn["period"] not in ("season", "all")
        return {
            **{
                name: value
                for name, value in drawn.items()
                if name not in ("ago", "repo", "league")
            },
            "start": self.plain.today - ago * DAY if has_start else None,
            "repo_id": None if repo is None else self.repos[repo],
            "squad": None if squad is None else list(self.plain.squads)[squad],
        }


@pytest.fixture
def leagues(database: Database) -> Iterator[list[League]]:
    """Two in one database, none of which has a row of the other's in its tables."""
    with database.writing() as session:
        yield [League(make_field(session, time_zone=ZONE), seed) for seed in range(2)]


METRICS = [*SUMMED, "active_days", "impact_per_day"]
# Most of the time goes into the SQL of a question that was not asked before: each is asked of one
# of the leagues.
DRAWN = st.fixed_dictionaries(
    {
        "league": st.sampled_from([0, 1]),
        "period": st.sampled_from(["day", "week", "month", "season", "all"]),
        "ago": st.none() | st.integers(0, SPAN),
        "metric": st.sampled_from(METRICS),
        "order": st.sampled_from(["asc", "desc"]),
        "repo": st.none() | st.sampled_from([0, 1]),
        "squad": st.none() | st.sampled_from([0, 1, 2]),
        "role": st.none() | st.sampled_from(["BACKEND", "ops", "goalkeeper"]),
        "bots": st.booleans(),
        "q": st.sampled_from(["", "", "a", "å", "o", "%"]),
        "per": st.sampled_from(["squad", "player"]),
        "page": st.integers(1, 2),
        "limit": st.sampled_from([2, 50]),
    }
)
PLAIN = {
    "league": 0,
    "period": "all",
    "ago": None,
    "metric": "impact",
    "order": "desc",
    "repo": None,
    "squad": None,
    "role": None,
    "bots": False,
    "q": "",
    "per": "squad",
    "page": 1,
    "limit": 50,
}
# In Auckland it is the last day of a week and of a month.
# The leagues of a test are only read.
EACH = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.on_both
@pytest.mark.at("2026-05-31 10:00")
@EACH
@given(drawn=DRAWN)
@example(drawn=PLAIN)
@example(drawn={**PLAIN, "period": "season", "metric": "impact_per_day"})
@example(drawn={**PLAIN, "period": "week", "ago": 30, "metric": "impact_per_day", "league": 1})
@example(drawn={**PLAIN, "squad": 0, "league": 1})
@example(drawn={**PLAIN, "per": "player", "period": "month"})
def test_the_tables_of_players_and_of_squads(leagues: list[League], drawn: dict[str, Any]) -> None:
    league = leagues[drawn["league"]]
    compare_players(league, drawn)
    compare_squads(league, drawn)


def compare_players(league: League, drawn: dict[str, Any]) -> None:
    query = league.query(drawn)
    asked = StandingsQuery(**{name: value for name, value in query.items() if name != "per"})
    session, project_id = league.field.session, league.field.project_id
    window = asked.window(session, project_id)
    found = standings(
        session,
        asked.slice_of(session, project_id, window, LEAGUE),
        order=asked.order,
        page=asked.page,
        limit=asked.limit,
        q=asked.q,
    )
    expected = league.plain.table(query)
    rows = [
        {
            "name": row.name,
            "rank": row.rank,
            "away": row.away,
            "trend": tuple(row.trend),
            "streak": row.streak,
            **{name: getattr(row.numbers, name) for name in (*SUMMED, "active_days")},
        }
        for row in found.rows
    ]
    assert rows == _page(expected, asked)
    assert found.total == len(expected)
    ranked = sum(other["rank"] is not None for other in league.plain.table({**query, "q": ""}))
    assert {row.among for row in found.rows} <= {ranked}


def compare_squads(league: League, drawn: dict[str, Any]) -> None:
    query = {**league.query(drawn), "squad": None}
    asked = SquadStandingsQuery(**{name: value for name, value in query.items() if name != "squad"})
    session, project_id = league.field.session, league.field.project_id
    window = asked.window(session, project_id)
    found = squad_standings(
        session,
        asked.slice_of(session, project_id, window, LEAGUE),
        per=asked.per,
        order=asked.order,
        page=asked.page,
        limit=asked.limit,
        q=asked.q,
    )
    expected = league.plain.squad_table(query)
    rows = [
        {
            "name": row.name,
            "rank": row.rank,
            "trend": tuple(row.trend),
            "members": row.members,
            "players": row.players,
            **{name: getattr(row.numbers, name) for name in (*SUMMED, "active_days")},
        }
        for row in found.rows
    ]
    assert rows == _page(expected, asked)
    assert found.total == len(expected)


def _page(rows: list[dict[str, Any]], asked: Any) -> list[dict[str, Any]]:
    return rows[asked.offset : asked.offset + asked.limit]
