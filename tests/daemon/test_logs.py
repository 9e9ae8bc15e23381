"""Logs: no secret in a line, and no reader that stops a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from edge.daemon.logs import Lines, without_credentials
from tests.dashboard.brokers import broker
from tests.dashboard.nodes import TestNode, report, until
from tests.dashboard.test_serve import Served
from tests.edge.test_node_run import RUN, looped_from, now, rows_in, write_config

NODE = """
from edge.daemon.logs import Log, configure_logs
configure_logs()
log = Log()
"""
CENTRAL = """
import structlog
from dashboard.logs import configure_logs
configure_logs()
log = structlog.get_logger()
"""


def logged(program: str) -> list[dict[str, object]]:
    """What a program writes to stderr."""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in run.stderr.splitlines()]


@pytest.mark.parametrize(
    ("case", "text", "clean"),
    [
        ("user and password", "rtsp://user:secret@10.0.0.9/s", "rtsp://10.0.0.9/s"),
        ("a password with an at sign", "mqtt://u:p@ss@host:1883", "mqtt://host:1883"),
        (
            "in the midst of a sentence",
            "no rtsp://u:s@h/x, again",
            "no rtsp://h/x, again",
        ),
        ("no credentials", "http://host/a", "http://host/a"),
        ("an address of a person is none", "write to ops@example.org", "write to ops@example.org"),
    ],
)
def test_credentials_are_left_out(case: str, text: str, clean: str) -> None:
    assert without_credentials(text) == clean


def test_a_line_is_json_and_clean_however_deep_the_secret_lies() -> None:
    body = """
log.error("lost", detail={"tried": ["rtsp://u:planted@h/s"]})
try:
    raise ValueError("postgresql://u:planted@h/db")
except ValueError:
    log.exception("failed")
import logging
logging.getLogger("library").warning("mqtt://u:planted@h")
"""
    lines = logged(CENTRAL + body)
    assert [line["event"] for line in lines] == ["lost", "failed", "mqtt://h"]
    assert "planted" not in json.dumps(lines)
    assert "ValueError" in str(lines[1]["exception"])


@pytest.mark.parametrize("program", [NODE, CENTRAL])
def test_node_and_central_write_the_same_lines(program: str) -> None:
    body = 'log.warning("odd", camera="c1", by_s=0.5)\nlog.info("told", why={"of": 1}, lines=object)\n'
    odd, told = logged(program + body)
    assert odd.items() >= {"event": "odd", "level": "warning", "camera": "c1", "by_s": 0.5}.items()
    assert told.items() >= {"event": "told", "level": "info", "why": {"of": 1}}.items()
    assert datetime.fromisoformat(str(odd["timestamp"])).utcoffset() == timedelta(0)
    assert set(told) == {"event", "level", "timestamp", "why", "lines"}


def test_what_a_library_of_the_node_warns_of_is_a_clean_line() -> None:
    body = """
import logging
try:
    raise ValueError("rtsp://u:planted@h/s")
except ValueError:
    logging.getLogger("library").exception("mqtt://u:planted@h")
logging.getLogger("library").info("chatter")
"""
    (line,) = logged(NODE + body)
    assert (line["event"], line["level"]) == ("mqtt://h", "error")
    assert "ValueError: rtsp://h/s" in str(line["exception"])


def test_a_reader_that_does_not_read_holds_nobody_up() -> None:
    reader, writer = os.pipe()
    lines = Lines(lambda line: _write(writer, line), kept=50)
    for number in range(5000):
        lines.write(f"{number} {'x' * 100}\n")
    assert lines.lost > 4000
    read = bytearray()
    draining = threading.Thread(target=lambda: read.extend(_read_until(reader, b"log_lines_lost")))
    draining.start()
    draining.join(20)
    assert read.startswith(b"0 xxx")
    os.close(reader)
    os.close(writer)


def _write(number: int, line: bytes) -> None:
    os.write(number, line)


def _read_until(number: int, mark: bytes) -> bytes:
    read = b""
    while mark not in read:
        read += os.read(number, 65536)
    return read


@pytest.mark.parametrize("program", [NODE, CENTRAL])
def test_the_end_of_a_program_whose_reader_is_gone_is_no_failure(program: str) -> None:
    body = "import time\nfor n in range(200): log.info('x', n=n)\ntime.sleep(0.3)\nlog.info('last')"
    reader, writer = os.pipe()
    child = subprocess.Popen([sys.executable, "-c", program + body], stderr=writer)
    os.close(writer)
    os.close(reader)
    assert child.wait(30) == 0


@pytest.mark.slow
def test_central_goes_on_when_nobody_reads_its_log(tmp_path: Path) -> None:
    with broker("nats", tmp_path / "broker") as port:
        served = Served(tmp_path, port)
        served.start(stderr=subprocess.PIPE)
        process = served.process
        assert process is not None
        try:
            assert process.stderr is not None
            process.stderr.close()
            assert until(served.is_ready)
            node = TestNode(port)
            for number in range(100):
                node.send_bytes(f"lanes/v1/testport/n1/{number}/odd", b"{}")
                node.send_bytes("lanes/v1/testport/n1/report", b"{}" * number)
            node.send(report(seq) for seq in range(1, 21))
            assert until(lambda: len(node.receipted()) == 20)
            node.close()
            assert process.poll() is None
            assert served.end(15) == 0
        finally:
            process.kill()
            process.wait()


@pytest.mark.slow
def test_a_node_goes_on_when_nobody_reads_its_log(tmp_path: Path) -> None:
    config = write_config(tmp_path, 1, playback=looped_from(now()), source=str(tmp_path / "none.mp4"))
    child = subprocess.Popen([sys.executable, "-c", RUN, str(config)], stderr=subprocess.PIPE)
    try:
        assert child.stderr is not None
        assert b"node_started" in child.stderr.readline() + child.stderr.readline() + child.stderr.readline()
        child.stderr.close()
        assert not until(lambda: child.poll() is not None, 6)
        child.terminate()
        assert child.wait(30) == 0
    finally:
        child.kill()
        child.wait()
    assert [row.event.type for row in rows_in(tmp_path) if row.event] == ["started", "camera_lost", "stopped"]
