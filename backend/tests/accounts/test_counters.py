"""The counters of rate limits: each counts for as long as its window lasts."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from gitleague.accounts.counters import SWEEP_SECONDS, Counters
from limits import parse
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

THREE = parse("3/minute")


@pytest.mark.parametrize("storage", [Counters(), MemoryStorage()], ids=["ours", "the library's"])
def test_a_window_lets_so_many_in(storage: Storage) -> None:
    limiter = FixedWindowRateLimiter(storage)
    with time_machine.travel("2026-05-31 23:59:50", tick=False) as clock:
        assert [limiter.hit(THREE, "ada") for _ in range(4)] == [True, True, True, False]
        assert limiter.hit(THREE, "grace")
        ends_at, left = limiter.get_window_stats(THREE, "ada")
        assert (ends_at - time.time(), left) == (60, 0)
        clock.shift(59)
        assert not limiter.test(THREE, "ada")
        clock.shift(1)
        assert limiter.test(THREE, "ada")
        assert [limiter.hit(THREE, "ada", cost=2) for _ in range(2)] == [True, False]
        limiter.clear(THREE, "ada")
        assert limiter.get_window_stats(THREE, "ada")[1] == 3


def test_they_are_made_by_their_name() -> None:
    storage = storage_from_string("counters://")
    assert isinstance(storage, Counters)
    assert storage.check()


def test_windows_that_have_ended_are_forgotten() -> None:
    counters = Counters()
    with time_machine.travel("2026-05-31 23:59:50", tick=False) as clock:
        for number in range(100):
            counters.incr(f"address-{number}", 60)
        clock.shift(SWEEP_SECONDS)
        counters.incr("ada", 60)
        assert counters.reset() == 1
        assert counters.get("ada") == 0


def test_threads_lose_no_count() -> None:
    counters = Counters()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: counters.incr("ada", 60), range(2000)))
    assert counters.get("ada") == 2000
