"""The authority's desk: invites, grants, renews and revokes, and keeps the broker's files in step."""

from __future__ import annotations

import base64
import binascii
import os
import re
import stat
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from dashboard.access.audit import CONSOLE, Audit, Entry, Outcome
from dashboard.authority import plates, rights
from dashboard.authority.authority import CLIENT, SERVER, Authority, AuthorityError, Issued, Subject
from dashboard.authority.ledger import Ledger
from dashboard.config import CentralConfig
from dashboard.faults import reason
from dashboard.store.store import Store, StoreAwayError
from edge.daemon import keyfiles
from edge.pairing import (
    RENEWAL_CONTEXT,
    Code,
    EnrolRequest,
    Granted,
    RenewRequest,
    new_key_and_request,
)

CODE_LASTS_S = 3600.0
RELOAD_WITHIN_S = 10.0
"""Half of what a node that enrols waits for its answer."""
FOR_GROUP = 0o750
SERVER_NAME, MEMBER_NAME = "server", "member"
"""Certificates of the broker: what clients see, and what servers of a cluster show each other."""

log = structlog.get_logger("authority")


class RefusedError(Exception):
    """A node gets no certificate; the words say as much as a stranger may know."""


@dataclass(frozen=True, slots=True)
class Revoked:
    """How many certificates count no more; `unread`: why the broker, which should, has not read so."""

    certificates: int
    unread: str | None


