"""port.yaml and nodes/*.yaml of a recording: lines and areas are the scene's, seen through its cameras."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq

from simulator import approach
from simulator.cameras import Camera
from simulator.signs import corners_m
from simulator.site import LANES, STOP_LINE_M, TAIL_LINE_M, Lane

START_AT = "2026-01-01T00:00:00Z"
HALF_LANE_M = 2.7
"""Lines and areas reach this far to each side of a lane's middle: past any vehicle, not to the next lane."""
SERVICE_S = 10.0
"""Mean time of an inspection, from standing at the booth to driving on."""
PITCH_M = 15.0
"""Mean length of a vehicle and the gap before it."""
BROKER = {"url": "mqtt://127.0.0.1:1883"}

Point = tuple[float, float]


def write_config(
    folder: Path, tail: Camera, booth: Camera, signs: bool = False, upstream: Camera | None = None
) -> None:
    """Write port.yaml and a node file for each camera under `folder`.

    `signs`: the tail camera reads them. `upstream`: there is a shared approach, with this camera.
    """
    nodes = folder / "nodes"
    nodes.mkdir(parents=True, exist_ok=True)
    _write(folder / "port.yaml", port(signs, upstream is not None))
    if upstream is not None:
        _write(nodes / f"{upstream.node}.yaml", node(upstream, [_approach_lane(upstream)]))
    _write(nodes / f"{tail.node}.yaml", node(tail, [_tail_lane(tail, lane, signs) for lane in LANES]))
    _write(nodes / f"{booth.node}.yaml", node(booth, [_booth_lane(booth, lane) for lane in LANES]))


def port(signs: bool = False, shared: bool = False) -> dict[str, Any]:
    """The content of port.yaml: two commercial streams, a lane each, and a `shared` approach before them."""
    lanes = [_port_lane(lane, signs) for lane in LANES]
    if shared:
        serves = _flow([lane.stream for lane in LANES])
        view_m = approach.SEES_TO_M - approach.LINE_M
        upstream = {"id": approach.LANE.id, "kind": "approach", "serves": serves}
        lanes.append(upstream | {"line_m": approach.LINE_M, "view_m": view_m, "node": "n-approach"})
    return {
        "broker": dict(BROKER),
        "store": {"url": "sqlite:///lanewatch.db"},
        "http": {"host": "127.0.0.1", "port": 8080},
        "operator": {"en": "lanewatch demonstration", "fr": "démonstration lanewatch"},
        "slice_s": 5,
        "ports": [
            {
                "id": "demo",
                "name": {"en": "Demo crossing", "fr": "Passage de démonstration"},
                "location": _flow([-83.07, 42.31]),
                "publication": {"step_s": 1, "hold_s": 0},
                "directions": [
                    {
                        "id": "us_bound",
                        "timezone": "America/Detroit",
                        "into": "us",
                        "streams": [_stream(lane) for lane in LANES],
                        "lanes": lanes,
                    }
                ],
            }
        ],
    }


def node(camera: Camera, lanes: list[dict[str, Any]]) -> dict[str, Any]:
    """The content of a node file with one camera."""
    return {
        "port": "demo",
        "node": camera.node,
        "broker": dict(BROKER),
        "model": "vehicles",
        "cameras": [
            {
                "id": camera.id,
                "source": f"../{camera.id}.mp4",
                "facing": camera.facing,
                "playback": {"start_at": START_AT, "loop": True},
                "lanes": lanes,
            }
        ],
    }


def _stream(lane: Lane) -> dict[str, Any]:
    traffic, name = lane.stream.split("/")
    return {
        "traffic": traffic,
        "class": name,
        "hours": "24 hrs/day",
        "lanes_max": 1,
        "nominal_service_s": SERVICE_S,
        "pitch_m": PITCH_M,
    }


def _port_lane(lane: Lane, signs: bool) -> dict[str, Any]:
    at_tail, at_booth = ["arrivals", "queue"], ["departures", "booth"]
    (at_tail if signs else at_booth).append("sign")
    return {
        "id": lane.id,
        "kind": "booth",
        "serves": _flow([lane.stream]),
        "view_m": TAIL_LINE_M,
        "sources": [
            {"node": "n-tail", "gives": _flow(at_tail)},
            {"node": "n-booth", "gives": _flow(at_booth)},
        ],
    }


def _tail_lane(camera: Camera, lane: Lane, signs: bool) -> dict[str, Any]:
    corners = _strip(lane, camera.sees_from_m, TAIL_LINE_M)
    seen = camera.project(np.array(corners_m(lane))).clip(0.0, 1.0).tolist() if signs else []
    sign = {"sign": _points([(x, y) for x, y in seen], digits=5)} if signs else {}
    return sign | {
        "id": lane.id,
        "kind": "booth",
        "tail": _line(camera, lane, TAIL_LINE_M),
        "area": _image(camera, corners),
        "area_anchor": "bottom",
        "ground": {"image": _image(camera, corners), "metres": _points(corners)},
    }


def _booth_lane(camera: Camera, lane: Lane) -> dict[str, Any]:
    corners = _strip(lane, 0.0, STOP_LINE_M + 4.0)
    reach = _strip(lane, 0.0, 30.0)
    return {
        "id": lane.id,
        "kind": "booth",
        "booth": _line(camera, lane, 0.0),
        "area": _image(camera, corners),
        "area_anchor": "bottom",
        "ground": {"image": _image(camera, reach), "metres": _points(reach)},
    }


def _approach_lane(camera: Camera) -> dict[str, Any]:
    corners = _strip(approach.LANE, approach.LINE_M, approach.SEES_TO_M)
    return {
        "id": approach.LANE.id,
        "kind": "approach",
        "tail": _line(camera, approach.LANE, approach.LINE_M),
        "area": _image(camera, corners),
        "area_anchor": "bottom",
        "ground": {"image": _image(camera, corners), "metres": _points(corners)},
    }


def _strip(lane: Lane, from_m: float, to_m: float) -> list[Point]:
    left, right = lane.x_m - HALF_LANE_M, lane.x_m + HALF_LANE_M
    return [(left, from_m), (right, from_m), (right, to_m), (left, to_m)]


def _line(camera: Camera, lane: Lane, y_m: float) -> dict[str, Any]:
    ends = [(lane.x_m - HALF_LANE_M, y_m), (lane.x_m + HALF_LANE_M, y_m)]
    toward = _image(camera, [(lane.x_m, y_m - 6.0)])[0]
    return {"line": _image(camera, ends), "toward": toward, "anchor": "bottom"}


def _image(camera: Camera, points_m: list[Point]) -> CommentedSeq:
    """Points of the road, metres, as fractions of the picture, clipped to it."""
    seen = camera.project(np.array([(x, y, 0.0) for x, y in points_m]))
    return _points([(float(x), float(y)) for x, y in np.clip(seen, 0.0, 1.0)], digits=5)


def _points(points: list[Point], digits: int = 2) -> CommentedSeq:
    return _flow([_flow([round(x, digits), round(y, digits)]) for x, y in points])


def _flow(items: list[Any]) -> CommentedSeq:
    """A list that is written on one line."""
    seq = CommentedSeq(items)
    seq.fa.set_flow_style()
    return seq


def _write(path: Path, content: dict[str, Any]) -> None:
    yaml = YAML()
    yaml.width = 110
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(content, file)
