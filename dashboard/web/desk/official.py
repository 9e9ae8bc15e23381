"""The agency's figure beside ours, each with its age."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.feeds.values import PublishedStream
from dashboard.official.figures import OfficialFigure
from dashboard.portconfig import PortConfig
from dashboard.store.store import StoreAwayError
from dashboard.web.desk.words import Tongue
from dashboard.web.source import Source

LOOK_AGAIN_S = 15.0


class Official:
    """Reads the newest figures of each port at most every LOOK_AGAIN_S, however many desks are open."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[str, tuple[float, list[OfficialFigure]]] = {}

    def newest(self, port: str) -> list[OfficialFigure]:
        """Nothing where no official feed is read, or the database is away."""
        if self._source.figures is None:
            return []
        now_s = self._source.now()
        at_s, found = self._known.get(port, (float("-inf"), []))
        if not 0 <= now_s - at_s < LOOK_AGAIN_S:
            try:
                found = self._source.figures.newest(port)
            except StoreAwayError:
                found = []
            self._known[port] = (now_s, found)
        return found


@dataclass(frozen=True, slots=True)
class Beside:
    """One stream: what the agency says, and ours less theirs where both have a figure."""

    direction: str
    stream: str
    agency: str
    said: str
    age: str
    difference: str


def beside(
    t: Tongue, figure: OfficialFigure, ours: PublishedStream | None, now_s: float, direction: str
) -> Beside:
    """An official figure in words."""
    return Beside(
        direction=direction,
        stream=t.in_phrase(t.stream(figure.stream)),
        agency=t(f"agency.{figure.agency}"),
        said=official_words(t, figure),
        age=t.age(figure.age_s(now_s)),
        difference=_difference(t, figure, ours),
    )


def official_words(t: Tongue, figure: OfficialFigure) -> str:
    """Its wait, or its state."""
    return t.known("state", figure.state) if figure.wait_s is None else t.minutes(figure.wait_s)


def _difference(t: Tongue, figure: OfficialFigure, ours: PublishedStream | None) -> str:
    wait = ours.expected if ours else None
    if wait is None or figure.wait_s is None:
        return t("official.none")
    if wait.wait_s is None:
        return t("official.more") if wait.low_s > figure.wait_s else t("official.none")
    minutes = round((wait.wait_s - figure.wait_s) / 60)
    return (
        t("official.same")
        if minutes == 0
        else t("minutes", n=f"+{minutes}" if minutes > 0 else t.signed(minutes))
    )


def ports_figures(official: Official, port: PortConfig) -> dict[tuple[str, str], OfficialFigure]:
    """The newest by (direction, stream); of two agencies the one that measured last."""
    found: dict[tuple[str, str], OfficialFigure] = {}
    for figure in sorted(official.newest(port.id), key=lambda one: one.seen_last_s):
        found[figure.direction, figure.stream] = figure
    return found
