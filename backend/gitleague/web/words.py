"""What the words of fair play, of jobs, and of what opens a repository, are called on pages."""

from gitleague.league.digests.digests import SEND_DIGESTS
from gitleague.league.fantasy.turns import END_TURNS
from gitleague.league.rulebook.versions import APPLY_RULES
from gitleague.projects.leagues import MOVE_DAYS
from gitleague.projects.webhooks.outbox import DELIVER_WEBHOOKS
from gitleague.scoring.history import GIVE_AWARDS
from gitleague.scoring.penalties import LOOK
from gitleague.scoring.totals import SUM_UP
from gitleague.sync.pull.schedules import PULL_REPO
from gitleague.tables.fairplay import FairPlayRule, ReportSubject, RulingState
from gitleague.tables.syncs import CredentialKind
from gitleague.web.texts import gettext_noop

RULES = {
    FairPlayRule.COMMIT_SPLITTING.value: gettext_noop("Commit splitting"),
    FairPlayRule.REVERT_PING_PONG.value: gettext_noop("Revert ping-pong"),
    FairPlayRule.LOCK_FILE_DUMP.value: gettext_noop("Lock files only"),
    FairPlayRule.HUGE_COMMIT.value: gettext_noop("A huge commit"),
    FairPlayRule.BULK_EDIT.value: gettext_noop("A bulk edit"),
    FairPlayRule.FUTURE_DATE.value: gettext_noop("A date in the future"),
    FairPlayRule.DISTANT_DATES.value: gettext_noop("Written long before it was committed"),
    FairPlayRule.IMPOSSIBLE_DAY.value: gettext_noop("More than a day holds"),
}
STATES = {
    RulingState.OPEN.value: gettext_noop("open"),
    RulingState.CONTESTED.value: gettext_noop("contested"),
    RulingState.UPHELD.value: gettext_noop("upheld"),
    RulingState.LIFTED.value: gettext_noop("lifted"),
}
REPORTED = {
    ReportSubject.COMMIT.value: gettext_noop("a commit"),
    ReportSubject.PLAYER.value: gettext_noop("a player"),
    ReportSubject.STANDING.value: gettext_noop("a place in the table"),
    ReportSubject.AWARD.value: gettext_noop("an award"),
    ReportSubject.RULING.value: gettext_noop("a ruling"),
}
CREDENTIALS = {
    CredentialKind.TOKEN.value: gettext_noop("a token"),
    CredentialKind.SSH_KEY.value: gettext_noop("an SSH key"),
}
JOBS = {
    APPLY_RULES: gettext_noop("Apply new rules"),
    DELIVER_WEBHOOKS: gettext_noop("Deliver webhooks"),
    END_TURNS: gettext_noop("End draft turns"),
    GIVE_AWARDS: gettext_noop("Give awards"),
    LOOK: gettext_noop("Check fair play"),
    MOVE_DAYS: gettext_noop("Change time zone"),
    PULL_REPO: gettext_noop("Pull repository"),
    SEND_DIGESTS: gettext_noop("Send digests"),
    SUM_UP: gettext_noop("Update totals"),
}
# Words of states and kinds that pages show as they are stored: `key.status|gettext`.
STORED = (
    *(gettext_noop("active"), gettext_noop("expired"), gettext_noop("revoked")),  # keys
    *(gettext_noop("pending"), gettext_noop("approved"), gettext_noop("rejected")),  # claims
    *(gettext_noop("queued"), gettext_noop("running")),  # jobs
    *(gettext_noop("done"), gettext_noop("failed")),
    *(gettext_noop("in force"), gettext_noop("past")),  # versions of the rules
    *(gettext_noop("waiting"), gettext_noop("delivered"), gettext_noop("given up")),
    *(gettext_noop("well"), gettext_noop("error"), gettext_noop("disabled")),  # webhooks
    *(gettext_noop("Slack"), gettext_noop("Discord"), gettext_noop("Email")),  # digests
    *(gettext_noop("standings"), gettext_noop("plays")),  # exports and badges
    *(gettext_noop("commits"), gettext_noop("awards")),
    *(gettext_noop("leader"), gettext_noop("players")),
    *(gettext_noop("day"), gettext_noop("week"), gettext_noop("month"), gettext_noop("season")),
    *(gettext_noop("player"), gettext_noop("squad")),  # what the search finds
    *(gettext_noop("commit"), gettext_noop("award")),
)
