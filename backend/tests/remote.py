"""A repo of a league as a client meets it: over HTTP, with a key."""

import json
import uuid
from typing import Any

from httpx import Client, Response


class Repo:
    """A repo of ada's league, pushed to with her key."""

    def __init__(self, http: Client, project_id: uuid.UUID, named: object, key: str) -> None:
        self.http = http
        self.url = f"/api/v1/sync/projects/{project_id}/repos/{named}"
        self.headers = {"Authorization": f"Bearer {key}"}

    def push(self, *commits: dict[str, Any], **over: Any) -> Response:
        return self.send(json.dumps({"commits": commits, **over}).encode())

    def send(self, content: bytes, **headers: str) -> Response:
        return self.http.post(
            f"{self.url}/commits", content=content, headers={**self.headers, **headers}
        )

    def status(self) -> dict[str, Any]:
        answer = self.http.get(f"{self.url}/status", headers=self.headers)
        assert answer.status_code == 200, answer.text
        status: dict[str, Any] = answer.json()
        return status

    def refs(self, *, tips: dict[str, str] | None = None, pruned: list[str] | None = None) -> Any:
        named = [{"name": name, "sha": sha} for name, sha in (tips or {}).items()]
        return self.http.post(
            f"{self.url}/refs", json={"tips": named, "pruned": pruned or []}, headers=self.headers
        )
