"""An answer that was lost: the same code and key get the same certificate again, and nobody else gets one."""

from __future__ import annotations

import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import dashboard.store
from dashboard.access.audit import Audit
from dashboard.authority.desk import CODE_LASTS_S, RefusedError
from dashboard.authority.ledger import ANSWERED_FOR_S, Ledger
from dashboard.authority.tables import CERTIFICATES, NODES
from dashboard.config import load_central
from dashboard.store.retention import Keep, tidy
from dashboard.store.store import Store
from edge.config import BrokerConfig, load_node
from edge.enrolment.enrol import enrol
from edge.enrolment.identity import PENDING_FOR_S, EnrolError, Identity
from edge.enrolment.pending import key_for
from edge.node.renewal import forget_given_up
from edge.pairing import Code, EnrolRequest, Granted, new_key_and_request
from tests.dashboard.authority.office import NOW_S, Office
from tests.dashboard.authority.place import EDGE, Place, mark_of
from tests.ports import free_port

KEEP = Keep(raw_s=3600.0)


def asks(office: Office, code: Code, csr: bytes) -> Granted:
    return office.desk.grant(EnrolRequest(code.node, code.secret, csr.decode()), "10.0.0.9")


def booked(store: Store) -> tuple[int, int]:
    """How many nodes, and how many certificates were ever booked."""
    with store.begin() as connection:
        nodes, certificates = (
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (NODES, CERTIFICATES)
        )
    return nodes, certificates


def code_of(store: Store, node: str) -> tuple[object, ...]:
    """What the books hold of a node's code."""
    columns = (NODES.c.code_digest, NODES.c.code_until_s, NODES.c.answer)
    with store.begin() as connection:
        return tuple(connection.execute(sa.select(*columns).where(NODES.c.node == node)).one())


def test_the_same_key_gets_the_same_and_another_key_nothing(each_office: Office) -> None:
    code = each_office.desk.invite("n07", None, "root")
    _, csr = new_key_and_request()
    first = asks(each_office, code, csr)
    with pytest.raises(RefusedError):
        each_office.enrol(code)
    assert asks(each_office, code, csr) == first
    assert booked(each_office.store) == (1, 1)
    assert each_office.desk.listed() == ["n07  testport  enrolled  90.0 days left"]
    told = [(entry.what, entry.outcome) for entry in reversed(Audit(each_office.store).newest(9))]
    assert told == [
        ("enrol: invited", "done"), ("enrol", "done"), ("enrol", "refused"), ("enrol: again", "done")
    ]  # fmt: skip


def test_what_was_answered_counts_for_an_hour_after_the_code_s_use(each_office: Office) -> None:
    code = each_office.desk.invite("n07", None, "root")
    _, csr = new_key_and_request()
    each_office.now_s += CODE_LASTS_S - 1
    first = asks(each_office, code, csr)
    each_office.now_s += ANSWERED_FOR_S - 1
    assert asks(each_office, code, csr) == first
    each_office.now_s += 2
    with pytest.raises(RefusedError):
        asks(each_office, code, csr)


def test_it_is_forgotten_when_its_time_is_over(each_office: Office) -> None:
    used, unused = (each_office.desk.invite(node, None, "root") for node in ("n07", "n08"))
    first = asks(each_office, used, new_key_and_request()[1])
    list(tidy(each_office.store, KEEP, NOW_S + CODE_LASTS_S - 1))
    assert code_of(each_office.store, "n07")[2] == first.certificate
    each_office.enrol(unused)
    list(tidy(each_office.store, KEEP, NOW_S + CODE_LASTS_S + 1))
    assert [code_of(each_office.store, node) for node in ("n07", "n08")] == [(None, None, None)] * 2
    assert len(Ledger(each_office.store).enrolled()) == 2


def test_a_revocation_and_a_newer_code_end_it(each_office: Office) -> None:
    code = each_office.desk.invite("n07", None, "root")
    _, csr = new_key_and_request()
    first = asks(each_office, code, csr)
    newer = each_office.desk.invite("n07", None, "root")
    with pytest.raises(RefusedError):
        asks(each_office, code, csr)
    assert asks(each_office, newer, csr).certificate != first.certificate
    each_office.desk.revoke("n07", "root")
    with pytest.raises(RefusedError):
        asks(each_office, newer, csr)
    assert Ledger(each_office.store).enrolled() == []


