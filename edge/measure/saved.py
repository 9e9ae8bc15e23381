"""What a meter knows beyond its counts, so that a node that was killed counts nobody twice.

A vehicle that stands on a line, or just before it, must be known again after a restart: who was counted
there, who came from where, and since when it waits. Times are seconds of the camera's clock, points pixels.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import msgspec
from msgspec import structs
from msgspec.structs import replace

from edge.measure.counting_line import CountingLine
from edge.measure.geometry import XYXY, Point
from edge.measure.passing import Passing
from edge.measure.track import Track

LineKey = tuple[str, str, Point, Point, str]


class SavedPassing(msgspec.Struct, frozen=True, array_like=True):
    """What a track did at one line."""

    before: tuple[float, Point, Point] | None
    beyond: bool
    back_s: float | None
    crossed_s: float | None
    counted: bool
    looks: tuple[tuple[float, float, float], ...]
    seen_s: float | None = None
    reached: float = 0.0
    jumped_s: float | None = None


class SavedTrack(msgspec.Struct, frozen=True, array_like=True):
    """A vehicle; `arrived` and `served` are by lane. `came_from` is None where an older program saved it."""

    id: int
    xyxy: XYXY
    velocity: Point
    size: Point
    born_at: float
    seen_at: float
    stopped_since: float | None
    hits: int
    pictures: int
    score: float
    votes: dict[str, float]
    passings: tuple[SavedPassing, ...]
    arrived: dict[str, float]
    served: tuple[str, ...]
    came_from: Point | None = None


class SavedMeter(msgspec.Struct, frozen=True, array_like=True):
    """All tracks of a camera at `at`, and how many vehicles are between the lines of each lane."""

    at: float
    size: tuple[int, int]
    lines: tuple[LineKey, ...]
    tracks: tuple[SavedTrack, ...]
    between: dict[str, int | None]


def keys_of(lines: Iterable[CountingLine]) -> tuple[LineKey, ...]:
    """What must not have changed for saved tracks to fit: which lines there are, and where."""
    return tuple((line.lane, line.line, *line.segment.ends, line.anchor) for line in lines)


def save_track(
    track: Track, passings: Iterable[Passing], arrived: dict[str, float], served: Iterable[str]
) -> SavedTrack:
    """The track as it is now."""
    return SavedTrack(
        id=track.id,
        xyxy=track.xyxy,
        velocity=(track.motion.vx, track.motion.vy),
        size=track.size,
        born_at=track.born_at,
        seen_at=track.seen_at,
        stopped_since=track.stopped_since,
        hits=track.hits,
        pictures=track.pictures,
        score=track.score,
        votes=dict(track.votes),
        passings=tuple(_saved_passing(passing) for passing in passings),
        arrived=arrived,
        served=tuple(served),
        came_from=track.came_from,
    )


def track_of(saved: SavedTrack) -> Track:
    """A track that goes on from there; its way is known, its speed is fitted anew."""
    track = Track(saved.id, saved.xyxy, next(iter(saved.votes)), saved.score, saved.seen_at)
    track.born_at = saved.born_at
    if saved.came_from is not None:
        track.came_from = saved.came_from
    track.apart = True
    track.hits, track.pictures = saved.hits, saved.pictures
    track.vote(saved.votes)
    track.size = saved.size
    track.motion.vx, track.motion.vy = saved.velocity
    track.stand(saved.stopped_since)
    return track


def passings_of(saved: SavedTrack) -> tuple[Passing, ...]:
    """What the track did at each line."""
    return tuple(
        Passing(**{**structs.asdict(passing), "looks": deque(passing.looks)}) for passing in saved.passings
    )


def _saved_passing(passing: Passing) -> SavedPassing:
    return SavedPassing(
        before=passing.before,
        beyond=passing.beyond,
        back_s=passing.back_s,
        crossed_s=passing.crossed_s,
        counted=passing.counted,
        looks=tuple(passing.looks),
        seen_s=passing.seen_s,
        reached=passing.reached,
        jumped_s=passing.jumped_s,
    )


def shifted(saved: SavedMeter, by_s: float) -> SavedMeter:
    """The same, told by a clock that is `by_s` ahead."""
    if not by_s:
        return saved
    return replace(saved, at=saved.at + by_s, tracks=tuple(_shifted(track, by_s) for track in saved.tracks))


def _shifted(track: SavedTrack, by_s: float) -> SavedTrack:
    return replace(
        track,
        born_at=track.born_at + by_s,
        seen_at=track.seen_at + by_s,
        stopped_since=None if track.stopped_since is None else track.stopped_since + by_s,
        passings=tuple(_shifted_passing(passing, by_s) for passing in track.passings),
        arrived={lane: t_s + by_s for lane, t_s in track.arrived.items()},
    )


def _shifted_passing(passing: SavedPassing, by_s: float) -> SavedPassing:
    return replace(
        passing,
        before=None if passing.before is None else (passing.before[0] + by_s, *passing.before[1:]),
        back_s=None if passing.back_s is None else passing.back_s + by_s,
        crossed_s=None if passing.crossed_s is None else passing.crossed_s + by_s,
        seen_s=None if passing.seen_s is None else passing.seen_s + by_s,
        jumped_s=None if passing.jumped_s is None else passing.jumped_s + by_s,
        looks=tuple((at + by_s, beyond, clipped) for at, beyond, clipped in passing.looks),
    )


def encoded(saved: SavedMeter) -> bytes:
    """For the disk."""
    return msgspec.msgpack.encode(saved)


def moved(payload: bytes, by_s: float) -> bytes:
    """What `encoded` gave, told by a clock that is `by_s` ahead."""
    saved = decoded(payload) if by_s else None
    return payload if saved is None else encoded(shifted(saved, by_s))


def decoded(payload: bytes) -> SavedMeter | None:
    """From the disk; None for what is of another version, or damaged."""
    try:
        return msgspec.msgpack.decode(payload, type=SavedMeter)
    except msgspec.DecodeError:
        return None
