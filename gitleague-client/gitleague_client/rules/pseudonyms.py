"""Addresses that tell nobody whose they are, and are still the same for the same person."""

from __future__ import annotations

import hmac

from gitleague_client.rules.people import address_of

# A top-level domain that nobody can ever own, so such an address leads to nobody.
_DOMAIN = "@pseudonym.invalid"
_LENGTH = 32


def pseudonym(email: str, salt: str) -> str:
    """For all spellings of an address the same; what joins nobody keeps joining nobody."""
    address = address_of(email)
    told = address or email.strip().lower()
    if not told or told.endswith(_DOMAIN):
        return told
    digest = hmac.digest(salt.encode(), told.encode(), "sha256").hex()[:_LENGTH]
    return digest + _DOMAIN if address else digest


def is_pseudonym(address: str) -> bool:
    return address.endswith(_DOMAIN)
