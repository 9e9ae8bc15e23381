"""The way to central: address, TLS, certificates, and what the broker lets this node do."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime

from cryptography import x509
from cryptography.x509.oid import NameOID

from edge.config import BrokerConfig, NodeConfig
from edge.doctor.finding import Finding, fail, ok, warn
from edge.doctor.probe import RECEIPT_S, Answer, ask
from edge.enrolment.identity import Identity
from edge.messages import TOPICS
from edge.node.access import Access, LinkError
from edge.yamlfile import reason

CONNECT_S = 5.0
SOON_D = 14.0
OFFSET_S = 2.0
DAY_S = 86_400.0


def check_broker(
    config: NodeConfig, running: bool, now_s: float, receipt_s: float = RECEIPT_S
) -> Iterator[Finding]:
    """All that stands between a report and central, in the order in which it is met."""
    broker = config.broker
    if broker is None:
        yield warn("broker", "none in the config: nothing is reported", "add `broker:`")
        return
    try:
        access = Access.of(broker)
    except LinkError as error:
        yield fail("broker", str(error))
        return
    if access.tls is not None:
        yield from check_certificate(broker, config.node, now_s)
    reached = list(_reach(access, now_s))
    yield from reached
    if any(finding.level == "fail" for finding in reached):
        return
    if running:
        yield warn(
            "rights", "not tried: the node runs, and a second client of its name would cut it off",
            "see receipt_age_s in its health at central, or stop the node and ask again",
        )  # fmt: skip
        return
    yield from judge(ask(access, config.port, config.node, receipt_s), access, config.port, config.node)


def check_certificate(broker: BrokerConfig, node: str, now_s: float) -> Iterator[Finding]:
    """The node's own certificate: its time and its name, which is what rights go by."""
    assert broker.certificate is not None
    assert broker.key is not None
    certificate = x509.load_pem_x509_certificate(broker.certificate.read_bytes())
    begins, ends = certificate.not_valid_before_utc.timestamp(), certificate.not_valid_after_utc.timestamp()
    names = _names(certificate)
    until = f"until {_day(ends)}"
    if now_s < begins:
        yield fail(
            "certificate", f"is valid from {_day(begins)} on only", "check the clock, then enrol again"
        )
    elif now_s >= ends:
        yield fail("certificate", f"expired on {_day(ends)}", "enrol the node again: lanewatch-edge enrol")
    elif node not in names:
        yield fail(
            "certificate", f"is that of {', '.join(names) or 'nobody'}, but this is node {node}",
            "the broker would drop all that it sends: enrol it again, or mend `node:`",
        )  # fmt: skip
    elif ends - now_s < SOON_D * DAY_S:
        enrolled = Identity.of(broker).address.exists()
        fix = "the node should have renewed it: is the authority reached?" if enrolled else "renew it by hand"
        yield warn("certificate", f"{node}, {until}", fix)
    else:
        yield ok("certificate", f"{node}, {until}")
    if broker.key.stat().st_mode & 0o077:
        yield warn("key", f"{broker.key.name} can be read by others", f"chmod 600 {broker.key}")


def _names(certificate: x509.Certificate) -> list[str]:
    common = [str(name.value) for name in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    try:
        other = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return common
    return list(dict.fromkeys([*common, *other.get_values_for_type(x509.DNSName)]))


def _reach(access: Access, now_s: float) -> Iterator[Finding]:
    try:
        with socket.create_connection((access.host, access.port), CONNECT_S) as plain:
            if access.tls is None:
                yield _without_tls(access)
                return
            with access.tls.wrap_socket(plain, server_hostname=access.host) as secured:
                yield from _server(access, secured, now_s)
    except socket.gaierror:
        yield fail(
            "broker", f"{access.host} is no name that can be resolved", "check `broker.url` and the DNS"
        )
    except TimeoutError:
        yield fail("broker", f"{access.name} does not answer", "check address, cable and firewall")
    except ssl.SSLCertVerificationError as error:
        yield _distrust(access, error)
    except ssl.SSLError as error:
        yield fail(
            "broker", f"{access.name} speaks no TLS that fits ({error.reason})", "check port and scheme"
        )
    except OSError as error:
        yield fail("broker", f"{access.name} refuses: {reason(error)}", "is the broker running there?")


def _without_tls(access: Access) -> Finding:
    said = f"{access.name} answers, without TLS"
    if access.host in ("localhost", "127.0.0.1", "::1"):
        return ok("broker", said)
    return warn("broker", said, "anybody on the way can read and forge reports: use mqtts://")


def _server(access: Access, secured: ssl.SSLSocket, now_s: float) -> Iterator[Finding]:
    ends = ssl.cert_time_to_seconds(str((secured.getpeercert() or {})["notAfter"]))
    said = f"{access.name} answers with {secured.version()}, its certificate holds until {_day(ends)}"
    if ends - now_s < SOON_D * DAY_S:
        yield warn("broker", said, "renew the broker's certificate")
    else:
        yield ok("broker", said)


def _distrust(access: Access, error: ssl.SSLCertVerificationError) -> Finding:
    said = f"{access.name} is not trusted: {error.verify_message.rstrip('.')}"
    if error.verify_code in (9, 10):
        return fail("broker", said, "renew the broker's certificate; if it is new, check this box's clock")
    if error.verify_code in (62, 64):
        return fail("broker", said, "use the name in the broker's certificate in `broker.url`, or renew it")
    return fail("broker", said, "`broker.ca` is not that broker's authority; enrol the node again")


def judge(answer: Answer, access: Access, port: str, node: str) -> Iterator[Finding]:
    """What the probe says of the rights of a node of a port, and of the clock.

    An acknowledgement over MQTT 3.1.1 says nothing of rights; a refusal over MQTT 5 and a receipt of central
    do. Source: docs/decisions/0002.
    """
    if not answer.connected:
        yield fail(
            "rights", f"{access.name} lets this node not in ({answer.reason})", "enrol it, or check its user"
        )
        return
    down, up = (_all_beside(TOPICS[name].of(port, node)) for name in ("receipt", "report"))
    if answer.down_refused:
        yield fail("rights", "may not read its receipts and commands", _grant(f"{down} to read"))
    if answer.up_refused:
        yield fail("rights", "may not write its reports", _grant(f"{up} to write"))
    elif answer.offset_s is not None:
        yield ok("rights", "an event was stored and receipted by central")
        yield from _offset(answer.offset_s)
    elif answer.nobody_listens:
        yield warn("rights", "may write; central is not subscribed", "start central, then ask again")
    elif answer.up_allowed:
        yield warn(
            "rights",
            "may write, but no receipt came",
            "is central running, and is this port in its port.yaml?",
        )
    else:
        yield fail(
            "rights", "no receipt came, so nothing that it sends is known to be stored",
            f"is central running, and may this certificate write {up}?",
        )  # fmt: skip


def _all_beside(topic: str) -> str:
    return f"{topic.rpartition('/')[0]}/#"


def _grant(right: str) -> str:
    """A broker that did not read its rights again after an enrolment refuses, too."""
    return f"at central have the broker give it {right}; if it was enrolled just now, reload the broker"


def _offset(offset_s: float) -> Iterator[Finding]:
    if abs(offset_s) > OFFSET_S:
        yield warn("offset", f"this clock is {offset_s:+.1f} s against central's", "check both time servers")
    else:
        yield ok("offset", f"{offset_s:+.1f} s against central's clock")


def _day(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"
