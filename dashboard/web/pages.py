"""The HTML pages: templates filled from pure views."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard.board import Board
from dashboard.config import CentralConfig
from dashboard.feeds.clocks import Language
from dashboard.feeds.values import Published
from dashboard.web import manager, traveller

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)


def traveller_page(said: Published, language: Language, *, valid_s: int, in_trouble: bool) -> str:
    """The public page in one language."""
    view = traveller.page(said, language, valid_s=valid_s, in_trouble=in_trouble)
    return _TEMPLATES.get_template("traveller.html").render(page=view)


def manager_page(board: Board, config: CentralConfig, now_s: float, trouble: str | None) -> str:
    """The manager's tables at `now_s` (UTC seconds)."""
    view = manager.manager_view(board, config, now_s, trouble)
    return _TEMPLATES.get_template("manager.html").render(page=view)
