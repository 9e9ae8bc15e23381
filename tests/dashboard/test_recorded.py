"""Recorded ports: what is read, what is refused, and what stays closed."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.minutes import Match
from dashboard.recorded.recorded import Read, RecordingError, load_recording, pair, slices
from tests.dashboard.recorded_port import SITE, lines, write_port


def test_site_becomes_streams_and_lanes(tmp_path: Path) -> None:
    recording = load_recording(write_port(tmp_path))
    assert recording.classes == ("truck_fast", "truck_std")
    assert [stream.id for stream in recording.site.streams] == ["commercial/fast", "commercial/standard"]
    assert [stream.when_closed for stream in recording.site.streams] == ["commercial/standard", None]
    assert {lane.id: (lane.kind, lane.line_m) for lane in recording.site.lanes} == {
        "b1": ("booth", None),
        "b2": ("booth", None),
        "u1": ("approach", 700.0),
        "u2": ("approach", 700.0),
    }


def test_shared_approach_tells_the_length_of_the_own_lane(tmp_path: Path) -> None:
    folder = write_port(tmp_path)
    (folder / "site.json").write_text(
        json.dumps(SITE | {"shared_approach": True, "trusted_lane_length_m": 300.0})
    )
    assert load_recording(folder).site.own_lane_m == 300.0


def test_rows_come_slice_by_slice_with_blank_as_unknown(tmp_path: Path) -> None:
    read = list(slices(load_recording(write_port(tmp_path)), "noisy", matches=False))
    assert len(read) == 60
    assert [row.lane for row in read[3]] == ["b1", "b2", "u1", "u2"]
    unread, approach = read[3][1], read[3][2]
    assert unread.serves == ()
    assert approach.departures is None
    assert approach.kind == "approach"
    assert (unread.start_s, unread.end_s, unread.in_view_mean, unread.full) == (180.0, 240.0, 3.0, False)


def test_a_zipped_feed_reads_the_same(tmp_path: Path) -> None:
    plain, zipped = write_port(tmp_path / "a"), write_port(tmp_path / "b")
    (zipped / "noisy.csv.gz").write_bytes(gzip.compress((zipped / "noisy.csv").read_bytes()))
    (zipped / "noisy.csv").unlink()
    assert list(slices(load_recording(plain), "noisy", True)) == list(
        slices(load_recording(zipped), "noisy", True)
    )


def test_matches_lie_in_the_slice_of_the_booth_read(tmp_path: Path) -> None:
    read = list(slices(load_recording(write_port(tmp_path)), "noisy", matches=True))
    found = {
        rows[0].end_s: [m for row in rows for m in row.matches]
        for rows in read
        if any(r.matches for r in rows)
    }
    assert found == {420.0: [Match(400.0, "b2", "u2", 300.0)], 480.0: [Match(470.0, "b2", "u2", 310.0)]}


def test_missing_plates_are_no_matches(tmp_path: Path) -> None:
    folder = write_port(tmp_path)
    (folder / "plates.csv").unlink()
    assert not any(row.matches for rows in slices(load_recording(folder), "noisy", True) for row in rows)


@pytest.mark.parametrize(
    ("case", "reads", "expected"),
    [
        ("both ends", [(10, "upstream", "u1", "a"), (70, "booth", "b1", "a")], [(70, "b1", "u1", 60)]),
        ("only the booth", [(70, "booth", "b1", "a")], []),
        ("only upstream", [(10, "upstream", "u1", "a")], []),
        ("booth first", [(10, "booth", "b1", "a"), (70, "upstream", "u1", "a")], []),
        (
            "read twice at the booth",
            [(10, "upstream", "u1", "a"), (70, "booth", "b1", "a"), (90, "booth", "b2", "a")],
            [(70, "b1", "u1", 60)],
        ),
        (
            "read twice upstream",
            [(10, "upstream", "u1", "a"), (30, "upstream", "u1", "a"), (70, "booth", "b1", "a")],
            [(70, "b1", "u1", 40)],
        ),
        (
            "both at one moment",
            [(70, "booth", "b1", "a"), (70, "upstream", "u1", "a")],
            [(70, "b1", "u1", 0)],
        ),
    ],
)
def test_pairing(
    case: str, reads: list[tuple[float, str, str, str]], expected: list[tuple[float, str, str, float]]
) -> None:
    assert pair([Read(*read) for read in reads]) == [Match(*match) for match in expected]


@given(
    st.lists(
        st.tuples(st.integers(0, 99), st.sampled_from(["upstream", "booth"]), st.sampled_from("abcd")),
        max_size=30,
    )
)
def test_no_travel_is_negative_and_no_read_is_used_twice(reads: list[tuple[int, str, str]]) -> None:
    found = pair([Read(float(at_s), camera, camera[0], token) for at_s, camera, token in reads])
    assert all(match.travel_s >= 0 for match in found)
    assert len(found) <= min(sum(r[1] == camera for r in reads) for camera in ("upstream", "booth"))


def _spoil(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    path.write_text(path.read_text().replace(old, new, 1))


@pytest.mark.parametrize(
    ("case", "name", "old", "new", "tells"),
    [
        ("a site that is no JSON", "site.json", "{", "", "site.json: cannot be read"),
        ("a site without hours", "site.json", '"hours"', '"days"', "lacks 'hours'"),
        (
            "a class that nobody knows",
            "site.json",
            '["truck_fast", "truck_std"]',
            '["bikes"]',
            "class 'bikes' is not known",
        ),
        (
            "a feed without a column",
            "noisy.csv",
            "booth_occ",
            "occ",
            "noisy.csv:1: lacks the column 'booth_occ'",
        ),
        (
            "a figure that is none",
            "noisy.csv",
            "4.10",
            "many",
            "noisy.csv:2: could not convert string to float: 'many'",
        ),
        ("an unknown zone", "noisy.csv", ",b1,booth,", ",b1,roof,", "noisy.csv:2: 'roof'"),
        ("a line that is cut short", "noisy.csv", lines(0)[0], "0,60,b1", "noisy.csv:2: is cut short"),
        ("a port of no length", "site.json", '"hours": 1', '"hours": 0', "hours: 0 is not a length"),
        ("a port without end", "site.json", '"hours": 1', '"hours": Infinity', "hours: inf is not a length"),
        ("hours that are no number", "site.json", '"hours": 1', '"hours": NaN', "hours: nan is not a length"),
        ("no class", "site.json", '["truck_fast", "truck_std"]', "[]", "name each class once"),
        (
            "a class twice",
            "site.json",
            '["truck_fast", "truck_std"]',
            '["truck_std", "truck_std"]',
            "name each class once",
        ),
        (
            "a service below nothing",
            "site.json",
            '"truck_std": 100',
            '"truck_std": -100',
            "-100 is no length",
        ),
        ("a view of no length", "site.json", '"booth_view_m": 120', '"booth_view_m": 0', "0 is no length"),
        ("a figure without end", "noisy.csv", "truck_std,1,", "truck_std,inf,", "noisy.csv:2: 'inf'"),
        ("a mean that is no number", "noisy.csv", "4.10", "nan", "noisy.csv:2: 'nan'"),
        ("a slice that never ends", "noisy.csv", "0,60,b1", "0,nan,b1", "noisy.csv:2: 'nan'"),
        ("a slice that ends before it begins", "noisy.csv", "0,60,b1", "90,60,b1", "noisy.csv:2: 90 to 60"),
        (
            "a booth that the site lacks",
            "noisy.csv",
            ",b1,booth,",
            ",b9,booth,",
            "noisy.csv:2: 'b9', which site.json does not have as booth",
        ),
        (
            "a booth that is a road lane",
            "noisy.csv",
            ",b1,booth,",
            ",b1,upstream,",
            "noisy.csv:2: 'b1', which site.json does not have as upstream",
        ),
        ("a field without end", "noisy.csv", "truck_std", "x" * 200_000, "noisy.csv:2: field larger"),
        ("a name without end", "noisy.csv", "start_s", "x" * 200_000, "noisy.csv:1: field larger"),
        ("a plate at no time", "plates.csv", "400,booth", "nan,booth", "plates.csv:4: 'nan'"),
        (
            "a plate without a time",
            "plates.csv",
            "400,booth",
            "soon,booth",
            "plates.csv:4: could not convert",
        ),
    ],
)
def test_bad_files_are_refused_in_one_line(
    case: str, name: str, old: str, new: str, tells: str, tmp_path: Path
) -> None:
    folder = write_port(tmp_path)
    _spoil(folder, name, old, new)
    with pytest.raises(RecordingError) as error:
        list(slices(load_recording(folder), "noisy", True))
    assert tells in str(error.value)
    assert "\n" not in str(error.value)


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"site\.json: not found"):
        load_recording(tmp_path / "nowhere")
    with pytest.raises(RecordingError, match=r"minute\.csv: not found, nor minute\.csv\.gz"):
        list(slices(load_recording(write_port(tmp_path)), "minute", True))


@pytest.mark.parametrize("name", ["site.json", "noisy.csv", "plates.csv"])
def test_a_byte_order_mark_changes_nothing(name: str, tmp_path: Path) -> None:
    plain, marked = write_port(tmp_path / "a"), write_port(tmp_path / "b")
    (marked / name).write_bytes(b"\xef\xbb\xbf" + (marked / name).read_bytes())
    assert list(slices(load_recording(plain), "noisy", True)) == list(
        slices(load_recording(marked), "noisy", True)
    )


@pytest.mark.parametrize(("name", "left"), [("noisy.csv", 0), ("plates.csv", 60)])
def test_an_empty_file_has_no_rows(name: str, left: int, tmp_path: Path) -> None:
    folder = write_port(tmp_path)
    (folder / name).write_bytes(b"")
    read = list(slices(load_recording(folder), "noisy", True))
    assert len(read) == left
    assert not any(row.matches for rows in read for row in rows)


def test_a_zipped_feed_with_spoilt_bytes_is_named(tmp_path: Path) -> None:
    folder = write_port(tmp_path)
    whole = gzip.compress((folder / "noisy.csv").read_bytes())
    (folder / "noisy.csv").unlink()
    (folder / "noisy.csv.gz").write_bytes(
        whole[:40] + bytes(byte ^ 0x55 for byte in whole[40:60]) + whole[60:]
    )
    with pytest.raises(RecordingError, match=r"noisy\.csv\.gz: cannot be read"):
        list(slices(load_recording(folder), "noisy", False))


def test_a_plate_without_a_token_pairs_with_none(tmp_path: Path) -> None:
    folder = write_port(tmp_path)
    plates = (folder / "plates.csv").read_text()
    (folder / "plates.csv").write_text(plates.replace(",aa\n", ",\n"))
    read = list(slices(load_recording(folder), "noisy", True))
    assert [match.at_s for rows in read for row in rows for match in row.matches] == [470.0]


def test_a_broken_gzip_is_named(tmp_path: Path) -> None:
    folder = write_port(tmp_path)
    (folder / "noisy.csv").rename(folder / "noisy.csv.gz")
    with pytest.raises(RecordingError, match=r"noisy\.csv\.gz: cannot be read"):
        list(slices(load_recording(folder), "noisy", False))
