"""Has the node's certificate renewed in time, by a process of its own that comes and goes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import msgspec

from edge.config import BrokerConfig
from edge.daemon.logs import Log
from edge.enrolment.identity import EnrolError, Identity

LOOK_AT_LEAST_EVERY_S = 6 * 3600.0
AFTER_A_FAULT_S = 600.0
WITHIN_S = 120.0

_log = Log()


class _Said(msgspec.Struct):
    """What edge.enrolment.renew prints."""

    renewed: bool
    due_in_s: float
    error: str | None = None


class Renewal:
    """`tick` often: it gives True once after a new certificate came. Hand-made ones are left alone."""

    def __init__(self, broker: BrokerConfig | None) -> None:
        self._command = _command(broker)
        self._child: subprocess.Popen[bytes] | None = None
        self._next_at = float("-inf")
        self._started_at = 0.0

    def tick(self, at: float) -> bool:
        """Look after the certificate; `at` is UTC seconds."""
        if self._command is None:
            return False
        if self._child is not None:
            return self._child_ended(self._child, at)
        if at >= self._next_at:
            self._start(self._command, at)
        return False

    def stop(self) -> None:
        """End the process, if it runs."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    def _start(self, command: Sequence[str], at: float) -> None:
        self._started_at = at
        self._next_at = at + AFTER_A_FAULT_S
        try:
            self._child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            _log.error("certificate_not_looked_after", error=str(error))

    def _child_ended(self, child: subprocess.Popen[bytes], at: float) -> bool:
        if child.poll() is None:
            if at - self._started_at > WITHIN_S:
                child.kill()
            return False
        printed = child.communicate()[0]
        self._child = None
        try:
            said = msgspec.json.decode(printed, type=_Said)
        except msgspec.DecodeError:
            _log.error("certificate_not_looked_after", exit_code=child.returncode)
            return False
        self._next_at = at + min(said.due_in_s, LOOK_AT_LEAST_EVERY_S)
        if said.error is not None:
            _log.error("certificate_not_renewed", error=said.error)
        if said.renewed:
            _log.info("certificate_renewed")
        return said.renewed


def forget_given_up(broker: BrokerConfig | None, at: float) -> None:
    """No key of an enrolment that was given up stays on disk; `at` is UTC seconds."""
    try:
        Identity.of(broker).forget_given_up(at)
    except EnrolError:
        return  # nothing was ever enrolled here
    except OSError as error:
        _log.warning("pending_key_not_removed", error=str(error))


def _command(broker: BrokerConfig | None) -> list[str] | None:
    try:
        identity = Identity.of(broker)
    except EnrolError:
        return None
    if not identity.address.exists():
        return None
    paths = (identity.certificate, identity.key, identity.ca)
    return [sys.executable, "-m", "edge.enrolment.renew", *map(str, paths)]
