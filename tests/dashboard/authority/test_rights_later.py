"""Rights that change while the embedded broker cannot take them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from dashboard.authority.desk import Desk
from dashboard.authority.rights import RIGHTS_FILE
from dashboard.broker.broker import Broker
from dashboard.config import load_central
from dashboard.store.store import Store
from tests.dashboard.authority.place import Place
from tests.edge.test_count_disk import files_up_to
from tests.ports import free_port


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    config = load_central(Place(tmp_path, "embedded").yaml)
    store = Store(config.store.url)
    store.upgrade()
    yield Desk(config, store, time.time)
    store.close()


def test_a_broker_that_cannot_take_new_rights_goes_on_and_takes_them_later(
    desk: Desk, tmp_path: Path
) -> None:
    files = desk.write_broker_files()
    rights = files / RIGHTS_FILE
    with Broker(tmp_path / "broker", free_port(), authority=files) as broker, capture_logs() as logs:
        former = (broker.folder / "nats.conf").read_text()
        rights.write_text(f"# changed\n{rights.read_text()}")
        os.utime(rights, (1, 1))
        with files_up_to(100):
            broker.look_after()
            broker.look_after()
        assert (broker.folder / "nats.conf").read_text() == former
        hidden = rights.rename(tmp_path / "hidden")
        broker.look_after()
        broker.look_after()
        hidden.rename(rights)
        assert [line["event"] for line in logs] == ["rights_not_reloaded"] * 2, "each reason once"
        broker.look_after()
        assert logs[-1]["event"] == "rights_reloaded"
        assert (broker.folder / "nats.conf").read_text() != former
        assert broker.wait(0.5) is None
        assert broker.trouble() is None