def test_of_many_that_ask_at_once_one_key_gets_one_certificate(each_office: Office) -> None:
    code = each_office.desk.invite("n07", None, "root")
    csrs = [new_key_and_request()[1] for _ in range(2)]

    def ask(number: int) -> tuple[int, str] | None:
        with suppress(RefusedError):
            return number % 2, asks(each_office, code, csrs[number % 2]).certificate
        return None

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(8)))
    given = [answer for answer in answers if answer is not None]
    assert len(given) == 4, "all of the quicker key, none of the other"
    assert len(set(given)) == 1
    assert booked(each_office.store) == (1, 1)


def test_the_books_of_an_older_program_are_taken_over(store_url: str, tmp_path: Path) -> None:
    store, config = Store(store_url), Config()
    config.set_main_option("script_location", str(Path(dashboard.store.__file__).parent / "schema"))
    with store.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0011")
        connection.execute(_BEFORE, {"node": "n07", "mark": None, "code": "ab", "until_s": NOW_S + 60})
        connection.execute(_BEFORE, {"node": "n08", "mark": "12345678", "code": None, "until_s": None})
    office = Office(tmp_path, url=store_url)
    assert code_of(store, "n07") == ("ab", NOW_S + 60, None), "open, as it was"
    assert [one.node for one in Ledger(store).enrolled()] == ["n08"]
    code = office.desk.invite("n08", None, "root")
    _, csr = new_key_and_request()
    assert asks(office, code, csr) == asks(office, code, csr)
    office.store.close()
    store.close()


_BEFORE = sa.text(
    """INSERT INTO nodes (node, port, mark, code_digest, code_until_s)
       VALUES (:node, 'testport', :mark, :code, :until_s)"""
)


@pytest.mark.parametrize(
    ("case", "trap"),
    [
        ("the authority dies", "kill -9 $PPID"),
        ("the node dies", "kill -9 $(cat {folder}/node.pid)"),
        ("the node cannot write", "mkdir {folder}/n07/node.crt.next"),
    ],
)
def test_what_breaks_between_commit_and_certificate_costs_no_code(
    case: str, trap: str, tmp_path: Path
) -> None:
    place, sprung = Place(tmp_path, "embedded"), tmp_path / "sprung"
    act = f"test -e {sprung} || {{ touch {sprung}; {trap.format(folder=tmp_path)}; }}"
    sprung.touch()  # not at the start
    place.yaml.write_text(place.yaml.read_text().replace("reload: []", f"reload: [sh, -c, '{act}']"))
    try:
        place.start_authority()
        code = place.code("n07")
        sprung.unlink()
        broken = node_that_enrols(place, code)
        assert sprung.exists(), (case, broken.stderr)
        assert broken.returncode != 0
        pending = Identity.of(place.access("n07")).pending
        assert stat.S_IMODE(pending.stat().st_mode) == 0o600
        assert Code.read(code).secret not in pending.read_text()
        assert not (tmp_path / "n07" / "node.crt").exists()
        if case == "the authority dies":
            place.start_authority()
        if case == "the node cannot write":
            assert "use the same code again" in broken.stderr
            (tmp_path / "n07" / "node.crt.next").rmdir()
        again = place.use_code("n07", code)
        assert again.returncode == 0, (case, again.stderr)
    finally:
        place.stop()
    store = Store(load_central(place.yaml).store.url)
    assert booked(store) == (1, 1)
    assert Ledger(store).enrolled() == [mark_of(tmp_path / "n07" / "node.crt")]
    assert "enrol: again" in [entry.what for entry in Audit(store).newest(9)]
    store.close()
    assert not pending.exists()


