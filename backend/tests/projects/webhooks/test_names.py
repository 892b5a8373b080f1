"""What webhooks are told of players who are not shown any more."""

import pytest
from gitleague.league.fairplay.referee import look, note
from gitleague.league.people.shown import ANONYMOUS
from gitleague.tables.outside import Delivery
from make import make_commit
from sqlalchemy import select


@pytest.mark.on_both
def test_what_is_sent_again_has_the_names_that_may_be_shown_by_then(hooks, repo):
    hook = hooks.make("ruling.changed")
    repo.push(make_commit(additions=9000, excluded_additions=9000))
    with hooks.database.writing() as session:
        note(session, hooks.ada.project_id, look(session, hooks.ada.project_id))
    ruling = hooks.ask("GET", "/rulings").json()["items"][0]
    hooks.ask("POST", f"/rulings/{ruling['id']}/uphold", reason="It is a lock file.")
    (first,) = hooks.receiver.wait_for(1)
    player = first.json["data"]["ruling"]["player"]
    assert player == {"id": ruling["player"]["id"], "name": "Grace Hopper"}
    hooks.wait(hook, "delivered")
    hooks.http.post(f"/api/v1/players/{player['id']}/hide", headers=hooks.ada.headers)
    (delivery,) = hooks.log(hook)
    hooks.ask("POST", f"/webhooks/{hook['id']}/deliveries/{delivery['id']}/redeliver")
    again = hooks.receiver.wait_for(2)[1]
    assert again.json["data"]["ruling"]["player"] == {**player, "name": ANONYMOUS}
    assert again.is_signed_with(hook["secret"])
    assert again.headers["webhook-id"] == first.headers["webhook-id"]
    with hooks.database.reading() as session:
        assert "Grace" not in "".join(session.scalars(select(Delivery.body)))
