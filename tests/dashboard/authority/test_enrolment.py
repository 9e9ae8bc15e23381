"""Codes, certificates and renewal: the desk itself, and the node's side over real HTTPS."""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import ssl
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from starlette.testclient import TestClient

from dashboard.access.audit import Audit, Entry
from dashboard.authority.authority import Authority, AuthorityError, Subject
from dashboard.authority.desk import CODE_LASTS_S, RefusedError
from dashboard.authority.ledger import Ledger
from dashboard.authority.plates import PlateSecretError
from dashboard.authority.rights import RIGHTS_FILE
from dashboard.authority.server import make_app
from edge.config import load_node
from edge.enrolment.asking import certificate_of
from edge.enrolment.enrol import enrol
from edge.enrolment.identity import EnrolError, Identity
from edge.enrolment.renew import renew_if_due
from edge.node.access import tls_context
from edge.node.renewal import Renewal
from edge.pairing import (
    ENROL_PATH,
    RENEWAL_CONTEXT,
    Code,
    CodeError,
    EnrolRequest,
    new_key_and_request,
)
from tests.dashboard.authority.office import NOW_S, Office
from tests.dashboard.authority.place import Caller, Place, mark_of, running
from tests.dashboard.nodes import until
from tests.edge.test_disk_faults import fill, small_disk  # noqa: F401 a fixture


def test_a_code_counts_once_for_its_node_and_for_an_hour(each_office: Office) -> None:
    code = Code.read(each_office.desk.invite("n07", None, "root").text())
    with pytest.raises(RefusedError):
        each_office.enrol(code, "n08")
    _, granted = each_office.enrol(code)
    certificate = x509.load_pem_x509_certificate(granted.certificate.encode())
    assert certificate.subject.rfc4514_string() == "CN=n07"
    assert granted.until_s == NOW_S + 90 * 86400
    assert granted.plate_secret is None
    with pytest.raises(RefusedError):
        each_office.enrol(code)
    late = each_office.desk.invite("n08", None, "root")
    each_office.now_s += CODE_LASTS_S + 1
    with pytest.raises(RefusedError):
        each_office.enrol(late)
    outcomes = [(entry.who, entry.what, entry.outcome) for entry in Audit(each_office.store).newest(3)]
    assert outcomes[0] == ("n08", "enrol", "refused")


def test_a_newer_code_takes_the_place_of_an_older_one(each_office: Office) -> None:
    older, newer = each_office.desk.invite("n07", None, "root"), each_office.desk.invite("n07", None, "root")
    with pytest.raises(RefusedError):
        each_office.enrol(older)
    each_office.enrol(newer)


@pytest.mark.parametrize(
    ("node", "port", "words"),
    [
        ("n99", None, "names it at no port"),
        ("central", None, "no name for a node"),
        ("N07", None, "no name for a node"),
        ("n07", "elsewhere", "not in port.yaml"),
    ],
)
def test_nodes_that_are_not_invited(office: Office, node: str, port: str | None, words: str) -> None:
    with pytest.raises(AuthorityError, match=words):
        office.desk.invite(node, port, "root")


def test_no_code_stands_in_the_database_and_the_key_is_its_owners_alone(
    office: Office, tmp_path: Path
) -> None:
    code = office.desk.invite("n07", None, "root")
    office.store.close()
    for file in tmp_path.glob("lanewatch.db*"):
        assert code.secret.encode() not in file.read_bytes()
    assert stat.S_IMODE((tmp_path / "authority" / "ca.key").stat().st_mode) == 0o600


def test_renewal_and_who_is_refused_it(each_office: Office, tmp_path: Path) -> None:
    key, granted = each_office.enrol(each_office.desk.invite("n07", None, "root"))
    new_key, renewed = each_office.renew(key, granted.certificate)
    assert renewed.certificate != granted.certificate
    other_key, _ = new_key_and_request()
    foreign = Authority.made_in(tmp_path / "other", NOW_S)
    theirs = foreign.sign(new_key_and_request()[1], Subject("n07", ("x.n07",)), NOW_S, 90).pem.decode()
    for by, certificate, over in (
        (other_key, granted.certificate, RENEWAL_CONTEXT),
        (key, granted.certificate, b"signed for something else"),
        (key, theirs, RENEWAL_CONTEXT),
        (key, "no certificate", RENEWAL_CONTEXT),
    ):
        with pytest.raises(RefusedError):
            each_office.renew(by, certificate, over)
    each_office.now_s += 91 * 86400
    with pytest.raises(RefusedError):
        each_office.renew(new_key, renewed.certificate)
    each_office.now_s -= 91 * 86400
    each_office.desk.revoke("n07", "root")
    with pytest.raises(RefusedError):
        each_office.renew(new_key, renewed.certificate)


