"""The formula in SQL is the formula in Python, to the last digit."""

import random
from decimal import Decimal
from typing import Any

import pytest
from gitleague.core.db import Database
from gitleague.scoring.expressions import author_stats as author_sql
from gitleague.scoring.expressions import impact as impact_sql
from gitleague.scoring.expressions import is_scored
from gitleague.tables.commits import CommitRow
from gitleague_client.rules.classify import Flag
from gitleague_client.rules.defaults import DEFAULT_RULES, AiAssisted, Rules
from gitleague_client.rules.score import Play, Stats, author_stats, counts, impact
from make import make_commit
from pushes import make_pushes
from sqlalchemy import select, update

COMMITS = 120
LINES = (0, 1, 2, 37, 999, 1000, 1001, 250_000, 2_000_000_000)
RULES = {
    "the defaults": DEFAULT_RULES,
    "odd weights": Rules(
        additions_weight=Decimal("0.07"),
        deletions_weight=Decimal("3.33"),
        additions_cap=50_000,
        pts_weight=Decimal("0.01"),
        tov_weight=Decimal("9.99"),
    ),
    "the largest": Rules(
        additions_cap=50_000,
        additions_weight=Decimal(100),
        pts_weight=Decimal(100),
        steal_points=Decimal(10_000),
        stl_weight=Decimal(100),
    ),
    "merges and excluded lines too": Rules(score_merges=True, score_excluded_lines=True),
    "AI-assisted commits bring nothing": Rules(ai_assisted=AiAssisted.IGNORE),
    "AI-assisted commits bring a third, rounded down": Rules(
        ai_assisted=AiAssisted.WEIGHT, ai_weight=Decimal("0.33"), clean_points=Decimal("0.07")
    ),
    "AI-assisted commits bring all": Rules(
        ai_assisted=AiAssisted.WEIGHT, ai_weight=Decimal(1), score_merges=True
    ),
    "nothing counts": Rules(
        commit_points=Decimal(0), additions_cap=0, deletions_cap=0, many_files=0
    ),
}


def random_row(chance: random.Random) -> dict[str, Any]:
    flags = Flag(0)
    for flag in Flag:
        flags |= flag if chance.random() < 0.3 else Flag(0)
    added, deleted = chance.choice(LINES), chance.choice(LINES)
    return {
        "additions": added,
        "deletions": deleted,
        "excluded_additions": chance.choice((0, added // 2, added)),
        "excluded_deletions": chance.choice((0, deleted // 2, deleted)),
        "files_changed": chance.choice((0, 1, 3, 4, 5000)),
        "flags": int(flags),
        "is_steal": chance.random() < 0.3,
        "is_reverted": chance.random() < 0.3,
    }


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES.keys())
def test_sql_and_python_agree(database: Database, rules: Rules) -> None:
    pushes = make_pushes(database)
    commits = [make_commit() for _ in range(COMMITS)]
    pushes.push(*commits)
    chance = random.Random(7)
    rows = {commit["sha"]: random_row(chance) for commit in commits}
    with database.writing() as session:
        for sha, row in rows.items():
            of_sha = update(CommitRow).where(
                CommitRow.project_id == pushes.project_id, CommitRow.sha == sha
            )
            session.execute(of_sha.values(row))
    sums = author_sql(rules)
    with database.reading() as session:
        found = session.execute(
            select(CommitRow.sha, *sums.values(), impact_sql(sums, rules)).where(
                CommitRow.project_id == pushes.project_id,
                is_scored(score_merges=rules.score_merges),
            )
        ).all()
    said = {sha: (Stats(*stats[:-1]), stats[-1]) for sha, *stats in found}
    expected = {}
    for sha, row in rows.items():
        play = Play(**{**row, "flags": Flag(row["flags"])})
        if counts(play, rules):
            stats = author_stats(play, rules)
            expected[sha] = (stats, impact(stats, rules))
    assert said == expected
