"""A recorded port as the wait engine's rows: site.json, minute.csv or noisy.csv, plates.csv.

Nothing else of the folder is opened, so an estimate cannot know the truth.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dashboard.faults import reason
from dashboard.minutes import Kind, LaneMinute, Match
from dashboard.waits.site import PITCH_M, LaneSpec, SiteSpec, StreamSpec

Feed = Literal["noisy", "minute"]
STREAM_OF = {
    "truck_fast": "commercial/fast",
    "truck_std": "commercial/standard",
    "car_nexus": "passenger/nexus",
    "car_std": "passenger/standard",
}
KINDS: dict[str, Kind] = {"booth": "booth", "upstream": "approach"}
ROW_KEYS = (
    "start_s", "end_s", "lane", "zone", "posted_class", "arrivals", "departures", "in_view_mean",
    "stopped_mean", "queue_full_view", "booth_occ",
)  # fmt: skip
PLATE_KEYS = ("at_s", "camera", "lane", "token")
ENCODING = "utf-8-sig"  # with or without a byte order mark
LONGEST_H = 24 * 366


class RecordingError(Exception):
    """A recorded port cannot be read; the text names file, line and fix."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What is fixed about a recorded port. `classes`: its own names of its first streams, in their order."""

    folder: Path
    hours: float
    classes: tuple[str, ...]
    site: SiteSpec


@dataclass(frozen=True, slots=True)
class Read:
    """One plate read: seconds, `upstream` or `booth`, lane, pseudonymous token."""

    at_s: float
    camera: str
    lane: str
    token: str


def load_recording(folder: Path) -> Recording:
    """Read site.json. Raises: RecordingError."""
    path = folder / "site.json"
    try:
        site = json.loads(path.read_text(encoding=ENCODING))
    except FileNotFoundError:
        raise RecordingError(f"{path}: not found; give the folder of a recorded port") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise RecordingError(f"{path}: cannot be read ({reason(error)}); it must be JSON") from None
    try:
        classes = _classes(site["classes"])
        return Recording(folder, _hours(site["hours"]), classes, _site(site, classes))
    except KeyError as error:
        raise RecordingError(f"{path}: lacks {error}; see the recorded ports' README") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise RecordingError(f"{path}: {error}; see the recorded ports' README") from None


def slices(recording: Recording, feed: Feed, matches: bool) -> Iterator[list[LaneMinute]]:
    """Rows of one slice after the other, in time order. Raises: RecordingError."""
    rows = list(_rows(_find(recording.folder, f"{feed}.csv"), recording.site))
    rows.sort(key=lambda row: (row.end_s, row.lane))
    found = pair(_reads(recording.folder)) if matches else []
    place = 0
    while place < len(rows):
        end = place
        while end < len(rows) and rows[end].end_s == rows[place].end_s:
            end += 1
        yield _with_matches(rows[place:end], found)
        place = end


def pair(reads: Sequence[Read]) -> list[Match]:
    """Vehicles read at both ends, by token, in the order in which they reached the booth.

    A token is used once and forgotten: of a wrong read at the booth only one travel time is spoilt.
    """
    upstream: dict[str, Read] = {}
    matches = []
    for read in sorted(reads, key=lambda read: (read.at_s, read.camera == "booth")):
        if read.camera == "upstream":
            upstream[read.token] = read
            continue
        entered = upstream.pop(read.token, None)
        if entered is not None:
            matches.append(Match(read.at_s, read.lane, entered.lane, read.at_s - entered.at_s))
    return matches


def _with_matches(rows: list[LaneMinute], matches: list[Match]) -> list[LaneMinute]:
    """The slice's rows with the matches whose booth read lies in the slice (start excluded, end included)."""
    start_s, end_s = min(row.start_s for row in rows), rows[0].end_s
    inside = [match for match in matches if start_s < match.at_s <= end_s]
    if not inside:
        return rows
    return [_add(row, tuple(match for match in inside if match.lane == row.lane)) for row in rows]


def _add(row: LaneMinute, matches: tuple[Match, ...]) -> LaneMinute:
    return LaneMinute(**{**_fields(row), "matches": matches}) if matches else row


def _fields(row: LaneMinute) -> dict[str, Any]:
    return {name: getattr(row, name) for name in LaneMinute.__dataclass_fields__}


def _site(site: dict[str, Any], classes: tuple[str, ...]) -> SiteSpec:
    nominal = site["nominal_service_s"]
    laid = (*site["booths"].values(), *(name for names in site["upstream_lanes"].values() for name in names))
    served = tuple(dict.fromkeys((*classes, *laid)))
    streams = tuple(_stream(name, served, _extent(nominal[name])) for name in served)
    view_m, room_m = _extent(site["booth_view_m"]), _extent(site["stacking_m"])
    booths = tuple(
        LaneSpec(lane, "booth", (_stream_of(name),), view_m, room_m) for lane, name in site["booths"].items()
    )
    approaches = tuple(
        LaneSpec(
            lane, "approach", tuple(_stream_of(name) for name in names),
            _extent(site["upstream_view_m"]), None, _extent(site["upstream_line_m"]),
        )
        for lane, names in site["upstream_lanes"].items()
    )  # fmt: skip
    own_m = _extent(site["trusted_lane_length_m"]) if site["shared_approach"] else None
    return SiteSpec(streams, booths + approaches, own_lane_m=own_m)


