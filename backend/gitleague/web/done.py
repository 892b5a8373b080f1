"""What a page says once after something was done: a word in its address, a sentence here."""

import uuid

from fastapi.responses import RedirectResponse

from gitleague.web.texts import gettext_noop

DONE = {
    "saved": gettext_noop("Saved."),
    "merged": gettext_noop("They are one player now. If that was wrong, undo it under History."),
    "split": gettext_noop("Those addresses are a player of their own now."),
    "undone": gettext_noop("Undone: everybody is back where they were."),
    "dismissed": gettext_noop("It is not suggested again."),
    "approved": gettext_noop("Approved. The address is theirs, and the standings follow."),
    "refused": gettext_noop("Refused."),
    "claimed": gettext_noop("Thank you. A commissioner will look at it."),
    "yours": gettext_noop("That address is yours."),
    "imported": gettext_noop("Imported. What changed is below."),
    "nothing": gettext_noop("Everybody was where they belong already: nothing changed."),
    "retired": gettext_noop("Retired. What was played and won stays."),
    "back": gettext_noop("Welcome back: they play again."),
    "hidden": gettext_noop("From now on others see “Anonymous player”."),
    "shown": gettext_noop("They are shown by name again."),
    "counting": gettext_noop(
        "Saved. The numbers are being made anew; until then everybody sees the old ones."
    ),
    "same": gettext_noop("These are the rules in force already: nothing changed."),
    "tested": gettext_noop("A test is on its way. Look at the log in a moment."),
    "deleted": gettext_noop("Deleted."),
    "erased": gettext_noop("Erased. The numbers stay, under a number."),
    "sealed": gettext_noop(
        "Kept, sealed. Nobody can read it back; the next pull signs in with it."
    ),
    "forgotten": gettext_noop("Forgotten. It can be set again at any time."),
    "asked": gettext_noop("Asked for. It is pulled as soon as a worker is free."),
    "queued": gettext_noop("The job is queued again."),
    "looking": gettext_noop("The referee looks at all commits again."),
}


def done(project_id: uuid.UUID, place: str, what: str, part: str = "") -> RedirectResponse:
    """Back to a page of the league, which says that it was done."""
    return RedirectResponse(f"/projects/{project_id}{place}?done={what}{part}", status_code=303)
