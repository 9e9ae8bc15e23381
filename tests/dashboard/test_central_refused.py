"""Central at a broker that lets it not in: told once, with the fix, and what `trouble` says stays."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from dashboard.config import BrokerConfig
from dashboard.ingest.link import Link
from tests.dashboard.brokers import broker
from tests.dashboard.nodes import until


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_a_refusal_is_told_once_and_stays_the_trouble(kind: str, tmp_path: Path) -> None:
    with broker(kind, tmp_path, shut=True) as port, capture_logs() as logs:
        link = Link(BrokerConfig(url=f"mqtt://central:wrong-word@127.0.0.1:{port}"), "c", [("lanes/#", 1)])
        link.start()
        try:
            assert until(lambda: "the broker refuses: Not authorized" in (link.trouble() or ""))
            time.sleep(2.5)  # a second try, a second after the first
            assert "the broker refuses: Not authorized" in (link.trouble() or "")
        finally:
            link.stop()
        refused = [line for line in logs if line["event"] == "broker_refuses"]
        assert [line["log_level"] for line in refused] == ["warning"]
        assert "check user, password" in refused[0]["hint"]
        assert "wrong-word" not in str(logs)
