"""Answers that are sent once: whoever has them already is told so, with 304."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import Request, Response

from gitleague.core.clock import as_utc


def conditional(
    request: Request,
    content: bytes,
    *,
    media_type: str,
    headers: Mapping[str, str],
    changed_at: datetime | None = None,
) -> Response:
    """The content with its ETag, or 304 (RFC 9110, 13.2.2).

    The ETag is a weak one: the same content may come compressed or not.
    """
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    told = {"ETag": f"W/{etag}", "Vary": "Authorization, Cookie", **headers}
    if changed_at:
        told["Last-Modified"] = format_datetime(as_utc(changed_at), usegmt=True)
    if _is_known(request, etag, changed_at):
        return Response(status_code=304, headers=told)
    return Response(content, media_type=media_type, headers=told)


def _is_known(request: Request, etag: str, changed_at: datetime | None) -> bool:
    tags = request.headers.get("if-none-match")
    if tags is not None:  # says more than a date, which is then not looked at
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return etag in known or "*" in known
    since = request.headers.get("if-modified-since")
    if since is None or changed_at is None:
        return False
    try:
        return changed_at.replace(microsecond=0) <= as_utc(parsedate_to_datetime(since))
    except ValueError:
        return False
