"""Any bytes are a batch or an answer that says what is wrong: never a defect."""

import json
from typing import Any

from gitleague.core.errors import BadRequest, Invalid, TooLarge
from gitleague.sync.batch import read_batch
from hypothesis import given
from hypothesis import strategies as st
from make import make_commit

FIELDS = st.sampled_from([*make_commit(), "coauthors", "patch_key", "flags", "unknown"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=8)
    | st.sampled_from(["a" * 40, "2024-05-01T12:00:00Z", "9999-12-31T23:59:59-12:00", "fix"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ODD_COMMITS = st.dictionaries(FIELDS, VALUES, max_size=6).map(lambda over: make_commit() | over)
WHOLE = make_commit()


def read(content: bytes) -> Any:
    try:
        return read_batch(content, max_batch=50)
    except (BadRequest, Invalid, TooLarge) as error:
        return error


@given(st.binary())
def test_any_bytes(content: bytes) -> None:
    assert isinstance(read(content), (BadRequest, Invalid))


@given(VALUES)
def test_any_json(value: Any) -> None:
    assert read(json.dumps(value).encode()) is not None
    assert read(json.dumps({"commits": value}).encode()) is not None


@given(st.lists(ODD_COMMITS, max_size=4))
def test_an_odd_commit_never_sinks_a_whole_one(odd: list[dict[str, Any]]) -> None:
    content = json.dumps({"commits": [*odd, WHOLE]}).encode()
    batch = read_batch(content, max_batch=50)
    assert batch.commits[-1].sha == WHOLE["sha"]
    assert len(batch.commits) + len(batch.refusals) == len(odd) + 1
    for refusal in batch.refusals:
        assert refusal.reason
        assert refusal.field is not None


@given(st.lists(ODD_COMMITS, max_size=3))
def test_nothing_is_read_that_a_database_cannot_keep(odd: list[dict[str, Any]]) -> None:
    batch = read_batch(json.dumps({"commits": odd}).encode(), max_batch=50)
    for commit in batch.commits:
        text = f"{commit.message_title}{commit.message_body}{commit.author_name}"
        assert "\0" not in text
        text.encode()  # no half of a surrogate pair


def test_a_heap_of_values_is_refused_before_it_is_read() -> None:
    heap = read(b'{"commits": [' + b"[]," * 600_000 + b"[]]}")
    assert isinstance(heap, TooLarge)
    assert "values" in str(heap)


def test_a_long_message_is_no_heap() -> None:
    commit = make_commit(message_body="{[," * 500_000)
    assert read(json.dumps({"commits": [commit]}).encode()).commits


def test_a_quote_that_is_never_closed_is_read_once() -> None:
    """Each of a million commas behind it was once the start of another search."""
    assert isinstance(read(b'"' + b',\\"' * 1_000_001), TooLarge | BadRequest | Invalid)


def test_commas_in_messages_are_no_values() -> None:
    body = json.dumps({"commits": [make_commit(message_body='\\",' * 1_100_000)]}).encode()
    assert len(read(body).commits) == 1


def test_what_nobody_asked_for_may_be_of_any_depth() -> None:
    deep: list[Any] = []
    for _ in range(600):
        deep = [deep]
    odd = make_commit(sha="not a sha", x=deep)
    deeper = make_commit(coauthors=deep)
    batch = read(json.dumps({"commits": [WHOLE, odd, deeper]}).encode())
    assert [commit.sha for commit in batch.commits] == [WHOLE["sha"]]
    assert [refusal.field for refusal in batch.refusals] == ["sha", "coauthors.0"]
