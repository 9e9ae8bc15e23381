"""A token for a central that is away is lost, as it should be: Mosquitto keeps it on no disk.

The embedded broker's files are searched in test_no_plate_leaves.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from dashboard.config import BrokerConfig
from dashboard.ingest.link import Link
from edge.messages import TOPICS
from tests.dashboard.brokers import binary_of, free_port, listening
from tests.dashboard.nodes import until
from tests.privacy.searching import files_below

CONFIG = """listener {port} 127.0.0.1
allow_anonymous true
user root
persistence true
persistence_location {folder}/
autosave_interval 1
max_queued_messages 0
"""
TOKEN, KEPT = b"f00dfeedf00dfeedf00dfeedf00dfeed", b"a-report-that-is-kept"


def publish(port: int) -> None:
    node = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="n1")
    node.connect("127.0.0.1", port)
    node.loop_start()
    for name, body in (("reads", TOKEN), ("report", KEPT), ("reads", TOKEN)):
        topic = TOPICS[name]
        node.publish(topic.of("testport", "n1"), body, topic.qos).wait_for_publish(10)
    node.disconnect()
    node.loop_stop()


def test_nothing_of_a_read_is_on_disk(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "conf").write_text(CONFIG.format(port=port, folder=tmp_path))
    child = subprocess.Popen(
        [binary_of("mosquitto"), "-c", str(tmp_path / "conf")], stderr=subprocess.DEVNULL
    )
    try:
        assert listening(port, child)
        broker = BrokerConfig(url=f"mqtt://127.0.0.1:{port}")
        link = Link(broker, "central", [(TOPICS["report"].every(), 1)], lambda *_: None)
        link.start()
        assert until(lambda: link.trouble() is None)
        link.stop()
        publish(port)
    finally:
        child.terminate()
        child.wait(20)
    files = {path.name: path.read_bytes() for path in files_below(tmp_path)}
    assert any(KEPT in body for body in files.values()), "the broker keeps what it should"
    assert [name for name, body in files.items() if TOKEN in body] == []
