"""First enrolment: the key is made here and stays here; the authority signs a request for it."""

from __future__ import annotations

from pathlib import Path

from edge.config import NodeConfig
from edge.daemon import keyfiles
from edge.enrolment.asking import certificate_of, granted
from edge.enrolment.identity import EnrolError, Identity, RefusedError
from edge.enrolment.pending import key_for
from edge.pairing import ENROL_PATH, Code, CodeError, EnrolRequest, Granted, request_for
from edge.yamlfile import reason


def enrol(text: str, config: NodeConfig, url: str | None = None) -> Granted:
    """Use an enrolment code; `url` stands in for the address in it. Raises: EnrolError."""
    try:
        code = Code.read(text)
    except CodeError as error:
        raise EnrolError(str(error)) from None
    if code.node != config.node:
        raise EnrolError(
            f"node: the code is for {code.node}, node.yaml says {config.node}; take the right one"
        )
    identity, address = Identity.of(config.broker), url or code.url
    try:
        identity.refuse_others()
        identity.try_room()
        ca = certificate_of(address, code.fingerprint)
        key = key_for(code, identity.pending)
        request = EnrolRequest(code.node, code.secret, _request_for(key, identity.pending))
        grant = granted(address, ENROL_PATH, request, ca)
        keep(identity, address, key, grant)
    except RefusedError:
        identity.pending.unlink(missing_ok=True)
        raise
    except OSError as error:
        raise EnrolError(
            f"{error.filename}: cannot be written ({reason(error)}); mend it and use the same code again"
        ) from None
    return grant


def keep(identity: Identity, address: str, key: bytes, grant: Granted) -> None:
    """Keep what was granted: where to renew it, the secret for plates, and the certificate last.

    Raises: OSError.
    """
    keyfiles.write(identity.address, f"{address}\n".encode())
    if grant.plate_secret is not None:
        keyfiles.write(identity.plate_secret, grant.plate_secret.encode(), keyfiles.SECRET)
    identity.keep(grant.certificate.encode(), key, grant.ca.encode())


def _request_for(key: bytes, path: Path) -> str:
    try:
        return request_for(key).decode()
    except ValueError:
        raise EnrolError(f"{path}: is damaged; delete it and ask for a new code") from None
