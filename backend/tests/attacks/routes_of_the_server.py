"""The routes of accounts, projects and pushes."""

from typing import Any

from attacks.access import FOR_ANOTHER_ADDRESS, LEAGUE, Access, Route
from attacks.world import API, World

KEY = {"name": "mine", "scopes": "read:repos"}
SYNC = f"{API}/sync/projects/{{project_id}}/repos/{{repo:path}}"


def with_token(subject: dict[str, object]) -> dict[str, Any]:
    return {"token": subject["token"]}


ROUTES = [
    Route("GET /health", Access.OPEN),
    Route("GET /metrics", Access.OPEN),  # to neighbours, whoever they are
    Route(f"GET {API}", Access.OPEN),
    Route(f"GET {API}/", Access.OPEN),
    Route(f"GET {API}/openapi.json", Access.OPEN),
    Route(f"POST {API}/auth/magic-link", Access.ANYONE, 202, json={"email": "no@example.org"}),
    Route(f"POST {API}/auth/verify", Access.ANYONE, json=with_token, subject=World.fresh_link),
    Route(f"POST {API}/auth/sign-out", Access.IN_PERSON, 204, leaves=True),
    Route(f"POST {API}/auth/sign-out-everywhere", Access.IN_PERSON, 204, leaves=True),
    Route(f"POST {API}/api-keys/", Access.IN_PERSON, 201, json=KEY),
    Route(f"POST {API}/api-keys", Access.IN_PERSON, 201, json=KEY),
    Route(f"GET {API}/api-keys/", Access.IN_PERSON),
    Route(f"GET {API}/api-keys", Access.IN_PERSON),
    Route(f"DELETE {API}/api-keys/{{key_id}}", Access.IN_PERSON, 204, own=True),
    Route(
        f"POST {API}/api-keys/{{key_id}}/rotate",
        Access.IN_PERSON,
        201,
        own=True,
    ),
    Route(f"GET {API}/projects", Access.SIGNED_IN),
    Route(f"POST {API}/projects", Access.IN_PERSON, 201, json={"name": "Another"}),
    Route(f"GET {LEAGUE}", Access.SPECTATOR),
    Route(f"PATCH {LEAGUE}", Access.COMMISSIONER, json={"name": "The League"}),
    Route(f"POST {LEAGUE}/join", Access.IN_PERSON, 202, subject=World.fresh_project),
    Route(f"GET {LEAGUE}/members", Access.COMMISSIONER_READS),
    Route(
        f"PATCH {LEAGUE}/members/{{user_id}}",
        Access.COMMISSIONER,
        json={"role": "player"},
        subject=World.fresh_member,
    ),
    Route(
        f"DELETE {LEAGUE}/members/{{user_id}}",
        Access.COMMISSIONER,
        204,
        subject=World.fresh_member,
    ),
    Route(f"GET {LEAGUE}/invitations", Access.COMMISSIONER_READS),
    Route(
        f"POST {LEAGUE}/invitations",
        Access.COMMISSIONER,
        201,
        json={"email": "new@example.org", "role": "spectator"},
    ),
    Route(
        f"POST {LEAGUE}/invitations/{{invitation_id}}/resend",
        Access.COMMISSIONER,
        subject=World.fresh_invitation,
    ),
    Route(
        f"DELETE {LEAGUE}/invitations/{{invitation_id}}",
        Access.COMMISSIONER,
        204,
        subject=World.fresh_invitation,
    ),
    Route(
        f"POST {API}/invitations/accept",
        Access.IN_PERSON,
        json=with_token,
        subject=World.fresh_invitation,
        unlike=FOR_ANOTHER_ADDRESS,
    ),
    Route(f"GET {LEAGUE}/repos", Access.SPECTATOR),
    Route(
        f"POST {LEAGUE}/repos", Access.COMMISSIONER, 201, json={"git_url": "git@example.org:a/b"}
    ),
    Route(f"GET {LEAGUE}/repos.yaml", Access.REPO_READER),
    Route(f"GET {LEAGUE}/repos/{{repo_id}}", Access.SPECTATOR),
    Route(f"PATCH {LEAGUE}/repos/{{repo_id}}", Access.COMMISSIONER, json={"name": "site"}),
    Route(
        f"DELETE {LEAGUE}/repos/{{repo_id}}",
        Access.COMMISSIONER,
        204,
        subject=World.fresh_repo,
    ),
    Route(f"GET {LEAGUE}/repos/{{repo_id}}/syncs", Access.COMMISSIONER_READS),
    Route(
        f"POST {LEAGUE}/repos/{{repo_id}}/sync",
        Access.COMMISSIONER,
        202,
        subject=World.fresh_pulled_repo,
    ),
    Route(f"GET {LEAGUE}/repos/{{repo_id}}/pull", Access.COMMISSIONER_READS),
    Route(
        f"PUT {LEAGUE}/repos/{{repo_id}}/pull",
        Access.COMMISSIONER,
        json={"schedule": "0 3 * * *"},
        subject=World.fresh_pulled_repo,
    ),
    Route(
        f"PUT {LEAGUE}/repos/{{repo_id}}/pull/credential",
        Access.COMMISSIONER,
        json={"credential": {"kind": "token", "password": "p"}},
        subject=World.fresh_pulled_repo,
    ),
    Route(f"DELETE {LEAGUE}/repos/{{repo_id}}/pull/credential", Access.COMMISSIONER, 204),
    Route(f"GET {LEAGUE}/audit-log", Access.COMMISSIONER_READS),
    Route(f"GET {LEAGUE}/audit-log/export", Access.COMMISSIONER_READS),
    Route(f"GET {LEAGUE}/jobs", Access.COMMISSIONER_READS),
    Route(f"GET {LEAGUE}/jobs/{{job_id}}", Access.COMMISSIONER_READS, subject=World.failed_job),
    Route(
        f"POST {LEAGUE}/jobs/{{job_id}}/retry",
        Access.COMMISSIONER,
        202,
        subject=World.failed_job,
    ),
    Route(f"GET {API}/sync/projects/{{project_id}}/rules", Access.REPO_READER),
    Route(f"GET {SYNC}/status", Access.REPO_READER),
    Route(f"POST {SYNC}/commits", Access.PUSHER, 201, json={"commits": []}),
    Route(f"POST {SYNC}/refs", Access.PUSHER, json={"tips": []}),
]
