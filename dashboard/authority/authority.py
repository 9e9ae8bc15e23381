"""The authority itself: a key and a certificate in a folder of their own, which signs those of the others."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from edge.daemon import keyfiles
from edge.pairing import pem_of

CA_DAYS, OWN_DAYS = 3650.0, 825.0
BACKDATED_S = 300.0
"""A certificate is valid from a little before (a tenth of its time at most), for clocks that run behind."""

CLIENT, SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH


class AuthorityError(Exception):
    """Key or certificate of the authority cannot be used: one line with the fix."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate: its number, until when it is valid (UTC seconds), its public key (DER), and its PEM."""

    serial: str
    until_s: float
    key: bytes
    pem: bytes

    @classmethod
    def read(cls, pem: bytes) -> Issued:
        """One that was issued before."""
        certificate = x509.load_pem_x509_certificate(pem)
        key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return cls(f"{certificate.serial_number:x}", certificate.not_valid_after_utc.timestamp(), key, pem)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a certificate names: the common name, DNS names or addresses, and what it is for."""

    name: str
    names: tuple[str, ...]
    uses: tuple[x509.ObjectIdentifier, ...] = (CLIENT,)


class Authority:
    """One authority. Times are UTC seconds since 1970."""

    def __init__(self, folder: Path) -> None:
        """Use the authority in `folder`. Raises: AuthorityError, when there is none or it is damaged."""
        self.folder = folder
        try:
            key = load_pem_private_key((folder / "ca.key").read_bytes(), None)
            self.pem = (folder / "ca.crt").read_bytes()
            self._certificate = x509.load_pem_x509_certificate(self.pem)
        except OSError as error:
            raise AuthorityError(
                f"{error.filename}: {error.strerror}; give the authority's folder by authority.folder"
            ) from None
        except ValueError:
            raise AuthorityError(f"{folder}: ca.key or ca.crt is damaged; bring your copy back") from None
        if (
            not isinstance(key, ec.EllipticCurvePrivateKey)
            or key.public_key() != self._certificate.public_key()
        ):
            raise AuthorityError(f"{folder}: ca.key and ca.crt do not belong together; bring both back")
        self._key = key

    @classmethod
    def made_in(cls, folder: Path, at_s: float) -> Authority:
        """The authority in `folder`, made now if there is none. Raises: AuthorityError."""
        if not (folder / "ca.crt").exists():
            _make(folder, at_s)
        return cls(folder)

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the certificate: by it a node knows the authority before it has the certificate."""
        return self._certificate.fingerprint(hashes.SHA256())

    def sign(self, csr_pem: bytes, subject: Subject, at_s: float, days: float) -> Issued:
        """A certificate for the key of a request; names come from us, not from it.

        Raises: AuthorityError, as `key_of` does.
        """
        return self._issue(key_of(csr_pem), subject, at_s, days)

    def own(self, subject: Subject, folder: Path, at_s: float, mode: int = keyfiles.SECRET) -> None:
        """Certificate and key of something of this machine, in `folder`; renewed when 60 days are left."""
        certificate, key = folder / f"{subject.name}.crt", folder / f"{subject.name}.key"
        if self._still_good(certificate, subject, at_s):
            return
        private = ec.generate_private_key(ec.SECP256R1())
        issued = self._issue(private.public_key(), subject, at_s, OWN_DAYS)
        keyfiles.write(key, pem_of(private), mode)
        keyfiles.write(certificate, issued.pem)

    def issued(self, pem: bytes, at_s: float) -> x509.Certificate | None:
        """The certificate, if this authority signed it and it is valid now."""
        try:
            certificate = x509.load_pem_x509_certificate(pem)
            certificate.verify_directly_issued_by(self._certificate)
        except (ValueError, TypeError, InvalidSignature):
            return None
        moment = _moment(at_s)
        valid = certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc
        return certificate if valid else None

    def revocations(self, serials: Iterable[tuple[str, float]], at_s: float) -> bytes:
        """The list of revoked certificates (number, when), as PEM; it does not run out."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._certificate.subject)
            .last_update(_moment(at_s - BACKDATED_S))
            .next_update(self._certificate.not_valid_after_utc)
        )
        for serial, revoked_s in serials:
            revoked = x509.RevokedCertificateBuilder().serial_number(int(serial, 16))
            builder = builder.add_revoked_certificate(revoked.revocation_date(_moment(revoked_s)).build())
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def _issue(self, key: ec.EllipticCurvePublicKey, subject: Subject, at_s: float, days: float) -> Issued:
        since = _moment(at_s - min(BACKDATED_S, days * 8640))
        until = min(_moment(at_s + days * 86400), self._certificate.not_valid_after_utc)
        alternatives = x509.SubjectAlternativeName([_alternative(name) for name in subject.names])
        authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_name(subject.name))
            .issuer_name(self._certificate.subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(alternatives, critical=False)
            .add_extension(x509.ExtendedKeyUsage(subject.uses), critical=False)
            .add_extension(authority_key, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return Issued.read(certificate.public_bytes(Encoding.PEM))

    def _still_good(self, path: Path, subject: Subject, at_s: float) -> bool:
        if not path.exists():
            return False
        certificate = self.issued(path.read_bytes(), at_s + 60 * 86400)
        if certificate is None:
            return False
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return list(found) == [_alternative(name) for name in subject.names]


def _make(folder: Path, at_s: float) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("lanewatch port authority")
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_moment(at_s - BACKDATED_S))
        .not_valid_after(_moment(at_s + CA_DAYS * 86400))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    if not keyfiles.write_new(folder / "ca.key", pem_of(key)):
        raise AuthorityError(f"{folder}: ca.key is there and ca.crt is not; bring your copy back")
    try:
        keyfiles.write(folder / "ca.crt", certificate.public_bytes(Encoding.PEM))
    except OSError:
        (folder / "ca.key").unlink()  # it has signed nothing, and alone it would pass for a lost half
        raise


def key_of(csr_pem: bytes) -> ec.EllipticCurvePublicKey:
    """The key that a request wants a certificate for.

    Raises: AuthorityError, if the request is none, is not signed by its key, or the key is not P-256.
    """
    try:
        request = x509.load_pem_x509_csr(csr_pem)
        key, is_signed = request.public_key(), request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm):
        raise AuthorityError("the certificate request cannot be read; enrol again") from None
    if not (is_signed and isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)):
        raise AuthorityError("the certificate request is not signed by a P-256 key; enrol again")
    return key


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _moment(at_s: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(at_s), dt.UTC)
