"""Which kind of source an address names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from edge.camera.folder import FolderSource
from edge.camera.live import LiveSource, never
from edge.camera.source import Source, SourceError


def is_live(source: str) -> bool:
    """Whether it is a stream or a device, which nothing can play again."""
    return "://" in source or source.startswith(("/dev/", "v4l2:"))


def open_source(source: str, fps: float | None = None, halted: Callable[[], bool] = never) -> Source:
    """A stream (`rtsp://` and the like), a device (`/dev/video0`), a video file or a folder of pictures.

    `fps` is needed for a folder; a video brings its own. `halted`: see LiveSource.
    Raises: SourceError, if it is missing, empty or no video.
    """
    if source.startswith("file://"):
        raise SourceError(f"{source}: a file is named by its path; leave out `file://`")
    if is_live(source):
        return LiveSource(source, halted)
    path = Path(source)
    if path.is_dir():
        return FolderSource(path, fps)
    if not path.exists():
        raise SourceError(
            f"{source}: no such file or folder; give the path of a video or of a folder of pictures"
        )
    from edge.camera.video import VideoSource  # noqa: PLC0415  PyAV weighs 20 MB; live cameras decode elsewhere

    return VideoSource(source)
