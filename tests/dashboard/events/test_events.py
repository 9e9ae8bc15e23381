"""Published waits as CloudEvents: what is sent, when, and over real brokers with the rights of config/."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from structlog.testing import capture_logs

from dashboard.board import TroubleView
from dashboard.config import BrokerConfig, load_central
from dashboard.events.documents import Event, events, is_due
from dashboard.events.sender import Sender
from dashboard.feeds.published import published
from dashboard.feeds.values import Published
from dashboard.ingest.link import BrokerConfigError
from edge.yamlfile import ConfigError
from tests.conftest import REPOSITORY, program
from tests.dashboard.brokers import binary_of, broker, listening
from tests.dashboard.feed_cases import CONFIG, EVERY_STATE, NOW_S, board, state, wait
from tests.dashboard.feeds.every_state import CASES
from tests.dashboard.nodes import until
from tests.ports import free_port

TOPIC = "waits/v1/ambassador/us_bound/commercial/fast"


def said(now_s: float = NOW_S) -> Published:
    return published(EVERY_STATE, CONFIG, now_s)


def by_topic(told: Published) -> dict[str, Event]:
    return {event.topic: event for event in events(told)}


def test_one_event_a_stream_and_one_for_the_notices() -> None:
    told = by_topic(said())
    assert set(told) == {
        f"waits/v1/ambassador/{name}"
        for name in (
            *("us_bound/commercial/fast", "us_bound/commercial/standard", "us_bound/passenger/standard"),
            *("us_bound/passenger/nexus", "canada_bound/commercial/fast", "canada_bound/commercial/standard"),
            *("canada_bound/passenger/standard", "notices"),
        )
    }
    event = json.loads(told[TOPIC].payload)
    assert {key: event[key] for key in event if key not in ("data", "id")} == {
        "specversion": "1.0",
        "source": "/ports/ambassador",
        "type": "lanewatch.wait.v1",
        "subject": "us_bound/commercial/fast",
        "time": "2026-11-25T15:14:30Z",
        "datacontenttype": "application/json",
    }
    assert event["data"]["state"] == "measured"
    assert event["data"]["expected"] == {
        "wait_s": 1320,
        "low_s": 1080,
        "high_s": 1560,
        "basis": ["queue", "balance"],
        "measured_at": "2026-11-25T15:14:10Z",
        "valid_until": "2026-11-25T15:29:10Z",
    }


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_every_state_is_an_event(case: Any) -> None:
    stream = case.published().ports[0].directions[0].streams[0]
    data = json.loads(by_topic(case.published())["waits/v1/ambassador/us_bound/commercial/standard"].payload)[
        "data"
    ]
    assert data["state"] == stream.state
    assert (data["expected"] is None) == (stream.expected is None)


def one(minutes: float, age_s: float = 20.0, reason: str | None = None) -> Event:
    shown = board(state("commercial/fast", "measured", wait(60 * minutes, 0.0, 3600.0, age_s=age_s), reason))
    return by_topic(published(shown, CONFIG, NOW_S))[TOPIC]


@pytest.mark.parametrize(
    ("case", "sent", "now", "due"),
    [
        ("nothing was sent", None, one(22), True),
        ("the same again", one(22), one(22), False),
        ("another figure", one(22), one(25), True),
        ("a new reason", one(22), one(22, reason="none of its booths is open"), True),
        ("the same figure, a little fresher", one(22, age_s=299), one(22, age_s=0), False),
        ("the same figure, much fresher", one(22, age_s=300), one(22, age_s=0), True),
    ],
)
def test_only_what_changed_is_sent(case: str, sent: Event | None, now: Event, due: bool) -> None:
    assert is_due(now, sent, 300.0) == due


@given(st.floats(0, 900))
def test_an_id_tells_events_apart_and_is_the_same_for_the_same(later_s: float) -> None:
    first, second = (
        json.loads(event.payload)["id"] for event in (by_topic(said())[TOPIC], by_topic(said())[TOPIC])
    )
    assert first == second
    later = json.loads(by_topic(said(NOW_S + later_s))[TOPIC].payload)["id"]
    assert (later == first) == (later_s < 1)


class Reader:
    """An app: connects without a name and remembers the last message of each topic."""

    def __init__(self, port: int, filters: str = "waits/v1/#", user: str | None = None) -> None:
        self.last: dict[str, Any] = {}
        self.count = 0
        self.ready = False
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"reader-{free_port()}")
        if user:
            self.client.username_pw_set(user, "secret-of-the-public-broker")
        self.client.on_connect = lambda client, *_: client.subscribe([(filters, 1)])
        self.client.on_subscribe = self._subscribed
        self.client.on_message = self._received
        self.client.connect_async("127.0.0.1", port)
        self.client.loop_start()

    def _subscribed(self, *_: Any) -> None:
        self.ready = True

    def _received(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        self.count += 1
        self.last[message.topic] = json.loads(message.payload)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def configured(kind: str, folder: Path, port: int) -> tuple[list[str], dict[str, str]]:
    """The public broker of config/broker, its paths and port changed; command and environment."""
    source = REPOSITORY / "config/broker"
    if kind == "mosquitto":
        binary, passwd = program("mosquitto"), program("mosquitto_passwd")
        secret = folder / "passwd"
        subprocess.run(
            [passwd, "-b", "-c", str(secret), "central", "secret-of-the-public-broker"], check=True
        )
        shutil.copy(source / "mosquitto-public.acl", folder / "acl")
        text = (source / "mosquitto-public.conf").read_text()
        text += f"user {getpass.getuser()}\n"  # the folder is ours alone
        text = text.replace("/etc/mosquitto/lanewatch-public.passwd", str(secret))
        text = text.replace("/etc/mosquitto/lanewatch-public.acl", str(folder / "acl"))
        text = text.replace("listener 1884", f"listener {port} 127.0.0.1")
    else:
        binary = binary_of("nats")
        text = (source / "nats-public.conf").read_text()
        text = text.replace("0.0.0.0:1884", f"127.0.0.1:{port}").replace("127.0.0.1:4223", "127.0.0.1:-1")
        text = text.replace("/var/lib/lanewatch/js-public", str(folder / "js"))
    (folder / "conf").write_text(text)
    environment = os.environ | {"LANEWATCH_PUBLIC_PASSWORD": "secret-of-the-public-broker"}
    return [binary, "-c", str(folder / "conf")], environment


@contextmanager
def public_broker(kind: str, folder: Path, port: int) -> Iterator[None]:
    command, environment = configured(kind, folder, port)
    with (folder / "log").open("ab") as log:
        child = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        assert listening(port, child), (folder / "log").read_text()
        yield
    finally:
        child.kill()
        child.wait()


def sender_to(port: int, published_: Any, now: Callable[[], float] = lambda: NOW_S) -> Sender:
    url = f"mqtt://central:secret-of-the-public-broker@127.0.0.1:{port}"
    return Sender(BrokerConfig(url=url), published_, 900, now)


@pytest.mark.slow
def test_since_when_the_public_is_not_told_is_when_the_connection_went(tmp_path: Path) -> None:
    now, port = [NOW_S], free_port()
    sender = sender_to(port, said, lambda: now[0])
    with public_broker("mosquitto", tmp_path, port):
        sender.start()
        assert until(lambda: sender.trouble() is None)
        now[0] += 60
    words = f"the broker at 127.0.0.1:{port} cannot be reached"
    assert until(lambda: sender.trouble() is not None)
    now[0] += 60
    assert until(lambda: sender.trouble() == TroubleView("public_broker", words, NOW_S + 60))
    sender.stop(5)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mosquitto", "nats"])
def test_over_the_public_broker_of_the_configuration(kind: str, tmp_path: Path) -> None:
    port, now = free_port(), [NOW_S]
    sender = sender_to(port, lambda: said(now[0]))
    sender.start()  # the broker is not there yet
    assert sender.trouble() is not None
    with public_broker(kind, tmp_path, port):
        reader = Reader(port)
        assert until(lambda: len(reader.last) == 8), (tmp_path / "log").read_text()
        assert sender.trouble() is None
        assert reader.last[TOPIC]["data"]["expected"]["wait_s"] == 1320
        sent = reader.count
        late = Reader(port)
        assert until(lambda: late.last == reader.last), "the last state is retained"
        now[0] += 901
        assert until(lambda: reader.last[TOPIC]["data"]["state"] == "unknown"), "a withdrawal is sent too"
        assert sent == 8
        assert set(late.last) == set(reader.last)
        anybody = Reader(port, "lanes/v1/#")
        assert until(lambda: anybody.ready)
        anybody.client.publish(TOPIC, b'{"forged": true}', qos=1, retain=True).wait_for_publish(5)
        central = Reader(port, "waits/v1/#", user="central")
        assert until(lambda: TOPIC in central.last or kind == "nats")
        again = Reader(port)
        assert until(lambda: TOPIC in again.last)
        assert "forged" not in again.last[TOPIC]
        assert anybody.last == {}
        for client in (reader, late, anybody, central, again):
            client.close()
    assert until(lambda: sender.trouble() is not None), "it is gone"
    now[0] -= 901
    shutil.rmtree(tmp_path / "js", ignore_errors=True)
    with public_broker(kind, tmp_path, port):  # one that has forgotten everything
        reader = Reader(port)
        assert until(lambda: len(reader.last) == 8), (tmp_path / "log").read_text()
        assert reader.last[TOPIC]["data"]["state"] == "measured"
        reader.close()
    sender.stop(5)


def test_a_public_broker_that_is_dead_hurts_nothing() -> None:
    sender = sender_to(free_port(), said)
    sender.start()
    sender.stop(5)


def test_nothing_is_sent_before_there_is_a_board() -> None:
    sender = sender_to(free_port(), lambda: None)
    sender._send()  # as after a connection
    assert sender._sent == {}


@pytest.mark.parametrize(
    ("case", "extra", "says"),
    [
        (
            "the nodes' own address",
            "public_broker: {url: mqtt://127.0.0.1:1883}",
            "is the nodes' own address",
        ),
        (
            "the same with a name",
            "public_broker: {url: 'mqtt://central:x@127.0.0.1:1883'}",
            "is the nodes' own address",
        ),
        ("no address", "public_broker: {url: somewhere}", "public_broker.url"),
    ],
)
def test_the_public_never_reads_from_the_nodes_broker(
    case: str, extra: str, says: str, tmp_path: Path
) -> None:
    file = tmp_path / "port.yaml"
    file.write_text(
        f"broker: {{url: 'mqtt://127.0.0.1:1883'}}\n{extra}\nports:\n  - id: a\n    name: {{en: A}}\n"
        "    directions: [{id: us_bound, streams: [{traffic: commercial, class: fast}]}]\n"
    )
    with pytest.raises(ConfigError, match=says):
        load_central(file)


def test_a_public_broker_with_tls_needs_its_authority() -> None:
    with pytest.raises(BrokerConfigError, match=r"public_broker\.ca"):
        Sender(BrokerConfig(url="mqtts://public.example"), said, 900, lambda: NOW_S)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mosquitto", "nats"])
def test_a_public_broker_that_refuses_or_is_away_is_told_once(kind: str, tmp_path: Path) -> None:
    tries = 3  # a second or more apart
    with capture_logs() as logs:
        with broker(kind, tmp_path, shut=True) as port:
            sender = sender_to(port, said)
            asked: list[int] = []
            sender._client.on_pre_connect = lambda *_: asked.append(1)
            sender.start()
            assert until(lambda: len(asked) > tries)
            trouble = sender.trouble()
            assert trouble is not None
            assert (trouble.refused, trouble.why[:20]) == (True, "the broker refuses: ")
        before = len(asked)
        assert until(lambda: len(asked) > before + tries)
        trouble = sender.trouble()
        sender.stop(5)
    assert trouble == TroubleView("public_broker", f"the broker at 127.0.0.1:{port} cannot be reached", NOW_S)
    told = [line["event"] for line in logs]
    assert told.count("public_broker_refuses") == told.count("public_broker_unreachable") == 1, told
    assert "secret-of-the-public-broker" not in str(logs)
