"""What nodes say of themselves reaches the board: over a real broker, bounded to the nodes of port.yaml."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest

from dashboard.board import CameraView, HealthView, PlatesView
from dashboard.config import load_central
from dashboard.ingest.condition import told
from dashboard.ingest.ingest import Ingest
from dashboard.store.store import Store
from edge.messages import TOPICS, CameraHealth, Health, Info, PlateHealth, encode, utc_ms
from tests.dashboard.brokers import broker
from tests.dashboard.nodes import PORT_YAML, TestNode, until

AT_S = 1_800_000_000.0


def health(state: str = "ok", at_s: float = AT_S) -> Health:
    camera = CameraHealth(camera="c1", state=state, fps=4.9, dropped=7, inference_ms=31.0)  # type: ignore[arg-type]
    return Health(
        boot="a", at=utc_ms(at_s), cameras=[camera], outbox_rows=3, disk_free_mb=812.0, synced=False
    )


INFO = Info(boot="a", at=utc_ms(AT_S), version="0.1.0", model="vehicles", provider="CPU", cameras=["c1"])
VIEW = HealthView(AT_S, (CameraView("c1", "ok", 4.9, 7, 31.0),), 3, 812.0, None, False, None)


@pytest.mark.parametrize(
    ("case", "messages", "view"),
    [
        ("health alone", [health()], VIEW),
        ("info alone says nothing of its health", [INFO], None),
        ("the newest holds", [health("dark", AT_S - 30), health()], VIEW),
    ],
)
def test_what_a_node_said(case: str, messages: list[Health | Info], view: HealthView | None) -> None:
    condition = None
    for message in messages:
        condition = told(condition, message)
    assert condition is not None
    assert condition.view == view


def test_of_plates_how_many_were_read() -> None:
    plates = PlateHealth(model="plates", looks=90, reads=20, abstained=5, dropped=1)
    view = told(None, msgspec.structs.replace(health(), plates=plates)).view
    assert view is not None
    assert view.plates == PlatesView(asked=25, read=20)


@pytest.mark.parametrize("messages", [[health(), INFO], [INFO, health()]])
def test_health_and_info_come_in_any_order(messages: list[Health | Info]) -> None:
    condition = told(told(None, messages[0]), messages[1])
    assert condition.view is not None
    assert (condition.view.software, condition.view.model) == ("0.1.0", "vehicles")


@pytest.mark.slow
def test_health_reaches_central_and_strangers_leave_no_trace(tmp_path: Path) -> None:
    with broker("nats", tmp_path / "broker") as port:
        file = tmp_path / "port.yaml"
        file.write_text(PORT_YAML.format(broker=port, http=0))
        config = load_central(file)
        store = Store(config.store.url)
        ingest = Ingest(config, store, time.time, time.monotonic, lambda: None)
        ingest.start()
        for name in ("n9", "n1"):
            node = TestNode(port, name)
            node.send_bytes(TOPICS["health"].of("testport", name), encode(health()), retain=True)
            assert name == "n9" or until(lambda: ingest.health("testport", "n1") == VIEW)
            node.close()
        assert ingest.health("testport", "n9") is None
        ingest.stop(5)
        store.close()
