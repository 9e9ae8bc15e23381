"""Webhooks and official feeds that fail, over real sockets: the page of equipment says so until they work."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from dashboard.beside import Beside
from dashboard.board import Board, BoardHolder, TroubleView
from dashboard.config import CentralConfig, ImportConfig
from dashboard.official.periodic import Importer
from dashboard.orders.orders import Orders
from dashboard.store.store import Store
from dashboard.web.app import make_app
from dashboard.webhooks.message import Message
from dashboard.webhooks.sending import Patience, Receiver
from tests.dashboard import desk_boards
from tests.dashboard.asgi import Asker
from tests.dashboard.boards import FAST, US, board_of, measured
from tests.dashboard.feed_cases import CONFIG, NOW_S
from tests.dashboard.nodes import until
from tests.dashboard.official.test_importing import BODY, Site
from tests.dashboard.test_french import faults_of
from tests.dashboard.webhooks.receiving import hook, receiving

SOON = Patience(first_s=0.01, longest_s=0.05, give_up_s=30)
MESSAGE = Message("m1", "wait.above", b'{"id":"m1"}', NOW_S)
EQUIPMENT = "/manager/ports/ambassador/equipment"
FEED = "/bwt?key=quiet"


@contextmanager
def site_at(port: int = 0) -> Iterator[Site]:
    made = Site(port)
    threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def page(board: Board, path: str = EQUIPMENT) -> str:
    app = make_app(BoardHolder(board), desk_boards.ONE, lambda: NOW_S)
    return Asker(app).get(path).text.replace("\u00a0", " ").replace("\u202f", " ").replace("&#39;", "'")


@contextmanager
def sending(url: str, now: Callable[[], float] = lambda: NOW_S) -> Iterator[Receiver]:
    receiver = Receiver(hook(url, allow_private=True), now, SOON)
    receiver.start()
    yield receiver
    receiver.stop(10)


@pytest.mark.parametrize(
    ("status", "refused", "why"),
    [
        (503, False, "answered 503"),
        (404, True, "answered 404"),
        (
            307,
            True,
            "redirects (307), which is not followed; enter the final address",
        ),
    ],
)
def test_a_receiver_that_does_not_take_messages_is_in_trouble_until_it_takes_one(
    status: int, refused: bool, why: str
) -> None:
    clock = [NOW_S]
    with receiving(answers=[status] * 1000) as inbox, sending(inbox.url, lambda: clock[0]) as receiver:
        assert receiver.trouble() is None
        receiver.put(MESSAGE)
        assert until(lambda: receiver.trouble() is not None)
        clock[0] += 5
        inbox.wait_for(3 if status == 503 else 1)
        told = receiver.trouble()
        assert told is not None
        assert replace(told, next_s=None) == TroubleView(
            "webhook", why, NOW_S, refused, name="dispatch", port="ambassador"
        ), "since when stays"
        inbox.answers.clear()
        receiver.put(Message("m2", "wait.above", b"{}", NOW_S))
        assert until(lambda: receiver.trouble() is None)


def test_what_is_given_up_leaves_the_trouble_and_no_next_try() -> None:
    clock = [NOW_S]
    with receiving(answers=[503] * 1000) as inbox, sending(inbox.url, lambda: clock[0]) as receiver:
        receiver.put(MESSAGE)
        assert until(lambda: next_try(receiver) is not None)
        clock[0] += 31
        assert until(lambda: next_try(receiver) is None)
        told = receiver.trouble()
        assert told is not None
        assert told.since_s == NOW_S


def next_try(receiver: Receiver) -> float | None:
    told = receiver.trouble()
    return told.next_s if told else None


def importing(url: str, every_s: float) -> CentralConfig:
    feed = ImportConfig.model_construct(url=url, every_s=every_s)
    return CONFIG.model_copy(update={"official_import": (feed,)})


def test_a_feed_is_in_trouble_from_the_first_failure_until_its_figures_come(store: Store) -> None:
    port, clock = free_port(), [NOW_S]
    importer = Importer(importing(f"http://127.0.0.1:{port}{FEED}", 0.1), store, lambda: clock[0])
    assert importer.troubles() == {"official/127.0.0.1/bwt": None}, "no key stands in it"
    importer.start()

    def why() -> str | None:
        (trouble,) = importer.troubles().values()
        return trouble and trouble.why

    assert until(lambda: why() is not None)
    assert importer.troubles()["official/127.0.0.1/bwt"] == TroubleView(
        "official",
        "cannot be fetched (Connection refused); check the address and the network",
        NOW_S,
        name="127.0.0.1/bwt",
        next_s=NOW_S + 0.1,
    )
    clock[0] += 60
    with site_at(port) as site:
        site.answers[FEED] = (503, b"")
        assert until(lambda: why() == "the server answered 503 Service Unavailable; try later")
        site.answers[FEED] = (200, b"[]")
        assert until(lambda: why() == "the list of crossings is empty; the last good figures are kept")
        (still,) = importer.troubles().values()
        assert still is not None
        assert (still.since_s, still.next_s) == (NOW_S, NOW_S + 60.1)
        site.answers[FEED] = (200, BODY)
        assert until(lambda: why() is None)
        importer.stop(5)


SHOWN = [
    (
        EQUIPMENT,
        [
            "Webhook dispatch",
            "Answered 503.",
            "Since 25 November, 10:14",
            "Next try: 25 November, 10:14",
            "This receiver is not told what happens.",
            "What happened is sent again",
            "Official feed 127.0.0.1/bwt",
            "The server answered 503 Service Unavailable; try later.",
            "The agency’s figures beside ours grow old.",
            "It is fetched again by itself",
        ],
    ),
    (
        f"/fr{EQUIPMENT}",
        [
            "Webhook dispatch",
            "A répondu 503.",
            "Prochain essai : le 25 novembre, 10 h 14",
            "Ce destinataire n’est pas averti",
            "Flux officiel 127.0.0.1/bwt",
            "Le serveur a répondu 503 Service Unavailable ; réessayez plus tard.",
            "Il est redemandé automatiquement",
        ],
    ),
]


def test_the_page_tells_both_and_neither_once_they_work(
    store: Store, capfd: pytest.CaptureFixture[str]
) -> None:
    """All that runs beside central: a published wait, two real servers, the page in both languages."""
    holder = BoardHolder(board_of(("ambassador", US, (measured(FAST, 40, 45, 52),))))
    with site_at() as site, receiving(answers=[503] * 1000) as inbox:
        site.answers[FEED] = (503, b"")
        config = importing(site.at(FEED), 0.1).model_copy(
            update={"webhooks": (hook(inbox.url, allow_private=True),)}
        )
        beside = Beside(config, store, holder, Orders(store), lambda: NOW_S)

        def board() -> Board:
            return replace(desk_boards.LIVE, beside=tuple(filter(None, beside.troubles().values())))

        beside.start()
        assert until(lambda: all(beside.troubles().values()))
        assert until(lambda: all(one and one.next_s for one in beside.troubles().values()))
        failing = board()
        for path, words in SHOWN:
            assert [word for word in words if word not in page(failing, path)] == []
            assert "key=quiet" not in page(failing, path)
        logged = "".join(capfd.readouterr())
        assert "official_not_imported" in logged
        assert "key=quiet" not in logged
        inbox.answers.clear()
        site.answers[FEED] = (200, BODY)
        assert until(lambda: not any(beside.troubles().values()))
        for path, words in SHOWN:
            assert [word for word in words if word in page(board(), path)] == []
        beside.stop(10)


@pytest.mark.parametrize("refused", [False, True])
def test_its_french_is_set_as_french(refused: bool) -> None:
    troubles = tuple(
        TroubleView(part, why, NOW_S - 720, refused, "dispatch", next_s=NOW_S + 60)
        for part, why in [
            ("webhook", "cannot be reached (no answer within 5 s)"),
            ("webhook", "leads to an address that is not public"),
        ]
    )
    app = make_app(BoardHolder(replace(desk_boards.LIVE, beside=troubles)), desk_boards.ONE, lambda: NOW_S)
    text = Asker(app).get(f"/fr{EQUIPMENT}").text
    assert faults_of(text) == []
    assert 'lang="en"' not in text.split('id="nodes"')[1].split("<section", 2)[1], "it is said in French"


def test_a_webhook_is_told_of_on_the_pages_of_its_port_alone() -> None:
    own, other = (
        TroubleView("webhook", "answered 503", NOW_S, name=port, port=port)
        for port in ("ambassador", "elsewhere")
    )
    text = page(replace(desk_boards.LIVE, beside=(own, other)))
    assert "Webhook ambassador" in text
    assert "Webhook elsewhere" not in text
