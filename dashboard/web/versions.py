"""Since when each public answer is as it is, in whole seconds, as `Last-Modified` tells it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

MOST_REMEMBERED = 1024


class Versions:
    """The newest content of each answer, by its tag; of more than `MOST_REMEMBERED` the latest asked for."""

    def __init__(self) -> None:
        self._of: OrderedDict[Hashable, tuple[str, int, int]] = OrderedDict()

    def since(self, key: Hashable, tag: str, second: int) -> int:
        """Since which second (UTC) the answer `key` is `tag`, as it is at `second`.

        What follows on another content that was told in the same second counts from the next one: otherwise
        who holds the former could not tell them apart.
        """
        known, since, told = self._of.pop(key, ("", second, second - 1))
        if known != tag:
            since = max(second, told + 1)
        self._of[key] = tag, since, max(second, told)
        if len(self._of) > MOST_REMEMBERED:
            self._of.popitem(last=False)
        return since
