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
    nanodet_decoder,
    nanodet_grid,
    rows_that_count,
    yolox_decoder,
)

CLASSES_KEY = "lanewatch.classes"
SIZE_KEY = "lanewatch.size"
FREE_STEP = 32  # a pack's graph with free sides takes multiples of its coarsest stride

# Vehicle rows of the 80 COCO classes, for YOLOX files, which carry no names.
COCO_CLASSES = 80
COCO_VEHICLES = {2: "car", 3: "motorcycle", 5: "bus", 7: "truck"}

# NanoDet's own figures: sides reach 7 strides, in the variant `g` 10; pictures are normalised.
NANODET_BINS = (8, 11)
NANODET_COCO = {COCO_CLASSES + 4 * bins for bins in NANODET_BINS}
NANODET_MEAN_BGR, NANODET_STD_BGR = (103.53, 116.28, 123.675), (57.375, 57.12, 58.395)

DTYPES = {"tensor(float)": "float32", "tensor(float16)": "float16", "tensor(uint8)": "uint8"}

FIX = (
    "known layouts: a lanewatch pack, YOLOX without decoding in the graph, NanoDet, Ultralytics detect "
    "exports (v8 and later, with NMS or end2end too); export the model as one of these. YOLOX and NanoDet "
    "files carry no names: 80 COCO classes are known, for others say --map ROW=car when you import the file"
)


def identify(source: str, signature: Signature, names: Mapping[int, str] | None = None) -> Layout:
    """The layout of a graph; `source` is the file's name for messages.

    `names` of class rows, when a pack's card gives them, take the place of those in the file.
    Raises: ModelError, if the layout is unknown or no class is a vehicle or a plate.
    """
    for recognise in (_lanewatch, _ultralytics, _yolox, _nanodet):
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
    if not isinstance(shape[1], int):  # some exports of free size leave even the rows' number open
        return _layout("ultralytics", spec, names or own, decode_ultralytics, source)
    return None


def _yolox(signature: Signature, names: Mapping[int, str] | None, source: str) -> Layout | None:
    shape = signature.outputs[0].shape
    if len(signature.outputs) != 1 or len(shape) != 3 or len(signature.inputs[0].shape) != 4:
        return None
    if shape[2] in NANODET_COCO:
        return None
    height, width = _size(signature, source, signature.inputs[0].shape[2:4])
    cells = sum((height // stride) * (width // stride) for stride in YOLOX_STRIDES)
    if names is None and shape[2] == 5 + COCO_CLASSES:
        names = COCO_VEHICLES
    if names is None or shape[1] != cells or not isinstance(shape[2], int) or shape[2] <= 5 + max(names):
        return None
    spec = InputSpec(height, width, _dtype(signature, source), False, False, 1.0, centred=False)
    return _layout("yolox", spec, names, yolox_decoder(height, width), source)


def _nanodet(signature: Signature, names: Mapping[int, str] | None, source: str) -> Layout | None:
    """Four levels: NanoDet-Plus, its points in the cells' corners. Three: NanoDet, in their middles."""
    shape = signature.outputs[0].shape
    if len(signature.outputs) != 1 or len(shape) != 3 or len(signature.inputs[0].shape) != 4:
        return None
    height, width = _size(signature, source, signature.inputs[0].shape[2:4])
    known = shape[2] in NANODET_COCO
    for strides, offset in (((8, 16, 32, 64), 0.0), ((8, 16, 32), 0.5)):
        points, each = nanodet_grid(height, width, strides, offset)
        for bins in NANODET_BINS:
            classes = shape[2] - 4 * bins if isinstance(shape[2], int) else 0
            coco = classes == COCO_CLASSES
            named = names is not None and len(strides) == 4 and not known and max(names) < classes
            if shape[1] == len(points) and (coco or named):
                spec = InputSpec(
                    height,
                    width,
                    _dtype(signature, source),
                    False,
                    False,
                    1.0,
                    centred=False,
                    stretched=True,
                    mean=NANODET_MEAN_BGR,
                    std=NANODET_STD_BGR,
                )
                decode = nanodet_decoder(points, each, classes)
                return _layout("nanodet", spec, names or COCO_VEHICLES, decode, source)
    return None


def class_names(signature: Signature, source: str) -> dict[int, str]:
    """The class names that a file carries, or those of COCO where its rows are COCO's; else none."""
    metadata = signature.metadata
    if CLASSES_KEY in metadata:
        return dict(enumerate(metadata[CLASSES_KEY].split(",")))
    if "names" in metadata:
        return _metadata_names(metadata["names"], source)
    last = signature.outputs[0].shape[-1]
    coco = last in {5 + COCO_CLASSES, *NANODET_COCO}
    return dict(COCO_VEHICLES) if coco else {}


def _layout(
    name: LayoutName, spec: InputSpec, names: Mapping[int, str], decode: Decode, source: str
) -> Layout:
    rows = rows_that_count(names)
    if not rows:
        seen = ", ".join(list(names.values())[:8])
        raise ModelError(
            f"{source}: none of its {len(names)} classes is a vehicle or a plate (saw {seen}); "
            "say which is what with --map NAME=car (or truck, bus, motorcycle, plate) when you import it"
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
