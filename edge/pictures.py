"""Pictures in folders and from the bytes of a file: any depth, any channels, turned as the camera says."""

from pathlib import Path

import cv2
import numpy as np

from edge.vision import Image

SUFFIXES = (".bmp", ".jpeg", ".jpg", ".png", ".webp")


def pictures_in(folder: Path, error: type[ValueError]) -> list[Path]:
    """The pictures of a folder in name order. Raises: `error`, with the fix, if there is none."""
    try:
        found = sorted(
            path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file()
        )
    except OSError as fault:
        raise error(f"{folder}: cannot be read ({fault.strerror}); check its rights") from None
    if not found:
        raise error(f"{folder}: no pictures in it; give a folder with {', '.join(SUFFIXES)}")
    return found


def decoded(data: bytes) -> Image | None:
    """A picture (height, width, 3) uint8 BGR: grey is spread, 16 bits become 8, alpha goes, EXIF turns it.

    None: not a picture, a broken one, or one beyond what OpenCV agrees to decode (2^30 pixels).
    """
    if not data:
        return None
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if image is None else np.asarray(image, np.uint8)
