"""The working that people are shown adds up to the points that they get."""

from collections import Counter
from decimal import Decimal

from gitleague_client.rules.classify import Flag
from gitleague_client.rules.defaults import AiAssisted, Rules
from gitleague_client.rules.score import Play, Stats, author_stats, coauthor_stats, impact
from gitleague_client.rules.working import working
from hypothesis import given
from hypothesis import strategies as st

amounts = st.integers(0, 5000)
plays = st.builds(
    Play,
    additions=amounts,
    deletions=amounts,
    files_changed=st.integers(0, 10),
    flags=st.integers(0, 255).map(Flag),
    excluded_additions=amounts,
    excluded_deletions=amounts,
    is_steal=st.booleans(),
    is_reverted=st.booleans(),
)
rule_books = st.builds(
    Rules,
    additions_weight=st.decimals(0, 20, places=2),
    additions_cap=amounts,
    tov_weight=st.decimals(0, 5, places=2),
    score_merges=st.booleans(),
    score_excluded_lines=st.booleans(),
    ai_assisted=st.sampled_from(AiAssisted),
    ai_weight=st.decimals(0, 1, places=2),
)


@given(plays, rule_books, st.booleans())
def test_the_lines_add_up_to_the_points(play, rules, as_coauthor):
    shown = working(play, rules, as_coauthor=as_coauthor)
    stats = coauthor_stats(play, rules) if as_coauthor else author_stats(play, rules)
    sums = Counter()
    for line in shown.lines:
        sums[line.stat] += line.points
    assert Stats(**{stat: sums[stat] for stat in Stats._fields}) == stats == shown.stats
    assert sum(share.impact for share in shown.shares) == impact(stats, rules) == shown.impact


def test_a_line_names_its_rule_and_its_cap():
    shown = working(Play(1500, 0, 1, Flag.FIX | Flag.CLEAN, excluded_additions=200))
    added = next(line for line in shown.lines if line.reason.startswith("lines added"))
    assert added.reason == "lines added, 200 in generated or vendored files left out"
    assert (added.amount, added.cap, added.is_capped) == (1300, 1000, True)
    assert added.points == 1000 * 100
    assert [line.stat for line in shown.lines] == ["pts", "pts", "blk", "cc"]


def test_a_reverted_commit_shows_what_it_gave_back():
    lines = working(Play(5, 0, 1, Flag(0), is_reverted=True)).lines
    assert lines[-1].reason == "given back: a later commit reverted it"
    assert sum(line.points for line in lines) == 0


def test_a_merge_outside_the_game_has_no_lines():
    assert working(Play(5, 5, 9, Flag.MERGE)).lines == []
    assert working(Play(5, 5, 9, Flag.MERGE), Rules(score_merges=True)).lines


def test_a_cap_that_is_not_reached_is_not_capped():
    shown = working(Play(5, 0, 1, Flag(0)), Rules(additions_weight=Decimal("0.25")))
    assert shown.lines[1].points == 125
    assert not shown.lines[1].is_capped


def test_an_assisted_commit_shows_what_does_not_count():
    play = Play(5, 0, 1, Flag.ASSISTED | Flag.CLEAN)
    rules = Rules(ai_assisted=AiAssisted.WEIGHT, ai_weight=Decimal("0.25"))
    taken = [line for line in working(play, rules).lines if line.points < 0]
    assert [(line.stat, line.reason, line.points) for line in taken] == [
        ("pts", "AI-assisted: 25 % counts", -1125),
        ("cc", "AI-assisted: 25 % counts", -113),
    ]
