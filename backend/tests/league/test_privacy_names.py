"""What is taken out of a text, and what is not: tables of cases."""

import re
import sys
from datetime import datetime, timezone

import pytest
from gitleague.projects.erased import Marker, Names
from gitleague.sync.erased import _ADDRESS, _DOMAIN, _RUN, named_in
from gitleague_client.commit import Commit
from gitleague_client.reading import Named
from gitleague_client.rules.pseudonyms import pseudonym

WORDS = {"Grace Hopper", "grace@example.org", "Grace", "hop", "admin", "G", "--", ""}
TEXTS = [
    ("by Grace Hopper.", "by X."),
    ("GRACE HOPPER", "X"),
    ("Grace@Example.ORG wrote", "X wrote"),
    ("<grace@example.org>", "<X>"),
    ("Grace's fix", "X's fix"),
    ("a saving grace", "a saving grace"),  # no name, as it is written
    ("Graceful exit", "Graceful exit"),
    ("shop, hop, hopping", "shop, X, hopping"),
    ("the admin -- G", "the admin -- G"),
    ("disgrace@example.org", "disgrace@example.org"),
    ({"a": ["Grace", 1, None], "Grace": True}, {"a": ["X", 1, None], "X": True}),
    (None, None),
]

MARKER, OTHER = Marker("salt", "secret"), Marker("salt", "another")


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_names_are_taken_out(text, expected):
    assert Names(WORDS, "X").taken_out(text) == expected


def test_names_of_nobody_take_out_nothing():
    assert Names({"root", ""}, "X").taken_out("root") == "root"


SAME = [
    ("grace@example.org", "Grace@Example.org", True),
    ("grace@example.org", "hopper@example.org", False),
    ("1+grace@users.noreply.github.com", "grace@users.noreply.github.com", True),
]


@pytest.mark.parametrize(("one", "other", "is_same"), SAME)
def test_a_mark_is_of_an_address_in_all_spellings(one, other, is_same):
    assert (MARKER.of_address(one) == MARKER.of_address(other)) is is_same
    hidden = pseudonym(other, "salt")
    assert (MARKER.of_address(one) == MARKER.of_address(hidden)) is is_same


def test_a_mark_is_of_one_league():
    assert MARKER.of_address("grace@example.org") != OTHER.of_address("grace@example.org")
    assert MARKER.of_address("noreply@github.com") is None
    assert MARKER.of_pair(Named("A", "")) != MARKER.of_pair(Named("B", ""))


def test_who_knows_the_salt_cannot_tell_who_was_erased():
    """Every client that pushes knows it."""
    assert MARKER.of_address("grace@example.org") != Marker("salt", "salt").of_address(
        "grace@example.org"
    )


NAMED = [
    ("Reviewed-by: Grace Hopper <g@x.org>", ("Grace Hopper", "g@x.org")),
    ("ask g@x.org.", ("", "g@x.org")),
    ("(g@x.org)", ("", "g@x.org")),
    ("mailto:g+1@x.org, please", ("", "g+1@x.org")),
    ("a@b@c g@x.org@y.org", ("", "g@x.org")),
    ("@@g@x.org", ("", "g@x.org")),
    ("a@ g@x.org-", ("", "g@x.org")),
    ("> Grace: Hopper <g@x.org>", ("Hopper", "g@x.org")),
    ("z" * 300 + "@x.org", ("", "z" * 200 + "@x.org")),
]


@pytest.mark.parametrize(("text", "person"), NAMED)
def test_who_is_named_in_a_text(text, person):
    assert person in set(named_in(commit_of(text)))


def test_nobody_is_named_by_a_sign_alone():
    assert list(named_in(commit_of("10 @ 5, @dev, a@ b"))) == []


@pytest.mark.parametrize("pattern", [_ADDRESS, _DOMAIN], ids=["address", "domain"])
def test_no_part_of_a_text_is_read_far_ahead(pattern):
    """Where a text is cut a pattern looks a few hundred letters ahead, and never over again."""
    assert repeats_without_end(pattern.pattern) == []


def test_a_text_is_cut_by_letters_of_one_class():
    """So that each of them is read once."""
    assert re.fullmatch(r"\[[^\[\]]+\]\+", _RUN.pattern)


LONG = ["a", "<", "@", "a@", "x <a@", "Ada <a@b.org>\n", "a.", "<a", "a@b@", "é@"]


@pytest.mark.parametrize("piece", LONG)
def test_a_text_that_is_ten_times_as_long_is_read_ten_times_as_long(piece):
    """Counted in steps of the interpreter, on which no other process has a say."""

    def steps(times: int) -> int:
        return len(traced(piece * times + " @"))

    assert steps(10_000) <= 11 * steps(1_000) + 100


def traced(text: str) -> list[object]:
    """The lines that are run to read it."""
    lines: list[object] = []

    def trace(_frame: object, event: str, _value: object) -> object:
        lines.append(event)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        list(named_in(commit_of(text)))
    finally:
        sys.settrace(before)
    return lines


def test_a_repeat_without_end_is_seen():
    for pattern in ("a*", r"\w+@", "[*+]{1,}x", "(a{1,9}){1,9}", "(?:a|b)?"):
        assert len(repeats_without_end(pattern)) == 1, pattern
    assert repeats_without_end(r"[*+]{1,9}\+\*(a{2})\){3}") == []


@pytest.mark.parametrize("text", ["a" * 50_000, "<" * 50_000, "a@" * 25_000, "x < " * 12_500])
def test_a_long_text_names_nobody_it_does_not_name(text):
    assert [each.email for each in named_in(commit_of(f"{text}\n<g@x.org>"))][:1] == ["g@x.org"]


def repeats_without_end(pattern: str) -> list[str]:
    """Repeats that have no upper limit, and those of a group, in which others may be."""
    plain = re.sub(r"\\.|\[(?:\\.|[^\]])*\]", "x", pattern)
    return re.findall(r"[*+]|\{\d*,\}|\)[?{]", plain)


def commit_of(body: str) -> Commit:
    return Commit(
        sha="a" * 40,
        author_name="",
        author_email="",
        commit_date=datetime(2024, 5, 1, tzinfo=timezone.utc),
        message_title="",
        message_body=body,
        additions=0,
        deletions=0,
    )
