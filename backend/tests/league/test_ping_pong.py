"""How reverts of reverts are told to be in a row."""

from gitleague.league.fairplay.ping_pong import chains_of


def test_a_row_of_reverts_however_long_is_walked_once() -> None:
    """Each by itself would take a day for what a push can bring."""
    length = 100_000
    taken_back = {str(number): str(number - 1) for number in range(length, 0, -1)}
    chain = chains_of(taken_back)[str(length)]
    assert (chain.first, chain.length) == ("0", length + 1)
    assert chain.numbers["1"] == 2


def test_a_circle_of_reverts_has_an_end() -> None:
    chains = chains_of({"a": "b", "b": "c", "c": "a", "d": "a"})
    assert set(chains) == {"a", "b", "c", "d"}
    assert {chain.first for chain in chains.values()} == {"a"}
