"""`doctor` and real brokers: reachable, trusted, in time, of the right name, with the rights to report."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from edge.config import BrokerConfig, NodeConfig
from edge.doctor.broker import check_broker
from edge.doctor.finding import Finding
from tests.conftest import program
from tests.dashboard.brokers import broker
from tests.edge.centrals import Central
from tests.edge.certificates import Authority
from tests.edge.mutebroker import mute_broker
from tests.edge.test_link_tls import EXAMPLES, central, server
from tests.ports import free_port

pytestmark = pytest.mark.slow
PATIENCE_S = 3.0
"""A receipt on loopback comes at once."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Certificates of the server, central and two nodes."""
    authority = Authority(program("openssl"), tmp_path_factory.mktemp("tls") / "lanewatch")
    for name in ("server", "central", "n07", "n08"):
        authority.issue(name)
    return authority


def asked(config: BrokerConfig | None, node: str = "n07", running: bool = False) -> dict[str, Finding]:
    whole = NodeConfig.model_validate(
        {"port": "testport", "node": node, "broker": config, "cameras": [{"id": "c1"}]}
    )
    return {finding.check: finding for finding in check_broker(whole, running, time.time(), PATIENCE_S)}


def levels(found: dict[str, Finding]) -> dict[str, str]:
    return {name: finding.level for name, finding in found.items()}


def redated(authority: Authority, name: str, days: tuple[float, float]) -> None:
    """The certificate of that name again, valid from and to so many days from now."""
    old = x509.load_pem_x509_certificate((authority.folder / f"{name}.crt").read_bytes())
    key = serialization.load_pem_private_key((authority.folder / "ca.key").read_bytes(), None)
    begins, ends = (datetime.now(UTC) + timedelta(days=each) for each in days)
    builder = x509.CertificateBuilder(
        issuer_name=old.issuer, subject_name=old.subject, public_key=old.public_key(),
        serial_number=x509.random_serial_number(), not_valid_before=begins, not_valid_after=ends,
        extensions=list(old.extensions),
    )  # fmt: skip
    new = builder.sign(key, hashes.SHA256())  # type: ignore[arg-type]
    (authority.folder / f"{name}.crt").write_bytes(new.public_bytes(serialization.Encoding.PEM))


@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_a_node_that_may_report(kind: str, tmp_path: Path, made: Authority) -> None:
    with installed(kind, tmp_path, made) as port:
        receiver = central(port, made)
        receiver.ready()
        found = asked(made.broker(port, "n07"))
        assert levels(found) == {
            "certificate": "warn", "broker": "warn", "rights": "ok", "offset": "ok"
        }, found  # fmt: skip
        assert "until" in found["certificate"].said
        assert "renew it by hand" in found["certificate"].line, "no authority enrolled it"
        receiver.close()


@pytest.mark.parametrize(("kind", "level"), [("mosquitto", "warn"), ("nats", "fail")])
def test_central_is_away(kind: str, level: str, tmp_path: Path, made: Authority) -> None:
    """Mosquitto says over MQTT 5 that nobody listens; NATS says nothing, so nothing is proved."""
    with installed(kind, tmp_path, made) as port:
        found = asked(made.broker(port, "n07"))
    assert found["rights"].level == level
    assert "central" in found["rights"].line


@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_a_node_with_the_certificate_of_another(kind: str, tmp_path: Path, made: Authority) -> None:
    with installed(kind, tmp_path, made) as port:
        receiver = central(port, made)
        receiver.ready()
        found = asked(made.broker(port, "n08"))
        receiver.close()
    assert "n08" in found["certificate"].said
    assert (found["certificate"].level, found["rights"].level) == ("fail", "fail")
    assert not receiver.rows


def test_mosquitto_whose_rights_leave_the_node_out(tmp_path: Path, made: Authority) -> None:
    with installed("mosquitto", tmp_path, made, acl="user central\ntopic read lanes/v1/#\n") as port:
        found = asked(made.broker(port, "n07"))
    assert found["rights"].level == "fail"
    assert "may not write" in found["rights"].said
    assert "/n07/# to write; if it was enrolled just now, reload the broker" in found["rights"].line


