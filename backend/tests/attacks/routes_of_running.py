"""The pages on which a league is run, and what their forms send."""

from typing import Any

from attacks.access import Access, Route
from attacks.routes_of_the_league import next_squad
from attacks.world import DISCORD, World

LEAGUE = "/projects/{project_id}"
WHO = f"{LEAGUE}/identities"
HOOK = f"{LEAGUE}/webhooks/{{webhook_id}}"


def pair(subject: dict[str, object]) -> dict[str, object]:
    return {"players": [subject["player_id"], subject["other"]]}


def days(subject: dict[str, Any]) -> dict[str, object]:
    return {end: day for end, day in subject["days"].items() if end in {"first", "last"}}


def reads(place: str, **more: object) -> Route:
    return Route(f"GET {LEAGUE}{place}", Access.COMMISSIONER_READS, **more)  # type: ignore[arg-type]


ROUTES = [
    reads("/identities"),
    reads("/identities/merge"),
    reads("/identities/suggestions"),
    reads("/identities/claims"),
    reads("/identities/mailmap"),
    reads("/identities/changes"),
    reads("/identities/{player_id}", subject=World.two_players),
    Route(
        f"POST {WHO}/merge",
        Access.COMMISSIONER,
        303,
        form=lambda subject: {"into": subject["player_id"], "players": [subject["other"]]},
        subject=World.two_players,
    ),
    Route(
        f"POST {WHO}/{{player_id}}",
        Access.COMMISSIONER,
        303,
        form={"name": "A name", "position": "backend"},
        subject=World.two_players,
    ),
    Route(
        f"POST {WHO}/{{player_id}}/split",
        Access.COMMISSIONER,
        303,
        form=lambda subject: {"identities": [subject["identity"]]},
        subject=World.two_players,
    ),
    Route(
        f"POST {WHO}/suggestions/dismiss",
        Access.COMMISSIONER,
        303,
        form=pair,
        subject=World.two_players,
    ),
    Route(
        f"POST {WHO}/suggestions/bring-back",
        Access.COMMISSIONER,
        303,
        form=pair,
        subject=World.two_players,
    ),
    Route(
        f"POST {WHO}/claims/{{claim_id}}/approve",
        Access.COMMISSIONER,
        303,
        subject=World.fresh_claim,
    ),
    Route(
        f"POST {WHO}/claims/{{claim_id}}/reject",
        Access.COMMISSIONER,
        303,
        subject=World.fresh_claim,
    ),
    Route(f"POST {WHO}/mailmap", Access.COMMISSIONER, form={"text": "# nobody"}),
    Route(
        f"POST {WHO}/changes/{{change_id}}/undo",
        Access.COMMISSIONER,
        303,
        subject=World.identity_change,
    ),
    Route(f"GET {LEAGUE}/claims", Access.PLAYER),
    Route(
        f"POST {LEAGUE}/claims",
        Access.PLAYER_HERSELF,
        303,
        form=lambda subject: {"address": subject["address"]},
        subject=World.two_players,
    ),
    Route("GET /players/{player_id}/privacy", Access.COMMISSIONER, subject=World.two_players),
    *(
        Route(
            f"POST /players/{{player_id}}/{deed}",
            Access.COMMISSIONER,
            303,
            subject=World.two_players,
        )
        for deed in ("hide", "show", "retire", "bring-back")
    ),
    Route(
        "POST /players/{player_id}/erase",
        Access.COMMISSIONER,
        303,
        form={"confirm": "A"},
        subject=World.two_players,
    ),
    reads("/run"),
    reads("/rules/edit"),
    Route(f"POST {LEAGUE}/rules/edit", Access.COMMISSIONER, 303, form={"note": "no change"}),
    Route(f"POST {LEAGUE}/rules/preview", Access.COMMISSIONER, form={"period": "month"}),
    Route(
        f"POST {LEAGUE}/rules/versions/{{version}}/restore",
        Access.COMMISSIONER,
        303,
        subject=lambda _world: {"version": 1},
    ),
    reads("/referee"),
    Route(f"POST {LEAGUE}/referee", Access.COMMISSIONER, 303, form={"since": ""}),
    Route(f"POST {LEAGUE}/referee/look", Access.COMMISSIONER, 303),
    Route(f"POST {LEAGUE}/referee/ai", Access.COMMISSIONER, 303, form={"ai_assisted": "count"}),
    reads("/lineup"),
    Route(f"POST {LEAGUE}/lineup", Access.COMMISSIONER, 303, form=next_squad),
    Route(
        f"POST {LEAGUE}/lineup/positions",
        Access.COMMISSIONER,
        303,
        form=lambda subject: {f"position.{subject['player_id']}": "keeper"},
        subject=World.two_players,
    ),
    reads("/lineup/{squad_id}", subject=World.fresh_squad),
    Route(
        f"POST {LEAGUE}/lineup/{{squad_id}}",
        Access.COMMISSIONER,
        303,
        form=next_squad,
        subject=World.fresh_squad,
    ),
    Route(
        f"POST {LEAGUE}/lineup/{{squad_id}}/delete",
        Access.COMMISSIONER,
        303,
        subject=World.fresh_squad,
    ),
    Route(
        f"POST {LEAGUE}/lineup/{{squad_id}}/members",
        Access.COMMISSIONER,
        303,
        form=lambda subject: subject["days"],
        subject=World.fresh_squad,
    ),
    Route(
        f"POST {LEAGUE}/lineup/{{squad_id}}/members/{{stint_id}}",
        Access.COMMISSIONER,
        303,
        form=days,
        subject=World.fresh_stint,
    ),
    Route(
        f"POST {LEAGUE}/lineup/{{squad_id}}/members/{{stint_id}}/delete",
        Access.COMMISSIONER,
        303,
        subject=World.fresh_stint,
    ),
    reads("/webhooks"),
    Route(
        f"POST {LEAGUE}/webhooks",
        Access.COMMISSIONER,
        201,
        form={"url": "https://hooks.invalid", "events": ["sync.done"]},
        subject=World.no_webhooks,
    ),
    reads("/webhooks/{webhook_id}", subject=World.webhook),
    Route(
        f"POST {HOOK}",
        Access.COMMISSIONER,
        303,
        form={"url": "https://hooks.invalid", "events": ["award.given"]},
        subject=World.webhook,
    ),
    Route(f"POST {HOOK}/rotate", Access.COMMISSIONER, 201, subject=World.webhook),
    *(
        Route(f"POST {HOOK}/{deed}", Access.COMMISSIONER, 303, subject=World.webhook)
        for deed in ("enable", "disable", "ping", "delete")
    ),
    Route(
        f"POST {HOOK}/deliveries/{{delivery_id}}/redeliver",
        Access.COMMISSIONER,
        303,
        subject=World.delivery,
    ),
    reads("/digests"),
    Route(
        f"POST {LEAGUE}/digests",
        Access.COMMISSIONER,
        303,
        form={"name": "Team", "kind": "discord", "destination": DISCORD},
        subject=World.no_digests,
    ),
    Route(
        f"POST {LEAGUE}/digests/{{digest_id}}/test",
        Access.COMMISSIONER,
        303,
        subject=World.dead_digest,
    ),
    Route(
        f"POST {LEAGUE}/digests/{{digest_id}}/delete",
        Access.COMMISSIONER,
        303,
        subject=World.fresh_digest,
    ),
    reads("/sharing"),
    Route(f"POST {LEAGUE}/sharing", Access.COMMISSIONER, 303, form={"name": "The League"}),
    reads("/exports"),
]
