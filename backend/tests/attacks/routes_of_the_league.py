"""The routes of the game: its tables, seasons, people, and what they do with one another."""

from typing import Any

from attacks.access import LEAGUE, Access, Route
from attacks.callers import Kind
from attacks.world import API, DAYS, DISCORD, World

SQUAD = f"{LEAGUE}/squads/{{squad_id}}"
SEASON = f"{LEAGUE}/seasons/{{season_id}}"
RULING = f"{LEAGUE}/rulings/{{ruling_id}}"
REASON = {"reason": "It is a copied library."}
REPORT = {"subject": "player", "sentence": "This is Linus."}
PLAYER = f"{API}/players/{{player_id}}"
HOOK = f"{LEAGUE}/webhooks/{{webhook_id}}"
FANTASY = f"{LEAGUE}/fantasy/{{fantasy_id}}"


def next_season(_subject: dict[str, object]) -> dict[str, Any]:
    day = next(DAYS)
    return {"name": "Q", "first": day, "last": day}


def next_squad(_subject: dict[str, object]) -> dict[str, Any]:
    return {"name": f"Squad of {next(DAYS)}"}


ROUTES = [
    Route(f"GET {LEAGUE}/standings", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/rules", Access.SPECTATOR),
    Route(f"PATCH {LEAGUE}/rules", Access.COMMISSIONER, 202, json={"changes": {}}),
    Route(f"GET {LEAGUE}/rules/versions", Access.SPECTATOR),
    Route(
        f"POST {LEAGUE}/rules/versions/{{version}}/restore",
        Access.COMMISSIONER,
        202,
        subject=lambda _world: {"version": 1},
    ),
    Route(f"POST {LEAGUE}/rules/preview", Access.COMMISSIONER, json={"changes": {}}),
    Route(f"GET {LEAGUE}/awards", Access.SPECTATOR),
    Route(
        f"POST {LEAGUE}/awards/give",
        Access.COMMISSIONER,
        202,
        json={"anew_from": "2024-01-01"},
    ),
    Route(f"GET {API}/players/{{player_id}}/awards", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/plays", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/plays/{{sha}}", Access.SPECTATOR, subject=World.play),
    Route(f"GET {LEAGUE}/search", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/records", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/hall-of-fame", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/all-time", Access.SPECTATOR),
    Route(
        f"GET {LEAGUE}/head-to-head",
        Access.SPECTATOR,
        params=lambda subject: {"a": subject["player_id"], "b": subject["other"]},
        subject=World.two_players,
    ),
    Route(f"GET {API}/players/{{player_id}}/plays", Access.SPECTATOR),
    Route(f"GET {API}/players/{{player_id}}/career", Access.SPECTATOR),
    Route(f"GET {API}/players/{{player_id}}/seasons", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/export", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/feed.atom", Access.SPECTATOR),
    Route(
        f"GET {LEAGUE}/badges/{{what}}.svg",
        Access.SPECTATOR,
        subject=lambda _world: {"what": "leader"},
    ),
    Route(f"GET {LEAGUE}/badges/players/{{player_id}}.svg", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/badges/players/{{player_id}}/card.svg", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/events", Access.SPECTATOR, params=lambda _subject: {"seconds": 0}),
    Route(f"GET {LEAGUE}/digests", Access.COMMISSIONER_READS),
    Route(
        f"POST {LEAGUE}/digests",
        Access.COMMISSIONER,
        201,
        json={"name": "Team", "kind": "discord", "destination": DISCORD},
        subject=World.no_digests,
    ),
    Route(
        f"DELETE {LEAGUE}/digests/{{digest_id}}",
        Access.COMMISSIONER,
        204,
        subject=World.fresh_digest,
    ),
    Route(
        f"POST {LEAGUE}/digests/{{digest_id}}/test",
        Access.COMMISSIONER,
        202,
        subject=World.dead_digest,
    ),
    Route(f"GET {LEAGUE}/webhooks", Access.COMMISSIONER_READS),
    Route(
        f"POST {LEAGUE}/webhooks",
        Access.COMMISSIONER,
        201,
        json={"url": "https://hooks.example.org", "events": ["award.given"]},
        subject=World.no_webhooks,
    ),
    Route(f"GET {HOOK}", Access.COMMISSIONER_READS, subject=World.webhook),
    Route(f"PATCH {HOOK}", Access.COMMISSIONER, json={}, subject=World.webhook),
    Route(f"DELETE {HOOK}", Access.COMMISSIONER, 204, subject=World.webhook),
    Route(f"POST {HOOK}/rotate", Access.COMMISSIONER, subject=World.webhook),
    Route(f"POST {HOOK}/ping", Access.COMMISSIONER, 202, subject=World.webhook),
    Route(f"GET {HOOK}/deliveries", Access.COMMISSIONER_READS, subject=World.webhook),
    Route(
        f"POST {HOOK}/deliveries/{{delivery_id}}/redeliver",
        Access.COMMISSIONER,
        202,
        subject=World.delivery,
    ),
    Route(
        f"POST {PLAYER}/retire", Access.COMMISSIONER, json={"on": None}, subject=World.two_players
    ),
    Route(f"POST {PLAYER}/bring-back", Access.COMMISSIONER, subject=World.two_players),
    Route(f"POST {PLAYER}/hide", Access.COMMISSIONER, subject=World.two_players),
    Route(f"POST {PLAYER}/show", Access.COMMISSIONER, subject=World.two_players),
    Route(f"GET {PLAYER}/personal-data", Access.COMMISSIONER, subject=World.two_players),
    Route(
        f"POST {PLAYER}/erase",
        Access.COMMISSIONER,
        json={"confirm": "A"},
        subject=World.two_players,
    ),
    Route(f"GET {LEAGUE}/referee", Access.SPECTATOR),
    Route(f"PATCH {LEAGUE}/referee", Access.COMMISSIONER, json={"changes": {}}),
    Route(f"POST {LEAGUE}/referee/look", Access.COMMISSIONER, 202),
    Route(f"GET {LEAGUE}/rulings", Access.SPECTATOR),
    Route(f"GET {RULING}", Access.SPECTATOR, subject=World.fresh_ruling),
    Route(
        f"POST {RULING}/contest",
        Access.PLAYER_HERSELF,
        json={"sentence": "I wrote it."},
        subject=World.fresh_ruling,
        unlike={Kind.COMMISSIONER: 403},  # it is the player's word
    ),
    Route(f"POST {RULING}/uphold", Access.COMMISSIONER, json=REASON, subject=World.fresh_ruling),
    Route(f"POST {RULING}/lift", Access.COMMISSIONER, json=REASON, subject=World.fresh_ruling),
    Route(f"POST {RULING}/reopen", Access.COMMISSIONER, json=REASON, subject=World.lifted_ruling),
    Route(f"GET {LEAGUE}/reports", Access.SPECTATOR),
    Route(
        f"POST {LEAGUE}/reports",
        Access.SPECTATOR_HERSELF,
        201,
        json=lambda subject: {**REPORT, "subject_id": str(subject["player_id"])},
        subject=World.two_players,
    ),
    Route(
        f"GET {LEAGUE}/reports/{{report_id}}",
        Access.SPECTATOR,
        subject=World.fresh_report,
        unlike=dict.fromkeys((Kind.SPECTATOR, Kind.PLAYER), 404),  # it is not theirs
    ),
    Route(
        f"POST {LEAGUE}/reports/{{report_id}}/answer",
        Access.COMMISSIONER,
        json={"reply": "Yes."},
        subject=World.fresh_report,
    ),
    Route(
        f"POST {LEAGUE}/reports/{{report_id}}/dismiss",
        Access.COMMISSIONER,
        subject=World.fresh_report,
    ),
    Route(f"GET {LEAGUE}/identities", Access.PLAYER),
    Route(f"GET {LEAGUE}/identities/suggestions", Access.COMMISSIONER_READS),
    Route(
        f"POST {LEAGUE}/identities/suggestions/dismiss",
        Access.COMMISSIONER,
        204,
        json=lambda subject: {"players": [subject["player_id"], subject["other"]]},
        subject=World.two_players,
    ),
    Route(
        f"POST {LEAGUE}/identities/suggestions/bring-back",
        Access.COMMISSIONER,
        204,
        json=lambda subject: {"players": [subject["player_id"], subject["other"]]},
        subject=World.two_players,
    ),
    Route(f"GET {LEAGUE}/identities/changes", Access.COMMISSIONER_READS),
    Route(
        f"POST {LEAGUE}/identities/changes/{{change_id}}/undo",
        Access.COMMISSIONER,
        subject=World.identity_change,
    ),
    Route(
        f"POST {LEAGUE}/identities/split",
        Access.COMMISSIONER,
        201,
        json=lambda subject: {"identities": [subject["identity"]]},
        subject=World.two_players,
    ),
    Route(f"POST {LEAGUE}/identities/mailmap", Access.COMMISSIONER, json={"text": ""}),
    Route(
        f"PATCH {LEAGUE}/players/{{player_id}}",
        Access.COMMISSIONER,
        json={"name": "New"},
        subject=World.two_players,
    ),
    Route(
        f"POST {LEAGUE}/players/{{player_id}}/merge",
        Access.COMMISSIONER,
        201,
        json=lambda subject: {"players": [subject["other"]]},
        subject=World.two_players,
    ),
    Route(f"GET {LEAGUE}/claims", Access.PLAYER),
    Route(
        f"POST {LEAGUE}/claims",
        Access.PLAYER_HERSELF,
        201,
        json=lambda subject: {"address": subject["address"]},
        subject=World.two_players,
    ),
    Route(
        f"POST {LEAGUE}/claims/{{claim_id}}/approve",
        Access.COMMISSIONER,
        subject=World.fresh_claim,
    ),
    Route(
        f"POST {LEAGUE}/claims/{{claim_id}}/reject",
        Access.COMMISSIONER,
        subject=World.fresh_claim,
    ),
    Route(f"GET {LEAGUE}/seasons", Access.SPECTATOR),
    Route(f"POST {LEAGUE}/seasons", Access.COMMISSIONER, 201, json=next_season),
    Route(f"GET {LEAGUE}/seasons/proposals", Access.COMMISSIONER_READS),
    Route(f"GET {SEASON}", Access.SPECTATOR, subject=World.fresh_season),
    Route(f"PATCH {SEASON}", Access.COMMISSIONER, json={"name": "Q"}, subject=World.fresh_season),
    Route(f"DELETE {SEASON}", Access.COMMISSIONER, 204, subject=World.fresh_season),
    Route(f"POST {SEASON}/open", Access.COMMISSIONER, subject=World.open_season),
    Route(f"POST {SEASON}/close", Access.COMMISSIONER, subject=World.open_season),
    Route(f"POST {SEASON}/reopen", Access.COMMISSIONER, subject=World.open_season),
    Route(f"GET {SEASON}/summary", Access.SPECTATOR, subject=World.fresh_season),
    Route(f"GET {SEASON}/absences", Access.PLAYER, subject=World.fresh_season),
    Route(
        f"POST {SEASON}/absences",
        Access.COMMISSIONER,
        201,
        json=lambda subject: subject["absence"],
        subject=World.fresh_season,
    ),
    Route(
        f"DELETE {SEASON}/absences/{{absence_id}}",
        Access.COMMISSIONER,
        204,
        subject=World.fresh_absence,
    ),
    Route(f"GET {LEAGUE}/positions", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/squads", Access.SPECTATOR),
    Route(f"POST {LEAGUE}/squads", Access.COMMISSIONER, 201, json=next_squad),
    Route(f"GET {LEAGUE}/squads/standings", Access.SPECTATOR),
    Route(f"GET {SQUAD}", Access.SPECTATOR, subject=World.fresh_squad),
    Route(f"PATCH {SQUAD}", Access.COMMISSIONER, json=next_squad, subject=World.fresh_squad),
    Route(f"DELETE {SQUAD}", Access.COMMISSIONER, 204, subject=World.fresh_squad),
    Route(f"GET {SQUAD}/members", Access.SPECTATOR, subject=World.fresh_squad),
    Route(
        f"POST {SQUAD}/members",
        Access.COMMISSIONER,
        201,
        json=lambda subject: subject["days"],
        subject=World.fresh_squad,
    ),
    Route(
        f"PATCH {SQUAD}/members/{{stint_id}}",
        Access.COMMISSIONER,
        json=lambda subject: {"last": subject["days"]["last"]},
        subject=World.fresh_stint,
    ),
    Route(
        f"DELETE {SQUAD}/members/{{stint_id}}",
        Access.COMMISSIONER,
        204,
        subject=World.fresh_stint,
    ),
    Route(f"GET {LEAGUE}/fantasy", Access.SPECTATOR),
    Route(
        f"POST {LEAGUE}/fantasy",
        Access.COMMISSIONER,
        201,
        json=lambda subject: subject["fantasy"],
        subject=World.wished_fantasy,
    ),
    Route(f"GET {FANTASY}", Access.SPECTATOR, subject=World.fantasy),
    Route(f"PATCH {FANTASY}", Access.COMMISSIONER, json={}, subject=World.fantasy),
    Route(f"DELETE {FANTASY}", Access.COMMISSIONER, 204, subject=World.fresh_fantasy),
    Route(f"POST {FANTASY}/start", Access.COMMISSIONER, subject=World.fresh_fantasy),
    Route(f"GET {FANTASY}/pool", Access.SPECTATOR, subject=World.fantasy),
    Route(f"POST {FANTASY}/pool/refresh", Access.COMMISSIONER, subject=World.fresh_fantasy),
    Route(
        f"PATCH {FANTASY}/pool/{{player_id}}",
        Access.COMMISSIONER,
        json={"is_struck": True},
        subject=World.fresh_fantasy,
    ),
    Route(f"GET {FANTASY}/managers", Access.SPECTATOR, subject=World.fantasy),
    Route(f"POST {FANTASY}/managers", Access.PLAYER_HERSELF, 201, subject=World.fantasy),
    Route(f"DELETE {FANTASY}/managers/me", Access.PLAYER_HERSELF, 204, subject=World.fresh_fantasy),
    Route(f"GET {FANTASY}/picks", Access.SPECTATOR, subject=World.fantasy),
    Route(
        f"POST {FANTASY}/picks",
        Access.PLAYER_HERSELF,
        201,
        json=lambda subject: {"player_id": subject["player_id"]},
        subject=World.fantasy_to_pick,
    ),
    Route(
        f"DELETE {FANTASY}/picks/{{pick_id}}",
        Access.PLAYER_HERSELF,
        204,
        subject=World.fantasy_picked,
        unlike={Kind.PLAYER: 404},
    ),
    Route(f"GET {FANTASY}/table", Access.SPECTATOR, subject=World.fantasy),
    Route(f"GET {API}/players/{{player_id}}", Access.SPECTATOR),
    Route(f"GET {API}/players/{{player_id}}/trend", Access.SPECTATOR),
    Route(f"GET {API}/players/{{player_id}}/commits", Access.SPECTATOR),
]
