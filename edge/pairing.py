"""What a node and the port's authority say to each other at enrolment and renewal, over HTTPS.

The code that an operator carries from the authority to the node names the address, the node, a secret that
counts for one key, and the SHA-256 of the authority's certificate, so that the node trusts nothing else.
"""

from __future__ import annotations

import base64
import binascii

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

CA_PATH, ENROL_PATH, RENEW_PATH = "/ca.crt", "/v1/enrol", "/v1/renew"

RENEWAL_CONTEXT = b"lanewatch renewal 1\n"
"""Stands before what a renewal signs, so that the signature means nothing elsewhere."""


class CodeError(ValueError):
    """The code is none, or was not copied whole."""


class Code(msgspec.Struct, frozen=True, rename={"url": "u", "node": "n", "secret": "s", "fingerprint": "f"}):
    """An enrolment code; `fingerprint` is hexadecimal."""

    url: str
    node: str
    secret: str
    fingerprint: str

    def text(self) -> str:
        """One word to copy."""
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Code:
        """The code in `text`. Raises: CodeError."""
        word = "".join(text.split())
        try:
            raw = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
            return msgspec.json.decode(raw, type=Code)
        except (binascii.Error, msgspec.DecodeError, ValueError):
            raise CodeError("the code cannot be read; copy it whole, or make a new one") from None


class EnrolRequest(msgspec.Struct, frozen=True):
    """A key asks for its certificate, once or again: the code's secret, and a certificate request (PEM)."""

    node: str
    secret: str
    csr: str


class RenewRequest(msgspec.Struct, frozen=True):
    """A known key vouches for a new one: `signature` (base64) is made by the known key over `csr`."""

    certificate: str
    csr: str
    signature: str


class Granted(msgspec.Struct, frozen=True):
    """A certificate (PEM), the authority's, and until when it counts (UTC seconds).

    `plate_secret` (hexadecimal) comes only where plates are on at the port. `rights_read`: false where the
    broker was to read the node's rights and did not: it lets nothing of the node through till it does.
    """

    certificate: str
    ca: str
    until_s: float
    plate_secret: str | None = None
    rights_read: bool = True


def new_key_and_request() -> tuple[bytes, bytes]:
    """A P-256 key and a certificate request for it, both PEM."""
    key = new_key()
    return key, request_for(key)


def new_key() -> bytes:
    """A P-256 key (PEM)."""
    return pem_of(ec.generate_private_key(ec.SECP256R1()))


def request_for(key_pem: bytes) -> bytes:
    """A certificate request (PEM) for a key; the authority sets the names. Raises: ValueError."""
    key = load_pem_private_key(key_pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("no key of an elliptic curve")
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    return request.public_bytes(Encoding.PEM)


def pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A private key as it lies in a file."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
