"""Templates to answers. Everything is escaped unless a filter of `shown` made it."""

import hashlib
from functools import lru_cache, partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gitleague.accounts.caller import Caller
from gitleague.core.conditional import conditional
from gitleague.league.seasons.presence import AWAY_PERCENT
from gitleague.web.award_words import award_rule
from gitleague.web.done import DONE
from gitleague.web.forms import filled_at, refusal_of
from gitleague.web.shown import FILTERS
from gitleague.web.texts import gettext, ngettext, plural, translated

KEPT = {"Cache-Control": "private, no-cache"}
HERE = Path(__file__).parent
STATIC = HERE / "static"

environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.i18n"],
)
environment.filters |= FILTERS | {"gettext": gettext, "translated": translated}
environment.policies["ext.i18n.trimmed"] = True
environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined] # the extension's
environment.globals |= {"plural": plural, "award_rule": award_rule, "away_percent": AWAY_PERCENT}


def page(
    request: Request,
    template: str,
    *,
    caller: Caller | None,
    status: int = 200,
    is_kept: bool = False,
    **shown: Any,
) -> HTMLResponse:
    """A whole page. Pages are made for one person, so nobody else may keep them.

    One that `is_kept` the person's browser keeps, and asks each time whether it is as it was.
    """
    refusal = refusal_of(request)
    status = refusal.status if refusal else status
    html = environment.get_template(template).render(
        path=request.url.path,
        caller=caller,
        refusal=refusal,
        form=partial(filled_at, refusal),
        done=DONE.get(request.query_params.get("done", "")) if not refusal else None,
        **shown,
    )
    if is_kept and request.method == "GET" and status == HTTPStatus.OK:
        answer = conditional(request, html.encode(), media_type="text/html", headers=KEPT)
        return HTMLResponse(answer.body, answer.status_code, answer.headers)
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "private, no-store"})


@lru_cache
def asset(name: str) -> str:
    """The address of a static file: it changes with the content, so browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


environment.globals["asset"] = asset
