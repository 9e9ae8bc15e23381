"""Model packs: a folder with `model.onnx` and `card.json`, found by name and checked by digest."""

import hashlib
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from edge.detection.identify import identify
from edge.detection.layouts import DEFAULT_IOU, DEFAULT_MIN_SCORE, LAYOUT_NAMES, ModelError
from edge.detection.session import open_session, signature_of

MODEL_FILE = "model.onnx"
CARD_FILE = "card.json"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

INSTALLED = Path(__file__).parents[1] / "_packs"
REPOSITORY = Path(__file__).parents[2] / "models"


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a pack says of itself.

    `classes`: name of each class row; `width`, `height`: input in pixels; `results`: free figures per set.
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
    summary: str = ""
    preprocessing: str = ""
    start: str = ""
    notices: list[str] = []
    data: list[dict[str, Any]] = []
    results: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack on disk."""

    folder: Path
    card: Card

    @property
    def model(self) -> Path:
        """The ONNX file."""
        return self.folder / MODEL_FILE


def read_pack(folder: Path) -> Pack:
    """Read a pack's card; the model itself is not touched.

    Raises: ModelError, if the folder holds no pack or its card is not valid.
    """
    path = folder / CARD_FILE
    try:
        card = msgspec.json.decode(path.read_bytes(), type=Card)
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
        in_pack = path.name == MODEL_FILE and (path.parent / CARD_FILE).is_file()
        return read_pack(path.parent) if in_pack else path
    return find_pack(name_or_path)


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
    """Hold the model against its card.

    Raises: ModelError, if the digest is another one.
    """
    seen = digest(pack.model)
    if seen != pack.card.sha256:
        raise ModelError(
            f"{pack.model}: sha256 is {seen[:12]}, its card says {pack.card.sha256[:12]}; take the pack again"
        )


def import_model(file: Path, name: str, dest: Path) -> Pack:
    """Make a pack `dest/name` of a bare ONNX file of a known layout; its date is that of the file.

    Raises: ModelError, if the file or the name is not usable, or the pack exists.
    """
    if not NAME.fullmatch(name):
        raise ModelError(f"{name}: not a name for a pack; use a-z, 0-9, dot, dash and underscore")
    if file.suffix == ".pt":
        raise ModelError(f"{file}: PyTorch weights; export them first: yolo export model={file} format=onnx")
    if not file.is_file():
        raise ModelError(f"{file}: no such file; give the path of an ONNX file")
    folder = dest / name
    if folder.exists():
        raise ModelError(f"{folder}: exists already; take another name or remove it")
    card = _card_of(file, name)
    folder.mkdir(parents=True)
    shutil.copyfile(file, folder / MODEL_FILE)
    write_card(folder, card)
    return read_pack(folder)


def write_card(folder: Path, card: Card) -> None:
    """Write a pack's card as indented JSON."""
    text = msgspec.json.format(msgspec.json.encode(card), indent=2)
    (folder / CARD_FILE).write_bytes(text + b"\n")


def _card_of(file: Path, name: str) -> Card:
    layout = identify(str(file), signature_of(open_session(file)))
    return Card(
        name=name,
        layout=layout.name,
        classes=dict(zip(layout.rows, layout.classes, strict=True)),
        width=layout.input.width,
        height=layout.input.height,
        min_score=DEFAULT_MIN_SCORE,
        iou=DEFAULT_IOU,
        sha256=digest(file),
        licence="unknown",
        date=datetime.fromtimestamp(file.stat().st_mtime, UTC).date().isoformat(),
        summary=f"imported from {file.name}",
    )
