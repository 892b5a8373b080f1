"""Tokens that are random, and tokens that are signed."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import timedelta
from typing import NamedTuple

import jwt

from gitleague.core.clock import now
from gitleague.core.errors import NotSignedIn
from gitleague.core.settings import Settings

ISSUER = "gitleague"
ALGORITHM = "HS256"


class AccessToken(NamedTuple):
    token: str
    expires_in: int  # seconds


def new_token() -> str:
    """256 random bits, fit for an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What the database keeps of a random token: it cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue_jwt(settings: Settings, user_id: uuid.UUID) -> AccessToken:
    issued = now()
    lifetime = timedelta(minutes=settings.jwt_minutes)
    claims = {
        "iss": ISSUER,
        "sub": str(user_id),
        "iat": issued,
        "exp": issued + lifetime,
        "jti": secrets.token_hex(8),
    }
    token = jwt.encode(claims, settings.signing_key, algorithm=ALGORITHM)
    return AccessToken(token, int(lifetime.total_seconds()))


def user_of_jwt(settings: Settings, token: str) -> uuid.UUID:
    try:
        claims = jwt.decode(
            token,
            settings.signing_key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            options={"require": ["exp", "iat", "sub"]},
        )
        return uuid.UUID(claims["sub"])
    except jwt.ExpiredSignatureError:
        raise NotSignedIn("This token has run out. Sign in again.") from None
    except (jwt.InvalidTokenError, ValueError):
        raise NotSignedIn("This token is not valid. Sign in again.") from None
