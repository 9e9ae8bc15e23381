"""Health and info messages of a node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from edge.camera.view_health import State
from edge.config import CameraConfig, NodeConfig
from edge.detection.detector import Detector
from edge.detection.layouts import ModelError
from edge.detection.packs import Pack, find_model
from edge.messages import CameraHealth, Health, Info, utc_ms
from edge.node.keeper import Keeper
from edge.node.machine import clock_is_synced, disk_free_mb, own_version, temperature_c
from edge.node.ticks import PATIENCE_S, Sample

HEALTH_EVERY_S = 30.0


class _Gauge:
    """Pictures of one camera since the last health message."""

    def __init__(self) -> None:
        self.heard_at: float | None = None
        self.wrong: State = "ok"
        self.pictures = 0
        self.inferences_s: list[float] = []

    def take(self) -> tuple[int, float | None, float | None]:
        """Pictures, mean inference (ms) and share of pictures without one since the last call."""
        pictures, runs = self.pictures, self.inferences_s
        self.pictures, self.inferences_s = 0, []
        mean_ms = round(1000 * sum(runs) / len(runs), 1) if runs else None
        return pictures, mean_ms, round(1 - len(runs) / pictures, 3) if pictures else None


class Gauges:
    """Collects what the health message says of the cameras; `at` is the node's own time."""

    def __init__(self, cameras: Sequence[CameraConfig], folder: Path) -> None:
        self._gauges = {camera.id: _Gauge() for camera in cameras}
        self._folder = folder
        self._since: float | None = None

    def picture(self, sample: Sample, at: float) -> None:
        """One picture was measured; the end of a loop is none."""
        if not sample.is_picture:
            return
        gauge = self._gauges[sample.camera]
        gauge.heard_at, gauge.wrong = at, "ok"
        gauge.pictures += 1
        if sample.inference_s is not None:
            gauge.inferences_s.append(sample.inference_s)

    def blind(self, camera: str, wrong: State) -> None:
        """That camera's pictures are not measured; `ok`: there are none."""
        self._gauges[camera].wrong = wrong

    def health(
        self,
        keeper: Keeper,
        dropped: Mapping[str, int],
        clock_offset_s: float | None,
        receipt_age_s: float | None,
        at: float,
    ) -> Health:
        """The message of now; its means are over the time since the last one."""
        seconds = None if self._since is None else at - self._since
        self._since = at
        return Health(
            boot=keeper.series.boot,
            at=utc_ms(at + keeper.series.shift_s),
            cameras=[
                _camera_health(name, gauge, dropped[name], seconds, at)
                for name, gauge in self._gauges.items()
            ],
            outbox_rows=keeper.unreceipted,
            disk_free_mb=disk_free_mb(self._folder),
            temperature_c=temperature_c(),
            synced=clock_is_synced(),
            clock_offset_s=clock_offset_s,
            outbox_on_disk=keeper.on_disk,
            receipt_age_s=None if receipt_age_s is None else round(receipt_age_s, 1),
        )


def _camera_health(name: str, gauge: _Gauge, dropped: int, seconds: float | None, at: float) -> CameraHealth:
    alive = gauge.heard_at is not None and at - gauge.heard_at <= PATIENCE_S
    pictures, inference_ms, still = gauge.take()
    return CameraHealth(
        camera=name,
        state=gauge.wrong if alive or gauge.wrong != "ok" else "stalled",
        fps=round(pictures / seconds, 2) if seconds else None,
        dropped=dropped,
        inference_ms=inference_ms,
        still=still,
    )


def info_of(boot: str, at: float, config: NodeConfig, detector: Detector) -> Info:
    """What runs on this node."""
    return Info(
        boot=boot,
        at=utc_ms(at),
        version=own_version(),
        model=detector.model,
        model_sha256=_digest_of(config.model),
        provider=detector.provider,
        cameras=[camera.id for camera in config.cameras],
    )


def _digest_of(model: str) -> str | None:
    """The digest, on the pack's card, of the graph that runs; None for a bare file."""
    try:
        found = find_model(model)
    except ModelError:
        return None
    return found.runs.sha256 if isinstance(found, Pack) else None
