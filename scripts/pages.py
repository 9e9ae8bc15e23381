"""Pages of the documentation of which scripts write a part."""

from __future__ import annotations

from pathlib import Path


def write_part(page: Path, mark: str, end: str, text: str) -> None:
    """Replace what stands between two marks, the rest of the page untouched."""
    before, _, rest = page.read_text(encoding="utf-8").partition(mark)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{mark}\n\n{text}\n\n{end}{after}", encoding="utf-8")
