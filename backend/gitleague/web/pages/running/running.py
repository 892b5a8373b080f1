"""All pages on which a league is run, beside those of set-up, repositories, members and the log."""

from gitleague.core.routing import Routes
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

router = Routes()
# Those with a word at the place where others take an id come first.
for part in (
    *(overview, who_is_who, identities, edit_rules, fair_play, lineup, webhooks, sharing),
):
    router.include(part.router)
