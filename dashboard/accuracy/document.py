"""`/feed/v1/accuracy.json` and the file of `lanewatch-port backtest`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from dashboard.accuracy.figures import (
    FHWA_SHARE,
    STANDARD_SHARE,
    Actual,
    Count,
    Share,
    meets,
    share,
    standards_s,
)
from dashboard.accuracy.pairs import Stream
from dashboard.config import CentralConfig
from dashboard.feeds.instants import iso_z

Json = dict[str, Any]
Kind = Literal["verified", "self_consistent"]
Counts = Mapping[Stream, Sequence[Count]]
Actuals = Mapping[Stream, Actual]


def document(config: CentralConfig, from_s: float, to_s: float, counts: Counts, actuals: Actuals) -> Json:
    """Every stream of port.yaml; a kind of which there is no vehicle is null."""
    return {
        "from": iso_z(from_s),
        "to": iso_z(to_s),
        "ports": [
            {
                "id": port.id,
                "streams": [
                    {
                        "direction": direction.id,
                        "traffic": stream.traffic,
                        "class": stream.lane_class,
                        **_kinds((port.id, direction.id, stream.id), stream.traffic, counts, actuals),
                    }
                    for direction in port.directions
                    for stream in direction.streams
                ],
            }
            for port in config.ports
        ],
    }


def _kinds(key: tuple[str, str, str], traffic: str, counts: Counts, actuals: Actuals) -> Json:
    verified, own = (*key, "verified"), (*key, "self_consistent")
    return {
        "verified": _kind(counts.get(verified, ()), actuals.get(verified), traffic, compare=True),
        "self_consistent": _kind(counts.get(own, ()), actuals.get(own), traffic, compare=False),
    }


def _kind(counts: Sequence[Count], actual: Actual | None, traffic: str, *, compare: bool) -> Json | None:
    if actual is None:
        return None
    found: Json = {"figures": [_count(count) for count in counts], "actual": _actual(actual, traffic)}
    if compare:
        now = next((count for count in counts if count.after_s == 0), None)
        found["fhwa"] = None if now is None else _against(share(now.close, now.n), FHWA_SHARE)
    return found


def _count(count: Count) -> Json:
    return {
        "ahead_min": count.after_s // 60,
        "n": count.n,
        "mae_s": round(count.mae_s),
        "bias_s": round(count.bias_s),
        "within_3min": _share(share(count.close, count.n)),
        "coverage_90": _share(share(count.held, count.n)),
    }


def _actual(actual: Actual, traffic: str) -> Json:
    return {
        "n": actual.n,
        "p95_s": round(actual.p95_s),
        "standards": [
            {"within_min": limit_s // 60, **_against(share(actual.within[limit_s], actual.n), STANDARD_SHARE)}
            for limit_s in standards_s(traffic)
        ],
    }


def _against(found: Share, target: float) -> Json:
    return {**_share(found), "target": target, "met": meets(found, target)}


def _share(found: Share) -> Json:
    return {
        "share": round(found.share, 3),
        "low": round(found.low, 3),
        "high": round(found.high, 3),
        "of": found.of,
    }
