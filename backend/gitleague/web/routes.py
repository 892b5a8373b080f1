"""All pages, and the files that they load."""

from fastapi import Depends
from fastapi.responses import FileResponse

from gitleague.accounts.limits import limit_pages
from gitleague.core.errors import NotFound
from gitleague.core.routing import Routes
from gitleague.core.unknown import refuse_unknown_parameters_of_page
from gitleague.web.pages import (
    api_keys,
    awards,
    card,
    compare,
    fantasy,
    fantasy_deeds,
    history,
    home,
    jobs,
    league_home,
    log,
    members,
    my_addresses,
    operator,
    play,
    player,
    plays,
    privacy,
    pulled,
    reports,
    repos,
    rules,
    rulings,
    search,
    seasons,
    setup,
    sign_in,
    squads,
    standings,
    status,
)
from gitleague.web.pages.running import running
from gitleague.web.render import STATIC

router = Routes(include_in_schema=False)
NAMED = [Depends(refuse_unknown_parameters_of_page)]
for part in (
    *(
        home,
        league_home,
        standings,
        card,
        player,
        plays,
        play,
        compare,
        awards,
        history,
        seasons,
        rules,
    ),
    *(fantasy, fantasy_deeds, squads, rulings, reports, search),
    *(setup, repos, pulled, members, log, jobs, sign_in, api_keys, operator),
    *(running, my_addresses, privacy),
):
    router.include(part.router, dependencies=[Depends(limit_pages), *NAMED])
router.include(status.router, dependencies=NAMED)

FILES = frozenset(file.name for file in STATIC.iterdir())
A_YEAR = "public, max-age=31536000, immutable"  # the address changes with the content


@router.get("/static/{name}")
def show_file(name: str) -> FileResponse:
    if name not in FILES:
        raise NotFound
    return FileResponse(STATIC / name, headers={"Cache-Control": A_YEAR})
