"""Guessing API keys: what is refused anyway costs no Argon2, and few hashings wait at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Event

import pytest
from argon2 import PasswordHasher
from gitleague.accounts import hashing
from gitleague.accounts.hashing import AT_ONCE, WAITING
from gitleague.core.settings import Settings
from gitleague.tables.accounts import Scope
from gitleague_client.credentials import make_key as key_of
from httpx import Client, Response
from make import Person, make_key

MOST = 5
API, PAGE = "/api/v1/projects", "/api-keys"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Hasher(PasswordHasher):
    """Hashes, and counts how often it is asked whether a key is right; while `is_open`."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.asked: list[str | bytes] = []
        self.is_open = Event()
        self.is_open.set()

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002
        self.asked.append(password)
        self.is_open.wait()
        return super().verify(hash, password)


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hasher]:
    counting = Hasher()
    monkeypatch.setattr(hashing, "HASHER", counting)
    yield counting
    counting.is_open.set()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    few = f"{MOST}/minute"
    return settings.model_copy(update={"rate_limit_api": few, "rate_limit_pages": few})


def ask(http: Client, place: str, key: str) -> Response:
    return http.get(place, headers={"Authorization": f"Bearer {key}"})


def guess(key: str, number: int) -> str:
    """Another secret of the same, known prefix."""
    return key_of(key[4:12], f"{number:032}")


@pytest.mark.parametrize("place", [API, PAGE])
def test_what_is_over_the_limit_costs_no_argon2(
    http: Client, ada: Person, hasher: Hasher, place: str
) -> None:
    key = make_key(http, ada, Scope.READ_REPOS)
    told = [ask(http, place, guess(key, number)).status_code for number in range(3 * MOST)]
    assert told == [401] * MOST + [429] * 2 * MOST
    assert len(hasher.asked) == MOST


def test_a_key_that_was_right_lately_is_let_in_while_its_address_is_not(
    http: Client, ada: Person, hasher: Hasher
) -> None:
    key = make_key(http, ada, Scope.READ_REPOS)
    assert ask(http, API, key).status_code == 200
    for number in range(MOST + 1):
        ask(http, API, guess(key, number))
    assert ask(http, API, key).status_code == 200
    assert hasher.asked.count(key) == 1


def test_few_hashings_wait_at_once_and_the_rest_is_told_to_come_back(
    http: Client, ada: Person, settings: Settings, hasher: Hasher
) -> None:
    key, most = make_key(http, ada, Scope.READ_REPOS), AT_ONCE + WAITING
    hasher.is_open.clear()
    with ThreadPoolExecutor(most + 2) as threads:
        asked = [threads.submit(ask, http, API, guess(key, number)) for number in range(most + 2)]
        refused = [each.result() for _, each in zip(range(2), as_completed(asked), strict=False)]
        assert [each.status_code for each in refused] == [503, 503]
        assert all(int(each.headers["Retry-After"]) > 0 for each in refused)
        assert len(hasher.asked) <= AT_ONCE
        assert http.get(API, headers=ada.headers).status_code == 200, "others go on"
        hasher.is_open.set()
    assert {each.result().status_code for each in asked} <= {401, 429, 503}


def test_the_first_requests_of_a_client_cost_one_argon2(
    http: Client, ada: Person, hasher: Hasher
) -> None:
    key = make_key(http, ada, Scope.READ_REPOS)
    with ThreadPoolExecutor(MOST) as threads:
        told = threads.map(lambda _: ask(http, API, key).status_code, range(MOST))
        assert list(told) == [200] * MOST
    assert hasher.asked == [key]


def test_pages_are_limited_as_the_api_is(http: Client, ada: Person, grace: Person) -> None:
    """A reader by account, a stranger by address; what a page loads is free."""
    league = f"/projects/{ada.project_id}"
    told = [http.get(league, headers=ada.headers).status_code for _ in range(MOST + 1)]
    assert told == [200] * MOST + [429]
    assert http.get(league, headers=grace.headers).status_code == 200
    told = [http.get("/sign-in").status_code for _ in range(MOST + 1)]
    assert told == [200] * MOST + [429]
    page = http.get("/status", headers={"Accept": "text/html"})
    assert (page.status_code, int(page.headers["Retry-After"]) > 0) == (429, True)
    assert http.get("/static/league.css").status_code == 200
