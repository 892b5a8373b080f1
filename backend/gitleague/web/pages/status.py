"""Whether the server works: for everybody, and whatever is wrong with it."""

from datetime import datetime

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from gitleague.accounts.limits import limit_pages_by_address
from gitleague.core.routing import Routes
from gitleague.server.condition import pulse
from gitleague.server.health import Health
from gitleague.web.render import page

router = Routes(dependencies=[Depends(limit_pages_by_address)])


@router.get("/status")
def show_status(request: Request) -> HTMLResponse:
    """For everybody and for monitors: no names, no versions, nothing to attack."""
    health: Health = request.app.state.health
    beats = pulse(health.database)
    started_at: datetime = request.app.state.started_at
    return page(
        *(request, "status.html"),
        caller=None,
        status=200 if beats.is_well else 503,
        pulse=beats,
        started_at=started_at,
    )
