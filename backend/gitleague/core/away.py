"""Which errors of a database are no defects: it is busy or away, or somebody else was first."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# By https://www.postgresql.org/docs/current/errcodes-appendix.html: the connection was lost, the
# server ends or begins, has no place for one more, or somebody waited too long for another.
CLASSES = ("08",)
STATES = frozenset(
    (
        *("57P01", "57P02", "57P03", "57P05", "25P03", "53300"),
        *("55P03", "40001", "40P01", "57014"),
    )
)
# By https://www.sqlite.org/rescode.html: BUSY, LOCKED, CANTOPEN and PROTOCOL.
CODES = frozenset((5, 6, 14, 15))
_SAID = {  # by Python 3.10, which knows no codes
    "database is locked": 5,
    "database table is locked": 6,
    "database schema is locked": 6,
    "unable to open database file": 14,
    "locking protocol": 15,
}


CLASHES = frozenset(("23503", "23505"))  # a row that is gone by now, or there already
_CLASHES_OF_SQLITE = ("FOREIGN KEY constraint failed", "UNIQUE constraint failed")


def is_clash(error: Exception) -> bool:
    """Fine when it was looked at, and no more when it was written."""
    if not isinstance(error, IntegrityError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    return state in CLASHES or str(error.orig).startswith(_CLASHES_OF_SQLITE)


def is_away(error: Exception) -> bool:
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    cause = error.orig
    if error.connection_invalidated:
        return True
    if type(cause).__module__.startswith("sqlite3"):
        code = getattr(cause, "sqlite_errorcode", None)
        if code is None:
            code = next((_SAID[each] for each in _SAID if str(cause).startswith(each)), 1)
        return code & 0xFF in CODES  # the rest of it says more of the same
    state = getattr(cause, "sqlstate", None)
    if state is None:  # the server said nothing: it was not reached, or is gone
        return type(cause).__name__ == "OperationalError"
    return state in STATES or state.startswith(CLASSES)
