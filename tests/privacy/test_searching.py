"""The searcher finds a plate wherever it was planted, and nothing where none is."""

from __future__ import annotations

import base64
import gzip
import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.privacy.searching import Searcher, files_below, holds_picture

PLATE = "BXO-1Z34"
NOISE = os.urandom(5000)

LEAKS: dict[str, Callable[[], bytes]] = {
    "as it is": lambda: b"BXO-1Z34",
    "without hyphen": lambda: b"BXO1Z34",
    "with a space": lambda: b"BXO 1Z34",
    "in lower case": lambda: b"bxo1z34",
    "folded": lambda: b"8X01234",
    "half folded": lambda: b"8xO1Z34",
    "as another look read it": lambda: b"BXQI234",
    "spelled out": lambda: b"B X O 1 Z 3 4",
    "in JSON": lambda: json.dumps({"token": "8X01234"}).encode(),
    "in UTF-16": lambda: "BXO1Z34".encode("utf-16-le"),
    "in UTF-16, big end first": lambda: "BXO1Z34".encode("utf-16-be"),
    "in UTF-32": lambda: "BXO1Z34".encode("utf-32-le"),
    "in hexadecimal": lambda: b"8X01234".hex().encode(),
    "in upper case hexadecimal after other digits": lambda: b"ABCDE" + b"8X01234".hex().upper().encode(),
    "in base64": lambda: base64.b64encode(b"BXO1Z34"),
    "in base64 behind one more byte": lambda: base64.b64encode(b"x BXO1Z34"),
    "in base64 behind two more bytes": lambda: base64.b64encode(b"xy8X01234yx"),
    "in base64 for addresses": lambda: base64.urlsafe_b64encode(b"\xff\xfe\xfdBXO1Z34"),
    "packed by gzip": lambda: gzip.compress(b"a row: BXO1Z34"),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_plate_is_found(leak: str) -> None:
    assert Searcher([PLATE]).finds(NOISE + b"\n" + LEAKS[leak]() + b"\n" + NOISE)


def test_nothing_is_found_where_nothing_is() -> None:
    data = NOISE + b" BXO1Z3 BXO-1Z35 8X01-Z-X34 " + base64.b64encode(NOISE) + NOISE.hex().encode()
    assert not Searcher([PLATE]).finds(data)


def test_a_row_of_a_database_at_work_is_found(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "store.db")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE seen (token TEXT)")
    database.execute("INSERT INTO seen VALUES ('8x01234')")
    database.commit()
    found = [path.name for path in files_below(tmp_path) if Searcher([PLATE]).finds(path.read_bytes())]
    database.close()
    assert found == ["store.db-wal"]


def test_a_picture_is_known() -> None:
    assert holds_picture(b"abc" + b"\x89PNG\r\n\x1a\n" + b"...")
    assert not holds_picture(b"abc")
