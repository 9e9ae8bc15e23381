"""The HTML pages: templates filled from pure views."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from dashboard.feeds.clocks import Language
from dashboard.feeds.values import Published
from dashboard.web import traveller, words
from dashboard.web.strings import fill
from dashboard.web.traveller import Past, no_past

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)


def _figures(text: str) -> Markup:
    """`text` with each number, or range of numbers, in a `b`."""
    parts = re.split(r"(\d+(?: (?:to|à) \d+)?)", text)
    return Markup().join(
        Markup("<b>{}</b>").format(part) if part[:1].isdigit() else escape(part) for part in parts
    )


_TEMPLATES.filters["figures"] = _figures
_TEMPLATES.filters["typeset"] = fill
_TEMPLATES.filters["upper_first"] = words.upper_first


def fill_template(template: str, **values: object) -> str:
    """The file `template` filled with `values`."""
    return _TEMPLATES.get_template(template).render(**values)


def render(template: str, page: object) -> str:
    """The file `template` filled with the view `page`."""
    return _TEMPLATES.get_template(template).render(page=page)


def traveller_page(
    said: Published,
    language: Language,
    *,
    valid_s: int,
    in_trouble: bool,
    path: str = "/",
    past: Past = no_past,
) -> str:
    """The public page in one language, as `traveller.page`."""
    view = traveller.page(said, language, valid_s=valid_s, in_trouble=in_trouble, path=path, past=past)
    return render("traveller.html", view)