def _extent(value: Any) -> float:
    """Seconds or metres of site.json."""
    if not 0 < float(value) < math.inf:
        raise ValueError(f"{value} is no length in seconds or metres")
    return float(value)


def _stream(name: str, classes: tuple[str, ...], nominal_s: float) -> StreamSpec:
    """A trusted class is served with the standard one while none of its own booths is open."""
    stream = STREAM_OF[name]
    traffic = stream.split("/")[0]
    standard = f"{traffic}/standard"
    fallback = standard if stream != standard and standard in map(_stream_of, classes) else None
    return StreamSpec(stream, when_closed=fallback, nominal_service_s=nominal_s, pitch_m=PITCH_M[traffic])


def _classes(names: Sequence[str]) -> tuple[str, ...]:
    for name in names:
        _stream_of(name)
    if not names or len(set(names)) < len(names):
        raise ValueError("classes: name each class once, and at least one")
    return tuple(names)


def _hours(hours: Any) -> float:
    if not 0 < float(hours) <= LONGEST_H:
        raise ValueError(f"hours: {hours} is not a length; give more than 0, at most {LONGEST_H}")
    return float(hours)


def _stream_of(name: str) -> str:
    if name not in STREAM_OF:
        raise ValueError(f"class {name!r} is not known; use {', '.join(STREAM_OF)}")
    return STREAM_OF[name]


def _find(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise RecordingError(f"{folder / name}: not found, nor {name}.gz; the recorded port lacks this feed")


def _table(path: Path, keys: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines (number, row) of a CSV file that has at least `keys`; an empty file has none."""
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode(ENCODING)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise RecordingError(f"{path}: cannot be read ({reason(error)}); copy it again") from None
    if not text.strip():
        return
    reader = csv.DictReader(io.StringIO(text))
    try:
        lacking = [key for key in keys if key not in (reader.fieldnames or ())]
        if lacking:
            raise RecordingError(f"{path}:1: lacks the column {lacking[0]!r}; see the recorded ports' README")
        for row in reader:
            if any(row[key] is None for key in keys):
                raise RecordingError(f"{path}:{reader.line_num}: is cut short; copy the file again")
            yield reader.line_num, row
    except csv.Error as error:
        raise RecordingError(f"{path}:{reader.line_num + 1}: {error}; copy the file again") from None


def _rows(path: Path, site: SiteSpec) -> Iterator[LaneMinute]:
    kinds = {lane.id: lane.kind for lane in site.lanes}
    for line, row in _table(path, ROW_KEYS):
        try:
            yield _row(row, kinds)
        except (KeyError, ValueError) as error:
            raise RecordingError(
                f"{path}:{line}: {error} is not a figure or name of this table; mend the line"
            ) from None


def _row(row: dict[str, str], kinds: dict[str, Kind]) -> LaneMinute:
    start_s, end_s, kind = _number(row["start_s"]), _number(row["end_s"]), KINDS[row["zone"]]
    if start_s >= end_s:
        raise ValueError(f"{start_s:g} to {end_s:g}")
    if kinds.get(row["lane"]) != kind:
        raise ValueError(f"{row['lane']!r}, which site.json does not have as {row['zone']},")
    return LaneMinute(
        start_s=start_s,
        end_s=end_s,
        lane=row["lane"],
        kind=kind,
        serves=tuple(_stream_of(name) for name in row["posted_class"].split("|") if name),
        arrivals=_count(row["arrivals"]),
        departures=_count(row["departures"]),
        in_view_mean=_figure(row["in_view_mean"]),
        stopped_mean=_figure(row["stopped_mean"]),
        length_m=None,
        full=None if row["queue_full_view"] == "" else _number(row["queue_full_view"]) > 0,
        booth_occ=_figure(row["booth_occ"]),
        missing=False,
    )


def _number(text: str) -> float:
    if not math.isfinite(float(text)):
        raise ValueError(repr(text))
    return float(text)


def _figure(text: str) -> float | None:
    return None if text == "" else _number(text)


def _count(text: str) -> int | None:
    return None if text == "" else int(_number(text))


def _reads(folder: Path) -> list[Read]:
    """Plate reads; none where the folder has no plates.csv."""
    present = [path for path in (folder / "plates.csv", folder / "plates.csv.gz") if path.is_file()]
    if not present:
        return []
    reads = []
    for line, row in _table(present[0], PLATE_KEYS):
        if not row["token"]:
            continue
        try:
            reads.append(Read(_number(row["at_s"]), row["camera"], row["lane"], row["token"]))
        except ValueError as error:
            raise RecordingError(f"{present[0]}:{line}: {error} is no time; mend the line") from None
    return reads
