"""Whatever git prints is read as it was written, in blocks of any size; the rest is GitFailed."""

import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path

import pytest
from gitleague_client.commit import Commit
from gitleague_client.errors import GitFailed
from gitleague_client.git import open_repository
from gitleague_client.scan.jobs import Jobs
from gitleague_client.scan.log import scan
from gitleague_client.scan.parse import HEADER, MAX_COAUTHORS, MAX_MESSAGE, MAX_NAME, Parser
from histories import NASTY, Change, Step, drop, import_steps, make_repository, put, run_git
from hypothesis import given, settings
from hypothesis import strategies as st
from independent import Row, read_log

SHA = b"a" * 40


def parsed(blocks: Iterable[bytes]) -> list[Commit]:
    return list(_parsed(blocks))


def _parsed(blocks: Iterable[bytes]) -> Iterator[Commit]:
    parser = Parser(are_generated)
    for block in blocks:
        yield from parser.feed(block)
    yield from parser.flush()


def are_generated(paths: Sequence[bytes]) -> list[bool]:
    return [path.startswith(b"gen") for path in paths]


def cut(output: bytes, places: Iterable[int]) -> list[bytes]:
    ends = [*sorted(place % (len(output) + 1) for place in places), len(output)]
    return [output[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def in_blocks(output: bytes, size: int) -> list[bytes]:
    return [output[start : start + size] for start in range(0, len(output), size)]


def record(
    *files: bytes,
    sha: bytes = SHA,
    parents: bytes = b"",
    times: bytes = b"1700000000 1700000060",
    people: bytes = b"Ada\nada@example.com\nAda\nada@example.com",
    message: bytes = b"Title\n",
) -> bytes:
    """One commit as `git diff-tree -z` prints it; a rename is three of the files."""
    header = (
        b"\0" + b"\n".join([sha, parents, times + b" ada@example.com", people, message]) + b"\0"
    )
    return header + (b"\n" + b"\0".join(files) + b"\0" if files else b"")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What git prints of the nasty history, but for the messages that fill a megabyte."""
    repo = make_repository(tmp_path_factory.mktemp("printed") / "repo")
    import_steps(
        repo, [step for step in NASTY if len(step.message) < 1000 and b"<" not in _of(step)]
    )
    return run_git(
        repo,
        *("diff-tree", "--stdin", "--always", "--root", "-r", "-z", "-M", "--numstat"),
        f"--format={HEADER}",
        stdin=run_git(repo, "rev-list", "--topo-order", "--reverse", "main"),
    )


def _of(step: Step) -> bytes:
    """The lines of fast-import of a step; submodules stand there as `<foreign>`."""
    return b"".join(change.line for change in step.changes)


@settings(deadline=None, max_examples=60)
@given(places=st.lists(st.integers(0, 1 << 20), max_size=40))
def test_blocks_may_be_cut_anywhere(printed: bytes, places: list[int]):
    assert parsed(cut(printed, places)) == parsed([printed])


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_blocks_may_be_of_any_size(printed: bytes, size: int):
    few = printed[:30_000].rpartition(b"\0\0")[0]
    assert len(parsed([few])) > 20
    assert parsed(in_blocks(few, size)) == parsed([few])


def test_a_commit_is_given_as_soon_as_the_next_one_begins():
    parser = Parser(are_generated)
    assert list(parser.feed(record(b"1\t2\ta"))) == []
    assert [commit.additions for commit in parser.feed(record(b"3\t4\tb"))] == [1]
    assert [commit.additions for commit in parser.flush()] == [3]


def test_nothing_is_no_commit():
    assert parsed([]) == parsed([b""]) == parsed([b"", b""]) == []


NO_PART_OF_A_NAME = b"<>\n\0"
names = st.binary(max_size=12).map(lambda raw: raw.translate(None, NO_PART_OF_A_NAME))
people = st.builds(
    lambda name, email: (name + b" " if name else b"") + b"<%s>" % email, names, names
)
messages = st.one_of(
    st.binary(max_size=60),
    st.text("\n\r\t \0aé🏀:-", max_size=40).map(str.encode),
    st.lists(st.sampled_from([b"\n", b"\0", b"a", b"1\t2\tb", SHA, b"\n\n"])).map(b"".join),
    names.map(lambda name: b"Title\n\nCo-authored-by: %s <%s@example.com>\n" % (name, name)),
)
parts = st.one_of(
    st.binary(min_size=1, max_size=6), st.sampled_from([b"a", b"b", b"=>", b"{x", b"\n", b"\t"])
)
REFUSED = {b".", b"..", b".git", b".mailmap"}
paths = (
    st.lists(parts.map(lambda part: part.translate(None, b"/\0") or b"_"), min_size=1, max_size=3)
    .filter(lambda found: REFUSED.isdisjoint(part.lower() for part in found))
    .map(b"/".join)
)
contents = st.one_of(
    st.binary(max_size=30), st.integers(0, 50).map(lambda count: b"x\ny\n" * count)
)
modes = st.sampled_from([b"100644", b"100755", b"120000"])
dates = st.builds(
    lambda seconds, zone: b"%d %+05d" % (seconds, zone),
    st.one_of(st.integers(1 << 17, 1 << 33), st.integers(1 << 17, 1 << 62)),
    st.integers(-1400, 1400),
)
steps = st.builds(
    Step,
    message=messages,
    changes=st.lists(
        st.one_of(st.builds(put, paths, contents, modes), paths.map(drop)), max_size=5
    ),
    author=people,
    committer=people,
    date=dates,
    encoding=st.sampled_from([b"", b"", b"ISO-8859-1", b"UTF-8", b"Shift_JIS", b"klingon"]),
)


@settings(deadline=None, max_examples=25)
@given(history=st.lists(steps, min_size=1, max_size=12))
def test_whatever_git_can_keep_is_read_as_git_says_it(history: list[Step]):
    with tempfile.TemporaryDirectory(prefix="gitleague-test-") as folder:
        repo = make_repository(Path(folder), bare=True)
        import_steps(repo, history)
        repository = open_repository(repo)
        shas = repository.missing([repository.tips()[0].sha], [])
        commits = list(scan(repository, shas, jobs=Jobs(1)))
        truth = read_log(repo, "main")
    assert len(commits) == len(history)
    for commit in commits:
        assert Row(*(getattr(commit, field) for field in Row._fields)) == truth[commit.sha]


def test_a_path_of_any_bytes_is_one_file(tmp_path: Path):
    repo = make_repository(tmp_path, bare=True)
    outside = {ord("/"), ord("."), 0}
    changes: list[Change] = [put(bytes([byte]), b"1\n") for byte in set(range(256)) - outside]
    import_steps(repo, [Step(b"Every byte", changes)])
    repository = open_repository(repo)
    (commit,) = scan(repository, repository.missing([repository.tips()[0].sha], []), jobs=Jobs(1))
    assert (commit.files_changed, commit.additions) == (253, 253)


@settings(deadline=None)
@given(blocks=st.lists(st.binary(max_size=200), max_size=10))
def test_garbage_gives_commits_or_git_failed(blocks: list[bytes]):
    with suppress(GitFailed):
        parsed(blocks)


SIGNS = (b"\0", b"\0\0", b"\t", b"\n", b"-", b"9" * 5000)


@settings(deadline=None, max_examples=300)
@given(
    start=st.integers(0, 1 << 20),
    length=st.integers(0, 30),
    new=st.one_of(st.binary(max_size=9), st.sampled_from(SIGNS)),
    place=st.integers(0, 1 << 20),
)
def test_output_with_a_fault_gives_commits_or_git_failed(
    printed: bytes, start: int, length: int, new: bytes, place: int
):
    start %= len(printed)
    broken = printed[:start] + new + printed[start + length :]
    with suppress(GitFailed):
        parsed(cut(broken, [place]))


@pytest.mark.parametrize(
    "broken",
    [
        b"\0" + SHA + b"\0",
        record()[:60],
        record(times=b"now then"),
        record(parents=b"\xff\xfe"),
        record(sha=b"\xff" * 40),
        record(b"1\t2"),
        record(b"one\t2\tpath"),
        record(b"1\ttwo\tpath"),
        record(b"1\t2\t", b"old"),
        record(b"1\t2\t"),
        record(b"1\t" + b"9" * 5000 + b"\tpath"),
        record() + b"fatal: out of memory\n",
    ],
)
def test_what_git_never_prints_is_git_failed(broken: bytes):
    with pytest.raises(GitFailed):
        parsed([broken])


FILES = 170_000
KINDS = (  # what is printed of a file, and what of it is in generated ones
    ((b"2\t1\t", b"gen/%d", b"new/%d\nline"), (2, 1, 0, 0)),
    ((b"2\t1\t", b"old/%d", b"gen/%d"), (2, 1, 2, 1)),
    ((b"-\t-\tgen/%d.png",), (0, 0, 0, 0)),
    ((b"5\t0\tgen%d",), (5, 0, 5, 0)),
    ((b"0\t7\t%d.py",), (0, 7, 0, 0)),
)


def test_a_commit_of_very_many_files_is_counted_while_it_comes():
    chance = random.Random(3)
    files: list[bytes] = []
    expected = [0, 0, 0, 0]
    for number in range(FILES):
        templates, counts = chance.choice(KINDS)
        files += [part % number if b"%" in part else part for part in templates]
        expected = [total + count for total, count in zip(expected, counts, strict=True)]
    output = record(*files) + record(b"7\t8\ta")
    assert len(output) > 3 << 20
    for size in (1 << 18, 99_991):
        large, small = parsed(in_blocks(output, size))
        lines = (large.additions, large.deletions)
        excluded = (large.excluded_additions, large.excluded_deletions)
        assert (*lines, *excluded) == tuple(expected)
        assert large.files_changed == FILES
        assert (small.additions, small.deletions, small.files_changed) == (7, 8, 1)


@pytest.mark.parametrize("letter", ["a", "é", "ほ", "🏀"])
@pytest.mark.parametrize("before", [b"Title\n", b""])
def test_a_message_is_cut_where_a_batch_would_not_hold_it(letter: str, before: bytes):
    message = before + b"x" + letter.encode() * (10_000_000 // len(letter.encode()))
    output = record(b"1\t2\ta", message=message) + record(b"3\t4\tb")
    first, second = parsed(in_blocks(output, 1 << 18))
    kept = first.message_title + (first.message_body or "")
    assert MAX_MESSAGE - 300 < len(kept.encode()) <= MAX_MESSAGE
    assert set(kept.removeprefix("Title")) == {"x", letter}
    assert (first.additions, first.deletions, second.additions) == (1, 2, 3)


def test_names_and_co_authors_are_as_many_as_a_commit_may_hold():
    trailers = b"".join(
        b"Co-authored-by: %d <%d@x>\n" % (number, number) for number in range(3_000)
    )
    people = b"\n".join([b"n" * 20_000] * 4)
    (commit,) = parsed([record(people=people, message=b"Title\n" + trailers)])
    assert len(commit.author_name) == len(commit.committer_email) == MAX_NAME
    assert len(commit.coauthors or ()) == MAX_COAUTHORS


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (b"0 0", (1970, 1, 1)),
        (b" ", (1970, 1, 1)),
        (b"-1 -1", (1969, 12, 31, 23, 59, 59)),
        (b"253402300799 1", (9999, 12, 31, 23, 59, 59)),
        (b"253402300800 1", (9999, 12, 31, 23, 59, 59)),
        (b"18446744073709551615 1", (9999, 12, 31, 23, 59, 59)),
        (b"-62135596801 1", (1, 1, 1)),
    ],
)
def test_a_time_outside_of_the_calendar_is_its_first_or_last(times: bytes, expected: Sequence[int]):
    (commit,) = parsed([record(times=times)])
    assert commit.author_date == datetime(*expected, tzinfo=timezone.utc)  # type: ignore[misc,arg-type]


def test_lines_are_as_many_as_a_column_holds():
    (commit,) = parsed(
        [record(*[b"2000000000\t2000000000\tgen%d" % number for number in range(3)])]
    )
    assert {commit.additions, commit.deletions, commit.excluded_additions} == {2_000_000_000}
