"""What the page can ask for: the file's lanes, pictures, boxes, remarks, a diff, saving. No HTTP here."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2

from edge.camera import kept_view
from edge.camera.outline import outline_of
from edge.camera.reference import LEAST_POWER, Reference
from edge.camera.source import SourceError, without_password
from edge.config import CameraConfig, NodeConfig
from edge.detection.detector import Detector
from edge.measure.sign import crop_of
from edge.picture import Colours
from edge.signs import SignError, SignFolder
from edge.vision import Boxes, Frame, Image
from edge.yamlfile import Fault
from edge.zones.crops import corners_of, look
from edge.zones.drawing import Drawing
from edge.zones.pictures import Stills, open_stills
from edge.zones.remarks import remarks

JPEG_QUALITY = 88
Cameras = Sequence[Mapping[str, Any]]
Answer = dict[str, Any]


class AskedWrongError(ValueError):
    """The page asked for something that is not there."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as the page gets it; `number` names it in later questions."""

    number: int
    at: float
    width: int
    height: int
    length_s: float | None
    jpeg: bytes


class Bench:
    """One node.yaml at work; may be called from several threads at once.

    `sources` stand in for those of the file, by camera.
    """

    def __init__(self, path: Path, sources: Mapping[str, str], first: str | None = None) -> None:
        """Raises: ConfigError."""
        self.drawing = Drawing(path)
        self._config, _ = self.drawing.read()
        self._signs = SignFolder(self._config.signs)
        self._sources = dict(sources)
        self._first = first or self._config.cameras[0].id
        self._stills: dict[str, Stills] = {}
        self._shown: dict[str, tuple[int, Frame]] = {}
        self._boxes: dict[str, tuple[int, Boxes]] = {}
        self._numbers = 0
        self._detector: Detector | None = None
        self._lock = threading.RLock()

    def close(self) -> None:
        """Let the sources go."""
        for stills in self._stills.values():
            stills.close()

    def state(self) -> Answer:
        """The file as it is now. Raises: ConfigError, if it is not valid any more."""
        with self._lock:
            self._config, digest = self.drawing.read()
        return {
            "file": str(self.drawing.path),
            "digest": digest,
            "port": self._config.port,
            "node": self._config.node,
            "first": self._first,
            "cameras": [self._camera_state(camera) for camera in self._config.cameras],
        }

    def picture(self, camera: str, at: float) -> Shown:
        """The picture of that moment. Raises: SourceError, AskedWrongError."""
        stills = self._stills_of(camera)
        frame = stills.at(at)
        with self._lock:
            self._numbers += 1
            self._shown[camera] = self._numbers, frame
            number = self._numbers
        done, jpeg = cv2.imencode(".jpg", frame.image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        if not done:
            raise SourceError("the picture cannot be shown")
        height, width = frame.image.shape[:2]
        return Shown(number, frame.at, width, height, stills.length_s, jpeg.tobytes())

    def boxes(self, camera: str) -> Answer:
        """Vehicles in the picture that is shown, as fractions. Raises: ModelError, AskedWrongError."""
        number, image = self._picture_of(camera)
        found = self._detected(camera, number, image)
        height, width = image.shape[:2]
        scale = (width, height, width, height)
        corners = (found.xyxy / scale).round(5).tolist()
        rows = zip(corners, found.classes, found.scores.round(3).tolist(), strict=True)
        return {"number": number, "boxes": [{"xyxy": c, "class": n, "score": s} for c, n, s in rows]}

    def check(self, cameras: Cameras) -> Answer:
        """Faults, for which the file would be refused, and remarks on what would not measure."""
        faults = self.drawing.faults(cameras)
        if faults:
            return {"faults": [_told(fault, cameras, self._config) for fault in faults], "remarks": []}
        config = self.drawing.config(cameras)
        return {"faults": [], "remarks": [row for camera in config.cameras for row in self._remarks(camera)]}

    def diff(self, cameras: Cameras) -> Answer:
        """What saving would change in the file."""
        return {"diff": self.drawing.diff(cameras), "file": self.drawing.path.name}

    def save(self, cameras: Cameras, digest: str, stamp: str) -> Answer:
        """Write the file, then what belongs to it; `left` says what of that could not be done.

        Raises: ConfigError, AskedWrongError; the file is then as before.
        """
        with self._lock:
            views = {one["id"]: self._view_of(one["id"]) for one in cameras if one.get("keep_view")}
            backup = self.drawing.save(cameras, digest, stamp)
            left = [*self._keep(views), *self._rename_signs(cameras)]
        return {"file": str(self.drawing.path), "backup": backup.name, "left": left}

    def sign(self, camera: str, lane: str, corners: Any, keep: str | None, drop: str | None) -> Answer:
        """The sign of a lane in the picture that is shown; `keep` it as of that state, or `drop` a crop.

        Raises: SignError, AskedWrongError.
        """
        _, image = self._picture_of(camera)
        region = corners_of(corners)
        if keep is not None:
            self._signs.add(camera, lane, keep, crop_of(image, region))
        if drop is not None:
            self._signs.remove(camera, lane, drop)
        return look(self._signs, camera, lane, image, region)

    def crop(self, camera: str, lane: str, name: str) -> bytes:
        """A reference crop, as PNG. Raises: AskedWrongError."""
        for path in self._signs.files(camera, lane):
            if path.name == name:
                try:
                    return path.read_bytes()
                except OSError as error:
                    raise AskedWrongError(
                        f"{path}: cannot be read ({error.strerror}); check its rights"
                    ) from None
        raise AskedWrongError(f"there is no crop {name}")

    def _view_of(self, camera: str) -> Reference:
        """The view of the picture that is shown, as a reference. Raises: AskedWrongError."""
        _, image = self._picture_of(camera)
        outline = outline_of(Colours(image))
        if outline.power < LEAST_POWER:
            raise AskedWrongError(
                f"the view of camera {camera} has too few edges to be told from another; show a clear picture"
            )
        return Reference(outline.edges)

    def _rename_signs(self, cameras: Cameras) -> Iterator[str]:
        """Of lanes that have another id now; yields what went wrong."""
        for camera in cameras:
            for lane in camera["lanes"]:
                if lane.get("was") not in (None, lane["id"]):
                    try:
                        self._signs.rename(camera["id"], lane["was"], lane["id"])
                    except SignError as error:
                        yield str(error)

    def _keep(self, views: Mapping[str, Reference]) -> Iterator[str]:
        """As the node will look for them: of the lanes that are now in the file; yields what went wrong."""
        config, _ = self.drawing.read()
        for camera in config.cameras:
            if camera.id not in views or camera.reference is None:
                continue
            try:
                camera.reference.parent.mkdir(parents=True, exist_ok=True)
                kept_view.save(camera.reference, camera, views[camera.id])
            except OSError as error:
                yield f"{camera.reference} cannot be written ({error.strerror}); free space, check its rights"

    def _remarks(self, camera: CameraConfig) -> list[Answer]:
        with self._lock:
            number, frame = self._shown.get(camera.id, (0, None))
            seen, boxes = self._boxes.get(camera.id, (0, Boxes.empty()))
        if frame is None:
            return []
        height, width = frame.image.shape[:2]
        near = boxes.xyxy.tolist() if seen == number else []
        return [
            {
                "camera": camera.id,
                "lane": said.lane,
                "figure": said.figure,
                "said": f"{said.said}; {said.fix}",
            }
            for said in remarks(camera, width, height, near)
        ]

    def _camera_state(self, camera: CameraConfig) -> Answer:
        source = self._sources.get(camera.id) or camera.source
        return {
            "id": camera.id,
            "facing": camera.facing,
            "keep_view": False,
            "reference": None if camera.reference is None else camera.reference.name,
            "source": None if source is None else without_password(source),
            "lanes": [{**lane.model_dump(mode="json"), "was": lane.id} for lane in camera.lanes],
        }

    def _stills_of(self, name: str) -> Stills:
        with self._lock:
            if name not in self._stills:
                camera = self._config_of(name)
                source = self._sources.get(name) or camera.source
                if source is None:
                    raise AskedWrongError(
                        f"camera {name} has no source; give one: lanewatch-edge zones SOURCE"
                    )
                self._stills[name] = open_stills(source, camera.fps)
            return self._stills[name]

    def _config_of(self, name: str) -> CameraConfig:
        for camera in self._config.cameras:
            if camera.id == name:
                return camera
        raise AskedWrongError(f"there is no camera {name}")

    def _picture_of(self, camera: str) -> tuple[int, Image]:
        with self._lock:
            if camera not in self._shown:
                raise AskedWrongError(f"no picture of camera {camera} was shown yet")
            number, frame = self._shown[camera]
            return number, frame.image

    def _detected(self, camera: str, number: int, image: Image) -> Boxes:
        with self._lock:
            if self._detector is None:
                self._detector = Detector.load(self._config.model)
        found = self._detector.boxes(image)
        with self._lock:
            self._boxes[camera] = number, found
        return found


def _told(fault: Fault, cameras: Cameras, config: NodeConfig) -> Answer:
    """A fault under the camera, lane and figure that it is about."""
    told: Answer = {"camera": None, "lane": None, "figure": None, "said": fault.said}
    keys = list(fault.keys)
    if keys[:1] != ["cameras"] or len(keys) < 2 or not isinstance(keys[1], int):
        return told
    told["camera"] = config.cameras[keys[1]].id
    if len(keys) < 4 or keys[2] != "lanes" or not isinstance(keys[3], int):
        return told
    mine = next((camera for camera in cameras if camera["id"] == told["camera"]), None)
    if mine is not None and keys[3] < len(mine["lanes"]):
        told["lane"] = mine["lanes"][keys[3]]["id"]
    told["figure"] = keys[4] if len(keys) > 4 else None
    if told["figure"] is None and "`area`" in fault.said:
        told["figure"] = "area"
    told["said"] = f"{keys[-1]}: {fault.said}" if keys[-1] in ("toward", "id") else fault.said
    return told
