"""What nodes say of themselves, as the desk shows it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboard.board import CameraView, HealthView, PlatesView
from edge.messages import CameraHealth, Health, Info, PlateHealth

CAMERAS_SHOWN, NAME_LETTERS = 16, 32
"""A node has four cameras; more than these, or longer names, are an error of its own."""


@dataclass(frozen=True, slots=True)
class Condition:
    """The newest messages of one node, and what they come to."""

    health: Health | None = None
    info: Info | None = None
    view: HealthView | None = None


def told(known: Condition | None, message: Health | Info) -> Condition:
    """The condition after `message`."""
    before = known or Condition()
    new = {"health": message} if isinstance(message, Health) else {"info": message}
    now = replace(before, **new)
    return replace(now, view=_view(now.health, now.info))


def _view(health: Health | None, info: Info | None) -> HealthView | None:
    if health is None:
        return None
    return HealthView(
        at_s=health.at.timestamp(),
        cameras=tuple(_camera(camera) for camera in health.cameras[:CAMERAS_SHOWN]),
        outbox_rows=health.outbox_rows,
        disk_free_mb=health.disk_free_mb,
        temperature_c=health.temperature_c,
        synced=health.synced,
        clock_offset_s=health.clock_offset_s,
        outbox_on_disk=health.outbox_on_disk,
        receipt_age_s=health.receipt_age_s,
        software=info.version if info else None,
        model=info.model if info else None,
        provider=info.provider if info else None,
        plates=_plates(health.plates) if health.plates else None,
    )


def _plates(plates: PlateHealth) -> PlatesView:
    return PlatesView(plates.reads + plates.abstained, plates.reads)


def _camera(camera: CameraHealth) -> CameraView:
    name = "".join(letter if letter.isprintable() else "?" for letter in camera.camera[:NAME_LETTERS])
    return CameraView(name, camera.state, camera.fps, camera.dropped, camera.inference_ms)
