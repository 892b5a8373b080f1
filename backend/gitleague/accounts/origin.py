"""A form is only taken from a page of ours: what a cookie opens, other sites cannot use."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from gitleague.core.errors import NotAllowed
from gitleague.core.settings import Settings

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def check_origin(request: Request) -> None:
    """Raises NotAllowed for a change that another site asks the browser for."""
    if request.method in _SAFE:
        return
    site = request.headers.get("sec-fetch-site")
    if site in {"same-origin", "none"}:
        return
    settings: Settings = request.app.state.settings
    origin = request.headers.get("origin")
    ours = {urlsplit(settings.public_url).netloc, request.headers.get("host")}
    if site is None and origin and urlsplit(origin).netloc in ours:
        return
    raise NotAllowed("This was sent from another site. Open the page here and try again.")
