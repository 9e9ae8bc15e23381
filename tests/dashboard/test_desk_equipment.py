"""What is wrong with a node, in plain words of both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.board import BoardHolder, CameraView, HealthView, NodeView, PlatesView, TroubleView
from dashboard.web.app import make_app
from dashboard.web.desk.equipment import faults
from dashboard.web.desk.words import TONGUES
from tests.dashboard import desk_boards as boards
from tests.dashboard.asgi import Asker
from tests.dashboard.test_french import faults_of

NOW_S = boards.NOW_S
WELL = HealthView(NOW_S - 10, (CameraView("c1", "ok"),), 3, 9000.0, 50.0, True, 0.01)
NODE = NodeView("n1", True, NOW_S - 2, 100, 0, WELL)


def ill(**changed: object) -> NodeView:
    return replace(NODE, health=replace(WELL, **changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "node", "words"),
    [
        ("all is well", NODE, []),
        ("offline", replace(NODE, online=False), ["The broker does not hold it connected."]),
        (
            "never heard of",
            NodeView("n1", None, None, 0, 0),
            ["It never reported.", "It has told nothing of itself yet."],
        ),
        ("silent", replace(NODE, last_report_s=NOW_S - 180), ["Its last report came 3 min ago."]),
        ("old news", ill(at_s=NOW_S - 600), ["It last told of itself 10 min ago."]),
        ("a dark camera", ill(cameras=(CameraView("c2", "dark"),)), ["Camera c2: too dark to see."]),
        ("a state of tomorrow", ill(cameras=(CameraView("c2", "wet_lens"),)), ["Camera c2: wet lens."]),
        ("a full outbox", ill(outbox_rows=1440), ["1,440 rows wait to be sent."]),
        (
            "an outbox in memory",
            ill(outbox_on_disk=False),
            ["Its outbox is not on disk: a power cut would lose rows."],
        ),
        ("a full disk", ill(disk_free_mb=310.0), ["Only 310 MB of disk are free."]),
        ("hot", ill(temperature_c=84.4), ["It is 84 °C hot."]),
        ("no time", ill(synced=False), ["Its clock is not synchronised; its times may be off."]),
        ("a wrong clock", ill(clock_offset_s=-2.44), ["Its clock is 2.4 s off."]),
        ("plates that are read", ill(plates=PlatesView(60, 45)), []),
        ("the first plates say nothing yet", ill(plates=PlatesView(9, 0)), []),
        (
            "plates that cannot be read",
            ill(plates=PlatesView(1200, 30)),
            ["It read the plates of 30 of 1,200 vehicles: look at focus, light and distance."],
        ),
        ("rows lost", replace(NODE, gaps=12), ["12 rows never came."]),
        ("one row lost", replace(NODE, gaps=1), ["1 row never came."]),
        (
            "unmeasured figures are no faults",
            ill(disk_free_mb=None, temperature_c=None, clock_offset_s=None),
            [],
        ),
    ],
)
def test_faults(case: str, node: NodeView, words: list[str]) -> None:
    found = [fault.replace("\u00a0", " ") for fault in faults(TONGUES["en"], node, NOW_S)]
    assert found == words
    assert len(list(faults(TONGUES["fr"], node, NOW_S))) == len(words)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (
            "/manager/ports/ambassador/equipment",
            ["2 of 4 nodes need a look.", "Camera c1: too dark to see.", "n99"],
        ),
        (
            "/fr/manager/ports/ambassador/equipment",
            [
                "2 nœuds sur 4 demandent votre attention.",
                "trop sombre",
                "le nœud n99 du poste ambassador n’est pas",
            ],
        ),
    ],
)
def test_the_page(path: str, words: list[str]) -> None:
    app = make_app(BoardHolder(boards.LIVE), boards.ONE, lambda: NOW_S)
    text = Asker(app).get(path).text
    assert [word for word in words if word not in text] == []


AWAY = TroubleView("public_broker", "the broker at 10.0.0.5:1884 cannot be reached", NOW_S - 720)
REFUSED = TroubleView("public_broker", "the broker refuses: Not authorized", NOW_S - 720, refused=True)


@pytest.mark.parametrize(
    ("case", "path", "trouble", "words"),
    [
        (
            "away",
            "/manager/ports/ambassador/equipment",
            AWAY,
            [
                "Broker for the public",
                "The broker at 10.0.0.5:1884 cannot be reached.",
                "Since 25 November, 10:02",
                "12 min ago",
                "Pages and feeds are not touched.",
                "See that it runs",
            ],
        ),
        (
            "away, in French",
            "/fr/manager/ports/ambassador/equipment",
            AWAY,
            [
                "Courtier public",
                "Le courtier à 10.0.0.5:1884 est injoignable.",
                "Depuis le 25 novembre, 10 h 02",
                "il y a 12 min",
                "Vérifiez qu’il fonctionne",
            ],
        ),
        (
            "refused",
            "/manager/ports/ambassador/equipment",
            REFUSED,
            ["The broker refuses: Not authorized.", "Check user, password and certificate"],
        ),
        (
            "refused, in French",
            "/fr/manager/ports/ambassador/equipment",
            REFUSED,
            ["Le courtier refuse", "Vérifiez l’utilisateur, le mot de passe"],
        ),
    ],
)
def test_trouble_of_the_public_s_broker(case: str, path: str, trouble: TroubleView, words: list[str]) -> None:
    app = make_app(BoardHolder(replace(boards.LIVE, beside=(trouble,))), boards.ONE, lambda: NOW_S)
    page = Asker(app).get(path).text
    assert [word for word in words if word not in page.replace("\u00a0", " ")] == []
    assert path.startswith("/manager") or faults_of(page) == []
    well = make_app(BoardHolder(boards.LIVE), boards.ONE, lambda: NOW_S)
    assert words[0] not in Asker(well).get(path).text.replace("\u00a0", " ")
