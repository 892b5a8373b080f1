"""All pages, and the files that they load."""

from fastapi import APIRouter
from fastapi.responses import FileResponse

from gitleague.core.errors import NotFound
from gitleague.web.pages import api_keys, card, home, sign_in, standings
from gitleague.web.render import STATIC

router = APIRouter(include_in_schema=False)
for part in (home, standings, card, sign_in, api_keys):
    router.include_router(part.router)

FILES = frozenset(file.name for file in STATIC.iterdir())
A_YEAR = "public, max-age=31536000, immutable"  # the address changes with the content


@router.get("/static/{name}")
def show_file(name: str) -> FileResponse:
    if name not in FILES:
        raise NotFound
    return FileResponse(STATIC / name, headers={"Cache-Control": A_YEAR})
