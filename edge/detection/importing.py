"""A pack made of a model that somebody brings: recognised, its classes mapped by name, tried once, copied."""

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from edge.detection.detector import Detector
from edge.detection.identify import class_names, identify
from edge.detection.layouts import (
    DEFAULT_IOU,
    DEFAULT_MIN_SCORE,
    PLATE,
    VEHICLES,
    InputSpec,
    ModelError,
    Signature,
    plain_name,
)
from edge.detection.packs import MODEL_FILE, NAME, Card, Pack, digest, read_pack, write_card
from edge.detection.session import LOAD_ERRORS, open_session, signature_of

KNOWN = (*VEHICLES, PLATE)
BESIDE = Path(__file__).parents[2] / ".venv-train" / "bin" / "python"
EXPORT_S = 900
MOST_CELLS = 32
"""YOLOX says where a box is in cells from its own; pixels are larger."""
EXPORT = """
import sys
from ultralytics import YOLO
print("LANEWATCH", YOLO(sys.argv[1]).export(format="onnx"))
"""


def import_model(file: Path, name: str, dest: Path, mapped: Sequence[str] = ()) -> Pack:
    """Make a pack `dest/name` of an ONNX file of a known layout, or of Ultralytics weights.

    `mapped`: `NAME=car` or `ROW=truck` for classes whose names say nothing to us.
    Raises: ModelError, if the file, the name or the mapping is not usable, or the pack exists.
    """
    if not NAME.fullmatch(name):
        raise ModelError(f"{name}: not a name for a pack; use a-z, 0-9, dot, dash and underscore")
    folder = dest / name
    if folder.exists():
        raise ModelError(f"{folder}: exists already; take another name or remove it")
    if file.is_dir():
        raise ModelError(f"{file}: is a folder; give the path of the ONNX file in it")
    if not file.is_file():
        raise ModelError(f"{file}: no such file; give the path of an ONNX file")
    begun = dest / f".{name}.begun"
    try:
        with as_onnx(file) as graph:
            card = _card_of(graph, file, name, mapped)
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir(parents=True)
            shutil.copyfile(graph, begun / MODEL_FILE)
        write_card(begun, card)
        _try(begun, file)
        begun.rename(folder)
    except OSError as error:
        shutil.rmtree(begun, ignore_errors=True)
        raise ModelError(f"{folder}: cannot be made ({error.strerror}); give a folder by --dest") from None
    except ModelError:
        shutil.rmtree(begun, ignore_errors=True)
        raise
    return read_pack(folder)


def _try(folder: Path, given: Path) -> None:
    """One grey picture through the pack: a graph that loads may still fail when it runs."""
    try:
        detector = Detector.load(str(folder))
        detector.boxes(np.full((360, 640, 3), 114, np.uint8))
    except LOAD_ERRORS as error:
        first = str(error).strip().splitlines()[0]
        raise ModelError(f"{given}: fails on a picture ({first}); export it again") from None
    if detector.layout.name == "yolox" and decoded(folder / MODEL_FILE, detector.layout.input):
        raise ModelError(
            f"{given}: decodes its boxes in the graph; export it without (YOLOX: no --decode_in_inference)"
        )


def decoded(model: Path, spec: InputSpec) -> bool:
    """Whether a YOLOX graph gives pixels where we expect cells."""
    session = open_session(model)
    grey = spec.empty(spec.height, spec.width)
    spec.fill(grey)
    raw = session.run(None, {session.get_inputs()[0].name: grey})[0]
    return bool(np.abs(raw[0, :, :2]).max() > MOST_CELLS)


@contextmanager
def as_onnx(file: Path) -> Iterator[Path]:
    """The file itself, or the ONNX file that ultralytics exports from weights, which is gone afterwards.

    Raises: ModelError, if there is no ultralytics or its export fails.
    """
    if file.suffix != ".pt":
        yield file
        return
    python = exporter()
    with tempfile.TemporaryDirectory() as work:
        weights = Path(work) / file.name
        shutil.copyfile(file, weights)
        yield _exported(python, weights, file)


def exporter() -> str:
    """A Python that has ultralytics: this one, or the training environment beside the repository.

    Raises: ModelError, if there is none.
    """
    if importlib.util.find_spec("ultralytics"):
        return sys.executable
    check = [str(BESIDE), "-c", "import importlib.util as u, sys; sys.exit(not u.find_spec('ultralytics'))"]
    if BESIDE.is_file() and subprocess.run(check, check=False).returncode == 0:
        return str(BESIDE)
    raise ModelError(
        "PyTorch weights need ultralytics, which is not installed: pip install 'lanewatch[train]' in an "
        "environment of its own and run this there, or export them elsewhere: yolo export format=onnx"
    )


def _exported(python: str, weights: Path, given: Path) -> Path:
    try:
        done = subprocess.run(
            [python, "-c", EXPORT, str(weights)],
            cwd=weights.parent,
            capture_output=True,
            text=True,
            timeout=EXPORT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ModelError(f"{given}: its export took more than {EXPORT_S} s; export it elsewhere") from None
    said = [line.partition(" ")[2] for line in done.stdout.splitlines() if line.startswith("LANEWATCH ")]
    if done.returncode or not said or not Path(said[0]).is_file():
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["it says nothing"]
        raise ModelError(
            f"{given}: ultralytics cannot export it ({last[0]}); give weights of a `detect` model"
        )
    return Path(said[0])


def _card_of(graph: Path, given: Path, name: str, mapped: Sequence[str]) -> Card:
    signature = signature_of(open_session(graph))
    names = renamed(signature, mapped, str(given)) if mapped else None
    layout = identify(str(given), signature, names)
    return Card(
        name=name,
        layout=layout.name,
        classes=dict(zip(layout.rows, layout.classes, strict=True)),
        width=layout.input.width,
        height=layout.input.height,
        min_score=DEFAULT_MIN_SCORE,
        iou=DEFAULT_IOU,
        sha256=digest(graph),
        licence="unknown",
        date=datetime.fromtimestamp(given.stat().st_mtime, UTC).date().isoformat(),
        summary=f"imported from {given.name}",
    )


def renamed(signature: Signature, mapped: Sequence[str], source: str) -> dict[int, str]:
    """Class rows under the names that `mapped` gives them; of the others those that we know by name.

    Raises: ModelError, if an entry is not `NAME=CLASS`, or there is no such class on either side.
    """
    own = class_names(signature, source)
    names = dict(own)
    for entry in mapped:
        theirs, equals, ours = entry.rpartition("=")
        if not equals or ours not in KNOWN:
            raise ModelError(f"--map {entry}: give NAME=CLASS with a class of {', '.join(KNOWN)}")
        rows = rows_of(theirs, own)
        if not rows:
            seen = ", ".join(list(own.values())[:8]) or "no names; give the row's number"
            raise ModelError(f"--map {entry}: {source} has no class {theirs!r} (it has {seen})")
        names |= dict.fromkeys(rows, ours)
    return names


def rows_of(theirs: str, own: Mapping[int, str]) -> list[int]:
    """Rows of a class by its name, or the row of that number."""
    rows = [row for row, name in own.items() if plain_name(name) == plain_name(theirs)]
    return rows or ([int(theirs)] if theirs.isdecimal() else [])
