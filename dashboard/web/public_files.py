"""Static files: public, and kept by browsers for some minutes."""

from __future__ import annotations

import os
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

MAX_AGE_S = 300
"""Their addresses carry no version, so after an upgrade a page may look old for so long and no longer."""


class PublicFiles(StaticFiles):
    """The files of a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The file, said to be public."""
        answer = super().file_response(full_path, stat_result, scope, status_code)
        answer.headers["Cache-Control"] = f"public, max-age={MAX_AGE_S}"
        return answer
