"""Reads upstream against reads at the booth: one travel time a vehicle, and no token outlives its use."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.minutes import Match
from dashboard.plates.matcher import Counts, Matcher, Sighting
from dashboard.portconfig import DirectionConfig, PortPlatesConfig

STREAMS = [{"traffic": "commercial", "class": name} for name in ("fast", "standard")]
FAST, STANDARD = "commercial/fast", "commercial/standard"
SHARED_ROAD: list[dict[str, Any]] = [
    {"id": "b1", "kind": "booth", "serves": [FAST], "node": "n1"},
    {"id": "b2", "kind": "booth", "serves": [STANDARD], "node": "n1"},
    {"id": "u1", "kind": "approach", "serves": [FAST, STANDARD], "line_m": 900, "node": "n2"},
]
BOOTHS_ONLY = SHARED_ROAD[:2]


def matcher(lanes: list[dict[str, Any]], **plates: Any) -> Matcher:
    direction = DirectionConfig.model_validate({"id": "us_bound", "streams": STREAMS, "lanes": lanes})
    return Matcher(direction, PortPlatesConfig.model_validate(plates), Counts())


def add(one: Matcher, *reads: tuple[float, str, str, str]) -> list[tuple[str, str, float]]:
    for at_s, lane, point, token in reads:
        one.add(Sighting(at_s, at_s, lane, point, token))
    return [(match.from_lane, match.lane, match.travel_s) for match in one.take()]


@pytest.mark.parametrize(
    ("case", "reads", "matches"),
    [
        ("read at both ends", [(0, "u1", "tail", "a"), (600, "b1", "booth", "a")], [("u1", "b1", 600)]),
        ("read at the booth only", [(600, "b1", "booth", "a")], []),
        ("another vehicle at the booth", [(0, "u1", "tail", "a"), (600, "b1", "booth", "b")], []),
        (
            "three reads of one plate upstream, look-alikes folded into one token (B33)",
            [*((at, "u1", "tail", "a") for at in (0, 1, 2)), (600, "b1", "booth", "a")],
            [("u1", "b1", 600)],
        ),
        (
            "read twice at the booth: one travel time (B34)",
            [(0, "u1", "tail", "a"), (600, "b1", "booth", "a"), (606, "b1", "booth", "a")],
            [("u1", "b1", 600)],
        ),
        (
            "under both days' keys: one travel time",
            [
                (0, "u1", "tail", "a1"), (0, "u1", "tail", "a2"),
                (600, "b1", "booth", "a1"), (600, "b1", "booth", "a2"),
            ],
            [("u1", "b1", 600)],
        ),
        (
            "under the new day's key only at the booth",
            [(0, "u1", "tail", "a1"), (0, "u1", "tail", "a2"), (600, "b1", "booth", "a2")],
            [("u1", "b1", 600)],
        ),
        (
            "came again an hour later: the newer passage",
            [(0, "u1", "tail", "a"), (3600, "u1", "tail", "a"), (4000, "b2", "booth", "a")],
            [("u1", "b2", 400)],
        ),
        ("faster than anybody drives", [(0, "u1", "tail", "a"), (15, "b1", "booth", "a")], []),
        ("before it came", [(100, "u1", "tail", "a"), (50, "b1", "booth", "a")], []),
        (
            "the tail of its booth says less than the approach",
            [(0, "u1", "tail", "a"), (500, "b1", "tail", "a"), (600, "b1", "booth", "a")],
            [("u1", "b1", 600)],
        ),
        ("of a lane that there is not", [(0, "x", "tail", "a"), (600, "b1", "booth", "a")], []),
    ],
)  # fmt: skip
def test_matches(case: str, reads: list[Any], matches: list[Any]) -> None:
    assert add(matcher(SHARED_ROAD), *reads) == matches


@pytest.mark.parametrize(
    ("lanes", "plates", "matches"),
    [
        (SHARED_ROAD, {}, [("u1", "b1", 600)]),
        (SHARED_ROAD, {"approach": False}, [("b1", "b1", 100)]),
        (SHARED_ROAD, {"approach": False, "booth": False}, []),
        (SHARED_ROAD, {"booth": False}, [("u1", "b1", 600)]),
        (BOOTHS_ONLY, {}, [("b1", "b1", 100)]),
        (BOOTHS_ONLY, {"booth": False}, []),
    ],
)
def test_approach_and_booth_matching_are_switched_apart(
    lanes: list[Any], plates: dict[str, bool], matches: list[Any]
) -> None:
    one = matcher(lanes, **plates)
    reads = [(0.0, "u1", "tail", "a"), (500.0, "b1", "tail", "a"), (600.0, "b1", "booth", "a")]
    assert add(one, *reads) == matches


def test_what_no_matching_needs_is_not_held_for_a_moment() -> None:
    one = matcher(SHARED_ROAD, approach=False, booth=False)
    add(one, (0.0, "u1", "tail", "a"), (1.0, "b1", "tail", "a"), (2.0, "b1", "booth", "a"))
    assert len(one) == 0


@pytest.mark.parametrize("retention_s", [1, 60, 4 * 3600])
def test_a_token_is_gone_after_the_retention(retention_s: int) -> None:
    one = matcher(SHARED_ROAD, retention_s=retention_s)
    add(one, (1000.0, "u1", "tail", "a"))
    one.forget(1000.0 + retention_s - 0.01)
    assert len(one) == 1
    one.forget(1000.0 + retention_s)
    assert len(one) == 0


def strings_of(one: object) -> set[str]:
    """Every text that can be reached from an object."""
    seen: set[int] = set()
    found: set[str] = set()
    todo = [one]
    while todo:
        item = todo.pop()
        if id(item) in seen or isinstance(item, type):
            continue
        seen.add(id(item))
        if isinstance(item, str):
            found.add(item)
        todo += [part for part in gc.get_referents(item) if not callable(part)]
    return found


def test_no_text_of_a_token_is_left_after_match_or_retention() -> None:
    one = matcher(SHARED_ROAD, retention_s=700)
    add(one, (0.0, "u1", "tail", "tok-matched"), (1.0, "u1", "tail", "tok-expired"))
    assert {"tok-matched", "tok-expired"} <= strings_of(one)
    add(one, (600.0, "b1", "booth", "tok-matched"), (601.0, "b1", "booth", "tok-unknown"))
    assert not {"tok-matched", "tok-unknown"} & strings_of(one)
    one.forget(1000.0)
    assert not {name for name in strings_of(one) if name.startswith("tok-")}


READS = st.tuples(
    st.floats(0, 20_000), st.sampled_from(["u1", "b1", "b2"]), st.sampled_from(["tail", "booth"]),
    st.sampled_from("abcdef"),
)  # fmt: skip


@given(st.lists(READS, max_size=60))
def test_whatever_comes_a_read_at_a_booth_gives_one_travel_time_at_most(reads: list[Any]) -> None:
    one = matcher(SHARED_ROAD, retention_s=7200)
    found: list[Match] = []
    for at_s, lane, point, token in sorted(reads):
        one.add(Sighting(at_s, at_s, lane, point, token))
        found += one.take()
    assert len(found) <= sum(point == "booth" for _, _, point, _ in reads)
    assert all(0 < match.travel_s <= 7200 for match in found)


def test_tokens_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.plates.matcher.MOST_HELD", 100)
    one = matcher(SHARED_ROAD)
    for n in range(1000):
        add(one, (float(n), "u1", "tail", f"t{n}"))
    assert len(one) <= 101


def test_a_sighting_does_not_show_its_token() -> None:
    assert "tok" not in repr(Sighting(0.0, 0.0, "u1", "tail", "tok"))