class Desk:
    """One authority at work. Raises: AuthorityError, when its folder cannot be used."""

    def __init__(self, config: CentralConfig, store: Store, utc: Callable[[], float]) -> None:
        self.config = config
        self._utc = utc
        self._ledger, self._audit = Ledger(store), Audit(store)
        self.authority = Authority.made_in(config.authority.folder, utc())

    @property
    def broker_folder(self) -> Path:
        """What the broker reads. Give it to the broker's group (`chgrp mosquitto`): new files follow."""
        return broker_folder(self.config)

    def invite(self, node: str, port: str | None, who: str) -> Code:
        """A code for a node of port.yaml. Raises: AuthorityError."""
        url = self.config.authority.url
        if url is None:
            raise AuthorityError(
                "authority.url: is missing; say where nodes reach `lanewatch-port authority`, "
                "e.g. {url: https://port.example:8444}"
            )
        chosen = _port_of(self.config, node, port)
        secret = self._ledger.invite(node, chosen, self._utc() + CODE_LASTS_S)
        self._note(who, CONSOLE, "enrol: invited", f"{node} at {chosen}")
        return Code(url, node, secret, self.authority.fingerprint.hex())

    def grant(self, request: EnrolRequest, address: str) -> Granted:
        """The certificate for a good code, which is used up once nothing can fail any more.

        The key that used it up gets the same again for a while: the first answer may not have arrived.
        Raises: RefusedError, PlateSecretError.
        """
        invited = self._ledger.invited(request.node, request.secret, self._utc())
        if invited is None:
            raise self._bad_code(request.node, address)
        issued = self._signed(invited, request.csr, address, "enrol")
        secret = self._plate_secret(invited)
        entry = Entry(self._utc(), invited.node, address, "enrol", issued.serial)
        given = self._ledger.enrol(invited, request.secret, issued, entry)
        if given is None:
            raise self._bad_code(request.node, address)
        if given is issued:
            _log(entry)
        else:
            self._note(invited.node, address, "enrol: again", given.serial)
        return self._granted(given, secret, rights_read=self.tell_broker() is None)

    def renew(self, request: RenewRequest, address: str) -> Granted:
        """A new certificate for one that counts, signed for by its key.

        Raises: RefusedError, PlateSecretError.
        """
        certificate = self.authority.issued(request.certificate.encode(), self._utc())
        holder = self._ledger.holder(f"{certificate.serial_number:x}") if certificate else None
        if certificate is None or holder is None or not _vouched(certificate, request):
            self._note("unknown", address, "renew", outcome="refused")
            raise RefusedError("The certificate does not count; enrol the node again.")
        issued, secret = self._signed(holder, request.csr, address, "renew"), self._plate_secret(holder)
        self._ledger.issued(holder.node, issued, self._utc())
        self._note(holder.node, address, "renew", issued.serial)
        return self._granted(issued, secret, rights_read=True)

    def revoke(self, node: str, who: str) -> Revoked:
        """Let a node in no more. Raises: AuthorityError."""
        count = self._ledger.revoke(node, self._utc())
        if count is None:
            raise AuthorityError(f"{node}: was never enrolled here; see lanewatch-port nodes")
        self._note(who, CONSOLE, "revoke", node)
        return Revoked(count, self.tell_broker())

    def listed(self) -> list[str]:
        """A line for each node."""
        now_s = self._utc()
        return [
            f"{entry.node}  {entry.port}  {entry.state}"
            + (f"  {(entry.until_s - now_s) / 86400:.1f} days left" if entry.until_s else "")
            for entry in self._ledger.list(now_s)
        ]

    def kick_pass(self, node: str) -> tuple[bytes, bytes]:
        """Certificate and key with the node's common name for a minute or two, to take its session over."""
        key, csr = new_key_and_request()
        issued = self.authority.sign(csr, Subject(node, (f"revoked.{node}",)), self._utc(), 120 / 86400)
        return issued.pem, key

    def write_broker_files(self) -> Path:
        """Certificates, rights and revocations for either broker; gives their folder. Raises: OSError."""
        folder, now_s = self.broker_folder, self._utc()
        self.authority.folder.chmod(0o711)
        folder.mkdir(mode=FOR_GROUP, exist_ok=True)
        _hand_on_the_group(folder)
        self.authority.own(Subject(rights.CENTRAL, (rights.CENTRAL,)), self.authority.folder, now_s)
        for name, uses in ((SERVER_NAME, (SERVER,)), (MEMBER_NAME, (SERVER, CLIENT))):
            own = Subject(name, _names(self.config), uses)
            self.authority.own(own, folder, now_s, keyfiles.FOR_GROUP)
        nodes = self._ledger.enrolled()
        keyfiles.write(folder / "ca.crt", self.authority.pem)
        keyfiles.write(folder / "mosquitto.acl", rights.mosquitto_acl(nodes).encode())
        revoked = self.authority.revocations(self._ledger.revoked(now_s), now_s)
        keyfiles.write(folder / "revoked.crl", revoked)
        keyfiles.write(folder / rights.RIGHTS_FILE, rights.nats_authorization(nodes).encode())
        return folder

    def write_broker_config(self, broker: str, host: str, port: int) -> Path:
        """A whole configuration around these files; gives its path. Raises: AuthorityError, OSError."""
        texts = {"mosquitto": rights.mosquitto_conf, "nats": rights.nats_conf}
        if broker not in texts:
            raise AuthorityError(f"--broker: {broker} is none that is known; give mosquitto or nats")
        path = self.write_broker_files() / f"{broker}.conf"
        keyfiles.write(path, texts[broker](path.parent, host, port).encode())
        return path

    def tell_broker(self) -> str | None:
        """Write the files and have the broker read them, if port.yaml says how; why it did not, or None."""
        try:
            self.write_broker_files()
        except OSError as error:
            log.error("broker_files_not_written", folder=str(self.broker_folder), error=str(error))
            return f"its files in {self.broker_folder} cannot be written ({reason(error)})"
        except StoreAwayError as error:
            log.error("broker_files_not_written", folder=str(self.broker_folder), error=str(error))
            return f"its files in {self.broker_folder} are not up to date (the database is away: {error})"
        return self.reload_broker()

    def reload_broker(self) -> str | None:
        """Have the broker read the files that are there, if port.yaml says how; why it did not, or None."""
        command = self.config.authority.reload
        if not command:
            return None
        try:
            subprocess.run(
                command,
                check=True,
                capture_output=True,
                text=True,
                timeout=RELOAD_WITHIN_S,
                env={name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"},
            )
        except (OSError, subprocess.SubprocessError) as error:
            said = " ".join((getattr(error, "stderr", None) or "").split())
            log.error("broker_not_reloaded", command=list(command), error=str(error), said=said)
            return f"`{' '.join(command)}` failed ({said or reason(error)})"
        log.info("broker_reloaded", command=list(command))
        return None

    def _signed(self, enrolled: rights.Enrolled, csr: str, address: str, what: str) -> Issued:
        """A certificate, booked nowhere yet; a request that is none is noted. Raises: RefusedError."""
        subject = Subject(enrolled.node, (enrolled.user,))
        try:
            return self.authority.sign(csr.encode(), subject, self._utc(), self.config.authority.days)
        except AuthorityError as error:
            self._note(enrolled.node, address, what, outcome="refused")
            raise RefusedError(str(error)) from None

    def _bad_code(self, node: str, address: str) -> RefusedError:
        self._note(node, address, "enrol", outcome="refused")
        return RefusedError("The code is wrong, used or too old; make a new one with lanewatch-port enrol.")

    def _plate_secret(self, enrolled: rights.Enrolled) -> str | None:
        """The secret of the node's port, where plates are on. Raises: PlateSecretError."""
        reads = any(port.id == enrolled.port and port.plates for port in self.config.ports)
        return plates.secret_of(self.authority.folder, enrolled.port) if reads else None

    def _granted(self, issued: Issued, plate_secret: str | None, *, rights_read: bool) -> Granted:
        pem, ca = issued.pem.decode(), self.authority.pem.decode()
        return Granted(pem, ca, issued.until_s, plate_secret, rights_read)

    def _note(self, who: str, address: str, what: str, detail: str = "", outcome: Outcome = "done") -> None:
        entry = Entry(self._utc(), who, address, what, detail, outcome)
        self._audit.note(entry)
        if address != CONSOLE:
            _log(entry)


def _log(entry: Entry) -> None:
    told = {"who": entry.who, "address": entry.address, "what": entry.what}
    log.info("authority", **told, detail=entry.detail, outcome=entry.outcome)


def broker_folder(config: CentralConfig) -> Path:
    """Where the broker's files lie."""
    return config.authority.folder / "broker"


def _hand_on_the_group(folder: Path) -> None:
    """New files are of the folder's group. A sandbox may forbid that bit: then the administrator sets it."""
    if folder.stat().st_mode & stat.S_ISGID:
        return
    folder.chmod(FOR_GROUP)
    with suppress(PermissionError):
        folder.chmod(FOR_GROUP | stat.S_ISGID)


def _vouched(certificate: x509.Certificate, request: RenewRequest) -> bool:
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        signature = base64.b64decode(request.signature, validate=True)
        key.verify(signature, RENEWAL_CONTEXT + request.csr.encode(), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _port_of(config: CentralConfig, node: str, port: str | None) -> str:
    if not re.fullmatch(r"[a-z0-9-]{1,32}", node) or node in (rights.CENTRAL, SERVER_NAME, MEMBER_NAME, "ca"):
        raise AuthorityError(f"{node}: is no name for a node; use a-z, 0-9 and hyphen, at most 32")
    named = [
        p.id
        for p in config.ports
        if any(source.node == node for d in p.directions for lane in d.lanes for source in lane.all_sources())
    ]
    if port is not None and port not in [p.id for p in config.ports]:
        raise AuthorityError(f"--port: {port} is not in port.yaml; give one of its ports")
    if port is None and len(named) != 1:
        what = "names it at no port" if not named else f"names it at {', '.join(named)}"
        raise AuthorityError(f"{node}: port.yaml {what}; add it to a lane, or say --port")
    return port or named[0]


def _names(config: CentralConfig) -> tuple[str, ...]:
    """Under which names broker and desk are reached."""
    hosts = [urlsplit(url).hostname for url in (config.authority.url, config.broker.url) if url]
    wanted = [*config.authority.names, *(host for host in hosts if host), "localhost", "127.0.0.1"]
    return tuple(dict.fromkeys(wanted))
