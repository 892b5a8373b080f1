"""What a commit is, by its text; and what it earns, to the hundredth of a point."""

from decimal import Decimal
from typing import Any

import pytest
from gitleague_client.rules.classify import Flag, classify, flags_of
from gitleague_client.rules.defaults import DEFAULT_RULES, Rules, hundredths
from gitleague_client.rules.score import Play, Stats, author_stats, coauthor_stats, counts, impact
from gitleague_client.rules.trailers import coauthors_in
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

ADA = ("Ada Lovelace", "ada@example.com")
SHA = "1234567890abcdef1234567890abcdef12345678"
NONE = Flag(0)


def flags(title: str, body: str = "", *, rules: Rules = DEFAULT_RULES) -> Flag:
    return classify(title, body, author=ADA, is_merge=False, rules=rules)


TITLES = [  # what is said of the whole word; a clean title is clean in each but the last rows
    ("Fix a crash", Flag.FIX),
    ("FIX: a crash", Flag.FIX),
    ("fix(scan): a crash", Flag.FIX),
    ("fix!: a crash", Flag.FIX),
    ("Fixes #12", Flag.FIX),
    ("Fixed in review", Flag.FIX),
    ("Fixing it", Flag.FIX),
    ("A crash (fix)", Flag.FIX),
    ("Hotfix", Flag.FIX),
    ("hotfixes for the release", Flag.FIX),
    ("hot-fix the release", Flag.FIX),
    ("Bugfix: a crash", Flag.FIX),
    ("A bug fix", Flag.FIX),
    ("bug/fix", Flag.FIX),
    ("Fix 🏀", Flag.FIX),
    ("Prefix the names", NONE),
    ("Add a prefix option", NONE),
    ("Suffixes and affixes", NONE),
    ("Postfixed operators", NONE),
    ("A fixture for the league", NONE),
    ("Fixation of prices", NONE),
    ("Unfixed", NONE),
    ("Le préfixe", NONE),
    ("préfix and fixé", NONE),
    ("fixup! Add the page", NONE),
    ("A bug", NONE),
    ("Debugger for the bugs", NONE),
    ('Revert "Add the page"', Flag.REVERT),
    ("Reverts the page", Flag.REVERT),
    ("Reverted", Flag.REVERT),
    ("Reverting to the old page", Flag.REVERT),
    ('Revert "Fix the page"', Flag.REVERT | Flag.FIX),
    ("Irrevertible", NONE),
    ("Reverter", NONE),
    ("LEAGUE-42 Add a page", Flag.TICKET),
    ("Add a page (LEAGUE-42)", Flag.TICKET),
    ("[AB2-1]: a page", Flag.TICKET),
    ("Fix LEAGUE-42", Flag.TICKET | Flag.FIX),
    ("league-42 in small letters", NONE),
    ("UTF-8 and UTF-16", NONE),
    ("SHA-256, RFC-7231, CVE-2024", NONE),
    ("UTF-8 as LEAGUE-42 says", Flag.TICKET),
    ("A-1 has one letter", NONE),
    ("LEAGUE-42nd", NONE),
    ("xLEAGUE-42", NONE),
    ("Latest version", NONE),
    ("Contest rules", NONE),
    ("Tests for the page", NONE),
    ("Fastest attestation", NONE),
    ("Wiped, tmpfs", NONE),
    ("Whoops", NONE),
    ("Ａｄｄ ａ ｐａｇｅ", NONE),  # noqa: RUF001 - wide letters, as they are typed
]
UNCLEAN = [
    ("wip", Flag.WIP),
    ("WIP: the page", Flag.WIP),
    ("[wip] the page", Flag.WIP),
    ("The page, wip.", Flag.WIP),
    ("tmp", Flag.WIP),
    ("Debug the page", Flag.WIP),
    ("Fix debug output", Flag.WIP | Flag.FIX),
    ("LEAGUE-42 wip", Flag.WIP | Flag.TICKET),
    ("test", NONE),
    ("Add a test", NONE),
    ("oops", NONE),
    ("Fix typo", Flag.FIX),
    ("", NONE),
    ("   ", NONE),
    ("\N{NO-BREAK SPACE}", NONE),
]


