"""Whatever the engine says, every format prints the same published figure."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dashboard.board import Board, DirectionView
from dashboard.config import CentralConfig
from dashboard.events.documents import events
from dashboard.feeds import cbp_json, drivebc, geojson, wait_times, wsdot
from dashboard.feeds.published import published
from dashboard.waits.state import StreamState
from tests.dashboard.feed_cases import NOW_S, state, wait
from tests.dashboard.feeds.every_state import CONFIG, STREAM
from tests.dashboard.feeds.test_every_state import in_cbp_xml, in_cbsa, in_rss


def stepped(step_s: int) -> CentralConfig:
    told = CONFIG.model_dump(by_alias=True)
    told["ports"][0]["publication"]["step_s"] = step_s
    return CentralConfig.model_validate(told)


STEPS = {step_s: stepped(step_s) for step_s in (60, 300)}


@st.composite
def told(draw: st.DrawFn) -> StreamState:
    low_s, wait_s, high_s = sorted(draw(st.lists(st.floats(0, 30000), min_size=3, max_size=3)))
    kind: Any = draw(st.sampled_from(["measured", "at_least", "unknown", "closed"]))
    return state(STREAM, kind, wait(wait_s, low_s, high_s, age_s=draw(st.floats(0, 1000))))


@given(told(), st.sampled_from(sorted(STEPS)))
def test_one_figure_in_all_formats(shown: StreamState, step_s: int) -> None:
    views = tuple(DirectionView("ambassador", one, (shown,), (), ()) for one in ("us_bound", "canada_bound"))
    said = published(Board(NOW_S, views), STEPS[step_s], NOW_S)
    lane = wait_times.document(said)["ports"][0]["lanes"][0]
    figure = (lane["expected"] or {}).get("wait_s")
    minutes = None if figure is None else figure // 60
    bound = (lane["expected"] or {}).get("low_s", 0) // 60 if lane["state"] == "at_least" else 0
    with_bound = bound if bound >= 10 else minutes
    cbp = cbp_json.document(said)[0]["commercial_vehicle_lanes"]["standard_lanes"]
    assert cbp["delay_minutes"] == ("" if with_bound is None else str(with_bound))
    assert in_cbp_xml(said)[1] == cbp["delay_minutes"]
    assert (f" {with_bound} min delay " in in_rss(said)) == (with_bound is not None)
    words = (
        "--" if minutes is None else "No Delay" if minutes == 0 else f"{minutes} minute{'s' * (minutes > 1)}"
    )
    assert in_cbsa(said, "en") == ("Closed" if lane["state"] == "closed" else words)
    assert wsdot.document(said)[0]["WaitTime"] == (-1 if minutes is None else minutes)
    assert drivebc.document(said)[0]["lanes"][0]["delay_minutes"] == (
        "closed" if lane["state"] == "closed" else minutes
    )
    assert geojson.document(said)["features"][0]["properties"]["cv_standard_min"] == minutes
    (event,) = [one for one in events(said) if one.topic.endswith(f"us_bound/{STREAM}")]
    sent = json.loads(event.payload)["data"]
    assert (sent["state"], (sent["expected"] or {}).get("wait_s")) == (lane["state"], figure)
