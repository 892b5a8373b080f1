"""The tables worked out in plain Python from raw box scores: what SQL must agree with."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

DAY = timedelta(days=1)
SUMMED = ("commits", "additions", "pts", "reb", "tov", "impact")
FIRST_RULES = 1  # those in force


class Who(NamedTuple):
    id: uuid.UUID
    name: str
    is_bot: bool
    position: str


class Raw(NamedTuple):
    """One box score."""

    version: int
    player: uuid.UUID
    day: date
    repo: uuid.UUID
    numbers: dict[str, int]


class Spell(NamedTuple):
    """Days of a player: for a squad, or away."""

    player: uuid.UUID
    squad: uuid.UUID | None
    first: date
    last: date


class Days(NamedTuple):
    first: date
    last: date
    version: int = FIRST_RULES
    is_all_time: bool = False


class Limits(NamedTuple):
    away_for: Fraction
    active_days: int


@dataclass
class Plain:
    """A league as lists."""

    today: date
    limits: dict[int, Limits]
    players: list[Who] = field(default_factory=list)
    raw: list[Raw] = field(default_factory=list)
    stints: list[Spell] = field(default_factory=list)
    absences: list[Spell] = field(default_factory=list)
    squads: dict[uuid.UUID, str] = field(default_factory=dict)
    seasons: list[Days] = field(default_factory=list)  # in order; the last one is played

    def window(self, period: str, start: date | None) -> tuple[Days, Days]:
        """The days that are asked for, and those before."""
        day = start or self.today
        if period == "all":
            return (
                Days(date.min, date.max, is_all_time=True),
                Days(date.min, self.today - 7 * DAY, is_all_time=True),
            )
        if period == "season":
            before, now = self.seasons
            return now, before
        if period == "day":
            return Days(day, day), Days(day - DAY, day - DAY)
        if period == "week":
            monday = day - day.weekday() * DAY
            return Days(monday, monday + 6 * DAY), Days(monday - 7 * DAY, monday - DAY)
        first = day.replace(day=1)
        following = (first + 31 * DAY).replace(day=1)
        earlier = (first - DAY).replace(day=1)
        return Days(first, following - DAY), Days(earlier, first - DAY)

    def table(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """All rows in order."""
        now, before = self.window(query["period"], query["start"])
        rows = self._sums(now, query)
        metric = query["metric"]
        ranks = self._ranks(rows, now, metric)
        ranks_before = self._ranks(self._sums(before, query), before, metric)
        sign = -1 if query["order"] == "desc" else 1
        names = {who.id: who.name for who in self.players}
        ordered = sorted(
            rows, key=lambda each: (each not in ranks, sign * _worth(rows[each], metric),
                                    names[each], str(each))
        )  # fmt: skip
        return [
            {
                "name": names[each],
                "rank": ranks.get(each),
                "away": each in self._away(now),
                "trend": _trend(ranks.get(each), ranks_before.get(each)),
                "streak": self._streak(each, now),
                **rows[each],
            }
            for each in ordered
            if query["q"].casefold() in names[each].casefold()
        ]

    def squad_table(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        now, before = self.window(query["period"], query["start"])
        rows, earlier = self._squad_sums(now, query), self._squad_sums(before, query)
        worths = {each: self._squad_worth(row, query) for each, row in rows.items()}
        worths_before = {each: self._squad_worth(row, query) for each, row in earlier.items()}
        ranks, ranks_before = _places(worths), _places(worths_before)
        sign = -1 if query["order"] == "desc" else 1
        ordered = sorted(rows, key=lambda each: (sign * worths[each], self.squads[each]))
        return [
            {
                "name": self.squads[each],
                "rank": ranks[each],
                "trend": _trend(ranks[each], ranks_before.get(each)),
                **rows[each],
            }
            for each in ordered
            if query["q"].casefold() in self.squads[each].casefold()
        ]

    def _sums(self, days: Days, query: dict[str, Any]) -> dict[uuid.UUID, dict[str, int]]:
        wanted = {who.id for who in self._chosen(query)}
        plays = [
            one
            for one in self.raw
            if one.player in wanted
            and one.version == days.version
            and days.first <= one.day <= days.last
            and query["repo_id"] in (None, one.repo)
            and query["squad"] in (None, self._squad_on(one.player, one.day))
        ]
        return _by(plays, lambda one: one.player)

    def _squad_sums(self, days: Days, query: dict[str, Any]) -> dict[uuid.UUID, dict[str, int]]:
        chosen = {who.id for who in self._chosen(query)}
        sums: dict[uuid.UUID, dict[str, int]] = {}
        for squad in self.squads:
            rows = self._sums(days, {**query, "squad": squad})
            end = min(days.last, self.today)
            members = {
                spell.player
                for spell in self.stints
                if spell.squad == squad
                and spell.player in chosen
                and spell.first <= end
                and spell.last >= days.first
            }
            if members:
                together = {
                    name: sum(row[name] for row in rows.values())
                    for name in (*SUMMED, "active_days")
                }
                counted = members - (self._away(days) - set(rows))
                sums[squad] = {**together, "members": len(counted), "players": len(rows)}
        return sums

    def _squad_worth(self, row: dict[str, int], query: dict[str, Any]) -> Fraction:
        if not row["active_days"]:
            return Fraction(0)
        value = _worth(row, query["metric"])
        if query["per"] == "squad" or query["metric"] == "impact_per_day":
            return value
        return value / row["members"]

    def _chosen(self, query: dict[str, Any]) -> Iterable[Who]:
        for who in self.players:
            plays_as = query["role"] is None or query["role"].casefold() == who.position.casefold()
            if plays_as and (query["bots"] or not who.is_bot):
                yield who

    def _squad_on(self, player: uuid.UUID, day: date) -> uuid.UUID | None:
        for spell in self.stints:
            if spell.player == player and spell.first <= day <= spell.last:
                return spell.squad
        return None

    def _away(self, days: Days) -> set[uuid.UUID]:
        if days.is_all_time:
            return set()
        length = (days.last - days.first).days + 1
        gone: defaultdict[uuid.UUID, int] = defaultdict(int)
        for spell in self.absences:
            for number in range(length):
                gone[spell.player] += spell.first <= days.first + number * DAY <= spell.last
        least = self.limits[days.version].away_for * length
        return {player for player, away in gone.items() if away and away >= least}

    def _ranks(
        self, rows: dict[uuid.UUID, dict[str, int]], days: Days, metric: str
    ) -> dict[uuid.UUID, int]:
        away = self._away(days)
        least = 1
        if metric == "impact_per_day":
            gone = (min(days.last, self.today) - days.first).days + 1
            least = min(self.limits[days.version].active_days, max(gone, 1))
        return _places(
            {
                each: _worth(row, metric)
                for each, row in rows.items()
                if each not in away and row["active_days"] >= least
            }
        )

    def _streak(self, player: uuid.UUID, days: Days) -> int:
        at_it = {one.day for one in self.raw if one.player == player and one.version == FIRST_RULES}
        day = min(days.last, self.today)
        if day not in at_it and days.first <= self.today <= days.last:
            day -= DAY
        length = 0
        while day in at_it:
            day, length = day - DAY, length + 1
        return length


def _by(plays: Iterable[Raw], key: Any) -> dict[uuid.UUID, dict[str, int]]:
    sums: dict[uuid.UUID, dict[str, int]] = {}
    days: defaultdict[uuid.UUID, set[date]] = defaultdict(set)
    for one in plays:
        row = sums.setdefault(key(one), dict.fromkeys(SUMMED, 0))
        for name in SUMMED:
            row[name] += one.numbers[name]
        days[key(one)].add(one.day)
    return {each: {**row, "active_days": len(days[each])} for each, row in sums.items()}


def _worth(row: dict[str, int], metric: str) -> Fraction:
    if metric == "impact_per_day":
        return Fraction(row["impact"], row["active_days"])
    return Fraction(row[metric])


def _places(worths: dict[uuid.UUID, Fraction]) -> dict[uuid.UUID, int]:
    return {
        each: 1 + sum(other > worth for other in worths.values()) for each, worth in worths.items()
    }


def _trend(now: int | None, before: int | None) -> tuple[str, int]:
    if now is None or now == before:
        return ("same", 0)
    if before is None:
        return ("new", 0)
    return ("up" if now < before else "down", abs(before - now))
