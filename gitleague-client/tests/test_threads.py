"""Work beside us: in what order, how much of it, and what becomes of failures."""

import threading
from collections.abc import Iterable

import pytest
from gitleague_client.errors import GitFailed, RepositoryError
from gitleague_client.threads import Belt, in_time, side_by_side
from waiting import SECONDS


def put_all(belt: Belt[int], numbers: Iterable[int]) -> None:
    with belt:
        for number in numbers:
            belt.put(number)


def test_each_item_comes_with_its_result():
    found = dict(side_by_side(lambda number: number * 2, range(50), threads=4))
    assert found == {number: number * 2 for number in range(50)}


def test_a_slow_item_keeps_nobody_waiting():
    gate = threading.Event()

    def work(name: str) -> str:
        if name == "slow":
            gate.wait(SECONDS)
        return name

    found = side_by_side(work, ["slow", "quick"], threads=2)
    assert next(found) == ("quick", "quick")
    gate.set()
    assert next(found) == ("slow", "slow")


def test_an_error_of_ours_is_a_result_like_others():
    def work(number: int) -> int:
        if number == 1:
            raise GitFailed("no")
        return number

    found = dict(side_by_side(work, range(3), threads=2))
    assert isinstance(found.pop(1), RepositoryError)
    assert found == {0: 0, 2: 2}


def test_a_defect_is_raised():
    def work(_number: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(side_by_side(work, range(3), threads=2))


def test_leaving_early_begins_no_more():
    begun: list[int] = []
    gate = threading.Event()

    def work(number: int) -> None:
        begun.append(number)
        if number:
            gate.wait(SECONDS)

    found = side_by_side(work, range(100), threads=1)
    next(found)
    found.close()
    gate.set()
    assert len(begun) <= 2


def test_no_items_are_done_at_once():
    assert list(side_by_side(str, [], threads=4)) == []


def test_a_belt_does_its_work_in_order():
    done: list[int] = []
    put_all(Belt(done.append, room=1), range(100))
    assert done == list(range(100))


def test_after_a_failure_a_belt_does_nothing_more():
    done: list[int] = []

    def work(number: int) -> None:
        if number == 3:
            raise GitFailed("no")
        done.append(number)

    with pytest.raises(GitFailed):
        put_all(Belt(work, room=1), range(100))
    assert done == [0, 1, 2]


def test_the_last_failure_is_raised_too():
    def work(_number: int) -> None:
        raise GitFailed("no")

    with pytest.raises(GitFailed):
        put_all(Belt(work, room=5), [1])


def test_a_belt_that_is_left_by_an_error_drops_what_waits():
    done: list[int] = []
    gate = threading.Event()

    def work(number: int) -> None:
        gate.wait(SECONDS)
        done.append(number)

    with pytest.raises(ZeroDivisionError):
        put_all(Belt(work, room=5), (number // (number < 4) for number in range(5)))
    gate.set()
    assert done in ([], [0])


def test_what_is_done_in_time_is_a_result():
    assert in_time(lambda: 5, seconds=SECONDS) == 5
    assert in_time(lambda: None, seconds=SECONDS) is None


def test_what_fails_or_takes_too_long_is_told():
    gate = threading.Event()
    assert isinstance(in_time(lambda: 1 // 0, seconds=SECONDS), ZeroDivisionError)
    assert isinstance(in_time(lambda: gate.wait(SECONDS), seconds=0.01), TimeoutError)
    gate.set()
