"""Lane signs of a node: what each camera compares them with, and the news of them."""

from __future__ import annotations

from collections.abc import Iterator

from edge.config import CameraConfig
from edge.measure.sign import SignWatch
from edge.messages import Event
from edge.node.ticks import Sample
from edge.signs import SignFolder
from edge.vision import Picture, SignSeen

LOOK_EVERY_S = 5.0
"""So often it is seen whether there are other reference crops."""


class CameraSigns:
    """The signs of one camera, compared with the reference crops that there are, also with new ones."""

    def __init__(self, folder: SignFolder, camera: CameraConfig) -> None:
        self._folder, self._camera = folder, camera
        self._due = float("-inf")
        self._stamp: tuple[tuple[str, int, int], ...] | None = None
        self._watch = SignWatch([])

    def see(self, picture: Picture, at: float) -> tuple[SignSeen, ...]:
        """What the signs show in the picture at `at` (s); nothing between two looks."""
        if at >= self._due:
            self._due = at + LOOK_EVERY_S
            self._renew()
        return self._watch.see(picture, at)

    def _renew(self) -> None:
        stamp = self._folder.stamp(self._camera)
        if stamp != self._stamp:
            self._stamp = stamp
            self._watch = SignWatch.of(self._camera, self._folder.references(self._camera))


class Signs:
    """Remembers what each sign was last known to show; unknown is no news."""

    def __init__(self, folder: SignFolder) -> None:
        self._folder = folder
        self._known: dict[tuple[str, str], str] = {}

    def watch(self, camera: CameraConfig) -> CameraSigns:
        """The signs of a camera."""
        return CameraSigns(self._folder, camera)

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
