"""French typography of the public pages: thin no-break spaces where French wants them, round apostrophes."""

from __future__ import annotations

import html as entities
import re

import pytest

from dashboard.board import BoardHolder
from dashboard.web.app import make_app
from tests.dashboard.asgi import Asker
from tests.dashboard.boards import SCENES

CODE = re.compile(r"<(code|pre|style|script)\b.*?</\1>|<[^>]+>", re.DOTALL)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize(
    "path", ["/fr", "/fr/dispatch?arrive_at=soon", "/fr/feed", "/fr/api", "/widget?lang=fr"]
)
def test_spaces_and_apostrophes(path: str, scene: str) -> None:
    shown = SCENES[scene]
    page = Asker(make_app(BoardHolder(shown.board), shown.config, lambda: shown.now_s)).get(path).text
    text = entities.unescape(CODE.sub(" x ", page.split("<title>")[1]))
    wrong = re.findall(
        r".{12}[^\u202f\d/x]\s*(?<!\u202f)[;!?»].{5}|.{12}[ \u00a0]:.{5}|.{5}«[^\u202f].{9}", text
    )
    assert wrong == []
    assert "FAST" not in text.replace("CBP", "")
