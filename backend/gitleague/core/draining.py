"""A connection that was taken just before the server ends is still answered."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

GRACE = 1.0  # seconds in which the request of a new connection arrives


class Draining(HttpToolsProtocol):
    """uvicorn closes whatever is idle when it ends, also what has not had the time to ask yet.

    A proxy that had just connected would see its request fail.
    """

    def shutdown(self) -> None:
        asked: object = self.cycle  # None until there was a request, whatever its type says
        if asked is None:
            self.loop.call_later(GRACE, super().shutdown)
        else:
            super().shutdown()
