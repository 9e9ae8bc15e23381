"""Lane signs of a node: what each camera compares them with, and the news of them."""

from __future__ import annotations

from collections.abc import Iterator

from edge.config import CameraConfig
from edge.measure.sign import SignWatch
from edge.messages import Event
from edge.node.ticks import Sample
from edge.signs import SignFolder


class Signs:
    """Remembers what each sign was last known to show; unknown is no news."""

    def __init__(self, folder: SignFolder) -> None:
        self._folder = folder
        self._known: dict[tuple[str, str], str] = {}

    def watch(self, camera: CameraConfig) -> SignWatch:
        """The signs of a camera, with the reference crops that there are now."""
        return SignWatch.of(camera, self._folder.references(camera))

    def changed(self, sample: Sample) -> Iterator[Event]:
        """An event for each sign of the sample that shows another state than it was last known to show."""
        for seen in sample.signs:
            where = sample.camera, seen.lane
            before = self._known.get(where)
            if seen.state is None or seen.state == before:
                continue
            self._known[where] = seen.state
            detail = {"from": before, "to": seen.state}
            yield Event(type="sign_changed", camera=sample.camera, lane=seen.lane, detail=detail)
