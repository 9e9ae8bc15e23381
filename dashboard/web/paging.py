"""How lists that can grow are asked for: a stretch of time, and pages from the newest back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query

from dashboard.web.instant import Instant
from dashboard.web.problems import ProblemError

Before = Annotated[int | None, Query(ge=1, le=2**63 - 1, description="the `before` of the page before this")]
Limit = Annotated[int, Query(ge=1, le=500, description="lines a page")]
Begins = Annotated[
    Instant | None, Query(alias="from", description="first instant; the first line if left out")
]
Ends = Annotated[Instant | None, Query(alias="to", description="end, itself not included; now if left out")]


def stretch(begins: datetime | None, ends: datetime | None) -> tuple[float | None, float | None]:
    """In UTC seconds. Raises: ProblemError 422, where it ends before it begins."""
    if begins is not None and ends is not None and not begins < ends:
        raise ProblemError(422, "`from` must lie before `to`.")
    return None if begins is None else begins.timestamp(), None if ends is None else ends.timestamp()