@pytest.mark.parametrize(("title", "expected"), TITLES)
def test_words_of_a_title_match_as_words(title: str, expected: Flag):
    assert flags(title) == expected | Flag.CLEAN


@pytest.mark.parametrize(("title", "expected"), UNCLEAN)
def test_some_words_make_a_title_unclean(title: str, expected: Flag):
    assert flags(title) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("This fixes wip, tmp and debug, and reverts nothing.", NONE),
        (f"This reverts commit {SHA}.", Flag.REVERT),
        ("this reverts commit\n1234567", Flag.REVERT),
        ("This reverts commit 123456", NONE),
        ("This reverts commit master", NONE),
        (f"Fixes: {SHA}", NONE),
        ("See LEAGUE-42", Flag.TICKET),
        ("Refs: UTF-8", NONE),
        ("Co-authored-by: Grace <grace@example.com>", NONE),
        ("Co-authored-by: Claude <noreply@anthropic.com>", Flag.ASSISTED),
        ("🤖 Generated with [Claude Code](https://claude.com/claude-code)", Flag.ASSISTED),
        ("Body.\n\n* Created by GitHub Copilot", Flag.ASSISTED),
        ("Assisted-by: anything at all", Flag.ASSISTED),
        ("It was not generated with Claude", NONE),
        ("Generated with make", NONE),
        ("Written by Claudette", NONE),
    ],
)
def test_a_body_tells_what_it_reverts_who_helped_and_the_ticket(body: str, expected: Flag):
    assert flags("Add a page", body) == expected | Flag.CLEAN


def test_a_merge_and_a_bot_are_told_by_what_is_no_text():
    title = "Bump the parser"
    assert classify(title, "", author=ADA, is_merge=True) == Flag.MERGE | Flag.CLEAN
    bot = ("dependabot[bot]", "support@example.com")
    assert classify(title, "", author=bot, is_merge=False) == Flag.BOT | Flag.CLEAN


def test_a_project_has_patterns_of_its_own():
    rules = Rules(ticket_pattern=r"#\d+", unclean_pattern=r"^\.$|misc")
    assert flags("Add a page #12", rules=rules) == Flag.TICKET | Flag.CLEAN
    assert flags("LEAGUE-42 test", rules=rules) == Flag.CLEAN
    assert flags("MISC", rules=rules) == flags(".", rules=rules) == NONE


def test_an_empty_pattern_never_matches():
    rules = Rules(ticket_pattern="", unclean_pattern="")
    assert flags("LEAGUE-42 test", rules=rules) == Flag.CLEAN


@given(title=st.text(), body=st.text(), name=st.text(), email=st.text(), is_merge=st.booleans())
def test_any_text_has_flags(title: str, body: str, name: str, email: str, is_merge: bool):  # noqa: FBT001
    found = classify(title, body, author=(name, email), is_merge=is_merge)
    assert 0 <= found < 256
    assert bool(found & Flag.MERGE) == is_merge


@settings(deadline=None)
@given(
    words=st.lists(
        st.sampled_from(["fix", "wip", "pre", "re", "vert", "-", " ", "é", "AB-1", "test", "\n"])
    )
)
def test_the_case_of_a_title_matters_for_tickets_only(words: list[str]):
    title = "".join(words)
    assert flags(title) & ~Flag.TICKET == flags(title.swapcase()) & ~Flag.TICKET


HOSTILE = [" ", "a", "A", "A1-", "AA-1", "1", "é", "\n", "fix", "fix ", "<", "co-authored-by:",
           "\nco-authored-by: a <", "\nCo-authored-by: Claude-<a@b>", "fixes: \t", "fixes: commit ",
           "this reverts commit ", "\ngenerated with ", "generated by\n", "*", "\t", "[bot]",
           "-bot", "@users.noreply.", "1+", "1-"]  # fmt: skip