def test_a_certificate_that_expired(tmp_path: Path) -> None:
    authority = Authority(program("openssl"), tmp_path / "lanewatch")
    for name in ("server", "n07"):
        authority.issue(name)
    redated(authority, "n07", (-30, -1))
    with server("mosquitto", tmp_path) as port:
        wait_for(port)
        found = asked(authority.broker(port, "n07"))
    assert "expired" in found["certificate"].said
    assert levels(found) == {"certificate": "fail", "broker": "warn", "rights": "fail"}


@pytest.mark.parametrize(
    ("days", "level", "says"),
    [
        ((-9, -2), "fail", "certificate has expired"),
        ((2, 9), "fail", "not yet valid"),
        ((-1, 90), "ok", "until"),
    ],
)
def test_the_broker_s_certificate(days: tuple[float, float], level: str, says: str, tmp_path: Path) -> None:
    authority = Authority(program("openssl"), tmp_path / "lanewatch")
    for name in ("server", "n07"):
        authority.issue(name)
    redated(authority, "server", days)
    redated(authority, "n07", (-1, 90))
    with server("mosquitto", tmp_path) as port:
        wait_for(port)
        found = asked(authority.broker(port, "n07"))
    assert (found["broker"].level, found["certificate"].level) == (level, "ok")
    assert says in found["broker"].said


def test_a_broker_under_another_name(tmp_path: Path, made: Authority) -> None:
    with installed("mosquitto", tmp_path, made) as port:
        config = made.broker(port, "n07").model_copy(update={"url": f"mqtts://localhost:{port}"})
        found = asked(config)
    assert found["broker"].level == "fail"
    assert "localhost" in found["broker"].said
    assert "rights" not in found


def test_a_broker_of_another_authority(tmp_path: Path, made: Authority) -> None:
    other = Authority(program("openssl"), tmp_path / "other")
    with installed("mosquitto", tmp_path, made) as port:
        config = made.broker(port, "n07").model_copy(update={"ca": other.folder / "ca.crt"})
        found = asked(config)
    assert (found["broker"].level, "enrol the node again" in found["broker"].line) == ("fail", True)


def test_a_port_that_speaks_no_tls(tmp_path: Path, made: Authority) -> None:
    with broker("mosquitto", tmp_path / "broker") as port:
        assert asked(made.broker(port, "n07"))["broker"].level == "fail"


def test_a_running_node_is_not_cut_off(tmp_path: Path, made: Authority) -> None:
    with installed("mosquitto", tmp_path, made) as port:
        found = asked(made.broker(port, "n07"), running=True)
    assert (found["rights"].level, "not tried" in found["rights"].said) == ("warn", True)


def test_nobody_listens_at_that_address() -> None:
    found = asked(BrokerConfig(url=f"mqtt://127.0.0.1:{free_port()}"))
    assert levels(found) == {"broker": "fail"}


def test_a_name_that_is_none() -> None:
    assert "resolved" in asked(BrokerConfig(url="mqtt://no-such-host.invalid"))["broker"].said


def test_files_that_enrolment_has_not_made(tmp_path: Path) -> None:
    config = BrokerConfig(
        url="mqtts://127.0.0.1:8883", certificate=tmp_path / "n.crt", key=tmp_path / "n.key"
    )
    assert "broker.certificate" in asked(config)["broker"].said


def test_a_broker_that_takes_no_message() -> None:
    with mute_broker() as mute:
        found = asked(BrokerConfig(url=f"mqtt://127.0.0.1:{mute.port}"))
    assert levels(found) == {"broker": "ok", "rights": "fail"}


def test_a_node_without_a_broker() -> None:
    assert levels(asked(None)) == {"broker": "warn"}


@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_a_broker_without_certificates(kind: str, tmp_path: Path) -> None:
    with broker(kind, tmp_path / "broker") as port:
        receiver = Central(port)
        receiver.ready()
        found = asked(BrokerConfig(url=f"mqtt://127.0.0.1:{port}"), "n1")
        receiver.close()
    assert levels(found) == {"broker": "ok", "rights": "ok", "offset": "ok"}


@contextmanager
def installed(kind: str, folder: Path, authority: Authority, acl: str | None = None) -> Iterator[int]:
    """The example's broker with these certificates; `acl` in place of its rights."""
    (folder / "lanewatch").symlink_to(authority.folder)
    rights = folder / "acl"
    rights.write_text((EXAMPLES / "mosquitto.acl").read_text() if acl is None else acl)
    with server(kind, folder, rights) as port:
        wait_for(port)
        yield port


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe_socket:
            if probe_socket.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the broker does not listen")
