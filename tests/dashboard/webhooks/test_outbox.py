"""What waits for a receiver outlives a stop, a kill and a database that is away, but not its time."""

from __future__ import annotations

import json
import signal
import time
import urllib.request
from pathlib import Path

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from dashboard.store.store import Store
from dashboard.webhooks.message import Message
from dashboard.webhooks.outbox import Outbox
from dashboard.webhooks.rules import Told
from dashboard.webhooks.sending import Patience
from dashboard.webhooks.tables import MESSAGES
from dashboard.webhooks.webhooks import Webhooks
from tests.dashboard.brokers import broker
from tests.dashboard.feed_cases import NOW_S
from tests.dashboard.nodes import until
from tests.dashboard.test_serve import Served, serving
from tests.dashboard.webhooks.receiving import SECRET, hook, receiving

SOON = Patience(first_s=0.01, longest_s=0.05, give_up_s=60)
DISPATCH, OTHER = hook(), hook(id="other")
KEY = ("dispatch", "us_bound")


def message(name: str, at_s: float = NOW_S) -> Message:
    return Message(name, "wait.above", f'{{"id":"{name}"}}'.encode(), at_s)


def names(found: tuple[dict[str, list[Message]], object]) -> dict[str, list[str]]:
    return {webhook: [one.id for one in messages] for webhook, messages in found[0].items()}


def test_what_waits_comes_back_in_order_with_what_was_told(store: Store) -> None:
    outbox, told = Outbox(store), Told(above=True, state="measured")
    outbox.keep(DISPATCH, "us_bound", Told(), [message("m2"), message("m1")])
    outbox.keep(DISPATCH, "us_bound", told, [message("m3")])
    outbox.over("m1")
    again = Outbox(store).resume([DISPATCH])
    assert names(again) == {"dispatch": ["m2", "m3"]}
    assert again[0]["dispatch"][0] == message("m2")
    assert again[1] == {KEY: told}


def test_a_receiver_that_left_port_yaml_leaves_nothing(store: Store) -> None:
    outbox = Outbox(store)
    outbox.keep(DISPATCH, "us_bound", Told(above=True), [message("m1")])
    outbox.keep(OTHER, "us_bound", Told(), [message("m2")])
    assert names(outbox.resume([OTHER])) == {"other": ["m2"]}
    assert Outbox(store).resume([DISPATCH, OTHER])[1] == {("other", "us_bound"): Told()}


@pytest.mark.parametrize("changed", [{"stream": "commercial/standard"}, {"port": "bluewater"}])
def test_what_was_told_of_another_stream_under_the_same_id_does_not_count(
    store: Store, changed: dict[str, str]
) -> None:
    told = Told(above=True, state="closed")
    Outbox(store).keep(DISPATCH, "us_bound", told, [message("m1")])
    waiting, known = Outbox(store).resume([hook(**changed)])
    assert known == {}
    assert names((waiting, known)) == {"dispatch": ["m1"]}, "it says itself of which stream it is"
    assert Outbox(store).resume([DISPATCH])[1] == {}, "nor does it come back"


def test_while_the_database_is_away_nothing_stops_and_all_is_made_good(store: Store) -> None:
    outbox = Outbox(store)
    outbox.keep(DISPATCH, "us_bound", Told(), [message("m1"), message("m2")])
    with store.begin(write=True) as connection:
        connection.execute(sa.text("ALTER TABLE webhook_messages RENAME TO gone"))
    with capture_logs() as logs:
        outbox.over("m1")
        outbox.keep(DISPATCH, "us_bound", Told(above=True), [message("m3")])
    assert [line["event"] for line in logs] == ["webhook_not_taken_out", "webhook_not_kept"]
    with store.begin(write=True) as connection:
        connection.execute(sa.text("ALTER TABLE gone RENAME TO webhook_messages"))
    outbox.over("m2")
    assert names(outbox.resume([DISPATCH])) == {}


def test_after_a_start_what_waited_is_sent_and_what_is_too_old_is_not(store: Store) -> None:
    Outbox(store).keep(
        DISPATCH, "us_bound", Told(), [message("old", NOW_S - 61), message("m1", NOW_S - 59), message("m2")]
    )
    with receiving() as inbox, capture_logs() as logs:
        hooks = Webhooks(
            [hook(inbox.url, allow_private=True)], lambda: None, lambda: NOW_S, Outbox(store), SOON
        )
        hooks.start()
        inbox.wait_for(2)
        hooks.stop(10)
    assert inbox.bodies == [message("m1").body, message("m2").body]
    assert [line["message"] for line in logs if line["event"] == "webhook_given_up"] == ["old"]
    with store.begin() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(MESSAGES)).scalar_one() == 0


def test_a_stop_keeps_what_no_receiver_took(store: Store) -> None:
    Outbox(store).keep(DISPATCH, "us_bound", Told(), [message("m1"), message("m2")])
    with receiving(answers=[503] * 1000) as inbox:
        hooks = Webhooks(
            [hook(inbox.url, allow_private=True)], lambda: None, lambda: NOW_S, Outbox(store), SOON
        )
        hooks.start()
        inbox.wait_for(3)
        hooks.stop(10)
    assert names(Outbox(store).resume([DISPATCH])) == {"dispatch": ["m1", "m2"]}


def hooks_at(url: str) -> str:
    """The lines of port.yaml."""
    rule = {"stream": "commercial/fast", "direction": "us_bound", "on_state": True, "settle_s": 0}
    told = {"id": "desk", "url": url, "secret": SECRET, "port": "testport", "allow_private": True}
    return f"webhooks: [{json.dumps(told | rule)}]\n"


def close(served: Served) -> None:
    """The manager announces that the only booth of the stream is closed."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{served.http}/api/v1/ports/testport/lanes/b1/staffing",
        b'{"state": "closed"}',
        {"Content-Type": "application/json"},
        method="PUT",
    )
    with urllib.request.urlopen(request, timeout=10) as reply:
        assert reply.status == 200


@pytest.mark.slow
def test_kill_9_loses_no_message_and_doubles_none_under_another_id(tmp_path: Path) -> None:
    """Central is killed while a receiver is away; the next process sends the message that waited, once."""
    with (
        broker("mosquitto", tmp_path / "broker") as nodes,
        receiving(answers=[503] * 1000) as inbox,
        serving(tmp_path, nodes, hooks_at(inbox.url)) as served,
    ):
        assert until(served.is_ready), served.log()
        close(served)
        inbox.wait_for(1)
        served.end(signal.SIGKILL)
        inbox.answers.clear()
        tried = len(inbox.bodies)
        served.start()
        inbox.wait_for(tried + 1)
        assert until(lambda: "webhook_sent" in served.log())
        time.sleep(2.5)  # two more looks: what was told is not told again
        assert len(inbox.bodies) == tried + 1
        assert {json.loads(body)["id"] for body in inbox.bodies} == {json.loads(inbox.bodies[0])["id"]}
        assert json.loads(inbox.bodies[-1])["type"] == "state.changed"
        assert served.end(signal.SIGTERM) == 0
