"""The feed over HTTP.

A private feed wants an Authorization header like everything else: secrets are never in addresses.
Readers that cannot send one read a feed that its league has made public.
"""

from fastapi import Request, Response

from gitleague.core.conditional import conditional
from gitleague.core.paging import Paging
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.core.settings import Settings
from gitleague.league.access import FeedReader
from gitleague.league.awards.shelf import list_awards
from gitleague.league.feeds.atom import MEDIA_TYPE, atom, changed_at
from gitleague.projects.leagues import get_project

router = Routes(tags=["feed"])
NEWEST = Paging(limit=50)


@router.get(
    "/projects/{project_id}/feed.atom",
    response_class=Response,
    responses={
        200: {
            "description": "Atom 1.0, the newest first.",
            "content": {"application/atom+xml": {"example": "<feed><entry>…</entry></feed>"}},
        },
        304: {"description": "Nothing is new since the ETag or date that was sent."},
    },
)
def show_feed(request: Request, reader: FeedReader, session: ReadSession) -> Response:
    """Returns the newest awards as an Atom feed, for members or, with `public_feed`, for all."""
    settings: Settings = request.app.state.settings
    project = get_project(session, reader.project_id)
    awards, _ = list_awards(session, reader.project_id, NEWEST)
    return conditional(
        request,
        atom(project, awards, public_url=settings.public_url),
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": reader.cache_control},
        changed_at=changed_at(project, awards),
    )
