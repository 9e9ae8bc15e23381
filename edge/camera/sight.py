"""The view's health of one camera of a node, with what is kept of it on disk."""

from __future__ import annotations

from pathlib import Path

from edge.camera import kept_view
from edge.camera.reference import Reference
from edge.camera.view_health import View, ViewHealth
from edge.config import CameraConfig
from edge.daemon.logs import Log
from edge.vision import Picture

_log = Log()


class Sight:
    """Looks at every picture; a live camera's view is kept in `file` once it is known."""

    def __init__(self, camera: CameraConfig, file: Path) -> None:
        self._camera, self._file = camera, file
        self._health: ViewHealth | None = None
        self._live = False
        self._kept = False

    def open(self, live: bool) -> None:
        """The source is opened, for the first time or again."""
        self._live = live
        if self._health is not None:
            self._health.away()
        elif live:
            self._health = ViewHealth(kept_view.load(self._file, self._camera))
            self._kept = self._health.reference.known
        else:
            self._health = ViewHealth(live=False)

    def look(self, picture: Picture, at: float) -> View:
        """What is to be said of the picture at `at` (s); times must not fall."""
        assert self._health is not None, "opened before"
        view = self._health.look(picture, at)
        if self._live and not self._kept and self._health.reference.known:
            self._keep(self._health.reference)
        return view

    def _keep(self, reference: Reference) -> None:
        self._kept = True
        if self._camera.reference is not None and not kept_view.may_be_written(self._file):
            self._not_kept("holds something else; let `reference:` name a file of its own")
            return
        try:
            kept_view.save(self._file, self._camera, reference)
        except OSError as error:
            self._not_kept(error.strerror)

    def _not_kept(self, why: str | None) -> None:
        _log.warning("view_not_kept", camera=self._camera.id, file=str(self._file), error=why)
