"""Two boxes under one name throw each other out for ever; each says so once, and what to look for."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from edge.config import BrokerConfig
from edge.node.unsteady import LASTS_S, TOO_OFTEN, Unsteady
from tests.dashboard.brokers import broker
from tests.dashboard.nodes import until
from tests.edge.centrals import Wire


def short(begun: float) -> list[tuple[str, float]]:
    """A connection that is gone after a second."""
    return [("up", begun), ("down", begun + 1)]


@pytest.mark.parametrize(
    ("case", "steps", "told"),
    [
        ("one that breaks off", short(0), []),
        ("a broker that is started twice", short(0) + short(5), []),
        ("again and again", short(0) + short(2) + short(4) + short(6) + short(8), [5.0]),
        ("one in between holds", short(0) + short(2) + [("up", 4), ("down", 4 + LASTS_S)] + short(40), []),
    ],
)
def test_what_is_unsteady(case: str, steps: list[tuple[str, float]], told: list[float]) -> None:
    unsteady = Unsteady()
    news = [at for step, at in steps if getattr(unsteady, step)(at)]
    assert news == told, case


def test_that_a_connection_holds_again_is_news_once() -> None:
    unsteady = Unsteady()
    for begun in range(TOO_OFTEN):
        unsteady.up(begun)
        unsteady.down(begun + 0.5)
    unsteady.up(100.0)
    found = [unsteady.settled(at) for at in (101.0, 100.0 + LASTS_S, 101.0 + LASTS_S)]
    assert found == [False, True, False]
    assert not unsteady.told


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_two_boxes_under_one_name(kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "lanewatch")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with broker(kind, tmp_path / "broker") as port:
        where = BrokerConfig(url=f"mqtt://127.0.0.1:{port}")
        with Wire(tmp_path / "a", where).running(), Wire(tmp_path / "b", where).running():
            assert until(lambda: [one.message for one in caplog.records].count("link_unsteady") >= 2)
            told = [one for one in caplog.records if one.message == "link_unsteady"]
            assert "does another box have the name n1?" in told[0].__dict__["facts"]["hint"]
            lines = len(caplog.records)
            assert not until(lambda: len(caplog.records) > lines, 5)
