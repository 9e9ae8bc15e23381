"""An instant that a request gives: a date with a time and its zone, never a bare number."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

_DATED = re.compile(r"\d{4}-\d\d-\d\d[Tt _]")


def _written(value: Any, read: ValidatorFunctionWrapHandler) -> datetime:
    """`from=2026` is refused: read as seconds since 1970 it would give the wrong decades without a word."""
    if isinstance(value, str) and _DATED.match(value):
        with suppress(ValidationError):
            at: datetime = read(value)
            return at
    raise PydanticCustomError("instant", "write an instant with its zone, as 2026-11-25T15:34:30Z")


Instant = Annotated[AwareDatetime, WrapValidator(_written)]
