"""What each broker lets a node say and hear, as its own configuration. Pure text.

A node writes below `lanes/v1/<its port>/<itself>/` and reads below `lanes-down/v1/<its port>/<itself>/`; only
central writes below `lanes-down/`: a receipt frees rows of a node's outbox, so a forged one would lose them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

CENTRAL = "central"
RIGHTS_FILE = "nats-rights.conf"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A node whose certificate counts. `mark` is new at each enrolment: NATS tells certificates by it."""

    node: str
    port: str
    mark: str

    @property
    def user(self) -> str:
        """The DNS name in the certificate, which NATS takes for its user."""
        return f"{self.mark}.{self.node}"


def mosquitto_acl(nodes: Iterable[Enrolled]) -> str:
    """Rights by the common name of the certificate. Who is not named here may do nothing."""
    lines = ["# Written by lanewatch-port. A client is who its certificate says (its common name).", ""]
    lines += [f"user {CENTRAL}", "topic read lanes/v1/#", "topic write lanes-down/v1/#", ""]
    for node in nodes:
        below = f"v1/{node.port}/{node.node}/#"
        lines += [f"user {node.node}", f"topic write lanes/{below}", f"topic read lanes-down/{below}", ""]
    return "\n".join(lines)


def mosquitto_conf(files: Path, host: str, port: int) -> str:
    """A whole configuration around the files that lie in `files`."""
    return f"""\
# Written by lanewatch-port: mutual TLS, rights by certificate, a list of revoked certificates.
#
# Reload with SIGHUP after each enrolment and revocation: rights and list are read again for new connections;
# `lanewatch-port revoke` ends the live session.
listener {port} {host}
cafile {files}/ca.crt
certfile {files}/server.crt
keyfile {files}/server.key
crlfile {files}/revoked.crl
require_certificate true
use_identity_as_username true
use_username_as_clientid true
allow_anonymous false
acl_file {files}/mosquitto.acl
log_type error
log_type warning
log_type notice
log_type information
persistence true
persistence_location /var/lib/mosquitto/
autosave_interval 30
max_inflight_messages 200
max_queued_messages 0
max_queued_bytes 268435456
"""


def nats_authorization(nodes: Iterable[Enrolled]) -> str:
    """The `authorization` block: one user per node, named as in its certificate; MQTT's `/` is `.` here."""
    users = [_nats_user(CENTRAL, "lanes-down.>", "lanes.v1.>")]
    for node in nodes:
        below = f"v1.{node.port}.{node.node}.>"
        users.append(_nats_user(node.user, f"lanes.{below}", f"lanes-down.{below}"))
    return "authorization { users: [\n" + "".join(users) + "] }\n"


def nats_conf(files: Path, host: str, port: int) -> str:
    """A whole configuration, to lie beside the rights: NATS includes files by relative paths only."""
    return f"""\
# Written by lanewatch-port: mutual TLS, rights by certificate. Reload with SIGHUP after a change of rights:
# the server then ends the sessions of users that are gone.
server_name: lanewatch
listen: "127.0.0.1:-1"
jetstream {{ store_dir: "/var/lib/lanewatch/js", max_mem: 64M, max_file: 2G }}
mqtt {{
  listen: "{host}:{port}"
  ack_wait: "10s"
  max_ack_pending: 1000
  {nats_tls(files)}
}}
include "{RIGHTS_FILE}"
"""


def nats_tls(files: Path) -> str:
    """The `tls` block of `mqtt`."""
    pairs = f'cert_file: "{files}/server.crt", key_file: "{files}/server.key", ca_file: "{files}/ca.crt"'
    return f"tls {{ {pairs}, verify_and_map: true }}"


def _nats_user(name: str, writes: str, reads: str) -> str:
    level = reads.removesuffix(".>")  # a subscription to `level/#` asks for the level, too
    return (
        f'  {{ user: "{name}", allowed_connection_types: ["MQTT"], permissions: {{\n'
        f'      publish: ["{writes}"], subscribe: ["{level}", "{reads}", "$MQTT.sub.>"] }} }}\n'
    )
