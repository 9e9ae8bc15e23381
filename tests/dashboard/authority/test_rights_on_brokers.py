"""Enrolled, foreign, expired and revoked: whom real brokers let in, and what they may say and hear."""

from __future__ import annotations

import shutil
import ssl
import time
from pathlib import Path

import httpx
import pytest

from dashboard.authority.authority import Authority, Subject
from dashboard.broker.metrics import RefusalCollector
from dashboard.broker.refusals import Refusals
from edge.config import BrokerConfig
from edge.node.access import tls_context
from edge.pairing import new_key_and_request
from tests.dashboard.authority.place import Caller, Place, mark_of, running
from tests.dashboard.metrics.test_metrics import of, samples
from tests.dashboard.nodes import until
from tests.edge.centrals import Central, Wire

KINDS = ["embedded", "cluster", "nats", "mosquitto"]
pytestmark = pytest.mark.slow


def made_by(authority: Authority, folder: Path, subject: Subject, at_s: float, days: float) -> ssl.SSLContext:
    """A client's context with a certificate that was issued at `at_s`."""
    key, csr = new_key_and_request()
    folder.mkdir(exist_ok=True)
    (folder / "crt").write_bytes(authority.sign(csr, subject, at_s, days).pem)
    (folder / "key").write_bytes(key)
    context = ssl.create_default_context(cafile=str(folder.parent / "authority" / "ca.crt"))
    context.load_cert_chain(folder / "crt", folder / "key")
    return context


def strangers(place: Place) -> dict[str, ssl.SSLContext]:
    """Everybody who must not come in."""
    now_s, folder = time.time(), place.folder
    known = mark_of(folder / "n07" / "node.crt")
    subject = Subject("n07", (known.user,))
    foreign = Authority.made_in(folder / "other", now_s)
    nobody = ssl.create_default_context(cafile=str(folder / "authority" / "ca.crt"))
    return {
        "no certificate": nobody,
        "a foreign authority": made_by(foreign, folder / "x1", subject, now_s, 90),
        "expired": made_by(place.authority(), folder / "x2", subject, now_s - 20 * 86400, 10),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_rights_by_enrolment(kind: str, tmp_path: Path) -> None:
    with running(tmp_path, kind) as place:
        first, second = place.enrol("n07"), place.enrol("n08")
        who_comes_in_and_what_they_may_say_and_hear(place, first, second)
        assert_seen(place)
        a_revoked_node_is_out_at_once_and_until_it_is_enrolled_anew(place, first, second)


def who_comes_in_and_what_they_may_say_and_hear(place: Place, a: BrokerConfig, b: BrokerConfig) -> None:
    central = Central(place.broker, True, tls_context(place.central()), "central")
    central.ready()
    with Wire(place.folder, a, "n07").running() as node:
        node.report(5)
        assert until(lambda: not node.left()), "an enrolled node delivers, and its rows are freed"
    for case, context in strangers(place).items():
        stranger = Caller(place.broker, context, "n07")
        assert until(lambda: len(stranger.events) >= 2), case  # noqa: B023
        assert not stranger.is_in(0.1), case
        stranger.close()
    forbidden = ("lanes-down/v1/testport/n07/receipt", "lanes-down/v1/testport/n07/#", "lanes/v1/#", "#")
    eavesdropper = Caller(place.broker, tls_context(b), "n08", forbidden)
    victim = Caller(place.broker, tls_context(a), "n07", ("lanes-down/v1/testport/n07/receipt",))
    assert victim.is_in()
    assert eavesdropper.is_in()
    central.receipt("some-boot", 1, 1, "n07")
    assert until(lambda: len(victim.heard) == 1)
    for topic in (
        "lanes/v1/testport/n07/report",
        "lanes/v1/otherport/n08/report",
        "lanes-down/v1/testport/n07/receipt",
        "lanes-down/v1/testport/n08/receipt",
    ):
        eavesdropper.publish(topic)
    time.sleep(0.5)
    assert len(victim.heard) == 1, "a forged receipt reached the node"
    assert eavesdropper.heard == []
    assert {message.node for message in central.messages.values()} == {"n07"}
    for client in (eavesdropper, victim, central):
        client.close()


def a_revoked_node_is_out_at_once_and_until_it_is_enrolled_anew(
    place: Place, a: BrokerConfig, b: BrokerConfig
) -> None:
    live = Caller(place.broker, tls_context(a), "n07")
    neighbour = Caller(place.broker, tls_context(b), "n08")
    assert live.is_in()
    assert neighbour.is_in()
    shutil.copytree(place.folder / "n07", place.folder / "stolen")
    done = place.command("revoke", "n07")
    assert done.returncode == 0, done.stderr
    assert "n07: revoked (1 certificates)" in done.stdout
    assert live.is_out(), live.events
    assert not live.is_in(2), "it came back"
    live.close()
    assert neighbour.events == ["in"], "another node was disturbed"
    fresh = Caller(place.broker, tls_context(place.enrol("n07")), "n07")
    assert fresh.is_in()
    stolen = {
        "certificate": place.folder / "stolen" / "node.crt",
        "key": place.folder / "stolen" / "node.key",
    }
    thief = Caller(place.broker, tls_context(a.model_copy(update=stolen)), "n07")
    assert until(lambda: len(thief.events) >= 2)
    assert "in" not in thief.events
    assert fresh.events.count("in") == 1, "it was thrown out"
    assert fresh.events[-1] == "in"
    for client in (thief, fresh, neighbour):
        client.close()
    assert "n07  testport  enrolled" in place.command("nodes").stdout


def assert_seen(place: Place) -> None:
    """Each refusal stands in a log, and no secret does."""
    if place.kind in ("embedded", "cluster"):
        assert until(lambda: {"tls", "publish", "subscribe"} <= {line["kind"] for line in place.refused()})
        topics = {line["detail"] for line in place.refused() if line["who"] == "n08"}
        assert {"lanes.v1.testport.n07.report", "lanes-down.v1.testport.n07.receipt"} <= topics
        told = samples(httpx.get(f"http://127.0.0.1:{place.metrics}/metrics").text)
        counted = {
            kind for kind in ("tls", "publish", "subscribe") if of(told, "broker_refused_total", kind=kind)
        }
        assert counted == {"tls", "publish", "subscribe"}
    else:
        never_told = {"subscribe"} if place.kind == "mosquitto" else set()
        assert own_broker_is_counted(place, {"tls", "publish", "subscribe"} - never_told)
    log = place.text("broker.log") + place.text("authority.log")
    if place.kind == "nats":
        assert 'Publish Violation - Subject "lanes.v1.otherport.n08.report"' in log
        assert "TLS handshake error" in log
    if place.kind == "mosquitto":
        assert "Denied PUBLISH from n08" in log
        assert "certificate verify failed" in log
        assert "peer did not return a certificate" in log
    for key in place.folder.glob("**/*.key"):
        for line in key.read_text().splitlines()[1:-1]:
            assert line not in log


def own_broker_is_counted(place: Place, kinds: set[str]) -> bool:
    """Whether central tells exactly these of that broker's log, of all that comes to stand in it."""
    refusals = Refusals(place.folder / "none.log")
    (place.folder / "none.log").symlink_to(place.folder / "broker.log")
    collector = RefusalCollector(refusals)

    def told() -> set[str]:
        samples = next(iter(collector.collect())).samples
        return {sample.labels["kind"] for sample in samples if sample.value}

    return until(lambda: told() == kinds)
