"""Asking the authority over HTTPS, trusting it alone."""

from __future__ import annotations

import hashlib
import http.client
import ssl
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

import msgspec

from edge.enrolment.identity import EnrolError, RefusedError
from edge.pairing import CA_PATH, Granted
from edge.yamlfile import reason

WITHIN_S = 20.0
LONGEST = 64 * 1024


def certificate_of(url: str, fingerprint: str) -> str:
    """The authority's certificate (PEM), known by its SHA-256 (hexadecimal). Raises: EnrolError.

    It comes over a connection that nothing vouches for; the fingerprint does.
    """
    blind = ssl.create_default_context()
    blind.check_hostname = False
    blind.verify_mode = ssl.CERT_NONE
    pem = _ask(url, "GET", CA_PATH, b"", blind).decode("ascii", errors="replace")
    try:
        seen = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    except ValueError:
        seen = "none"
    if seen != fingerprint:
        raise EnrolError(
            f"{url}: is not the authority that made this code; check the address and the network"
        )
    return pem


def granted(url: str, path: str, message: msgspec.Struct, ca_pem: str) -> Granted:
    """What the authority grants. Raises: EnrolError, RefusedError."""
    try:
        context = ssl.create_default_context(cadata=ca_pem)
    except (ssl.SSLError, ValueError) as error:
        raise EnrolError(f"the authority's certificate cannot be used ({error}); enrol again") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        return msgspec.json.decode(
            _ask(url, "POST", path, msgspec.json.encode(message), context), type=Granted
        )
    except msgspec.DecodeError as error:
        raise EnrolError(f"{url}: answers what cannot be read ({error}); is it the authority?") from None


def _ask(url: str, method: str, path: str, body: bytes, context: ssl.SSLContext) -> bytes:
    host, port = _place(url)
    connection = http.client.HTTPSConnection(host, port, timeout=WITHIN_S, context=context)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        content = reply.read(LONGEST)
    except ssl.SSLCertVerificationError as error:
        raise EnrolError(f"{url}: cannot prove who it is ({error.verify_message})") from None
    except (OSError, http.client.HTTPException) as error:
        fix = "see that `lanewatch-port authority` runs and the address is right, then try the same again"
        raise EnrolError(f"{url}: does not answer ({reason(error)}); {fix}") from None
    finally:
        connection.close()
    if reply.status != http.client.OK:
        kind = RefusedError if reply.status == http.client.FORBIDDEN else EnrolError
        raise kind(f"{url}: refuses: {_detail(content)}")
    return content


def _place(url: str) -> tuple[str, int | None]:
    """Host and port. Raises: EnrolError."""
    with suppress(ValueError):  # a port beyond all, a bracket that is not closed
        where = urlsplit(url)
        if where.scheme == "https" and where.hostname:
            return where.hostname, where.port
    raise EnrolError(f"{url}: is no https address; give one as https://port.example:8444")


def _detail(content: bytes) -> str:
    try:
        problem = msgspec.json.decode(content, type=Mapping[str, object])
    except msgspec.DecodeError:
        return "no reason given"
    return " ".join(str(problem.get("detail", "no reason given")).split())
