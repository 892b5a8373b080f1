"""Asks the league's own address, as a visitor would."""

from __future__ import annotations

import socket
import ssl
from datetime import datetime, timezone

import httpx

from gitleague.core.clock import now

SECONDS = 10.0


def health_of(url: str) -> str | None:
    """What is wrong with it, if anything."""
    try:
        answer = httpx.get(f"{url}/health", timeout=SECONDS)
    except httpx.HTTPError as error:
        return f"{url} does not answer: {type(error).__name__}"
    return None if answer.is_success else f"{url}/health answers {answer.status_code}"


def plain_answer_of(host: str, port: int = 80) -> str | None:
    """What is said over plain http other than to come by https; None where nothing is."""
    try:
        answer = httpx.get(f"http://{host}:{port}/", timeout=SECONDS)
    except httpx.HTTPError:
        return None
    if answer.is_redirect and answer.headers.get("location", "").startswith("https://"):
        return None
    return f"http://{host}:{port}/ answers {answer.status_code}"


def days_of_certificate(host: str, port: int) -> float:
    """Until it runs out. Raises OSError where it is not valid by now."""
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        certificate = secured.getpeercert() or {}
    ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    return (datetime.fromtimestamp(ends, timezone.utc) - now()).total_seconds() / 86400
