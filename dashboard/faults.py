"""What a command's user can mend becomes one line; the entry point prints it and ends with code 2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from edge.yamlfile import ConfigError, reason

__all__ = ["FaultError", "MendableError", "mendable", "reason"]


class MendableError(Exception):
    """A fault whose own words are for a log: `told` names what it is about and the fix."""

    def told(self) -> str:
        """One line for the user of a command."""
        return str(self)


class FaultError(Exception):
    """What the user gave, or what this machine is without: one line with the fix."""


@contextmanager
def mendable(*errors: type[Exception]) -> Iterator[None]:
    """Turn the typed errors of a command into FaultError; each command names its own."""
    expected: tuple[type[Exception], ...] = (ConfigError, *errors)
    try:
        yield
    except expected as error:
        raise FaultError(error.told() if isinstance(error, MendableError) else str(error)) from error
    except OSError as error:
        where = error.filename or "system"
        raise FaultError(f"{where}: {reason(error)}; give one that can be used") from error
