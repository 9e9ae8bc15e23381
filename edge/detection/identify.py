"""Which layout a graph has, from its signature: shapes and metadata, never a guess."""

import ast
import re
from collections.abc import Mapping

from edge.detection.layouts import (
    YOLOX_STRIDES,
    Decode,
    InputSpec,
    Layout,
    LayoutName,
    ModelError,
    Signature,
    decode_end2end,
    decode_lanewatch,
    decode_ultralytics,
    vehicle_rows,
    yolox_decoder,
)

CLASSES_KEY = "lanewatch.classes"
SIZE_KEY = "lanewatch.size"
FREE_STEP = 32  # a pack's graph with free sides takes multiples of its coarsest stride

# Vehicle rows of the 80 COCO classes, for YOLOX files, which carry no names.
COCO_CLASSES = 80
COCO_VEHICLES = {2: "car", 3: "motorcycle", 5: "bus", 7: "truck"}

DTYPES = {"tensor(float)": "float32", "tensor(float16)": "float16", "tensor(uint8)": "uint8"}

FIX = (
    "known layouts: a lanewatch pack, YOLOX without decoding in the graph (80 COCO classes), "
    "Ultralytics detect exports (v8 and later, end2end too); export the model as one of these"
)


def identify(source: str, signature: Signature, names: Mapping[int, str] | None = None) -> Layout:
    """The layout of a graph; `source` is the file's name for messages.

    `names` of class rows, when a pack's card gives them, take the place of those in the file.
    Raises: ModelError, if the layout is unknown or no class is a vehicle.
    """
    for recognise in (_lanewatch, _ultralytics, _yolox):
        layout = recognise(signature, names, source)
        if layout is not None:
            return layout
    raise ModelError(f"{source}: unknown model layout: {signature}; {FIX}")


def _lanewatch(signature: Signature, names: Mapping[int, str] | None, source: str) -> Layout | None:
    if {t.name for t in signature.outputs} != {"boxes", "scores"} or CLASSES_KEY not in signature.metadata:
        return None
    dims = signature.inputs[0].shape[1:3]
    step = None if all(isinstance(dim, int) for dim in dims) else FREE_STEP
    height, width = _size(signature, source, dims)
    own = dict(enumerate(signature.metadata[CLASSES_KEY].split(",")))
    spec = InputSpec(height, width, _dtype(signature, source), True, False, 1.0, centred=False, step=step)
    return _layout("lanewatch", spec, names or own, decode_lanewatch, source)


def _ultralytics(signature: Signature, names: Mapping[int, str] | None, source: str) -> Layout | None:
    metadata = signature.metadata
    shape = signature.outputs[0].shape
    if "names" not in metadata or len(shape) != 3:
        return None
    task = metadata.get("task", "detect")
    if task != "detect":
        raise ModelError(f"{source}: an Ultralytics model for `{task}`; lanewatch needs one for `detect`")
    own = _metadata_names(metadata["names"], source)
    height, width = _size(signature, source, signature.inputs[0].shape[2:4])
    spec = InputSpec(height, width, _dtype(signature, source), False, True, 1 / 255, centred=True)
    if shape[1] == 4 + len(own):
        return _layout("ultralytics", spec, names or own, decode_ultralytics, source)
    if shape[2] == 6:
        return _layout("ultralytics-end2end", spec, names or own, decode_end2end, source)
    return None


def _yolox(signature: Signature, names: Mapping[int, str] | None, source: str) -> Layout | None:
    shape = signature.outputs[0].shape
    if len(signature.outputs) != 1 or len(shape) != 3 or len(signature.inputs[0].shape) != 4:
        return None
    height, width = _size(signature, source, signature.inputs[0].shape[2:4])
    cells = sum((height // stride) * (width // stride) for stride in YOLOX_STRIDES)
    if names is None and shape[2] == 5 + COCO_CLASSES:
        names = COCO_VEHICLES
    if names is None or shape[1] != cells or not isinstance(shape[2], int) or shape[2] <= 5 + max(names):
        return None
    spec = InputSpec(height, width, _dtype(signature, source), False, False, 1.0, centred=False)
    return _layout("yolox", spec, names, yolox_decoder(height, width), source)


def _layout(
    name: LayoutName, spec: InputSpec, names: Mapping[int, str], decode: Decode, source: str
) -> Layout:
    rows = vehicle_rows(names)
    if not rows:
        seen = ", ".join(list(names.values())[:8])
        raise ModelError(
            f"{source}: none of its {len(names)} classes is a vehicle (saw {seen}); "
            "name the vehicle classes car, van, truck, bus or motorcycle"
        )
    return Layout(name, spec, tuple(rows), tuple(rows.values()), decode)


def _size(signature: Signature, source: str, dims: tuple[int | str | None, ...]) -> tuple[int, int]:
    """Height and width in pixels; a graph with free ones says in its metadata what it is meant for."""
    sizes = [dim for dim in dims if isinstance(dim, int) and dim > 0]
    said = signature.metadata.get(SIZE_KEY) or signature.metadata.get("imgsz")
    if len(sizes) != 2 and said:
        sizes = [int(side) for side in re.findall(r"\d+", said)]
    if len(sizes) != 2:
        raise ModelError(
            f"{source}: its input size is not fixed: {signature}; export it with a fixed height and width"
        )
    return sizes[0], sizes[1]


def _dtype(signature: Signature, source: str) -> str:
    kind = signature.inputs[0].type
    if kind not in DTYPES:
        raise ModelError(f"{source}: input type {kind} is not understood; use one of {', '.join(DTYPES)}")
    return DTYPES[kind]


def _metadata_names(text: str, source: str) -> dict[int, str]:
    """Ultralytics writes the names as a Python dict in text: `{0: 'person', 1: 'bicycle'}`."""
    try:
        return {int(row): str(name) for row, name in ast.literal_eval(text).items()}
    except (ValueError, SyntaxError, AttributeError) as error:
        raise ModelError(
            f"{source}: the metadata `names` cannot be read ({error}); export it again"
        ) from None
