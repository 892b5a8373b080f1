"""Which errors of a database pass by themselves: it is busy, or away. All others are defects."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError
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
