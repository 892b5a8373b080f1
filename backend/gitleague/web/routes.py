"""All pages, and the files that they load."""

from fastapi import APIRouter
from fastapi.responses import FileResponse

from gitleague.core.errors import NotFound
from gitleague.web.pages import (
    api_keys,
    awards,
    card,
    compare,
    history,
    home,
    league_home,
    log,
    members,
    player,
    repos,
    rules,
    seasons,
    setup,
    sign_in,
    standings,
)
from gitleague.web.render import STATIC

router = APIRouter(include_in_schema=False)
for part in (
    *(home, league_home, standings, card, player, compare, awards, history, seasons, rules),
    *(setup, repos, members, log, sign_in, api_keys),
):
    router.include_router(part.router)

FILES = frozenset(file.name for file in STATIC.iterdir())
A_YEAR = "public, max-age=31536000, immutable"  # the address changes with the content


@router.get("/static/{name}")
def show_file(name: str) -> FileResponse:
    if name not in FILES:
        raise NotFound
    return FileResponse(STATIC / name, headers={"Cache-Control": A_YEAR})
