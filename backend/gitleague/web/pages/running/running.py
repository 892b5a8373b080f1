"""All pages on which a league is run, beside those of set-up, repositories, members and the log."""

from fastapi import APIRouter

from gitleague.web.pages.running import (
    edit_rules,
    fair_play,
    identities,
    lineup,
    overview,
    sharing,
    webhooks,
    who_is_who,
)

router = APIRouter()
# Those with a word at the place where others take an id come first.
for part in (
    *(overview, who_is_who, identities, edit_rules, fair_play, lineup, webhooks, sharing),
):
    router.include_router(part.router)
