"""The whole schema. Every table that grows carries `project_id` first in its key."""

from gitleague.tables import (
    accounts,
    audit,
    awards,
    commits,
    fairplay,
    fantasy,
    identities,
    jobs,
    outside,
    projects,
    scores,
    seasons,
    server,
    squads,
    syncs,
)
from gitleague.tables.schema import Table

__all__ = [
    "Table",
    "accounts",
    "audit",
    "awards",
    "commits",
    "fairplay",
    "fantasy",
    "identities",
    "jobs",
    "outside",
    "projects",
    "scores",
    "seasons",
    "server",
    "squads",
    "syncs",
]
