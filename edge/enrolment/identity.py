"""The files that say who a node is: certificate, key, the authority's certificate, and where that is reached.

Certificate and key belong together, but are two files. New ones are laid beside the old (`.next`), the
certificate last; a change that was cut short is finished at the next start.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edge.config import BrokerConfig
from edge.daemon import keyfiles

LARGEST_BYTES = 4096
"""No file of these is larger."""

PENDING_FOR_S = 2 * 3600.0
"""A code is good for an hour, and for one more after its first use: an older key that waits was given up."""


class EnrolError(Exception):
    """The node cannot be enrolled, or its certificate not renewed: one line with the fix."""


class RefusedError(EnrolError):
    """The authority says no, and would say so again."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Where the files lie."""

    certificate: Path
    key: Path
    ca: Path

    @classmethod
    def of(cls, broker: BrokerConfig | None) -> Identity:
        """The files that node.yaml names. Raises: EnrolError."""
        paths = {name: getattr(broker, name, None) for name in ("certificate", "key", "ca")}
        missing = [name for name, path in paths.items() if path is None]
        if missing:
            raise EnrolError(
                f"broker.{missing[0]}: is missing in node.yaml; say where enrolment shall write it"
            )
        if len(set(paths.values())) < len(paths):
            raise EnrolError("broker: certificate, key and ca share a file; give each one of its own")
        return cls(**{name: path for name, path in paths.items() if path is not None})

    @property
    def address(self) -> Path:
        """Holds the URL of the authority; its being there means that the node was enrolled by one."""
        return self.certificate.with_name(f"{self.certificate.name}.authority")

    @property
    def plate_secret(self) -> Path:
        """Where the port's secret for plates lies, if there is one."""
        return self.key.with_name("plates.secret")

    @property
    def pending(self) -> Path:
        """The key of an enrolment that is not through yet (pending.py)."""
        return self.key.with_name(f"{self.key.name}.pending")

    def try_room(self) -> None:
        """See that all that an enrolment gives can be written. Raises: OSError."""
        files = (self.certificate, self.key, self.pending, self.ca, self.address, self.plate_secret)
        keyfiles.try_room(files, LARGEST_BYTES)

    def refuse_others(self) -> None:
        """See that enrolment replaces nothing but what it wrote. Raises: EnrolError."""
        for name in () if self.address.exists() else ("certificate", "key", "ca"):
            path = getattr(self, name)
            if path.exists():
                raise EnrolError(
                    f"broker.{name}: {path} is there and not of an enrolment, which would replace it; "
                    "move it away, or name another file"
                )

    def forget_given_up(self, at_s: float) -> None:
        """Take away the key of an enrolment that is too old to go on; `at_s` is UTC. Raises: OSError."""
        if self.pending.exists() and at_s - self.pending.stat().st_mtime > PENDING_FOR_S:
            self.pending.unlink(missing_ok=True)

    def keep(self, certificate: bytes, key: bytes, ca: bytes) -> None:
        """Replace certificate, key and the authority's certificate. Raises: OSError."""
        keyfiles.write(self.ca, ca)
        keyfiles.write(_next(self.key), key, keyfiles.SECRET)
        keyfiles.write(_next(self.certificate), certificate)
        self.finish()

    def finish(self) -> None:
        """Finish a change that was cut short. Raises: OSError."""
        if _next(self.certificate).exists():
            if _next(self.key).exists():
                _next(self.key).replace(self.key)
            _next(self.certificate).replace(self.certificate)
            self.pending.unlink(missing_ok=True)
        _next(self.key).unlink(missing_ok=True)


def _next(path: Path) -> Path:
    return path.with_name(f"{path.name}.next")
