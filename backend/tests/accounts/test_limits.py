"""Rate limits: each account, key or address has its own, and nobody can get round it."""

import uuid
from collections.abc import Iterator
from ipaddress import ip_network

import pytest
import redis
import servers
from gitleague.accounts.limits import RateLimits
from gitleague.app import create_app
from gitleague.core.settings import Settings
from gitleague.tables.accounts import Scope
from httpx import Client
from make import Person, make_key

MOST = 5
LIST = "/api/v1/projects"


@pytest.fixture(params=["memory", "redis"])
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """On memory and on Redis; the limits of each test are its own."""
    if request.param == "redis":
        url = request.getfixturevalue("redis_url")
        redis.Redis.from_url(url).flushall()
    limits = {
        "rate_limit_api": f"{MOST}/minute",
        "rate_limit_sign_in": f"{MOST}/minute",
        "redis_url": url if request.param == "redis" else "",
    }
    return settings.model_copy(update=limits)


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def statuses(http: Client, count: int, **headers: str) -> list[int]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return [http.get(LIST, headers=named).status_code for _ in range(count)]


def test_it_works(http: Client, ada: Person) -> None:
    for left in reversed(range(MOST)):
        answer = http.get(LIST, headers=ada.headers)
        assert answer.status_code == 200
        assert answer.headers["RateLimit-Limit"] == str(MOST)
        assert answer.headers["RateLimit-Remaining"] == str(left)
    refused = http.get(LIST, headers=ada.headers)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit-Remaining"] == "0"
    assert "Try again in" in refused.json()["detail"]


def test_each_has_their_own(http: Client, ada: Person, grace: Person) -> None:
    key = make_key(http, ada, Scope.READ_REPOS)
    statuses(http, MOST + 1, **ada.headers)
    assert statuses(http, 1, **ada.headers) == [429]
    assert statuses(http, 1, **grace.headers) == [200]
    assert statuses(http, 1, Authorization=f"Bearer {key}") == [200]


def test_a_forged_address_gains_nothing(http: Client) -> None:
    """A header beat the original's limit."""
    answers = [
        status
        for number in range(MOST + 1)
        for status in statuses(http, 1, X_Forwarded_For=f"198.51.100.{number}")
    ]
    assert answers == [401] * MOST + [429]


def test_guessing_keys_counts_against_the_address(http: Client, ada: Person) -> None:
    answers = [
        status
        for number in range(MOST + 1)
        for status in statuses(http, 1, Authorization=f"Bearer tgl_guess{number}")
    ]
    assert answers == [401] * MOST + [429]
    assert statuses(http, 1, **ada.headers) == [200]


def test_sign_in_links_are_few_for_each_address(http: Client) -> None:
    wish = {"email": "ada@example.org"}
    answers = [http.post("/api/v1/auth/magic-link", json=wish).status_code for _ in range(MOST + 1)]
    assert answers == [202] * MOST + [429]


def test_health_is_never_limited(http: Client) -> None:
    assert {http.get("/health").status_code for _ in range(3 * MOST)} == {200}


@pytest.mark.parametrize("trusted", [True, False])
def test_behind_a_proxy_each_client_has_their_own(settings: Settings, *, trusted: bool) -> None:
    proxies = (ip_network("127.0.0.1"),) if trusted else ()
    app = create_app(settings.model_copy(update={"trusted_proxies": proxies}))
    with servers.listening() as opened:
        url = f"http://127.0.0.1:{opened.getsockname()[1]}"
        with servers.serving(app, opened), Client(base_url=url) as http:
            statuses(http, MOST, X_Forwarded_For="198.51.100.1")
            expected = 401 if trusted else 429
            assert statuses(http, 1, X_Forwarded_For="198.51.100.2") == [expected]


def test_a_redis_that_is_away_does_not_take_the_league_with_it(settings: Settings) -> None:
    away = settings.model_copy(update={"redis_url": "redis://127.0.0.1:9/0"})
    limits = RateLimits(away)
    who = str(uuid.uuid4())
    allowed = [limits.hit(limits.api, "api", who).allowed for _ in range(MOST + 1)]
    assert allowed == [True] * MOST + [False]


def ask_for_link(http: Client, email: str, address: str) -> int:
    """As from an address of its own, behind a proxy that is trusted."""
    body, headers = {"email": email}, {"X-Forwarded-For": address}
    return http.post("/api/v1/auth/magic-link", json=body, headers=headers).status_code


@pytest.fixture
def proxied(settings: Settings) -> Iterator[Client]:
    """A server that believes the tests' own machine where a request came from."""
    trusting = {"trusted_proxies": (ip_network("127.0.0.1"),), "rate_limit_mailbox": "3/minute"}
    with servers.listening() as opened:
        url = f"http://127.0.0.1:{opened.getsockname()[1]}"
        app = create_app(settings.model_copy(update=trusting))
        with servers.serving(app, opened), Client(base_url=url, timeout=60) as http:
            yield http


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_a_mailbox_gets_few_links_whoever_asks(proxied: Client, ada: Person, email: str) -> None:
    spellings = [email, email.upper(), f" {email}"]
    asked = [
        ask_for_link(proxied, spellings[number % 2], f"203.0.113.{number}") for number in range(5)
    ]
    assert asked == [202, 202, 202, 429, 429], "whether or not it has an account"
    assert ask_for_link(proxied, "grace@example.org", "203.0.113.9") == 202


def test_all_addresses_of_one_connection_are_one(proxied: Client) -> None:
    """An IPv6 connection has a /64: 18 trillion million addresses to ask from."""
    asked = [
        ask_for_link(proxied, f"{number}@example.org", f"2001:db8:1:2::{number}")
        for number in range(MOST + 1)
    ]
    assert asked == [202] * MOST + [429]
    assert ask_for_link(proxied, "x@example.org", "2001:db8:1:3::1") == 202
