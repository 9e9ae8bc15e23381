"""What one check found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Level = Literal["ok", "warn", "fail"]
_SHOWN = {"ok": "ok", "warn": "warn", "fail": "FAIL"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `fix` says what to do where the level is not `ok`."""

    check: str
    level: Level
    said: str
    fix: str | None = None

    @property
    def line(self) -> str:
        """As printed."""
        text = f"{_SHOWN[self.level]:<5} {self.check:<12} {self.said}"
        return f"{text}; {self.fix}" if self.fix else text

    def document(self) -> dict[str, Any]:
        """As `--json` writes it."""
        return asdict(self)


def ok(check: str, said: str) -> Finding:
    """All is well."""
    return Finding(check, "ok", said)


def warn(check: str, said: str, fix: str | None = None) -> Finding:
    """It works, but somebody should look."""
    return Finding(check, "warn", said, fix)


def fail(check: str, said: str, fix: str | None = None) -> Finding:
    """It does not work."""
    return Finding(check, "fail", said, fix)
