"""The pages: what people open, and what their forms send."""

from access import Access, Route
from callers import Kind
from routes_of_the_league import next_season
from world import World

KEY = {"name": "mine", "scopes": "read:repos"}
LEAGUE = "/projects/{project_id}"
SEASON = f"{LEAGUE}/seasons/{{season_id}}"

ROUTES = [
    Route("GET /", Access.ANYONE, follow=True),
    Route("GET /static/{name}", Access.OPEN, subject=lambda _world: {"name": "league.css"}),
    Route(f"GET {LEAGUE}", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/standings", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/awards", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/hall-of-fame", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/records", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/compare", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/seasons", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/rules", Access.SPECTATOR),
    Route("GET /leagues/new", Access.IN_PERSON),
    Route("POST /leagues", Access.IN_PERSON, 303, form={"name": "Another", "time_zone": "UTC"}),
    Route(f"GET {LEAGUE}/setup", Access.COMMISSIONER_READS),
    Route(f"POST {LEAGUE}/setup/key", Access.COMMISSIONER, 201),
    Route(f"GET {LEAGUE}/repos", Access.COMMISSIONER_READS),
    Route(
        f"POST {LEAGUE}/repos", Access.COMMISSIONER, 303, form={"git_url": "git@example.org:c/d"}
    ),
    Route(f"GET {LEAGUE}/repos/{{repo_id}}", Access.COMMISSIONER_READS),
    Route(f"POST {LEAGUE}/repos/{{repo_id}}", Access.COMMISSIONER, 303, form={"name": "site"}),
    Route(
        f"POST {LEAGUE}/repos/{{repo_id}}/remove",
        Access.COMMISSIONER,
        303,
        subject=World.fresh_repo,
    ),
    Route(f"GET {LEAGUE}/members", Access.COMMISSIONER_READS),
    Route(
        f"POST {LEAGUE}/members",
        Access.COMMISSIONER,
        201,
        form={"email": "new@example.org", "role": "spectator"},
    ),
    Route(
        f"POST {LEAGUE}/members/{{user_id}}",
        Access.COMMISSIONER,
        303,
        form={"role": "player"},
        subject=World.fresh_member,
    ),
    Route(
        f"POST {LEAGUE}/members/{{user_id}}/remove",
        Access.COMMISSIONER,
        303,
        subject=World.fresh_member,
    ),
    Route(
        f"POST {LEAGUE}/members/invitations/{{invitation_id}}/revoke",
        Access.COMMISSIONER,
        303,
        subject=World.fresh_invitation,
    ),
    Route(f"GET {LEAGUE}/log", Access.COMMISSIONER_READS),
    Route("GET /players/{player_id}", Access.SPECTATOR),
    Route("GET /players/{player_id}/career", Access.SPECTATOR),
    Route("GET /players/{player_id}/awards", Access.SPECTATOR),
    Route("GET /players/{player_id}/best", Access.SPECTATOR),
    Route("GET /sign-in", Access.ANYONE, unlike=dict.fromkeys(set(Kind) - {Kind.NOBODY}, 303)),
    Route("POST /sign-in", Access.ANYONE, form={"email": "no@example.org"}),
    Route("GET /sign-in/{token}", Access.ANYONE, subject=World.fresh_link),
    Route("POST /sign-in/{token}", Access.OPEN, 303, subject=World.fresh_link),
    Route("POST /sign-out", Access.OPEN, 303),
    Route("GET /invitations/{token}", Access.ANYONE, subject=World.fresh_invitation),
    Route("POST /invitations/{token}", Access.OPEN, 303, subject=World.fresh_invitation),
    Route("GET /api-keys", Access.IN_PERSON),
    Route("POST /api-keys", Access.IN_PERSON, 201, form=KEY),
    Route("POST /api-keys/{key_id}/revoke", Access.IN_PERSON, 303, own=True),
    Route("POST /api-keys/{key_id}/rotate", Access.IN_PERSON, 201, own=True),
    Route(f"POST {LEAGUE}/seasons", Access.COMMISSIONER, 303, form=next_season),
    Route(f"GET {SEASON}", Access.SPECTATOR, subject=World.fresh_season),
    Route(
        f"POST {SEASON}/change",
        Access.COMMISSIONER,
        303,
        form=next_season,
        subject=World.fresh_season,
    ),
    Route(f"POST {SEASON}/open", Access.COMMISSIONER, 303, subject=World.open_season),
    Route(f"POST {SEASON}/close", Access.COMMISSIONER, 303, subject=World.open_season),
    Route(f"POST {SEASON}/delete", Access.COMMISSIONER, 303, subject=World.fresh_season),
    Route(
        f"POST {SEASON}/absences",
        Access.COMMISSIONER,
        303,
        form=lambda subject: subject["absence"],
        subject=World.fresh_season,
    ),
    Route(
        f"POST {SEASON}/absences/{{absence_id}}/delete",
        Access.COMMISSIONER,
        303,
        subject=World.fresh_absence,
    ),
]
