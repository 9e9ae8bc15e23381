"""Files of keys are there after a power cut."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from edge.daemon import keyfiles


@pytest.mark.parametrize("write", [keyfiles.write, keyfiles.write_new])
def test_content_and_then_name_are_on_disk(
    write: Callable[[Path, bytes], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, synced, sync = tmp_path / "node.key", list[tuple[str, bool]](), os.fsync

    def fsync(handle: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        synced.append(("folder" if is_folder else "file", path.exists()))
        sync(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    write(path, b"key")
    assert synced == [("file", False), ("folder", True)]