def test_a_revocation_that_the_broker_did_not_read_is_no_success(tmp_path: Path) -> None:
    place, office = Place(tmp_path, "embedded"), Office(tmp_path)
    office.enrol(office.desk.invite("n07", None, "root"))
    office.store.close()
    said = "Job for mosquitto.service failed."
    text = place.yaml.read_text()
    place.yaml.write_text(text.replace("reload: []", f"reload: [sh, -c, 'echo {said} >&2; exit 1']"))
    done = place.command("revoke", "n07")
    assert done.returncode == 2
    assert "n07: revoked (1 certificates)" in done.stdout
    assert done.stderr.endswith(f" failed ({said}); reload the broker: till then n07 gets in\n")
    place.yaml.write_text(text.replace("reload: []", "reload: ['true']"))
    assert place.command("revoke", "n07").returncode == 0


@pytest.mark.parametrize(
    ("reload", "says"),
    [
        ("[]", ""),
        ("['true']", ""),
        ("['false']", "The port's broker was not reloaded and does not know n07 yet"),
    ],
)
def test_the_technician_is_told_where_the_broker_does_not_know_the_node(
    reload: str, says: str, tmp_path: Path
) -> None:
    place = Place(tmp_path, "embedded")
    place.yaml.write_text(place.yaml.read_text().replace("reload: []", f"reload: {reload}"))
    try:
        place.start_authority()
        done = place.use_code("n07", place.code("n07"))
    finally:
        place.stop()
    assert (done.returncode, done.stdout[:15]) == (0, "n07 is enrolled"), done.stderr
    assert done.stderr[: len(says) or None].strip() == says


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: "",
        lambda pem: pem[: len(pem) // 2],
        lambda pem: pem.replace("M", "\N{SNOWMAN}"),
        # the curve's number, the signature
        lambda pem: changed(pem, b"\x2a\x86\x48\xce\x3d\x03\x01\x07", b"\x2a\x86\x48\xce\x3d\x03\x01\x7f"),
        lambda pem: changed(pem, b"\x2a\x86\x48\xce\x3d\x04\x03\x02", b"\x2a\x86\x48\xce\x3d\x04\x03\x7f"),
    ],
)
def test_a_request_that_is_none_does_not_use_the_code_up(
    damage: Callable[[str], str], each_office: Office
) -> None:
    code = each_office.desk.invite("n07", None, "root")
    _, csr = new_key_and_request()
    with pytest.raises(RefusedError, match="certificate request"):
        each_office.desk.grant(EnrolRequest("n07", code.secret, damage(csr.decode())), "10.0.0.9")
    (entry,) = Audit(each_office.store).newest(1)
    assert (entry.who, entry.what, entry.outcome) == ("n07", "enrol", "refused")
    each_office.enrol(code)


def changed(pem: str, old: bytes, new: bytes) -> str:
    """A request with some of its bytes changed."""
    head, *lines, foot = pem.strip().splitlines()
    raw = base64.b64decode("".join(lines))
    assert old in raw
    return "\n".join([head, base64.b64encode(raw.replace(old, new)).decode(), foot, ""])


def test_a_code_is_not_used_up_in_vain_where_the_broker_s_files_cannot_be_written(office: Office) -> None:
    code = office.desk.invite("n07", None, "root")
    rights = office.desk.write_broker_files() / RIGHTS_FILE
    rights.unlink()
    rights.mkdir()
    _, granted = office.enrol(code)
    assert not granted.rights_read, "it has its certificate, and is told what is missing"
    assert office.desk.revoke("n07", "root").unread == (
        f"its files in {rights.parent} cannot be written (Is a directory)"
    )


def test_the_broker_s_files_wait_while_the_database_is_away(office: Office, tmp_path: Path) -> None:
    office.store.close()
    for file in tmp_path.glob("lanewatch.db*"):
        file.unlink()
    (tmp_path / "lanewatch.db").mkdir()
    told = office.desk.tell_broker()
    assert told is not None
    assert "are not up to date (the database is away: unable to open database file)" in told