def node_that_enrols(place: Place, code: str) -> subprocess.CompletedProcess[str]:
    """Type a code at a node, whose process can be found in node.pid."""
    command_line = [*EDGE, "enrol", "--config", str(place.node_yaml("n07"))]
    pipe = subprocess.PIPE
    with subprocess.Popen(command_line, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as node:
        (place.folder / "node.pid").write_text(str(node.pid))
        told, complained = node.communicate(code, timeout=60)
    return subprocess.CompletedProcess(command_line, node.returncode, told, complained)


def test_a_pending_key_is_of_one_code(tmp_path: Path) -> None:
    codes = [Code("https://127.0.0.1:1", "n07", secret, "00") for secret in ("one", "two")]
    path = tmp_path / "node.key.pending"
    first = key_for(codes[0], path)
    assert key_for(codes[0], path) == first
    second = key_for(codes[1], path)
    assert second != first
    assert first not in path.read_bytes()
    assert key_for(codes[0], path) not in (first, second)


def test_a_pending_key_ends_with_a_refusal_and_not_before(tmp_path: Path) -> None:
    place = Place(tmp_path, "embedded")
    config = load_node(place.node_yaml("n07"))
    pending = Identity.of(config.broker).pending
    try:
        place.start_authority()
        older = Code.read(place.code("n07"))
        key = key_for(older, pending)
        with pytest.raises(EnrolError, match=r"does not answer .* try the same again"):
            enrol(older.text(), config, f"https://127.0.0.1:{free_port()}")
        assert key_for(older, pending) == key
        newer = Code.read(place.code("n07"))
        with pytest.raises(EnrolError, match="wrong, used or too old"):
            enrol(older.text(), config)
        assert not pending.exists()
        key_for(newer, pending)
        pending.write_bytes(pending.read_bytes()[:200])
        with pytest.raises(EnrolError, match=r"node.key.pending: is damaged; delete it"):
            enrol(newer.text(), config)
        pending.unlink()
        enrol(newer.text(), config)
    finally:
        place.stop()


def test_a_certificate_that_comes_otherwise_ends_a_pending_key(tmp_path: Path) -> None:
    identity = Identity(tmp_path / "node.crt", tmp_path / "node.key", tmp_path / "ca.crt")
    key_for(Code("https://127.0.0.1:1", "n07", "one", "00"), identity.pending)
    identity.finish()
    assert identity.pending.exists(), "nothing came"
    (tmp_path / "node.crt.next").write_bytes(b"certificate")
    identity.finish()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["node.crt"]


def test_the_key_of_an_enrolment_that_was_given_up_goes_at_a_start_once_no_code_can_fit_it(
    tmp_path: Path,
) -> None:
    broker = Place(tmp_path, "embedded").access("n07")
    pending = Identity.of(broker).pending
    key_for(Code("https://127.0.0.1:1", "n07", "one", "00"), pending)
    made_at = pending.stat().st_mtime
    assert PENDING_FOR_S == CODE_LASTS_S + ANSWERED_FOR_S
    for at in (made_at - 1e9, made_at + 7000):  # a clock that begins in the past is no reason
        forget_given_up(broker, at)
        assert pending.exists()
    forget_given_up(broker, made_at + 7300)
    assert not pending.exists()
    forget_given_up(None, made_at + 7300)


@pytest.mark.parametrize("name", ["certificate", "key", "ca"])
def test_enrolment_replaces_no_file_that_it_did_not_write(tmp_path: Path, name: str) -> None:
    config = load_node(Place(tmp_path, "embedded").node_yaml("n07"))
    path = getattr(config.broker, name)
    path.write_text("somebody else's")
    code = Code("https://127.0.0.1:1", "n07", "one", "00")
    with pytest.raises(EnrolError, match=rf"broker\.{name}: .* is there and not of an enrolment"):
        enrol(code.text(), config)
    assert path.read_text() == "somebody else's"


def test_certificate_key_and_ca_are_three_files(tmp_path: Path) -> None:
    path = tmp_path / "node.pem"
    broker = BrokerConfig(url="mqtts://h", certificate=path, key=path, ca=tmp_path / "ca.crt")
    with pytest.raises(EnrolError, match="share a file"):
        Identity.of(broker)
