"""After a deployment: do the endpoints of the checklist answer as they shall."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

from gitleague import __version__
from gitleague.ops.checks import Finding, Mark

SECONDS = 15.0
API = "/api/v1"
KEY = {"name": "smoke test", "scopes": "sync:commits,read:repos", "expires_in_days": 1}
LOOK = "Look at: journalctl -u gitleague-backend -n 100"
UNKNOWN = (
    "Set GITLEAGUE_SMOKE_TOKEN to the token of a commissioner: `gitleague bootstrap --json` "
    "prints one as jwt."
)


class Smoke:
    """A server, and what its answers told so far."""

    def __init__(self, url: str, token: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=SECONDS)
        self.known = {"Authorization": f"Bearer {token}"} if token else {}
        self.key: dict[str, Any] = {}

    def findings(self) -> Iterator[Finding]:
        """Ends at the first thing that the rest stands on. The key that it makes is revoked."""
        with self.http:
            yield from self._findings()

    def _findings(self) -> Iterator[Finding]:
        health = self._ask("health", "GET", "/health", 200)
        yield health
        if health.mark is Mark.FAIL:
            return
        yield self._ask("api", "GET", API, 200)
        yield self._ask("doors", "GET", f"{API}/projects", 401)
        if not self.known:
            yield Finding("token", Mark.FAIL, "nobody is signed in", UNKNOWN)
            return
        made = self._ask("make a key", "POST", f"{API}/api-keys/", 201, self.known, KEY)
        yield made
        if made.mark is Mark.OK:
            try:
                yield from self._with_key()
            finally:
                place = f"{API}/api-keys/{self.key['id']}"
                ended = self._ask("revoke it", "DELETE", place, 204, self.known)
            yield ended

    def _with_key(self) -> Iterator[Finding]:
        known = {"Authorization": f"Bearer {self.key['full_key']}"}
        repo = self._pushed_repo()
        if repo is None:
            says = "no league of this commissioner has a repository that is pushed"
            yield Finding("sync", Mark.NOT_MEASURED, says, "gitleague bootstrap --repo GIT_URL")
            return
        yield self._ask("sync status", "GET", f"{repo}/status", 200, known)
        yield self._ask("hybrid auth", "GET", f"{repo}/status", 200, self.known)
        yield self._ask("push", "POST", f"{repo}/commits", 201, known, {"commits": []})

    def _pushed_repo(self) -> str | None:
        """The sync address of the first one."""
        for project in self._items(f"{API}/projects"):
            for repo in self._items(f"{API}/projects/{project['id']}/repos"):
                if repo["sync_method"] == "push_client":
                    return f"{API}/sync/projects/{project['id']}/repos/{repo['id']}"
        return None

    def _items(self, place: str) -> list[dict[str, Any]]:
        answer = self.http.get(place, headers=self.known)
        items: list[dict[str, Any]] = answer.json()["items"] if answer.is_success else []
        return items

    def _ask(
        self,
        name: str,
        method: str,
        place: str,
        wanted: int,
        known: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
    ) -> Finding:
        try:
            answer = self.http.request(method, place, headers=known, json=body)
        except httpx.HTTPError as error:
            return Finding(name, Mark.FAIL, f"no answer: {type(error).__name__}", LOOK)
        milliseconds = answer.elapsed.total_seconds() * 1000
        says = f"{method} {place} answers {answer.status_code} in {milliseconds:.0f} ms"
        if answer.status_code != wanted:
            return Finding(name, Mark.FAIL, f"{says}, and not {wanted}", LOOK)
        if name == "make a key":
            self.key = answer.json()
        if name == "api" and answer.json().get("version") != __version__:
            says += f", of version {answer.json().get('version')}: this is {__version__}"
            return Finding(name, Mark.WARN, says, "Was the server restarted after the deployment?")
        return Finding(name, Mark.OK, says)
