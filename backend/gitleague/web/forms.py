"""Forms that come back: what was refused stands in its form again, as it was typed, with the
field named.

A route says where its form stands: `dependencies=[comes_back(page)]`. The refusal itself is an
error like any other, so nothing of the transaction is kept.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple, TypeAlias

from fastapi import Depends, Path, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from gitleague.accounts.caller import (
    Caller,
    Commissioner,
    InPerson,
    MaybeCaller,
    Membership,
    member_of,
)
from gitleague.core.errors import Invalid, LeagueError
from gitleague.core.problems import field_errors
from gitleague.core.session import ReadSession, database_of
from gitleague.league.access import member_with
from gitleague.web.texts import gettext, gettext_noop

Page: TypeAlias = Callable[[Request, Session, Membership], HTMLResponse]
PageInPerson: TypeAlias = Callable[[Request, Session, Caller], HTMLResponse]
PLAIN = {"Field required": gettext_noop("Fill this in.")}  # as people say it
MENDED_BY_HAND = frozenset({409, 422, 429})  # where another try makes sense


class Filled(NamedTuple):
    """What is in a form: what was typed before, else what the page puts there."""

    typed: Mapping[str, list[str]] | None  # None: it was not sent
    errors: Mapping[str, str]

    def value(self, name: str, otherwise: object = "") -> str:
        if self.typed is None:
            return "" if otherwise is None else str(otherwise)
        return (self.typed.get(name) or [""])[0]

    def has(self, name: str, value: object, otherwise: object = None) -> bool:
        """Whether this choice of several was made."""
        return bool(otherwise) if self.typed is None else str(value) in self.typed.get(name, [])

    def wrong(self, name: str) -> str:
        return self.errors.get(name, "")


EMPTY = Filled(None, {})


class Refusal(NamedTuple):
    path: str  # that the form was sent to
    again: Callable[[Request, Session], HTMLResponse]
    typed: Mapping[str, list[str]]
    error: LeagueError | None = None

    @property
    def status(self) -> int:
        return self.error.status if self.error else 200


def comes_back(page: Page) -> Any:
    """For what a commissioner sends to an address of the league."""

    async def remember(request: Request, member: Commissioner) -> None:
        await _remember(request, lambda asked, session: page(asked, session, member))

    return Depends(remember)


def comes_back_to_member(page: Page) -> Any:
    """For what any member sends to an address of the league."""

    async def remember(
        request: Request,
        caller: MaybeCaller,
        session: ReadSession,
        project_id: Annotated[uuid.UUID, Path()],
    ) -> None:
        if caller:
            member = member_of(session, caller, project_id)
            await _remember(request, lambda asked, new: page(asked, new, member))

    return Depends(remember)


def comes_back_to_player(page: Page) -> Any:
    """For what is sent to an address of a player."""

    async def remember(
        request: Request,
        caller: MaybeCaller,
        session: ReadSession,
        player_id: Annotated[uuid.UUID, Path()],
    ) -> None:
        if caller:
            member = member_with(session, caller, player_id)
            await _remember(request, lambda asked, session: page(asked, session, member))

    return Depends(remember)


def comes_back_in_person(page: PageInPerson) -> Any:
    """For what somebody sends to an address of no league."""

    async def remember(request: Request, caller: InPerson) -> None:
        await _remember(request, lambda asked, session: page(asked, session, caller))

    return Depends(remember)


async def _remember(request: Request, again: Callable[[Request, Session], HTMLResponse]) -> None:
    form = await request.form()
    typed = {
        name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form
    }
    request.state.refusal = Refusal(request.url.path, again, typed)


def typed_in(request: Request) -> Mapping[str, list[str]]:
    """All that was sent, for a form whose fields are made from something else."""
    asked: Refusal = request.state.refusal
    return asked.typed


def first_typed(request: Request, name: str) -> str:
    return (typed_in(request).get(name) or [""])[0]


def form_again(request: Request, error: LeagueError) -> HTMLResponse | None:
    """The page of the form that was refused, if this request was a form with one."""
    asked: Refusal | None = getattr(request.state, "refusal", None)
    if asked is None or asked.error or error.status not in MENDED_BY_HAND:
        return None
    error.errors = [
        {"field": each["field"], "message": _plain(each["message"])} for each in error.errors
    ]
    request.state.refusal = asked._replace(error=error)
    with database_of(request).reading() as session:
        return asked.again(request, session)


def _plain(message: str) -> str:
    return gettext(PLAIN[message]) if message in PLAIN else message


def refusal_of(request: Request) -> Refusal | None:
    """What this page is shown for, if it is shown for a form that was refused."""
    found: Refusal | None = getattr(request.state, "refusal", None)
    return found if found and found.error else None


def filled_at(refusal: Refusal | None, path: str) -> Filled:
    """What stands in the form that is sent to this address."""
    if refusal is None or refusal.error is None or refusal.path != path:
        return EMPTY
    wrong: dict[str, str] = {}
    for each in refusal.error.errors:
        for name in {each["field"], each["field"].partition(".")[0]}:
            wrong.setdefault(name, each["message"])
    return Filled(refusal.typed, wrong)


def read(model: type[BaseModel], values: Mapping[str, Any]) -> Any:
    """As FastAPI reads a form, where the form is not the shape itself. Raises Invalid."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        errors = field_errors(error.errors(include_url=False, include_input=False))
        named = ", ".join(each["field"] for each in errors[:5])
        raise Invalid(f"Check these fields: {named}.", errors=errors) from None
