"""node.yaml: what a node is, which cameras it has and where the lanes lie in their pictures.

Image coordinates are fractions of the picture's width and height (0-1), so that a change of resolution moves
nothing. Everything but the ids may be left out; what needs the missing part is then not measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from edge import yamlfile
from edge.messages import Kind

Anchor = Literal["bottom", "center"]
Facing = Literal["toward", "away"]
PlatePoint = Literal["tail", "booth"]
"""Where a plate is read: as its vehicle crosses the tail line, or comes to stand at the booth."""


Point = tuple[float, float]


def _pair(value: object) -> object:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise ValueError("is not a point; write it as [x, y]")
    return tuple(value)


def _fraction(point: tuple[float, float]) -> tuple[float, float]:
    for value, side in zip(point, ("width", "height"), strict=True):
        if not 0 <= value <= 1:
            raise ValueError(
                f"{value:g} is not a fraction of the {side} (0-1); divide it by the picture's {side}, "
                "or draw it with `lanewatch-edge zones`"
            )
    return point


def _instant(value: object) -> object:
    if not isinstance(value, datetime | str):
        raise ValueError("is no instant; write it as 2026-11-30T12:00:00Z")
    return value


def _source(source: str) -> str:
    if not source.strip():
        raise ValueError("is empty; say where the camera looks")
    if not source.startswith("~"):
        return source
    try:
        return str(Path(source).expanduser())
    except RuntimeError:
        raise ValueError(f"{Path(source).parts[0]} is nobody's home here; write the whole path") from None


ImagePoint = Annotated[tuple[float, float], BeforeValidator(_pair), AfterValidator(_fraction)]
GroundPoint = Annotated[tuple[float, float], BeforeValidator(_pair)]
LocalId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,32}$")]
SiteId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]


class Strict(BaseModel):
    """No key that is not known, no number that is none or without end, no change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class BrokerConfig(Strict):
    """Where the broker is; `mqtts://` needs certificate, key and ca (paths)."""

    url: str = Field(pattern=r"^mqtts?://[^/\s]+$")
    certificate: Path | None = None
    key: Path | None = None
    ca: Path | None = None


class LineConfig(Strict):
    """A counting line from point to point; a crossing counts to the side where `toward` lies."""

    line: tuple[ImagePoint, ImagePoint]
    toward: ImagePoint
    anchor: Anchor = "bottom"

    @model_validator(mode="after")
    def _toward_is_beside_the_line(self) -> Self:
        if abs(_turn(*self.line, self.toward)) < 1e-6:
            raise ValueError("`toward` lies on the line; put it on the side that vehicles drive to")
        return self


class GroundConfig(Strict):
    """Four points of the road, in the picture and in metres.

    x runs across the lane; y = 0 at the booth line and grows upstream.
    """

    image: tuple[ImagePoint, ImagePoint, ImagePoint, ImagePoint]
    metres: tuple[GroundPoint, GroundPoint, GroundPoint, GroundPoint]

    @model_validator(mode="after")
    def _corners_go_round_alike(self) -> Self:
        turns = zip(_turns(self.image, "image"), _turns(self.metres, "metres"), strict=True)
        if len({(a > 0) == (b > 0) for a, b in turns}) > 1:
            raise ValueError("`image` and `metres` go round differently; give their points in one order")
        return self


def _turns(points: Sequence[tuple[float, float]], name: str) -> list[float]:
    """Twice the signed area of each triangle that three of the four points make."""
    turns = []
    for left_out in range(4):
        a, b, c = (p for i, p in enumerate(points) if i != left_out)
        turns.append(_turn(a, b, c))
        if abs(turns[-1]) < 1e-9:
            raise ValueError(f"three points of `{name}` lie on one line; spread them over the lane")
    return turns


SIGNAL_UNREAD = "`signal` has no effect yet: a stop at a traffic light counts as queue"


class LaneConfig(Strict):
    """One lane in one camera's picture."""

    id: LocalId
    kind: Kind = "booth"
    tail: LineConfig | None = None
    booth: LineConfig | None = None
    area: Annotated[tuple[ImagePoint, ...], Field(min_length=3)] | None = None
    area_anchor: Anchor = "bottom"
    ground: GroundConfig | None = None
    sign: tuple[ImagePoint, ImagePoint] | None = None
    signal: bool = False

    @model_validator(mode="after")
    def _area_does_not_cross_itself(self) -> Self:
        corners = self.area or ()
        sides = list(zip(corners, corners[1:] + corners[:1], strict=True))
        for number, side in enumerate(sides):
            for other in sides[number + 1 :]:
                if not set(side) & set(other) and _cross(*side, *other):
                    raise ValueError(
                        "`area` crosses itself; draw its corners one after the other round the lane"
                    )
        return self

    @model_validator(mode="after")
    def _area_holds_something(self) -> Self:
        corners = self.area or ()
        sides = zip(corners, corners[1:] + corners[:1], strict=True)
        if corners and abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in sides)) < 1e-6:
            raise ValueError("`area` encloses nothing; draw its corners one after the other round the lane")
        return self


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the ways from `a` to `b` and from `c` to `d` cross."""
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def _turn(a: Point, b: Point, c: Point) -> float:
    """Twice the signed area of a triangle."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


