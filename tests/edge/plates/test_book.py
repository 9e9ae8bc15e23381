"""Reads belong to moments of tracks; who is not on a lane is not looked at; nothing is kept."""

import pytest

from edge.config import LaneConfig
from edge.plates.agreement import Look
from edge.plates.book import MOST_LOOKS, RETENTION_S, PlateBook
from edge.plates.text import PlateText
from edge.vision import Crossing, Standing, Step, TrackView

LANE = LaneConfig.model_validate(
    {
        "id": "b5",
        "tail": {"line": [[0.2, 0.3], [0.8, 0.3]], "toward": [0.5, 0.9]},
        "booth": {"line": [[0.2, 0.9], [0.8, 0.9]], "toward": [0.5, 1.0]},
        "area": [[0.2, 0.3], [0.8, 0.3], [0.8, 0.9], [0.2, 0.9]],
    }
)
ON_LANE = (400.0, 200.0, 500.0, 300.0)
BESIDE = (0.0, 200.0, 100.0, 300.0)


def book(*points: str) -> PlateBook:
    return PlateBook([LANE], points or ("tail", "booth"), 1000, 500)  # type: ignore[arg-type]


def step(
    at: float,
    *tracks: int,
    tail: float | None = None,
    booth: float | None = None,
    xyxy: tuple[float, float, float, float] = ON_LANE,
) -> Step:
    views = tuple(TrackView(track, "truck", xyxy, 0.9, False, False) for track in tracks)
    crossings = () if tail is None else (Crossing(tail, "b5", "tail", "truck", tracks[0], 0.9),)
    standings = () if booth is None else (Standing(booth, "b5", tracks[0]),)
    return Step(at, (), crossings, (), views, standings)


def look(text: str) -> Look:
    return Look(PlateText(text), (0.95,) * len(text))


def told(book: PlateBook) -> list[tuple[float, str, str]]:
    return [(read.at, read.point, read.text.characters) for read in book.take()]


@pytest.mark.parametrize("looks_first", [True, False])
def test_looks_before_and_after_the_moment_count(looks_first: bool) -> None:
    plates = book()
    plates.see(step(1.0, 7))
    if not looks_first:
        plates.see(step(1.2, 7, tail=1.1))
    plates.look(7, look("ABC123"))
    assert told(plates) == []
    plates.look(7, look("ABC123"))
    if looks_first:
        plates.see(step(1.2, 7, tail=1.1))
    assert told(plates) == [(1.1, "tail", "A8C123")]
    plates.see(step(9.0, 7, booth=8.5))
    assert told(plates) == [(8.5, "booth", "A8C123")]


def test_a_point_that_is_off_is_not_read() -> None:
    plates = book("booth")
    plates.see(step(1.0, 7, tail=0.9))
    plates.look(7, look("ABC123"))
    plates.look(7, look("ABC123"))
    assert told(plates) == []
    plates.see(step(3.0, 7, booth=2.5))
    assert told(plates) == [(2.5, "booth", "A8C123")]


def test_two_reads_of_one_vehicle_six_seconds_apart_are_one() -> None:
    """Field report B34, with the track broken in between."""
    plates = book()
    for at, track, text in ((1.0, 7, "9GXVL98"), (7.0, 8, "9GXV498")):
        plates.see(step(at, track, tail=at))
        plates.look(track, look(text))
        plates.look(track, look(text))
    assert told(plates) == [(1.0, "tail", "96XV198")]


def test_a_vehicle_beside_the_lanes_is_not_looked_at() -> None:
    plates = book()
    beside, on_lane = step(1.0, 7, xyxy=BESIDE), step(1.0, 8)
    plates.see(beside)
    assert plates.wanted(beside) == []
    plates.see(on_lane)
    assert [view.track for view in plates.wanted(on_lane)] == [8]


def test_looks_end_when_there_is_a_text_or_no_hope() -> None:
    plates = book()
    plates.see(step(1.0, 7, 8))
    for n in range(MOST_LOOKS):
        plates.look(7, look(f"ABC1{n}{n}{n}"))
    plates.look(8, look("ABC123"))
    plates.look(8, look("ABC123"))
    assert plates.wanted(step(2.0, 7, 8)) == []


def test_looks_at_a_track_are_spaced() -> None:
    plates = book()
    plates.see(step(1.0, 7))
    plates.try_at(7, 1.0)
    assert plates.wanted(step(1.1, 7)) == []
    assert len(plates.wanted(step(1.2, 7))) == 1


def test_a_track_that_is_gone_is_forgotten() -> None:
    plates = book()
    for track in range(100_000):
        plates.see(step(track * 1.0, track, tail=track * 1.0))
        plates.look(track, look("ABC123"))
    assert len(plates) < 10
    assert plates.tally.abstained > 99_900


def test_nothing_is_kept_longer_than_the_retention() -> None:
    plates = book()
    plates.see(step(0.0, 7))
    plates.look(7, look("ABC123"))
    plates.look(7, look("ABC123"))
    plates.see(step(RETENTION_S + 1, 7))
    assert len(plates) == 0
