"""A list of commit ids that reads like a list of str, in a fifth of the memory."""

import sys

import pytest
from gitleague_client.shas import Shas
from hypothesis import given
from hypothesis import strategies as st

ids = st.one_of(
    st.lists(st.binary(min_size=20, max_size=20).map(bytes.hex), max_size=12),
    st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), max_size=12),
)
places = st.one_of(st.none(), st.integers(-15, 15))
slices = st.builds(slice, places, places, places.filter(lambda step: step != 0))


def test_it_works():
    shas = Shas.of(["a" * 40, "b" * 40])
    assert len(shas) == 2
    assert shas[1] == "b" * 40
    assert list(shas) == ["a" * 40, "b" * 40]
    assert repr(shas) == "<2 commits>"
    assert not Shas()


@given(listed=ids)
def test_it_reads_like_the_list_that_it_was_made_of(listed: list[str]):
    shas = Shas.of(listed)
    assert list(shas) == listed
    assert len(shas) == len(listed)
    assert bool(shas) == bool(listed)
    assert list(reversed(shas)) == listed[::-1]
    assert [shas[place] for place in range(-len(listed), len(listed))] == listed * 2


@given(listed=ids, part=slices)
def test_a_part_of_it_is_the_part_of_the_list(listed: list[str], part: slice):
    found = Shas.of(listed)[part]
    assert isinstance(found, Shas)
    assert list(found) == listed[part]
    assert list(found[1:]) == listed[part][1:]


@given(listed=ids, place=st.integers(-40, 40))
def test_a_place_beyond_its_ends_is_an_index_error(listed: list[str], place: int):
    shas = Shas.of(listed)
    if -len(listed) <= place < len(listed):
        assert shas[place] == listed[place]
    else:
        with pytest.raises(IndexError):
            shas[place]


@given(listed=ids)
def test_it_knows_what_is_in_it(listed: list[str]):
    shas = Shas.of(listed)
    assert all(sha in shas for sha in listed)
    assert "d" * 39 not in shas
    assert [shas.index(sha) for sha in listed] == [listed.index(sha) for sha in listed]


@given(one=ids, other=ids)
def test_it_is_equal_to_any_sequence_of_the_same_ids(one: list[str], other: list[str]):
    assert Shas.of(one) == one == Shas.of(one)
    assert Shas.of(one) == tuple(one)
    assert (Shas.of(one) == Shas.of(other)) == (one == other)
    assert (Shas.of(one) == other) == (one == other)


def test_ids_of_two_formats_are_never_the_same():
    """Five of 32 bytes are as many bytes as eight of 20."""
    digests = bytes(160)
    assert Shas(digests, size=20) != Shas(digests, size=32)
    assert Shas(size=20) == Shas(size=32) == []


def test_what_is_no_sequence_is_not_equal():
    assert Shas.of(["a" * 40]) != {"a" * 40}
    assert Shas() != 0


def test_it_is_a_list_and_has_no_hash():
    with pytest.raises(TypeError):
        hash(Shas())


@pytest.mark.parametrize("wrong", [["x" * 40], ["a" * 39], ["a" * 40, "b" * 64], ["main"]])
def test_what_is_no_id_is_refused(wrong: list[str]):
    with pytest.raises(ValueError, match=r"hex|commit ids"):
        Shas.of(wrong)


def test_a_million_of_them_fit_in_twenty_megabytes():
    shas = Shas(bytes(20_000_000))
    assert len(shas) == 1_000_000
    held = sum(sys.getsizeof(getattr(shas, part)) for part in Shas.__slots__)
    assert held < 20_001_000