@pytest.mark.parametrize("part", HOSTILE)
def test_a_megabyte_of_anything_has_flags(part: str):
    """Were a pattern quadratic, this would not end while anybody waits."""
    text = part * (1_000_000 // len(part))
    assert 0 <= classify(text, text, author=(text, text), is_merge=False) < 256


def test_flags_have_words_on_the_wire():
    words = [str(flag.name).lower() for flag in Flag]
    assert words == ["fix", "revert", "wip", "ticket", "clean", "merge", "bot", "assisted"]
    assert flags_of(words) == Flag(255)
    assert flags_of([]) == NONE
    with pytest.raises(ValueError, match="unknown flag 'fixed'; known are fix, revert"):
        flags_of(["wip", "fixed"])


@pytest.mark.parametrize(
    ("play", "expected"),
    [
        (Play(0, 0, 0, NONE), Stats(pts=1000)),
        (Play(1, 0, 1, NONE), Stats(pts=1100)),
        (Play(999, 0, 1, NONE), Stats(pts=100_900)),
        (Play(1000, 0, 1, NONE), Stats(pts=101_000)),
        (Play(1001, 0, 1, NONE), Stats(pts=101_000)),
        (Play(2_000_000_000, 2_000_000_000, 1, NONE), Stats(pts=101_000, reb=60_000)),
        (Play(0, 1, 1, NONE), Stats(pts=1000, reb=60)),
        (Play(0, 999, 1, NONE), Stats(pts=1000, reb=59_940)),
        (Play(0, 1001, 1, NONE), Stats(pts=1000, reb=60_000)),
        (Play(0, 0, 3, NONE), Stats(pts=1000)),
        (Play(0, 0, 4, NONE), Stats(pts=1000, ast=500)),
        (Play(0, 0, 1, Flag.FIX), Stats(pts=1000, blk=1500)),
        (Play(0, 0, 1, Flag.REVERT), Stats(pts=1000, blk=1500)),
        (Play(0, 0, 1, Flag.FIX | Flag.REVERT), Stats(pts=1000, blk=1500)),
        (Play(0, 0, 1, NONE, is_steal=True), Stats(pts=1000, stl=1000)),
        (Play(0, 0, 1, Flag.WIP), Stats(pts=1000, tov=1000)),
        (Play(0, 0, 1, Flag.TICKET), Stats(pts=1000, jt=200)),
        (Play(0, 0, 1, Flag.CLEAN), Stats(pts=1000, cc=150)),
        (Play(0, 0, 1, Flag.BOT | Flag.ASSISTED), Stats(pts=1000)),
        (Play(50, 9, 5, Flag.FIX, is_reverted=True), Stats(reb=540, ast=500, blk=1500)),
        (Play(50, 50, 1, NONE, 20, 30), Stats(pts=4000, reb=1200)),
        (Play(1500, 0, 1, NONE, 600), Stats(pts=91_000)),
        (Play(50, 50, 1, NONE, 70, 70), Stats(pts=1000)),
        (Play(50, 50, 9, Flag.MERGE | Flag.FIX | Flag.CLEAN, is_steal=True), Stats()),
    ],
)
def test_what_an_author_earns(play: Play, expected: Stats):
    assert author_stats(play) == expected


def test_a_co_author_earns_an_assist():
    assert coauthor_stats(Play(50, 50, 9, Flag.FIX)) == Stats(ast=500)
    assert coauthor_stats(Play(50, 50, 9, Flag.MERGE)) == Stats()
    assert coauthor_stats(Play(0, 0, 0, NONE), Rules(coauthor_points=Decimal("0.25"))).ast == 25


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, Stats(pts=1100, cc=150)),
        ({"ai_assisted": "count", "ai_weight": "0.1"}, Stats(pts=1100, cc=150)),
        ({"ai_assisted": "ignore"}, Stats()),
        ({"ai_assisted": "weight"}, Stats(pts=550, cc=75)),
        ({"ai_assisted": "weight", "ai_weight": "0.33"}, Stats(pts=363, cc=49)),
        ({"ai_assisted": "weight", "ai_weight": 0}, Stats()),
        ({"ai_assisted": "weight", "ai_weight": 1}, Stats(pts=1100, cc=150)),
    ],
)
def test_a_project_says_what_an_assisted_commit_brings(rules: dict[str, Any], expected: Stats):
    """Each stat is rounded down to its hundredth; what nobody assisted is not touched."""
    play = Play(1, 0, 1, Flag.CLEAN)
    chosen = Rules(**rules)
    assert author_stats(play._replace(flags=Flag.CLEAN | Flag.ASSISTED), chosen) == expected
    assert author_stats(play, chosen) == Stats(pts=1100, cc=150)


