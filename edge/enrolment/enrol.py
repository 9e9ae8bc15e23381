"""First enrolment: the key is made here and stays here; the authority signs a request for it."""

from __future__ import annotations

from edge.config import NodeConfig
from edge.daemon import keyfiles
from edge.enrolment.asking import certificate_of, granted
from edge.enrolment.identity import EnrolError, Identity
from edge.pairing import ENROL_PATH, Code, CodeError, EnrolRequest, Granted, new_key_and_request
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
    identity = Identity.of(config.broker)
    try:
        identity.try_room()
    except OSError as error:
        raise EnrolError(
            f"{error.filename}: cannot be written ({reason(error)}); mend it and use the same code again"
        ) from None
    address = url or code.url
    ca = certificate_of(address, code.fingerprint)
    key, csr = new_key_and_request()
    grant = granted(address, ENROL_PATH, EnrolRequest(code.node, code.secret, csr.decode()), ca)
    try:
        identity.keep(grant.certificate.encode(), key, grant.ca.encode())
        keep_with(identity, address, grant)
    except OSError as error:
        raise EnrolError(
            f"{error.filename}: cannot be written ({reason(error)}); mend it and ask for a new code"
        ) from None
    return grant


def keep_with(identity: Identity, address: str, grant: Granted) -> None:
    """Keep what belongs to a certificate: where to renew it, and the secret for plates. Raises: OSError."""
    keyfiles.write(identity.address, f"{address}\n".encode())
    if grant.plate_secret is not None:
        keyfiles.write(identity.plate_secret, grant.plate_secret.encode(), keyfiles.SECRET)
