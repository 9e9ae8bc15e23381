"""Messages over real sockets: signed, tried again, bounded, and never to where they must not go."""

from __future__ import annotations

import itertools
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from dashboard.config import load_central
from dashboard.feeds.published import published
from dashboard.store.store import Store
from dashboard.web.public.verify import VERIFY
from dashboard.webhooks.addresses import CheckedBackend, is_public
from dashboard.webhooks.config import WebhookConfig
from dashboard.webhooks.message import Message, signature
from dashboard.webhooks.outbox import Outbox
from dashboard.webhooks.sending import Patience, Receiver
from dashboard.webhooks.webhooks import Webhooks
from edge.yamlfile import ConfigError
from tests.conftest import REPOSITORY
from tests.dashboard.boards import FAST, US, board_of, measured, unknown
from tests.dashboard.feed_cases import CONFIG, NOW_S
from tests.dashboard.webhooks.receiving import SECRET, Inbox, hook, receiving

SOON = Patience(first_s=0.01, longest_s=0.05, give_up_s=30)
MESSAGE = Message("m1", "wait.above", b'{"id":"m1"}', NOW_S)

Start = Callable[..., Receiver]


def is_genuine(secret: bytes, said: str, body: bytes, now_s: float) -> bool:
    """The code of the documentation, at a moment of our choosing."""
    names: dict[str, Any] = {}
    exec(VERIFY, names)
    names["time"] = type("Clock", (), {"time": staticmethod(lambda: now_s)})
    return bool(names["is_genuine"](secret, said, body))


@pytest.fixture
def start() -> Iterator[Start]:
    running: list[Receiver] = []

    def begin(
        config: WebhookConfig,
        patience: Patience = SOON,
        backend: Any = None,
        now: Callable[[], float] = lambda: NOW_S,
    ) -> Receiver:
        running.append(Receiver(config, now, patience, backend))
        running[-1].start()
        return running[-1]

    yield begin
    for receiver in running:
        receiver.stop(10)


def local(inbox: Inbox, **settings: Any) -> WebhookConfig:
    return hook(inbox.url, allow_private=True, **settings)


def test_the_documented_code_knows_our_messages_and_no_others(start: Start) -> None:
    with receiving() as inbox:
        start(local(inbox)).put(MESSAGE)
        inbox.wait_for(1)
    said, body = inbox.signatures[0], inbox.bodies[0]
    assert body == MESSAGE.body
    assert is_genuine(SECRET.encode(), said, body, NOW_S)
    assert not is_genuine(SECRET.encode(), said, body + b" ", NOW_S)
    assert not is_genuine(b"another secret of that length", said, body, NOW_S)
    assert not is_genuine(SECRET.encode(), said, body, NOW_S + 400)
    later = said.replace(f"t={int(NOW_S)}", f"t={int(NOW_S) + 400}")
    assert not is_genuine(SECRET.encode(), later, body, NOW_S + 400)


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_what_may_pass_is_tried_again_with_the_same_id(status: int, start: Start) -> None:
    with receiving(answers=[status, status, 204]) as inbox:
        start(local(inbox)).put(MESSAGE)
        inbox.wait_for(3)
    assert inbox.bodies == [MESSAGE.body] * 3