def test_a_request_with_a_weak_key_or_a_broken_signature_is_refused(office: Office) -> None:
    key = ec.generate_private_key(ec.SECP192R1())
    weak = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    code = office.desk.invite("n07", None, "root")
    pem = weak.public_bytes(Encoding.PEM)
    with pytest.raises(RefusedError, match="P-256"):
        office.desk.grant(EnrolRequest("n07", code.secret, pem.decode()), "10.0.0.9")
    with pytest.raises(AuthorityError, match="cannot be read"):
        office.desk.authority.sign(b"x", Subject("n07", ("n07",)), NOW_S, 1)


def test_the_secret_for_plates_is_handed_over_only_where_plates_are_on(tmp_path: Path) -> None:
    office = Office(tmp_path, plates=True)
    _, first = office.enrol(office.desk.invite("n07", None, "root"))
    _, second = office.enrol(office.desk.invite("n08", None, "root"))
    assert first.plate_secret is not None
    assert len(first.plate_secret) == 64
    assert first.plate_secret == second.plate_secret
    secret = tmp_path / "authority" / "plates-testport.secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_a_code_is_not_used_up_while_no_secret_for_plates_can_be_made(
    small_disk: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    office = Office(small_disk, plates=True, url=f"sqlite:///{tmp_path}/lanewatch.db")
    code = office.desk.invite("n07", None, "root")
    filler = fill(small_disk)
    with pytest.raises(PlateSecretError, match="No space left on device"):
        office.enrol(code)
    assert list(office.desk.authority.folder.glob("*plates*")) == [], "no half of one is left"
    filler.unlink()
    key, granted = office.enrol(code)
    assert granted.plate_secret is not None
    assert [entry.what for entry in Audit(office.store).newest(9)] == ["enrol", "enrol: invited"]
    assert office.renew(key, granted.certificate)[1].plate_secret == granted.plate_secret


@pytest.mark.parametrize("damage", ["", "0123456789abcdef", "g" * 64])
def test_what_is_no_secret_for_plates_is_handed_to_no_node(damage: str, tmp_path: Path) -> None:
    office = Office(tmp_path, plates=True)
    code = office.desk.invite("n07", None, "root")
    secret = tmp_path / "authority" / "plates-testport.secret"
    secret.write_text(damage)
    with TestClient(make_app(office.desk)) as node:
        _, csr = new_key_and_request()
        reply = node.post(ENROL_PATH, json={"node": "n07", "secret": code.secret, "csr": csr.decode()})
    assert (reply.status_code, "a code was not used up" in reply.json()["detail"]) == (503, True)
    secret.unlink()
    office.enrol(code)


def test_of_two_nodes_with_one_code_the_later_is_refused(each_office: Office) -> None:
    code = each_office.desk.invite("n07", None, "root")
    ledger = Ledger(each_office.store)
    first, second = (ledger.invited("n07", code.secret, NOW_S) for _ in range(2))
    assert first is not None
    assert second is not None
    entry = Entry(NOW_S, "n07", "10.0.0.9", "enrol")
    certificates = [
        each_office.desk.authority.sign(new_key_and_request()[1], Subject("n07", (one.user,)), NOW_S, 90)
        for one in (first, second)
    ]
    assert ledger.enrol(first, code.secret, certificates[0], entry)
    assert not ledger.enrol(second, code.secret, certificates[1], entry)
    assert ledger.enrolled() == [first]
    assert ledger.holder(certificates[0].serial) == first
    assert ledger.holder(certificates[1].serial) is None


def test_an_authority_that_could_not_be_made_whole_is_made_later(small_disk: Path) -> None:  # noqa: F811
    for free in range(0, 20_000, 4096):
        filler = fill(small_disk)
        os.truncate(filler, filler.stat().st_size - free)
        with contextlib.suppress(OSError):
            Authority.made_in(small_disk / f"authority-{free}", NOW_S)
        filler.unlink()
        Authority.made_in(small_disk / f"authority-{free}", NOW_S)


@pytest.mark.parametrize("text", ["", "x", "%%%", "eyJ1IjoxfQ", "é"])
def test_words_that_are_no_code(text: str) -> None:
    with pytest.raises(CodeError):
        Code.read(text)


def test_a_change_of_files_that_was_cut_short_is_finished(tmp_path: Path) -> None:
    identity = Identity(tmp_path / "a.crt", tmp_path / "a.key", tmp_path / "ca.crt")
    identity.keep(b"old certificate", b"old key", b"ca")
    (tmp_path / "a.key.next").write_bytes(b"new key")
    identity.finish()
    assert (identity.certificate.read_bytes(), identity.key.read_bytes()) == (b"old certificate", b"old key")
    identity.key.write_bytes(b"new key")
    (tmp_path / "a.crt.next").write_bytes(b"new certificate")
    identity.finish()
    assert (identity.certificate.read_bytes(), identity.key.read_bytes()) == (b"new certificate", b"new key")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.crt", "a.key", "ca.crt"]


