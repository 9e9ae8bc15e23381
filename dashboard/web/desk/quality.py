"""The page of accuracy and service: agreement, standards, FAST against standard, pooled, official."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.accuracy.figures import FHWA_SHARE, Count, Share, meets, share
from dashboard.feeds.published import FAST, STANDARD, published
from dashboard.portconfig import DirectionConfig, PortConfig
from dashboard.store.history import History
from dashboard.web.desk import measures
from dashboard.web.desk.live import engines_view
from dashboard.web.desk.official import Beside, Official, beside
from dashboard.web.desk.words import DASH, Tongue
from dashboard.web.source import Source
from dashboard.web.traveller import direction_name

DAYS = 7
BACK_S = 30 * 86400.0
POOL_S = 1800.0


@dataclass(frozen=True, slots=True)
class QualityRow:
    """One stream over the last DAYS days."""

    name: str
    open_minutes: str
    standards: tuple[str, ...]
    inspection: str


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """What was told of one stream so long ahead, against what came of it."""

    name: str
    ahead: str
    n: str
    within: str
    error: str
    bias: str
    covered: str
    verdict: str


@dataclass(frozen=True, slots=True)
class QualitySection:
    """One direction."""

    key: str
    name: str
    rows: tuple[QualityRow, ...]
    saved: str


@dataclass(frozen=True, slots=True)
class QualityPage:
    """`sections` None: there is no past. What was verified and what is only consistent are kept apart."""

    sections: tuple[QualitySection, ...] | None
    verified: tuple[AgreementRow, ...]
    consistent: tuple[AgreementRow, ...]
    official: tuple[Beside, ...]
    limits: tuple[int, ...] = measures.LIMITS_MIN


def quality_page(source: Source, t: Tongue, port: PortConfig, official: Official) -> QualityPage:
    """Raises: StoreAwayError."""
    history = source.history
    sections = None
    if history is not None:
        sections = tuple(_section(history, t, port, one, source.now()) for one in port.directions)
    return QualityPage(
        sections,
        verified=tuple(_agreements(source, t, port, "verified")),
        consistent=tuple(_agreements(source, t, port, "self_consistent")),
        official=tuple(_official(source, t, port, official)),
    )


def _section(
    history: History, t: Tongue, port: PortConfig, direction: DirectionConfig, now_s: float
) -> QualitySection:
    rows = tuple(_row(history, t, port, direction, stream.id, now_s) for stream in direction.streams)
    key = f"{port.id}-{direction.id}-quality"
    return QualitySection(
        key, direction_name(direction, t.public), rows, _saved(history, t, port, direction, now_s)
    )


def _row(
    history: History, t: Tongue, port: PortConfig, direction: DirectionConfig, stream: str, now_s: float
) -> QualityRow:
    minutes = history.minutes(port.id, direction.id, stream, now_s - DAYS * 86400.0, now_s)
    lanes = history.lanes(port.id, direction.id, None, now_s - POOL_S, now_s)
    pooled = measures.pooled(lanes, stream)
    standards = measures.standards(minutes)
    return QualityRow(
        name=t.stream(stream),
        open_minutes=t.number(standards[0].minutes) if minutes else DASH,
        standards=tuple(_standard(t, one) for one in standards),
        inspection=t("quality.too_few")
        if pooled is None
        else t(
            "quality.pooled",
            seconds=t.number(pooled.mean_s),
            booths=pooled.booths,
            vehicles=t.counted("vehicles", pooled.vehicles),
        ),
    )


def _agreements(source: Source, t: Tongue, port: PortConfig, kind: str) -> Iterator[AgreementRow]:
    """What the back-test holds of `kind`, by stream and by how long ahead it was told."""
    if source.pairs is None:
        return
    counts = source.pairs.counts(source.now() - BACK_S, source.now())
    for direction in port.directions:
        for stream in direction.streams:
            for count in counts.get((port.id, direction.id, stream.id, kind), []):
                name = f"{direction_name(direction, t.public)}, {t.in_phrase(t.stream(stream.id))}"
                yield _agreement(t, name, count, kind)


def _agreement(t: Tongue, name: str, count: Count, kind: str) -> AgreementRow:
    close = share(count.close, count.n)
    met = meets(close, FHWA_SHARE) if kind == "verified" and count.after_s == 0 else None
    bias_min = math.floor(abs(count.bias_s) / 60 + 0.5)
    sign = "−" if count.bias_s < 0 else "+"
    return AgreementRow(
        name=name,
        ahead=t("minutes", n=count.after_s // 60) if count.after_s else t("outlook.now"),
        n=t.number(count.n),
        within=_share(t, close),
        error=t.minutes(count.mae_s),
        bias=t("minutes", n=f"{sign}{bias_min}") if bias_min else t("official.same"),
        covered=_share(t, share(count.held, count.n)),
        verdict="" if kind != "verified" or count.after_s else t(f"quality.met.{str(met).lower()}"),
    )


def _share(t: Tongue, found: Share) -> str:
    low, high = (t.number(100 * bound) for bound in (found.low, found.high))
    return t("interval", value=t("percent", n=t.number(100 * found.share)), low=low, high=high)


def _standard(t: Tongue, found: measures.Standard) -> str:
    """Share within the limit of what is decided; a dash where nothing is."""
    decided = found.within + found.beyond
    if not decided:
        return DASH
    share = t("percent", n=t.number(100 * found.within / decided))
    known = decided / found.minutes
    return (
        share
        if known > 0.995
        else t("quality.of_known", share=share, known=t("percent", n=t.number(100 * known)))
    )


def _saved(history: History, t: Tongue, port: PortConfig, direction: DirectionConfig, now_s: float) -> str:
    if not {FAST, STANDARD} <= {stream.id for stream in direction.streams}:
        return ""
    from_s = now_s - DAYS * 86400.0
    fast, standard = (history.hours(port.id, direction.id, one, from_s, now_s) for one in (FAST, STANDARD))
    found = measures.saved(fast, standard)
    if found is None:
        return t("quality.saved_unknown")
    mean = (
        t("under_a_minute") if abs(found.mean_s) < 30 else t("minutes", n=t.signed(round(found.mean_s / 60)))
    )
    return t("quality.saved", faster=found.faster, hours=found.hours, mean=mean)


def _official(source: Source, t: Tongue, port: PortConfig, official: Official) -> Iterator[Beside]:
    now_s = source.now()
    said = published(engines_view(source.holder.newest()), source.config, now_s)
    ours = {
        (direction.config.id, stream.id): stream
        for one in said.ports
        if one.config.id == port.id
        for direction in one.directions
        for stream in direction.streams
    }
    names = {one.id: direction_name(one, t.public) for one in port.directions}
    for figure in official.newest(port.id):
        name = names.get(figure.direction, figure.direction)
        yield beside(t, figure, ours.get((figure.direction, figure.stream)), now_s, name)