def test_a_receiver_that_is_away_gets_it_when_it_is_back(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with capture_logs() as logs, receiving() as inbox:
        clock = itertools.count(NOW_S)
        config = hook(f"http://127.0.0.1:{port}/", allow_private=True)
        away = start(config, replace(SOON, give_up_s=8), now=lambda: next(clock))
        away.put(MESSAGE)
        start(local(inbox)).put(MESSAGE)
        inbox.wait_for(1)
        while not any(line["event"] == "webhook_given_up" for line in logs):
            away._stopping.wait(0.05)
    assert any("cannot be reached (Connection refused)" in line.get("why", "") for line in logs)


@pytest.mark.parametrize("status", [400, 401, 404, 410, 301, 302, 307, 308])
def test_what_is_refused_is_sent_once(status: int, start: Start) -> None:
    with receiving(answers=[status]) as inbox:
        receiver = start(local(inbox))
        receiver.put(MESSAGE)
        receiver.put(replace(MESSAGE, id="m2", body=b"second"))
        inbox.wait_for(2)
    assert inbox.bodies == [MESSAGE.body, b"second"]


def test_a_redirect_leads_nowhere(start: Start) -> None:
    with receiving() as inner, receiving(answers=[307], location=inner.url) as inbox, capture_logs() as logs:
        receiver = start(local(inbox))
        receiver.put(MESSAGE)
        receiver.put(MESSAGE)
        inbox.wait_for(2)
        assert inner.bodies == []
    assert any("not followed" in line.get("why", "") for line in logs)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700:4700::1111", True),
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("fd12:3456::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("case", "found"),
    [
        ("a name of this machine", ["127.0.0.1"]),
        ("a name that mixes public and private", ["8.8.8.8", "127.0.0.1"]),
        ("an IPv6 form of this machine", ["::ffff:127.0.0.1"]),
        ("the address of cloud metadata", ["169.254.169.254"]),
    ],
)
def test_a_name_that_leads_inside_is_refused_before_any_connection(
    case: str, found: list[str], start: Start
) -> None:
    with receiving() as inbox, capture_logs() as logs:
        config = hook(f"https://dispatch.example:{inbox.port}/")
        receiver = start(config, backend=CheckedBackend(False, lambda host, port: found))
        receiver.put(MESSAGE)
        while not logs:
            receiver._stopping.wait(0.02)
        assert inbox.bodies == []
    assert [line["event"] for line in logs] == ["webhook_refused"]


def test_a_name_is_looked_at_again_on_every_try(start: Start) -> None:
    """It cannot be resolved at first, and leads inside when the message is tried again."""
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        if len(asked) < 3:
            raise socket.gaierror("no such name")
        return ["127.0.0.1"]

    with receiving() as inbox, capture_logs() as logs:
        config = hook(f"https://dispatch.example:{inbox.port}/")
        receiver = start(config, backend=CheckedBackend(False, resolver))
        receiver.put(MESSAGE)
        while not any(line["event"] == "webhook_refused" for line in logs):
            receiver._stopping.wait(0.02)
        assert inbox.bodies == []
    assert asked == ["dispatch.example"] * 3


def test_the_oldest_goes_when_too_many_wait(start: Start) -> None:
    with receiving() as inbox, capture_logs() as logs:
        receiver = Receiver(local(inbox), lambda: NOW_S, replace(SOON, waiting=3))
        for n in range(10):
            receiver.put(Message(f"m{n}", "wait.above", str(n).encode(), NOW_S))
        receiver.start()
        inbox.wait_for(3)
        receiver.stop(10)
    assert inbox.bodies == [b"7", b"8", b"9"]
    assert [line["lost"] for line in logs if line["event"] == "webhook_queue_full"] == [
        f"m{n}" for n in range(7)
    ]


def test_no_log_holds_a_secret_or_the_path_of_an_address(start: Start) -> None:
    with capture_logs() as logs, receiving(answers=[500, 404]) as inbox:
        receiver = start(local(inbox))
        receiver.put(MESSAGE)
        receiver.put(MESSAGE)
        inbox.wait_for(3)
        receiver.stop(10)
    told = f"{logs} {receiver.config} {structlog.get_config()}"
    assert len(logs) >= 2
    assert SECRET not in told
    assert "key=quiet" not in f"{logs}"


def test_from_the_board_to_the_receiver(store: Store) -> None:
    """What is published goes up, stays up, becomes unknown, and falls: two messages, each with its figure."""
    boards = [
        board_of(("ambassador", US, (told,)))
        for told in (
            measured(FAST, 8, 12, 16),
            measured(FAST, 40, 45, 52),
            measured(FAST, 41, 46, 53),
            unknown(FAST, "not measured lately"),
            measured(FAST, 8, 12, 16),
        )
    ]
    shown = [boards[0]]
    with receiving() as inbox:
        hooks = Webhooks(
            [local(inbox, direction="us_bound")],
            lambda: published(shown[0], CONFIG, NOW_S),
            lambda: NOW_S,
            Outbox(store),
            SOON,
        )
        for receiver in hooks._receivers:
            receiver.start()
        for board in boards:
            shown[0] = board
            hooks.look()
        inbox.wait_for(2)
        hooks.stop(10)
    told = [json.loads(body) for body in inbox.bodies]
    assert [one["type"] for one in told] == ["wait.above", "wait.above.ended"]
    assert [one["now"]["expected"]["wait_s"] for one in told] == [2700, 720]
    assert told[0]["threshold_min"] == 30
    assert told[0].keys() == {
        *(
            "id",
            "type",
            "at",
            "webhook",
            "port",
            "direction",
            "stream",
            "threshold_min",
            "state_before",
            "now",
        )
    }
    assert told[0]["id"] != told[1]["id"]


def test_the_secret_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "port.yaml"
    file.write_text(
        "ports: [{id: p, name: {en: P}, directions: [{id: us_bound, streams: [{traffic: commercial, class: "
        "fast}]}]}]\n"
        "webhooks:\n"
        "  - {id: d, url: 'https://dispatch.example/', secret: '${HOOK}', port: p, stream: "
        "commercial/fast, above_min: 30}\n"
    )
    monkeypatch.setenv("HOOK", SECRET)
    config = load_central(file)
    assert config.webhooks[0].secret.get_secret_value() == SECRET
    assert SECRET not in repr(config)
    file.write_text(file.read_text().replace("port: p,", "port: q,"))
    with pytest.raises(ConfigError, match="no such port, direction and stream"):
        load_central(file)


def test_the_document_shows_the_code_that_is_tested() -> None:
    assert VERIFY in (REPOSITORY / "docs" / "webhooks.md").read_text(encoding="utf-8")


def test_a_signature_is_of_time_and_body() -> None:
    assert signature("k" * 16, 1, b"a") != signature("k" * 16, 2, b"a")
    assert signature("k" * 16, 1, b"a") != signature("k" * 16, 1, b"b")
