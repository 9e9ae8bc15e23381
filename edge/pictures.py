"""Pictures from the bytes of a file: any depth, any channels, turned as the camera says, or none."""

import cv2
import numpy as np

from edge.vision import Image


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
