"""Rate limits: by account or API key once that is proven, else by address.

A key that is not right counts against the address that sent it, so inventing keys gains nothing;
and of an address that sent too many, no further key is tried.
"""

from __future__ import annotations

import logging
import math
import time
import uuid
from contextlib import suppress
from typing import NamedTuple

from fastapi import Request, Response
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from slowapi import Limiter

from gitleague.accounts.addresses import address_of, household_of
from gitleague.accounts.caller import Caller, has_to_hash, identify
from gitleague.accounts.counters import SCHEME, Counters
from gitleague.accounts.sign_in import normal_email
from gitleague.accounts.tokens import digest
from gitleague.core.errors import NotAllowed, NotSignedIn, TooManyRequests
from gitleague.core.settings import Settings

log = logging.getLogger(__name__)


class Standing(NamedTuple):
    """Where a caller stands within its limit."""

    allowed: bool
    limit: int
    remaining: int
    reset_seconds: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }


class RateLimits:
    """Counters in Redis, shared by all workers, or in memory where there is no Redis."""

    def __init__(self, settings: Settings) -> None:
        # A Redis that is away is then told apart from an error of ours; any text means yes.
        options = {"wrap_exceptions": "yes"} if settings.redis_url else {}
        self._limiter = Limiter(
            key_func=address_of,
            storage_uri=settings.redis_url or f"{SCHEME}://",
            storage_options=options,
            strategy="fixed-window",
        )
        self._fallback = FixedWindowRateLimiter(Counters())
        self.api = parse(settings.rate_limit_api)
        self.pages = parse(settings.rate_limit_pages)
        self.sign_in = parse(settings.rate_limit_sign_in)
        self.mailbox = parse(settings.rate_limit_mailbox)

    def hit(self, item: RateLimitItem, bucket: str, who: str) -> Standing:
        """Count one request. A Redis that is away must not take the league down with it."""
        try:
            return self._hit(self._limiter.limiter, item, bucket, who)
        except StorageError:
            log.warning("Redis is away: rate limits are counted in this worker's memory")
            return self._hit(self._fallback, item, bucket, who)

    def is_used_up(self, item: RateLimitItem, bucket: str, who: str) -> bool:
        """Whether the next request would be refused; this counts none."""
        try:
            return not self._limiter.limiter.test(item, bucket, who)
        except StorageError:
            return not self._fallback.test(item, bucket, who)

    def holds(self, item: RateLimitItem) -> bool:
        """Whether one request more is refused; tried on nobody. Raises StorageError."""
        limiter, nobody = self._limiter.limiter, uuid.uuid4().hex
        within = limiter.hit(item, "trial", nobody, cost=item.amount)
        return within and not limiter.hit(item, "trial", nobody)

    def _hit(self, strategy: RateLimiter, item: RateLimitItem, bucket: str, who: str) -> Standing:
        allowed = strategy.hit(item, bucket, who)
        reset_at, remaining = strategy.get_window_stats(item, bucket, who)
        seconds = max(1, math.ceil(reset_at - time.time()))
        return Standing(allowed, item.amount, remaining, seconds)


def limit_api(request: Request, response: Response) -> None:
    """Every route of the API stands behind this."""
    limits: RateLimits = request.app.state.limits
    standing = _count_caller(request, limits.api, "api")
    response.headers.update(standing.headers)


def limit_pages(request: Request) -> None:
    """Every page stands behind this, except one that must not ask who is calling.

    A page decides itself what it answers to wrong credentials: some do not ask for any.
    """
    limits: RateLimits = request.app.state.limits
    with suppress(NotSignedIn, NotAllowed):
        _count_caller(request, limits.pages, "pages")


def limit_pages_by_address(request: Request) -> None:
    limits: RateLimits = request.app.state.limits
    _count(limits, limits.pages, "pages", _address(request))


def limit_sign_in(request: Request) -> None:
    """Each address asks for few links, whoever they are for."""
    limits: RateLimits = request.app.state.limits
    _count(limits, limits.sign_in, "sign-in", _address(request))


def limit_mailbox(request: Request, email: str) -> None:
    """Each mailbox gets few links, whoever asks, and whether or not it has an account."""
    limits: RateLimits = request.app.state.limits
    _count(limits, limits.mailbox, "mailbox", digest(normal_email(email)))


def _count_caller(request: Request, item: RateLimitItem, bucket: str) -> Standing:
    limits: RateLimits = request.app.state.limits
    address = _address(request)
    if has_to_hash(request) and limits.is_used_up(item, bucket, address):
        return _count(limits, item, bucket, address)
    try:
        caller = identify(request)
    except (NotSignedIn, NotAllowed):
        _count(limits, item, bucket, address)
        raise
    return _count(limits, item, bucket, _name(request, caller))


def _name(request: Request, caller: Caller | None) -> str:
    if caller is None:
        return _address(request)
    return f"key:{caller.api_key_id}" if caller.api_key_id else f"user:{caller.user_id}"


def _address(request: Request) -> str:
    return f"address:{household_of(address_of(request))}"


def _count(limits: RateLimits, item: RateLimitItem, bucket: str, who: str) -> Standing:
    standing = limits.hit(item, bucket, who)
    if not standing.allowed:
        raise TooManyRequests(
            f"Too many requests: {item}. Try again in {standing.reset_seconds} seconds.",
            headers={"Retry-After": str(standing.reset_seconds), **standing.headers},
        )
    return standing
