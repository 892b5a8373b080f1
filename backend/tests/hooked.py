"""The webhooks of ada's league, as she keeps them."""

from datetime import timedelta
from typing import Any, NamedTuple

from awaited import until
from gitleague.core.db import Database
from gitleague.core.outbound import Outbound
from gitleague.core.sealing import Sealer
from gitleague.core.settings import Settings
from gitleague.league.people.telling import told
from gitleague.projects.webhooks.delivering import deliver
from gitleague.tables.outside import Delivery, Webhook
from httpx import Client, Response
from make import Person
from receiver import Receiver
from sqlalchemy import select, update

EVENTS = [
    "award.given",
    "season.opened",
    "season.closed",
    "sync.done",
    "ruling.made",
    "ruling.changed",
]


class Hooks(NamedTuple):
    """The webhooks of ada's league."""

    http: Client
    ada: Person
    database: Database
    settings: Settings
    receiver: Receiver

    @property
    def league(self) -> str:
        return f"/api/v1/projects/{self.ada.project_id}"

    def ask(self, method: str, path: str, by: Person | None = None, **body: Any) -> Response:
        headers = (by or self.ada).headers
        return self.http.request(method, self.league + path, json=body or None, headers=headers)

    def make(self, *events: str, **body: Any) -> dict[str, Any]:
        wish = {"url": self.receiver.url, "events": events or EVENTS, **body}
        answer = self.ask("POST", "/webhooks", **wish)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def shown(self, hook: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"/webhooks/{hook['id']}").json()
        return found

    def ping(self, hook: dict[str, Any]) -> Response:
        return self.ask("POST", f"/webhooks/{hook['id']}/ping")

    def log(self, hook: dict[str, Any]) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.ask("GET", f"/webhooks/{hook['id']}/deliveries").json()[
            "items"
        ]
        return items

    def run(self) -> None:
        """What is due, whatever the server's own jobs do."""
        sealer, outbound = Sealer(self.settings), Outbound(self.settings)
        deliver(self.database, self.ada.project_id, sealer, outbound, told, pause=lambda: None)

    def wait(self, hook: dict[str, Any], state: str) -> dict[str, Any]:
        """The newest delivery, when it has come so far."""

        def has_come_so_far() -> dict[str, Any]:
            newest = self.log(hook)[0]
            if newest["state"] == state:
                return newest
            self.run()
            return {}

        return until(has_come_so_far)

    def answered(self, hook: dict[str, Any]) -> dict[str, Any]:
        """The newest delivery, when it has an answer; the server sends it."""
        return until(lambda: [each for each in self.log(hook)[:1] if each["status"]])[0]

    def later(self, passed: timedelta) -> None:
        """As if so much time had passed."""
        with self.database.writing() as session:
            for column in (Delivery.not_before, Webhook.paused_until, Webhook.failing_since):
                table = column.class_
                rows = session.execute(select(table.id, column).where(column.is_not(None))).all()
                for row_id, moment in rows:
                    session.execute(
                        update(table).where(table.id == row_id).values({column: moment - passed})
                    )
