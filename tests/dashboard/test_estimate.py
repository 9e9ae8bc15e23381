"""The command that runs the engine on a recorded port."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from dashboard.recorded.estimate import estimate_command
from tests.dashboard.recorded_port import HEADER, SITE, write_port

PORTS = Path(__file__).resolve().parents[3] / "shared" / "bench" / "port"
PUBLIC = sorted(folder for folder in PORTS.glob("p0*") if (folder / "site.json").is_file())


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def estimate(folder: Path, out: Path, feed: str = "noisy", matches: bool = True) -> list[dict[str, str]]:
    """Run the command, which must succeed."""
    assert estimate_command(folder, out, feed, matches) == 0
    return table(out)


def test_a_row_for_each_minute_and_class(tmp_path: Path) -> None:
    rows = estimate(write_port(tmp_path / "port"), tmp_path / "est.csv")
    assert [(row["at_s"], row["lane_class"]) for row in rows] == [
        (str(at_s), name) for at_s in range(0, 3600, 60) for name in ("truck_fast", "truck_std")
    ]
    assert rows[0]["wait_s"] == rows[0]["low_s"] == ""
    assert all(0 <= float(row["low_s"]) <= float(row["wait_s"]) <= float(row["high_s"]) for row in rows[2:])


def test_only_the_classes_that_the_site_lists_are_written(tmp_path: Path) -> None:
    folder = write_port(tmp_path / "port")
    both = estimate(folder, tmp_path / "both.csv")
    (folder / "site.json").write_text(json.dumps(SITE | {"classes": ["truck_std"]}))
    one = estimate(folder, tmp_path / "one.csv")
    assert [row["lane_class"] for row in one] == 60 * ["truck_std"]
    assert one == [row for row in both if row["lane_class"] == "truck_std"]


@pytest.mark.parametrize(
    ("case", "minutes", "known_until_s"), [("half a feed", 30, 1800 + 900), ("no row", 0, 0)]
)
def test_a_short_feed_still_gives_all_rows(
    case: str, minutes: int, known_until_s: int, tmp_path: Path
) -> None:
    rows = estimate(write_port(tmp_path / "port", minutes), tmp_path / "est.csv")
    assert len(rows) == 120
    assert {int(row["at_s"]) <= known_until_s for row in rows if row["wait_s"]} <= {True}


def test_the_past_does_not_know_the_future(tmp_path: Path) -> None:
    whole = estimate(write_port(tmp_path / "a"), tmp_path / "a.csv")
    cut = estimate(write_port(tmp_path / "b", minutes=20), tmp_path / "b.csv")
    assert [row for row in whole if int(row["at_s"]) <= 1200] == [
        row for row in cut if int(row["at_s"]) <= 1200
    ]


def test_only_the_named_files_are_read(tmp_path: Path) -> None:
    folder = write_port(tmp_path / "port")
    for name in ("truth.csv", "expected.csv", "events.csv"):
        (folder / name).write_bytes(b"\xff not to be opened")
    assert estimate(folder, tmp_path / "est.csv")


def test_matches_can_be_left_out(tmp_path: Path) -> None:
    folder = write_port(tmp_path / "port")
    without = estimate(folder, tmp_path / "a.csv", matches=False)
    assert without != estimate(folder, tmp_path / "b.csv")
    (folder / "plates.csv").unlink()
    assert without == estimate(folder, tmp_path / "c.csv")


@pytest.mark.parametrize(
    ("case", "name", "content", "tells"),
    [
        ("no site", "site.json", None, "site.json: not found"),
        ("no feed", "noisy.csv", None, "noisy.csv: not found"),
        ("a feed of nonsense", "noisy.csv", HEADER + "\nx,1,b1,booth,,,,,,,,,\n", "noisy.csv:2"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_code_2(
    case: str, name: str, content: str | None, tells: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_port(tmp_path / "port")
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(content)
    assert estimate_command(folder, tmp_path / "est.csv", "noisy", True) == 2
    shown = capsys.readouterr().err
    assert tells in shown
    assert shown.count("\n") == 1


def test_an_unknown_feed_and_an_impossible_output_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_port(tmp_path / "port")
    assert estimate_command(folder, tmp_path / "est.csv", "loud", True) == 2
    assert "--feed loud" in capsys.readouterr().err
    assert estimate_command(folder, tmp_path / "none" / "est.csv", "noisy", True) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(
    not PUBLIC, reason="the recorded ports are not beside the repository (../shared/bench/port)"
)
@pytest.mark.parametrize("folder", PUBLIC, ids=lambda folder: folder.name[:3])
def test_public_ports_are_estimated_for_every_minute(folder: Path, tmp_path: Path) -> None:
    rows = estimate(folder, tmp_path / "est.csv")
    known = [row for row in rows if row["wait_s"]]
    assert len(known) >= 0.97 * len(rows)
    assert all(0 <= float(row["low_s"]) <= float(row["wait_s"]) <= float(row["high_s"]) for row in known)
