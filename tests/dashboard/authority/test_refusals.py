"""What is read from the server's log."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from dashboard.broker.metrics import told_on
from dashboard.broker.natsbinary import BrokerError
from dashboard.broker.refusals import Refusal, Refusals, refusal_of
from tests.dashboard.metrics.test_metrics import samples
from tests.ports import free_port

HEAD = "[14650] 2026/11/26 07:58:53.741579 "


@pytest.mark.parametrize(
    ("case", "line", "expected"),
    [
        ("a write that is not allowed",
         '[ERR] 127.0.0.1:42577 - mid:27 - "n07" - Publish Violation - Subject "lanes.v1.p.n08.report"',
         Refusal("publish", "127.0.0.1:42577", "n07", "lanes.v1.p.n08.report")),
        ("a read that is not allowed",
         '[ERR] 127.0.0.1:41001 - mid:28 - "n08" - Subscription Violation - Subject "lanes.v1", SID x',
         Refusal("subscribe", "127.0.0.1:41001", "n08", "lanes.v1")),
        ("a certificate that is no good",
         "[ERR] 127.0.0.1:56776 - mid:5 - TLS handshake error: tls: client didn't provide a certificate",
         Refusal("tls", "127.0.0.1:56776", "", "tls: client didn't provide a certificate")),
        ("a name that is no user's", '[ERR] 127.0.0.1:53785 - mid:29 - "n07" - authentication error',
         Refusal("unknown", "127.0.0.1:53785", "n07", "")),
        ("the same, said again", '[ERR] 1.2.3.4:5 - mid:2 - "n" - unable to connect: x', None),
        ("hung up without a word, as who looks whether it answers",
         "[ERR] 127.0.0.1:56776 - mid:5 - TLS handshake error: EOF", None),
        ("something else", "[INF] Server is ready", None),
        ("Mosquitto: a write that is not allowed",
         "1795: Denied PUBLISH from n08 (d0, q1, r0, m2, 'lanes/v1/p/n07/report', ... (2 bytes))",
         Refusal("publish", "", "n08", "lanes/v1/p/n07/report")),
        ("Mosquitto: no certificate, a foreign, an old or a revoked one",
         "1795: Client connection from 127.0.0.1 failed: error:0A:SSL routines::certificate verify failed.",
         Refusal("tls", "127.0.0.1", "", "error:0A:SSL routines::certificate verify failed.")),
        ("Mosquitto: the same, said again",
         "1795: OpenSSL Error[0]: error:0A000086:SSL routines::certificate verify failed", None),
        ("Mosquitto: a name that is no user's", "1795: Client n09 disconnected, not authorised.",
         Refusal("unknown", "", "n09", "not authorised")),
        ("Mosquitto: something else", "1795: Client n08 disconnected.", None),
    ],
)  # fmt: skip
def test_lines(case: str, line: str, expected: Refusal | None) -> None:
    assert refusal_of(HEAD + line) == expected


def test_a_log_is_followed_across_half_lines_and_a_new_beginning(tmp_path: Path) -> None:
    path = tmp_path / "nats.log"
    line = HEAD + '[ERR] 127.0.0.1:53785 - mid:29 - "n07" - authentication error\n'
    path.write_text(line)
    refusals = Refusals(path)
    refusals.look()
    assert refusals.counts == {}
    with path.open("a") as log:
        log.write(line + line[:30])
        log.flush()
        refusals.look()
        assert refusals.counts == {"unknown": 1}
        log.write(line[30:])
    refusals.look()
    assert refusals.counts == {"unknown": 2}
    path.write_text(line)
    refusals.look()
    assert refusals.counts == {"unknown": 3}
    path.unlink()
    refusals.look()


def test_refusals_are_counted_for_prometheus(tmp_path: Path) -> None:
    path, port = tmp_path / "nats.log", free_port()
    refusals = Refusals(path)
    with told_on(port, refusals):
        line = HEAD + '[ERR] 127.0.0.1:42577 - mid:27 - "n07" - Publish Violation - Subject "a"\n'
        path.write_text(line * 3)
        refusals.look()
        told = samples(httpx.get(f"http://127.0.0.1:{port}/metrics").text)
        with pytest.raises(BrokerError, match="give another by --metrics"), told_on(port, refusals):
            pass
    kinds = {dict(labels)["kind"]: times for (name, labels), times in told.items() if name.endswith("_total")}
    assert kinds == {"tls": 0, "unknown": 0, "publish": 3, "subscribe": 0}
    with told_on(port, refusals):
        pass  # the port is free again
