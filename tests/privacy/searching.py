"""Whether bytes hold a number plate, in any folding, case, spacing or encoding. For tests."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from edge.plates.text import LOOK_ALIKES

BETWEEN = rb"[\s\-_.:]{0,2}"
ENCODED = re.compile(rb"[A-Za-z0-9+/_-]{8,}")
PICTURES = (b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xdb", b"\x89PNG\r\n\x1a\n", b"RIFF")


class Searcher:
    """Looks for any of `plates` in bytes."""

    def __init__(self, plates: Iterable[str]) -> None:
        self._patterns = [pattern_of(plate) for plate in plates]

    def finds(self, data: bytes) -> bool:
        """Whether a plate is in `data`, as text or in an encoding of it."""
        return any(self._in_text(view) for view in views(data))

    def _in_text(self, data: bytes) -> bool:
        return any(pattern.search(data) for pattern in self._patterns)


def pattern_of(plate: str) -> re.Pattern[bytes]:
    """Any way to write a plate: look-alikes, either case, a separator between any two characters."""
    alike = (_alike(character) for character in plate.upper() if character.isalnum())
    parts = (f"[{re.escape(characters)}]".encode() for characters in alike)
    return re.compile(BETWEEN.join(parts), re.IGNORECASE)


def _alike(character: str) -> str:
    for kept, others in LOOK_ALIKES.items():
        if character in kept + others:
            return kept + others
    return character


def views(data: bytes) -> Iterator[bytes]:
    """The bytes, and what they may be an encoding of: UTF-16 and UTF-32, hexadecimal, base64, zlib."""
    yield data
    yield data.replace(b"\x00", b"")
    for run in ENCODED.finditer(data):
        word = run[0]
        yield from _unhexed(word)
        yield from _unbased(word)
    yield from _inflated(data)


def _unhexed(word: bytes) -> Iterator[bytes]:
    for start in (0, 1):
        for digits in re.findall(rb"[0-9a-fA-F]{8,}", word[start:]):
            made = binascii.unhexlify(digits[: len(digits) // 2 * 2])
            yield made
            yield made.replace(b"\x00", b"")


def _unbased(word: bytes) -> Iterator[bytes]:
    for start in range(4):
        part = word[start:].translate(bytes.maketrans(b"-_", b"+/"))
        made = base64.b64decode(part + b"A" * (-len(part) % 4))
        yield made
        yield made.replace(b"\x00", b"")


def _inflated(data: bytes) -> Iterator[bytes]:
    for magic, bits in ((b"\x1f\x8b\x08", 31), (b"\x78\x9c", 15), (b"\x78\x01", 15), (b"\x78\xda", 15)):
        at = data.find(magic)
        while at >= 0:
            with suppress(zlib.error):
                yield zlib.decompressobj(bits).decompress(data[at:])
            at = data.find(magic, at + 1)


def files_below(folder: Path) -> Iterator[Path]:
    """Every file, also those of databases at work (WAL, journal)."""
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def holds_picture(data: bytes) -> bool:
    """Whether a JPEG, PNG or RIFF picture begins in the data."""
    return any(magic in data for magic in PICTURES)