class PlaybackConfig(Strict):
    """A file source plays at its own pace: frame time = start_at + loop x length + pts."""

    start_at: Annotated[AwareDatetime, BeforeValidator(_instant)]
    loop: bool = False


class CameraConfig(Strict):
    """One camera; `fps` is for a source that has no times of its own (a folder of pictures).

    `reference` is the file that keeps how its view looked when it became known; by default beside the outbox.
    """

    id: LocalId
    source: Annotated[str, AfterValidator(_source)] | None = None
    facing: Facing = "away"
    fps: Annotated[float, Field(gt=0, le=240)] | None = None
    playback: PlaybackConfig | None = None
    reference: Path | None = None
    lanes: tuple[LaneConfig, ...] = ()

    @model_validator(mode="after")
    def _lanes_stand_once(self) -> Self:
        _refuse_twice([lane.id for lane in self.lanes], "lane")
        return self


class PlatesConfig(Strict):
    """Plates are read only where this block stands, and only where law and agreements of the port allow it.

    `points` of every camera, or of those under `cameras` alone, e.g. `{c1: [tail]}`. `secret_file` holds the
    port's secret (enrolment writes it beside `broker.key`). `looks_per_s`: looks at plates, of all cameras.
    """

    points: Annotated[tuple[PlatePoint, ...], Field(min_length=1)] = ("tail", "booth")
    cameras: dict[LocalId, tuple[PlatePoint, ...]] | None = None
    model: str = "plates"
    secret_file: Path | None = None
    looks_per_s: Annotated[float, Field(gt=0, le=50)] = 5.0

    def points_of(self, camera: str) -> tuple[PlatePoint, ...]:
        """What is read of one camera's lanes."""
        return self.points if self.cameras is None else self.cameras.get(camera, ())


class NodeConfig(Strict):
    """The whole file. `outbox` is where unreceipted rows lie, `signs` the folder of reference crops of lane
    signs, both relative to the file's folder.
    """

    port: SiteId
    node: SiteId
    broker: BrokerConfig | None = None
    model: str = "vehicles"
    tick_s: Annotated[int, Field(ge=1, le=60)] = 5
    outbox: Path | None = None
    plates: PlatesConfig | None = None
    signs: Path = Path("signs")
    cameras: Annotated[tuple[CameraConfig, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_figure_has_one_camera(self) -> Self:
        _refuse_twice([camera.id for camera in self.cameras], "camera")
        for figure in ("tail", "booth", "area"):
            named = [lane.id for c in self.cameras for lane in c.lanes if getattr(lane, figure) is not None]
            _refuse_twice(named, f"`{figure}` of lane")
        return self

    @model_validator(mode="after")
    def _plates_are_of_known_cameras(self) -> Self:
        named = set((self.plates.cameras or {}) if self.plates else ())
        unknown = sorted(named - {camera.id for camera in self.cameras})
        if unknown:
            raise ValueError(f"plates.cameras: there is no camera {unknown[0]!r}; name one of `cameras`")
        return self


def _refuse_twice(names: list[str], what: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{what} {twice[0]!r} stands twice; keep one")


def load_node(path: Path, *, recorded: bool = False) -> NodeConfig:
    """Read node.yaml; relative sources, outbox and key files are made relative to its folder.

    recorded: a recording takes the place of the sources; they are not read, and need no passwords.
    Raises: yamlfile.ConfigError, one line that names file, line, key and fix.
    """
    document = yamlfile.parse(path)
    if recorded:
        _drop_sources(document)
    config = yamlfile.validated(document, path, NodeConfig)
    folder = path.resolve().parent
    cameras = tuple(_beside(folder, camera) for camera in config.cameras)
    outbox = folder / (config.outbox or f"outbox-{config.node}.db")
    broker = yamlfile.beside(path, config.broker) if config.broker else None
    plates = _plates_beside(config.plates, broker, folder) if config.plates else None
    model = _model_beside(config.model, folder)
    signs = folder / config.signs
    beside = {"outbox": outbox, "signs": signs, "broker": broker, "model": model, "plates": plates}
    return config.model_copy(update={"cameras": cameras, **beside})


def _drop_sources(document: dict[str, Any]) -> None:
    cameras = document.get("cameras")
    for camera in cameras if isinstance(cameras, list) else ():
        if isinstance(camera, dict):
            camera.pop("source", None)


def _model_beside(model: str, folder: Path) -> str:
    is_file = "/" in model or model.endswith(".onnx")
    return str(folder / model) if is_file else model


def _plates_beside(plates: PlatesConfig, broker: BrokerConfig | None, folder: Path) -> PlatesConfig:
    """With the secret where enrolment writes it, unless the file says another place."""
    enrolled = broker.key.with_name("plates.secret") if broker and broker.key else Path("plates.secret")
    secret_file = folder / (plates.secret_file or enrolled)
    return plates.model_copy(
        update={"model": _model_beside(plates.model, folder), "secret_file": secret_file}
    )


def _beside(folder: Path, camera: CameraConfig) -> CameraConfig:
    reference = folder / camera.reference if camera.reference else None
    return camera.model_copy(update={"source": _resolve(camera.source, folder), "reference": reference})


def _resolve(source: str | None, folder: Path) -> str | None:
    if source is None or "://" in source or source.startswith(("/dev/", "v4l2:")):
        return source
    return str(folder / source)
