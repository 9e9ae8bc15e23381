"""A desk that enrols nodes, with a clock of its own. For tests."""

from __future__ import annotations

import base64
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from dashboard.authority.desk import Desk
from dashboard.config import load_central
from dashboard.store.store import Store
from edge.pairing import RENEWAL_CONTEXT, Code, EnrolRequest, Granted, RenewRequest, new_key_and_request
from tests.dashboard.authority.place import Place

NOW_S = 1_800_000_000.0


class Office:
    """A desk with a clock of its own."""

    def __init__(self, folder: Path, plates: bool = False, url: str | None = None) -> None:
        self.now_s = NOW_S
        self.store = Store(url or f"sqlite:///{folder}/lanewatch.db")
        self.store.upgrade()
        config = load_central(Place(folder, "embedded", plates=plates).yaml)
        self.desk = Desk(config, self.store, lambda: self.now_s)

    def enrol(self, code: Code, node: str | None = None) -> tuple[bytes, Granted]:
        key, csr = new_key_and_request()
        return key, self.desk.grant(EnrolRequest(node or code.node, code.secret, csr.decode()), "10.0.0.9")

    def renew(self, key: bytes, certificate: str, signed: bytes = RENEWAL_CONTEXT) -> tuple[bytes, Granted]:
        new_key, csr = new_key_and_request()
        private = load_pem_private_key(key, None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        signature = base64.b64encode(private.sign(signed + csr, ec.ECDSA(hashes.SHA256()))).decode()
        return new_key, self.desk.renew(RenewRequest(certificate, csr.decode(), signature), "10.0.0.9")
