"""How a camera's view looked when it became known, kept in a file: a camera may be moved while nobody looks.

What is kept is no picture but the directions of lasting edges, 160 x 90: no plate and no face is in it. It
belongs to the lanes that were drawn on that view; once they are drawn anew, the view is learned anew.
"""

from __future__ import annotations

import hashlib
import io
import tokenize
import zipfile
import zlib
from pathlib import Path

import numpy as np

from edge.camera.outline import HEIGHT, WIDTH
from edge.camera.reference import Reference
from edge.camera.source import without_password
from edge.config import CameraConfig
from edge.daemon import keyfiles

_DAMAGED = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    RuntimeError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading a file of ours raises that a power cut or a worn card has damaged, wherever that is."""


def file_of(camera: CameraConfig, node: str, folder: Path) -> Path:
    """Where the camera's view is kept: its `reference:`, else a file of its own in `folder`."""
    return camera.reference or folder / f"view-{node}-{camera.id}.npz"


def load(path: Path, camera: CameraConfig) -> Reference:
    """What is kept for these lanes; one to be learned if there is no such file, or it is of other lanes."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            edges = kept["edges"].astype(np.complex64)
            if str(kept["lanes"]) == _lanes_of(camera) and edges.shape == (HEIGHT, WIDTH):
                return Reference(edges)
    except _DAMAGED:
        pass  # learned anew
    return Reference()


def may_be_written(path: Path) -> bool:
    """Whether nothing but a view lies there; a `reference:` may name somebody else's file by mistake."""
    try:
        with path.open("rb") as file:
            return file.read(2) in (b"", b"PK")
    except OSError:
        return True  # writing it tells why


def save(path: Path, camera: CameraConfig, reference: Reference) -> None:
    """Keep what is known. Raises: OSError."""
    content = io.BytesIO()
    np.savez_compressed(content, lanes=np.array(_lanes_of(camera)), edges=np.asarray(reference.anchor))
    keyfiles.write(path, content.getvalue(), keyfiles.SECRET)


def _lanes_of(camera: CameraConfig) -> str:
    drawn = camera.model_dump_json(include={"lanes", "facing"}) + without_password(camera.source or "")
    return hashlib.sha256(drawn.encode()).hexdigest()
