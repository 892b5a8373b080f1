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


class Claims(NamedTuple):
    """What a token says: whose it is, and which session it ends with."""

    user_id: uuid.UUID
    session_id: uuid.UUID


def issue_jwt(settings: Settings, of: Claims) -> AccessToken:
    issued = now()
    lifetime = timedelta(minutes=settings.jwt_minutes)
    claims = {
        "iss": ISSUER,
        "sub": str(of.user_id),
        "sid": str(of.session_id),
        "iat": issued,
        "exp": issued + lifetime,
        "jti": secrets.token_hex(8),
    }
    token = jwt.encode(claims, settings.signing_key, algorithm=ALGORITHM)
    return AccessToken(token, int(lifetime.total_seconds()))


def read_jwt(settings: Settings, token: str) -> Claims:
    """Raises NotSignedIn. Whether its session is still open is for the database to say."""
    try:
        claims = jwt.decode(
            token,
            settings.signing_key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            options={"require": ["exp", "iat", "sub", "sid"]},
        )
        return Claims(uuid.UUID(claims["sub"]), uuid.UUID(claims["sid"]))
    except jwt.ExpiredSignatureError:
        raise NotSignedIn("This token has run out. Sign in again.") from None
    except (jwt.InvalidTokenError, ValueError):
        raise NotSignedIn("This token is not valid. Sign in again.") from None
