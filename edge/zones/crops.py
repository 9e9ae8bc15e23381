"""Reference crops of lane signs, taken from the picture that the page shows."""

from __future__ import annotations

from typing import Any

from edge.measure.sign import STATES, crop_of, read, references_of, too_alike
from edge.signs import SignFolder, state_of
from edge.vision import Image

Corners = tuple[tuple[float, float], tuple[float, float]]


def corners_of(given: Any) -> Corners:
    """Two opposite corners of a region, fractions. Raises: ValueError, TypeError."""
    (ax, ay), (bx, by) = given
    return (float(ax), float(ay)), (float(bx), float(by))


def look(folder: SignFolder, camera: str, lane: str, image: Image, corners: Corners) -> dict[str, Any]:
    """The crops there are, which states cannot be told apart, and what the sign is read as now."""
    references = references_of(folder.crops(camera, lane))
    found = read(crop_of(image, corners), references)
    return {
        "states": STATES,
        "crops": [{"name": path.name, "state": state_of(path)} for path in folder.files(camera, lane)],
        "alike": too_alike(references),
        "reads": None if found is None else {"state": found[0], "score": round(found[1], 2)},
    }
