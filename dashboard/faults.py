"""What a command's user can mend becomes one line; the entry point prints it and ends with code 2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.daemon.outputs import is_same, why_unwritable
from edge.yamlfile import ConfigError, reason

__all__ = ["FaultError", "MendableError", "check_writable", "mendable", "reason"]


class MendableError(Exception):
    """A fault whose own words are for a log: `told` names what it is about and the fix."""

    def told(self) -> str:
        """One line for the user of a command."""
        return str(self)


class FaultError(Exception):
    """What the user gave, or what this machine is without: one line with the fix."""


def check_writable(file: Path | None, *read: Path | None) -> None:
    """Before any work is done for it; `read` are the files of that work.

    Raises: FaultError, one line with the fix.
    """
    if file is None:
        return
    why = why_unwritable(file)
    if why is not None:
        raise FaultError(why)
    if any(is_same(file, other) for other in read if other is not None):
        raise FaultError(f"{file}: is read by this command, which would destroy it; give another path")


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
