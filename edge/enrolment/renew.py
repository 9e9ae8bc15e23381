"""Renewal: in the last third of its time the node's key vouches for a new one.

It runs as a process of its own, `python -m edge.enrolment.renew CERTIFICATE KEY CA`, so that the node does
not carry the cryptography library; it prints `{"renewed": bool, "due_in_s": float, "error": str|null}`.
"""

from __future__ import annotations

import base64
import sys
import time
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from edge.enrolment.asking import granted
from edge.enrolment.enrol import keep
from edge.enrolment.identity import EnrolError, Identity
from edge.pairing import RENEW_PATH, RENEWAL_CONTEXT, RenewRequest, new_key_and_request
from edge.yamlfile import reason

RENEW_AFTER = 2 / 3
"""Of the certificate's time."""
RETRY_PART, RETRY_AT_MOST_S, RETRY_AT_LEAST_S = 0.1, 3600.0, 2.0


class Outcome(msgspec.Struct, frozen=True):
    """What came of it; `due_in_s` is when to look again."""

    renewed: bool
    due_in_s: float
    error: str | None = None


def renew_if_due(identity: Identity, at_s: float) -> Outcome:
    """Renew the certificate if it is time; `at_s` is UTC seconds."""
    try:
        identity.finish()
        pem = identity.certificate.read_bytes()
        certificate = x509.load_pem_x509_certificate(pem)
        key = load_pem_private_key(identity.key.read_bytes(), None)
        url = identity.address.read_text().strip()
        ca = identity.ca.read_text()
    except (OSError, ValueError) as error:
        return Outcome(
            False, RETRY_AT_MOST_S, f"certificate, key or ca cannot be read ({reason(error)}); enrol again"
        )
    from_s, until_s = (
        moment.timestamp() for moment in (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    )
    due_s = from_s + RENEW_AFTER * (until_s - from_s)
    if at_s < due_s:
        return Outcome(False, due_s - at_s)
    if at_s > until_s:
        return Outcome(False, RETRY_AT_MOST_S, "the certificate ran out; enrol the node again")
    try:
        _renew(identity, url, ca, pem, key)
    except (EnrolError, OSError) as error:
        wait_s = min(RETRY_AT_MOST_S, max(RETRY_AT_LEAST_S, RETRY_PART * (until_s - at_s)))
        return Outcome(False, wait_s, f"{error}")
    return Outcome(True, RETRY_AT_LEAST_S)


def _renew(identity: Identity, url: str, ca: str, pem: bytes, key: object) -> None:
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise EnrolError("the key is no P-256 key; enrol the node again")
    new_key, csr = new_key_and_request()
    signature = key.sign(RENEWAL_CONTEXT + csr, ec.ECDSA(hashes.SHA256()))
    request = RenewRequest(pem.decode(), csr.decode(), base64.b64encode(signature).decode())
    grant = granted(url, RENEW_PATH, request, ca)
    keep(identity, url, new_key, grant)


def main() -> None:
    """The process of its own."""
    certificate, key, ca = (Path(argument) for argument in sys.argv[1:4])
    now_s = time.time()  # noqa: TID251 - a process of its own reads the clock
    print(msgspec.json.encode(renew_if_due(Identity(certificate, key, ca), now_s)).decode())


if __name__ == "__main__":
    main()
