"""Model packs: a folder with `model.onnx` and `card.json`, found by name and checked by digest."""

import hashlib
import re
from codecs import BOM_UTF8
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from edge.detection.layouts import LAYOUT_NAMES, ModelError

MODEL_FILE = "model.onnx"
INT8_FILE = "model.int8.onnx"
CARD_FILE = "card.json"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

INSTALLED = Path(__file__).parents[1] / "_packs"
REPOSITORY = Path(__file__).parents[2] / "models"


Precision = Literal["FP32", "INT8"]


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a pack says of itself.

    `classes`: name of each class row; `width`, `height`: input in pixels; `results`: free figures per set;
    `int8_sha256`: digest of the INT8 graph, empty where the pack has none. `least_inside`: a box of which a
    smaller share lies inside the picture is left out.
    """

    name: str
    layout: str
    classes: dict[int, str]
    width: int
    height: int
    min_score: float
    iou: float
    sha256: str
    licence: str
    date: str
    int8_sha256: str = ""
    least_inside: float = 0.0
    summary: str = ""
    preprocessing: str = ""
    start: str = ""
    notices: list[str] = []
    data: list[dict[str, Any]] = []
    results: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Graph:
    """One ONNX file of a pack and the digest that its card gives it."""

    precision: Precision
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack on disk."""

    folder: Path
    card: Card

    @property
    def model(self) -> Path:
        """The FP32 ONNX file."""
        return self.folder / MODEL_FILE

    @property
    def graphs(self) -> list[Graph]:
        """FP32 first, then INT8 where there is one."""
        found = [Graph("FP32", self.model, self.card.sha256)]
        if self.card.int8_sha256:
            found.append(Graph("INT8", self.folder / INT8_FILE, self.card.int8_sha256))
        return found

    @property
    def runs(self) -> Graph:
        """The graph that runs: INT8 where there is one, whatever the processor, so that all find the same."""
        return self.graphs[-1]


def read_pack(folder: Path) -> Pack:
    """Read a pack's card; the model itself is not touched.

    Raises: ModelError, if the folder holds no pack or its card is not valid.
    """
    path = folder / CARD_FILE
    try:
        card = msgspec.json.decode(path.read_bytes().removeprefix(BOM_UTF8), type=Card)
    except FileNotFoundError:
        raise ModelError(
            f"{folder}: no {CARD_FILE} in it; a pack holds {MODEL_FILE} and {CARD_FILE}"
        ) from None
    except msgspec.MsgspecError as error:
        raise ModelError(f"{path}: {error}; mend the card or take the pack again") from None
    if card.layout not in LAYOUT_NAMES:
        raise ModelError(f"{path}: layout {card.layout!r} is unknown; use one of {', '.join(LAYOUT_NAMES)}")
    return Pack(folder, card)


def list_packs() -> list[Pack]:
    """All packs by name: those of the installed package, then those of the repository."""
    packs: dict[str, Pack] = {}
    for root in (INSTALLED, REPOSITORY):
        for card in sorted(root.glob(f"*/{CARD_FILE}")):
            packs.setdefault(card.parent.name, read_pack(card.parent))
    return [packs[name] for name in sorted(packs)]


def find_pack(name: str) -> Pack:
    """The pack of that name.

    Raises: ModelError, if there is none.
    """
    for root in (INSTALLED, REPOSITORY):
        if NAME.fullmatch(name) and (root / name / CARD_FILE).is_file():
            return read_pack(root / name)
    known = ", ".join(pack.card.name for pack in list_packs()) or "none"
    raise ModelError(
        f"{name}: no such model; packs here: {known}; give one of them or the path of an ONNX file"
    )


def find_model(name_or_path: str) -> Pack | Path:
    """A pack by name or folder, or a bare ONNX file; a file that lies in a pack is taken as that pack.

    Raises: ModelError, if there is none.
    """
    path = Path(name_or_path)
    if path.is_dir() and (path / CARD_FILE).is_file():
        return read_pack(path)
    if path.is_file():
        in_pack = path.name in (MODEL_FILE, INT8_FILE) and (path.parent / CARD_FILE).is_file()
        return read_pack(path.parent) if in_pack else path
    return find_pack(name_or_path)


def carded(name_or_path: str) -> Pack:
    """A pack by name or folder, or by a file that lies in it.

    Raises: ModelError, if there is none, or if it is a bare ONNX file: no card says what that should be.
    """
    found = find_model(name_or_path)
    if isinstance(found, Path):
        raise ModelError(
            f"{found}: no {CARD_FILE} lies beside it, so no digest is known; give a pack or its folder"
        )
    return found


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex.

    Raises: ModelError, if the file is not there.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise ModelError(f"{path}: not there; take the pack again") from None


def verify(pack: Pack) -> None:
    """Hold every graph of a pack against its card.

    Raises: ModelError, if a digest is another one.
    """
    for graph in pack.graphs:
        seen = digest(graph.path)
        if seen != graph.sha256:
            raise ModelError(
                f"{graph.path}: sha256 is {seen[:12]}, its card says {graph.sha256[:12]}; take the pack again"
            )


def write_card(folder: Path, card: Card) -> None:
    """Write a pack's card as indented JSON."""
    text = msgspec.json.format(msgspec.json.encode(card), indent=2)
    (folder / CARD_FILE).write_bytes(text + b"\n")