def test_a_project_may_play_merges_and_generated_lines():
    play = Play(50, 50, 1, Flag.MERGE, 20, 30)
    assert not counts(play)
    assert counts(play, Rules(score_merges=True))
    everything = Rules(score_merges=True, score_excluded_lines=True)
    assert author_stats(play, everything) == Stats(pts=6000, reb=3000)


@pytest.mark.parametrize(
    ("stat", "expected"),
    [("pts", 100), ("reb", 60), ("ast", 80), ("blk", 120),
     ("stl", 100), ("tov", -70), ("jt", 50), ("cc", 30)],
)  # fmt: skip
def test_each_stat_weighs_in_impact(stat: str, expected: int):
    assert impact(Stats(**{stat: 1})) == expected
    assert impact(Stats(**{stat: 300}), Rules(**{f"{stat}_weight": 0})) == 0


points = st.decimals(0, 10_000, places=2)
weights = st.decimals(0, 100, places=2)


@given(each=weights, added=st.integers(0, 2_000_000_000), cap=st.integers(0, 50_000))
def test_points_are_exact_in_hundredths(each: Decimal, added: int, cap: int):
    rules = Rules(additions_weight=each, additions_cap=cap, commit_points=each)
    expected = each + min(added, cap) * each
    assert Decimal(author_stats(Play(added, 0, 1, NONE), rules).pts) / 100 == expected


@given(weight=weights, points=points)
def test_impact_is_exact_in_ten_thousandths(weight: Decimal, points: Decimal):
    shown = impact(Stats(reb=hundredths(points)), Rules(reb_weight=weight))
    assert Decimal(shown) / 10_000 == weight * points


@pytest.mark.parametrize(
    "wrong",
    [
        {"commit_points": -1},
        {"commit_points": "1.001"},
        {"commit_points": "NaN"},
        {"commit_points": 10_001},
        {"reb_weight": "100.01"},
        {"additions_cap": -1},
        {"additions_cap": 50_001},
        {"additions_cap": 1.5},
        {"ticket_pattern": "x" * 501},
        {"ticket_pattern": "("},
        {"ticket_pattern": "a{99999999999}"},
        {"unclean_pattern": "[a-"},
        {"steal_point": 1},
        {"ai_assisted": "forbid"},
        {"ai_weight": "1.01"},
        {"ai_weight": "0.333"},
    ],
)
def test_rules_that_make_no_sense_are_refused(wrong: dict[str, object]):
    with pytest.raises(ValidationError):
        Rules.model_validate(wrong)


PIECES = st.sampled_from(
    [
        *("AB-12", "UTF-8", "A-1", "x", " ", "\n", "<a@b.c>", "Co-authored-by: A ", "* "),
        *("co-developed-by:", "Assisted-by: x", "Generated with Claude", "written by", "created "),
    ]
)


@given(st.lists(PIECES, max_size=8).map("".join))
def test_a_quick_look_misses_nothing(text: str):
    """A line in which every quick look finds something, and no rule does, makes no difference."""
    longer = f"{text}\n x-1 written, co-authored-by: nobody, who created it"
    assert flags("A title", longer) == flags("A title", text)
    assert coauthors_in(longer) == coauthors_in(text)
