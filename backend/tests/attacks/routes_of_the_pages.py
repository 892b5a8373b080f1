"""The pages: what people open, and what their forms send."""

import asyncssh
from attacks.access import FOR_ANOTHER_ADDRESS, Access, Route
from attacks.callers import Kind
from attacks.routes_of_the_league import next_season
from attacks.world import World

KEY = {"name": "mine", "scopes": "read:repos"}
LEAGUE = "/projects/{project_id}"
SEASON = f"{LEAGUE}/seasons/{{season_id}}"
FANTASY = f"{LEAGUE}/fantasy/{{fantasy_id}}"
PULL, PULLED = f"{LEAGUE}/repos/{{repo_id}}/pull", World.fresh_pulled_repo
RULING = f"{LEAGUE}/rulings/{{ruling_id}}"
REPORTS = f"{LEAGUE}/reports"
REASON = {"reason": "It is a copied library."}
REPORT = {"subject": "player", "sentence": "This is Linus."}


def ssh_key(_subject: dict[str, object]) -> dict[str, object]:
    made = asyncssh.generate_private_key("ssh-ed25519")
    return {"private_key": made.export_private_key().decode()}


ROUTES = [
    Route("GET /", Access.ANYONE, follow=True),
    Route("GET /static/{name}", Access.OPEN, subject=lambda _world: {"name": "league.css"}),
    Route(f"GET {LEAGUE}", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/standings", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/me", Access.SPECTATOR, 303),
    Route(f"GET {LEAGUE}/plays", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/plays/{{sha}}", Access.SPECTATOR, subject=World.play),
    Route(f"GET {LEAGUE}/search", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/squads", Access.SPECTATOR),
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
    Route(f"POST {PULL}", Access.COMMISSIONER, 303, form={"schedule": "0 3 * * *"}, subject=PULLED),
    Route(f"POST {PULL}/now", Access.COMMISSIONER, 303, subject=PULLED),
    Route(f"POST {PULL}/token", Access.COMMISSIONER, 303, form={"password": "p"}, subject=PULLED),
    Route(f"POST {PULL}/ssh-key", Access.COMMISSIONER, 303, form=ssh_key, subject=PULLED),
    Route(f"POST {PULL}/forget", Access.COMMISSIONER, 303, subject=PULLED),
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
        f"POST {LEAGUE}/members/invitations/{{invitation_id}}/resend",
        Access.COMMISSIONER,
        201,
        subject=World.fresh_invitation,
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
    Route("GET /status", Access.OPEN),
    Route("GET /operator", Access.OPERATOR),
    Route("GET /operator/jobs", Access.OPERATOR),
    Route("POST /operator/jobs/{job_id}/retry", Access.OPERATOR, 303, subject=World.failed_job),
    Route(f"GET {LEAGUE}/jobs", Access.COMMISSIONER_READS),
    Route(
        f"POST {LEAGUE}/jobs/{{job_id}}/retry",
        Access.COMMISSIONER,
        303,
        subject=World.failed_job,
    ),
    Route("GET /operator/errors", Access.OPERATOR),
    Route("GET /operator/pull-to-push", Access.OPERATOR),
    Route("GET /operator/rollout", Access.OPERATOR),
    Route("GET /sign-in", Access.ANYONE, unlike=dict.fromkeys(set(Kind) - {Kind.NOBODY}, 303)),
    Route("POST /sign-in", Access.ANYONE, form={"email": "no@example.org"}),
    Route("GET /sign-in/{token}", Access.ANYONE, subject=World.fresh_link),
    Route("POST /sign-in/{token}", Access.OPEN, 303, subject=World.fresh_link),
    Route("POST /sign-out", Access.ANYONE, 303, leaves=True),
    Route("POST /sign-out-everywhere", Access.IN_PERSON, 303, leaves=True),
    Route("GET /invitations/{token}", Access.ANYONE, subject=World.fresh_invitation),
    Route(
        "POST /invitations/{token}",
        Access.IN_PERSON,
        303,
        subject=World.fresh_invitation,
        unlike=FOR_ANOTHER_ADDRESS,
    ),
    Route("POST /invitations/{token}/sign-in", Access.ANYONE, 200, subject=World.fresh_invitation),
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
    Route(f"POST {SEASON}/reopen", Access.COMMISSIONER, 303, subject=World.open_season),
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
    Route(f"GET {LEAGUE}/fantasy", Access.SPECTATOR),
    Route(
        f"POST {LEAGUE}/fantasy",
        Access.COMMISSIONER,
        303,
        form=lambda subject: subject["fantasy"],
        subject=World.wished_fantasy,
    ),
    Route(f"GET {FANTASY}", Access.SPECTATOR, subject=World.fantasy),
    Route(f"GET {FANTASY}/table", Access.SPECTATOR, subject=World.fantasy),
    Route(f"GET {FANTASY}/picks", Access.SPECTATOR, subject=World.fantasy),
    Route(
        f"POST {FANTASY}/change",
        Access.COMMISSIONER,
        303,
        form={"roster_size": "2"},
        subject=World.fresh_fantasy,
    ),
    Route(f"POST {FANTASY}/start", Access.COMMISSIONER, 303, subject=World.fresh_fantasy),
    Route(f"POST {FANTASY}/delete", Access.COMMISSIONER, 303, subject=World.fresh_fantasy),
    Route(f"POST {FANTASY}/pool/refresh", Access.COMMISSIONER, 303, subject=World.fresh_fantasy),
    Route(
        f"POST {FANTASY}/pool/{{player_id}}",
        Access.COMMISSIONER,
        303,
        form={"is_struck": "true"},
        subject=World.fresh_fantasy,
    ),
    Route(f"POST {FANTASY}/join", Access.PLAYER_HERSELF, 303, subject=World.fantasy),
    Route(f"POST {FANTASY}/leave", Access.PLAYER_HERSELF, 303, subject=World.fresh_fantasy),
    Route(
        f"POST {FANTASY}/picks",
        Access.PLAYER_HERSELF,
        303,
        form=lambda subject: {"player_id": subject["player_id"]},
        subject=World.fantasy_to_pick,
    ),
    Route(
        f"POST {FANTASY}/picks/{{pick_id}}/drop",
        Access.PLAYER_HERSELF,
        303,
        subject=World.fantasy_picked,
        unlike={Kind.PLAYER: 404},  # it is the commissioner's
    ),
    Route(f"GET {LEAGUE}/rulings", Access.SPECTATOR),
    Route(f"GET {RULING}", Access.SPECTATOR, subject=World.fresh_ruling),
    Route(
        f"POST {RULING}/contest",
        Access.PLAYER_HERSELF,
        303,
        form={"sentence": "These are one change."},
        subject=World.fresh_ruling,
        unlike={Kind.COMMISSIONER: 403},  # it is about the player
    ),
    Route(
        f"POST {RULING}/uphold", Access.COMMISSIONER, 303, form=REASON, subject=World.fresh_ruling
    ),
    Route(f"POST {RULING}/lift", Access.COMMISSIONER, 303, form=REASON, subject=World.fresh_ruling),
    Route(
        f"POST {RULING}/reopen", Access.COMMISSIONER, 303, form=REASON, subject=World.lifted_ruling
    ),
    Route(f"GET {REPORTS}", Access.SPECTATOR),
    Route(
        f"GET {REPORTS}/new",
        Access.SPECTATOR,
        params=lambda subject: {"subject": "player", "subject_id": subject["player_id"]},
        subject=World.two_players,
    ),
    Route(
        f"POST {REPORTS}",
        Access.SPECTATOR_HERSELF,
        303,
        form=lambda subject: {**REPORT, "subject_id": subject["player_id"]},
        subject=World.two_players,
    ),
    Route(
        f"POST {REPORTS}/{{report_id}}/answer",
        Access.COMMISSIONER,
        303,
        form={"reply": "Thank you."},
        subject=World.fresh_report,
    ),
    Route(
        f"POST {REPORTS}/{{report_id}}/dismiss",
        Access.COMMISSIONER,
        303,
        form={"reply": ""},
        subject=World.fresh_report,
    ),
]