@pytest.mark.slow
def test_over_the_wire_a_node_enrols_once_and_renews_before_a_short_certificate_runs_out(
    tmp_path: Path,
) -> None:
    with running(tmp_path, "embedded", days=45 / 86400, plates=True) as place:
        code = place.code("n07")
        other = Code.read(code)
        wrong = Code(other.url, other.node, other.secret, "00" * 32).text()
        for case, text, words in (
            ("another authority", wrong, "is not the authority that made this code"),
            ("half a code", code[:20], "copy it whole"),
        ):
            refused = place.use_code("n07", text)
            assert (refused.returncode, words in refused.stderr) == (2, True), (case, refused.stderr)
        assert place.use_code("n08", code).stderr.startswith("node: the code is for n07")
        assert place.use_code("n07", code).returncode == 0
        access = place.access("n07")
        again = place.use_code("n07", code)
        assert again.returncode == 2
        assert "wrong, used or too old" in again.stderr
        identity = Identity.of(access)
        assert stat.S_IMODE(identity.key.stat().st_mode) == 0o600
        assert stat.S_IMODE(identity.plate_secret.stat().st_mode) == 0o600
        before = identity.certificate.read_bytes()
        assert not renew_if_due(identity, time.time()).renewed
        renewal = Renewal(access)
        assert until(lambda: renewal.tick(time.time())), place.text("authority.log")
        assert identity.certificate.read_bytes() != before
        renewed = Caller(place.broker, tls_context(access), "n07")
        assert renewed.is_in()
        renewed.close()
        renewal.stop()


def test_a_node_that_cannot_write_its_files_uses_no_code_up(tmp_path: Path) -> None:
    place = Place(tmp_path, "embedded")
    yaml = place.node_yaml("n07")
    taken = yaml.parent / "keys"
    taken.write_text("")
    yaml.write_text(yaml.read_text().replace("key: node.key", "key: keys/node.key"))
    config = load_node(yaml)
    try:
        place.start_authority()
        code = place.code("n07")
        with pytest.raises(EnrolError, match=r"keys/node.key: cannot be written .*use the same code again"):
            enrol(code, config)
        taken.unlink()
        assert enrol(code, config).rights_read
    finally:
        place.stop()


@pytest.mark.slow
def test_who_does_not_finish_a_request_is_let_go_and_others_are_answered(tmp_path: Path) -> None:
    place = Place(tmp_path, "embedded")
    trusting = ssl._create_unverified_context()
    where = ("127.0.0.1", place.authority_port)
    try:
        place.start_authority()
        with socket.create_connection(where, 30) as slow, trusting.wrap_socket(slow) as wrapped:
            head = f"POST {ENROL_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 600\r\n\r\n{{"
            wrapped.sendall(head.encode())
            place.enrol("n07")
            with contextlib.suppress(ConnectionError, ssl.SSLEOFError):
                assert wrapped.recv(1) == b""
    finally:
        place.stop()


@pytest.mark.parametrize(
    "url", ["port.example", "http://port.example", "https://", "https://p:abc", "https://[::1"]
)
def test_an_address_of_the_authority_that_is_none(url: str) -> None:
    with pytest.raises(EnrolError, match="is no https address; give one as https:"):
        certificate_of(url, "00")


def test_the_list_tells_days_left_of_certificates_that_count_alone(office: Office) -> None:
    office.enrol(Code.read(office.desk.invite("n07", None, "root").text()))
    assert office.desk.listed() == ["n07  testport  enrolled  90.0 days left"]
    office.now_s += 91 * 86400
    assert office.desk.listed() == ["n07  testport  expired"]


@pytest.mark.slow
def test_a_broker_that_hangs_costs_a_node_neither_its_answer_nor_its_code(tmp_path: Path) -> None:
    place, hangs = Place(tmp_path, "embedded"), tmp_path / "hangs"
    reload = f'reload: [sh, -c, "if [ -e {hangs} ]; then exec sleep 60; fi"]'
    place.yaml.write_text(place.yaml.read_text().replace("reload: []", reload))
    try:
        place.start_authority()
        code = place.code("n07")
        hangs.touch()
        done = place.use_code("n07", code)
    finally:
        place.stop()
    assert done.returncode == 0, done.stderr
    assert mark_of(tmp_path / "n07" / "node.crt").node == "n07"
    assert "broker_not_reloaded" in place.text("authority.log")
