"""Every error, in one shape: RFC 9457 problem+json, or the same words as a page for a browser."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from gitleague.core.away import is_away, is_clash
from gitleague.core.db import NUL
from gitleague.core.errors import (
    BadRequest,
    Conflict,
    FieldError,
    Invalid,
    LeagueError,
    MethodNotAllowed,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Unavailable,
)
from gitleague.core.requests import shown
from gitleague.core.unknown import MOST_TOLD, fields_beside, no_such

log = logging.getLogger(__name__)
A_DAY = "This is no day. Write one as 2024-02-29."
SENTENCES = {  # where pydantic's own say more of the reading than of what is wrong
    "date_parsing": A_DAY,
    "date_from_datetime_parsing": A_DAY,
    "date_from_datetime_inexact": A_DAY,
    "date_type": A_DAY,
    "missing": "This is needed.",
    "none_required": "Input should be null",
    **dict.fromkeys(
        ("dict_type", "mapping_type", "model_type", "model_attributes_type", "dataclass_type"),
        "This is no object. Write one as {…}.",
    ),
    **dict.fromkeys(
        ("list_type", "tuple_type", "set_type", "frozen_set_type"),
        "This is no list. Write one as […].",
    ),
    "extra_forbidden": "There is no such field here.",
}
_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")  # of an enum, as Python shows it
PageOfError = Callable[[Request, LeagueError], Response]
CLASH = "Somebody else changed this at the same moment. Look at it again, then try again."
NUL_AS_POSTGRESQL_SAYS = "NUL (0x00)"
Answerer = Callable[[Request, Exception], Response]
NoteDefect = Callable[[Request, Exception], None]


def install(app: FastAPI, page_of_error: PageOfError, note_defect: NoteDefect) -> Answerer:
    """Let every error of the app speak through one function; it is returned for what is left."""

    def defect(request: Request, error: Exception) -> LeagueError:
        log.error(
            "unexpected error in %s %s",
            request.method,
            shown(request.scope),
            exc_info=error,
            extra={"request_id": _request_id(request)},
        )
        note_defect(request, error)
        return LeagueError("Something went wrong here. It was written down; try again later.")

    def answer(request: Request, error: Exception) -> Response:
        problem = _as_league_error(request, error) or defect(request, error)
        if _wants_page(request):
            response = page_of_error(request, problem)
            response.headers.update(problem.headers)
        else:
            response = _problem_json(request, problem)
        response.background = getattr(request.state, "afterwards", None)
        return response

    app.add_exception_handler(LeagueError, answer)
    app.add_exception_handler(RequestValidationError, answer)
    app.add_exception_handler(HTTPException, answer)
    app.add_exception_handler(DBAPIError, answer)
    app.add_exception_handler(PoolTimeout, answer)
    return answer


def _as_league_error(request: Request, error: Exception) -> LeagueError | None:
    """None for what nobody foresaw."""
    if isinstance(error, LeagueError):
        return error
    if isinstance(error, RequestValidationError):
        return _invalid(request, error)
    if isinstance(error, HTTPException):
        # What ends the reading of a body comes wrapped.
        cause = error.__cause__
        return cause if isinstance(cause, LeagueError) else _of_status(error)
    return _of_database(error)


def _of_database(error: Exception) -> LeagueError | None:
    if is_away(error):
        return Unavailable()
    if is_clash(error):
        return Conflict(CLASH)
    if isinstance(error, DataError) and NUL_AS_POSTGRESQL_SAYS in str(error.orig):
        return Invalid(NUL)
    return None


def _invalid(request: Request, error: RequestValidationError) -> LeagueError:
    problems = [_with_nearest(request, problem) for problem in error.errors()[:MOST_TOLD]]
    if any(problem["type"] == "json_invalid" for problem in problems):
        return BadRequest("The body is not JSON.")
    # The first part of a place is `body`, `query` or `path`.
    errors = field_errors([{**problem, "loc": problem["loc"][1:]} for problem in problems])
    if any(problem["loc"][0] == "path" for problem in problems):
        return NotFound("There is nothing at this address: a part of it is not an id.")
    named = ", ".join(error["field"] for error in errors[:5])
    return Invalid(f"Check these fields: {named}.", errors=errors)


def _with_nearest(request: Request, problem: Mapping[str, Any]) -> Mapping[str, Any]:
    place = problem["loc"]
    if problem["type"] != "extra_forbidden" or place[0] != "body":
        return problem
    message = no_such(str(place[-1]), fields_beside(request, place[1:]))
    return {**problem, "type": "unknown", "msg": message}


def field_errors(problems: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """What pydantic found wrong, in our shape."""
    return [
        {
            "field": ".".join(str(part) for part in problem["loc"]) or "body",
            "message": sentence_of(problem["type"], problem["msg"]),
        }
        for problem in problems
    ]


def sentence_of(kind: str, message: str) -> str:
    """What pydantic says of an error of this kind, without what only Python knows."""
    return SENTENCES.get(kind) or _MEMBER.sub(r"\1", message.removeprefix("Value error, "))


def _of_status(error: HTTPException) -> LeagueError:
    known: dict[int, type[LeagueError]] = {
        400: BadRequest,
        401: NotSignedIn,
        403: NotAllowed,
        404: NotFound,
        405: MethodNotAllowed,
    }
    made = known.get(error.status_code, LeagueError)()
    made.status = error.status_code
    made.headers |= dict(error.headers or {})
    return made


def _problem_json(request: Request, problem: LeagueError) -> JSONResponse:
    body: dict[str, Any] = {
        "type": f"urn:gitleague:{problem.title.lower().replace(' ', '-')}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "errors": problem.errors,
        "request_id": _request_id(request),
    }
    return JSONResponse(
        body,
        status_code=problem.status,
        headers=problem.headers,
        media_type="application/problem+json",
    )


def _wants_page(request: Request) -> bool:
    path = request.url.path
    return not path.startswith(("/api/", "/health")) and "text/html" in request.headers.get(
        "accept", ""
    )


def _request_id(request: Request) -> str | None:
    return getattr(request.state, "request_id", None)
