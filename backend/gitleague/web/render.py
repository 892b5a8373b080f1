"""Templates to answers. Everything is escaped unless a filter of `shown` made it."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gitleague.accounts.caller import Caller
from gitleague.web.shown import FILTERS

HERE = Path(__file__).parent
STATIC = HERE / "static"

environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.filters |= FILTERS


def page(
    request: Request, template: str, *, caller: Caller | None, status: int = 200, **shown: Any
) -> HTMLResponse:
    """A whole page. Pages are made for one person, so nobody else may keep them."""
    html = environment.get_template(template).render(path=request.url.path, caller=caller, **shown)
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "private, no-store"})


@lru_cache
def asset(name: str) -> str:
    """The address of a static file: it changes with the content, so browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


environment.globals["asset"] = asset
