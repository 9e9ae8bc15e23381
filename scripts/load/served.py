"""The web of central on a board of a fleet, with a static file beside it, for the feed bench."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import uvicorn
from starlette.staticfiles import StaticFiles

from dashboard.board import Board, BoardHolder
from dashboard.central import Central
from dashboard.config import load_central
from dashboard.web.app import make_app


def main() -> int:
    """`python -m scripts.load.served port.yaml FOLDER PORT`."""
    config, folder, port = load_central(Path(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3])
    utc = time.time  # noqa: TID251 - a shell
    central = Central(config)
    central.estimate(utc())
    board: Board = central.board(utc(), lambda *_: None, 0, None)
    app = make_app(BoardHolder(board), config, utc)
    app.mount("/bench", StaticFiles(directory=folder))
    app.router.routes.insert(0, app.router.routes.pop())
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
