"""Every word of the desk: key -> (English, French)."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.web.desk.catalogue_equipment import EQUIPMENT
from dashboard.web.desk.catalogue_now import FIGURES, FRAME, LIVE, Pair
from dashboard.web.desk.catalogue_past import PAST, QUALITY

WORDS: Mapping[str, Pair] = {**FRAME, **FIGURES, **LIVE, **EQUIPMENT, **PAST, **QUALITY}
