"""What is told of cameras: once that one is lost, blind or back, and each fault of its film or its counts."""

from __future__ import annotations

from edge.daemon.logs import Log, without_credentials
from edge.messages import Event
from edge.node.camera_loop import Blind
from edge.vision import Correction

_log = Log()


class Troubles:
    """Makes the event, and the line in the log, of what has befallen a camera; None: it is told already."""

    def __init__(self) -> None:
        self._told: dict[str, str] = {}

    def lost(self, camera: str, why: str) -> Event | None:
        """It gives no pictures."""
        if self._told.get(camera) == "lost":
            return None
        self._told[camera] = "lost"
        detail = without_credentials(why)
        _log.error("camera_lost", camera=camera, why=detail)
        return Event(type="camera_lost", camera=camera, detail=detail)

    def blind(self, blind: Blind) -> Event | None:
        """Its pictures are not measured. What has lasted is told; what has not yet is only not measured."""
        view = blind.view
        if view.state in ("ok", self._told.get(blind.camera)):
            return None
        self._told[blind.camera] = view.state
        _log.error(f"camera_{view.state}", camera=blind.camera, why=view.why)
        return Event(type=f"camera_{view.state}", camera=blind.camera, detail=view.why)

    def back(self, camera: str) -> Event | None:
        """A picture of it was measured."""
        if self._told.pop(camera, None) is None:
            return None
        _log.info("camera_back", camera=camera)
        return Event(type="camera_back", camera=camera)


def faulty(camera: str, why: str) -> Event:
    """Its recording is damaged; what can be decoded is played."""
    detail = without_credentials(why)
    _log.warning("camera_faulty", camera=camera, why=detail)
    return Event(type="camera_faulty", camera=camera, detail=detail)


def corrected(camera: str, correction: Correction) -> Event:
    """Vehicles were counted that were none, or the other way round."""
    detail = {
        "arrivals": correction.arrivals,
        "departures": correction.departures,
        "why": correction.why,
    }
    _log.warning("counts_corrected", camera=camera, lane=correction.lane, **detail)
    return Event(type="counts_corrected", camera=camera, lane=correction.lane, detail=detail)
