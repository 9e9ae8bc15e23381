"""The back-test: vehicles against what was told when they joined; the rule of FHWA is for verified ones."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.accuracy.command import backtest_command, import_command
from dashboard.accuracy.document import document
from dashboard.accuracy.figures import meets, share
from dashboard.accuracy.ledger import Ledger
from dashboard.accuracy.pair import Pair
from dashboard.accuracy.pairs import Pairs
from dashboard.accuracy.runs import RunsError, read_runs
from dashboard.accuracy.scribe import Scribe
from dashboard.board import BoardHolder
from dashboard.central import Central
from dashboard.cli import main
from dashboard.config import CentralConfig
from dashboard.history import StreamMinute
from dashboard.minutes import Match
from dashboard.store.history import History
from dashboard.store.store import Store
from dashboard.waits.engine import WaitEngine
from dashboard.waits.state import Forecast, Outcome, StreamState, Wait
from dashboard.web.app import make_app
from tests.dashboard.asgi import Asker
from tests.dashboard.feed_cases import CONFIG, EMPTY
from tests.dashboard.test_waits_states import busy, row, site

FAST, STANDARD = "commercial/fast", "commercial/standard"
AT_S = 1_764_080_040.0
"""25 November 2025, 14:14 UTC, a whole minute."""


def told(wait_s: float, at_s: float, kind: str = "measured") -> StreamState:
    """FAST waits so long now, and 100 s more in 15 min."""
    now = Wait(wait_s, wait_s - 60, wait_s + 60, ("queue",), at_s, at_s + 900)
    ahead = Forecast(at_s + 900.0, wait_s + 100, wait_s, wait_s + 200)
    return StreamState(FAST, kind, expected=now, forecast=(ahead,))  # type: ignore[arg-type]


def ledger(*states: tuple[float, StreamState]) -> Ledger:
    """What was told when."""
    made = Ledger("ambassador", "us_bound")
    for at_s, state in states:
        made.note([state], at_s)
    return made


def outcome(joined_s: float, wait_s: float, by: str = "match") -> Outcome:
    """A FAST truck."""
    return Outcome(FAST, joined_s, wait_s, by)  # type: ignore[arg-type]


def test_a_vehicle_is_held_against_what_it_could_read_and_against_the_forecast_of_its_time() -> None:
    made = ledger((0.0, told(600.0, 0.0)), (60.0, told(660.0, 60.0)), (900.0, told(800.0, 900.0)))
    now, ahead = made.pairs([outcome(910.0, 750.0)])
    assert (now.after_s, now.told_s, now.low_s, now.high_s, now.wait_s) == (0, 800.0, 740.0, 860.0, 750.0)
    assert (ahead.after_s, ahead.told_s) == (900, 700.0)


@pytest.mark.parametrize(
    ("case", "made"),
    [
        ("nothing was told", ledger()),
        ("only a bound was told", ledger((900.0, told(800.0, 900.0, "at_least")))),
        ("what was told is too old", ledger((700.0, told(800.0, 700.0)))),
        ("it was told afterwards", ledger((930.0, told(800.0, 930.0)))),
    ],
)
def test_a_wait_without_a_figure_is_kept_without_one(case: str, made: Ledger) -> None:
    (pair,) = made.pairs([outcome(910.0, 750.0)])
    assert (pair.told_s, pair.wait_s) == (None, 750.0)


def test_the_balance_tells_every_five_minutes() -> None:
    made = ledger((900.0, told(800.0, 900.0)))
    assert len([*made.pairs([outcome(900.0 + 60 * k, 700.0, "balance") for k in range(11)])]) == 3


def test_matched_vehicles_are_outcomes_once() -> None:
    engine = WaitEngine(site(approach=True))
    for k in range(20):
        matches = (Match(60.0 * k + 50.0, "b1", "u1", 500.0),) if k == 12 else ()
        engine.step([busy(60.0 * k, matches=matches), row(60.0 * k, lane="u1", kind="approach", arrivals=1)])
    matched = [one for one in engine.take_outcomes() if one.by == "match"]
    assert len(matched) == 1
    assert matched[0].joined_s + matched[0].wait_s == pytest.approx(770.0)
    assert engine.take_outcomes() == []


def pair(joined_s: float, wait_s: float, told_s: float | None = 600.0, source: str = "match") -> Pair:
    """Told 600 s, give or take 300 s, unless said otherwise."""
    bounds = (None, None) if told_s is None else (told_s - 300.0, told_s + 300.0)
    return Pair("ambassador", "us_bound", FAST, source, joined_s, 0, wait_s, told_s, *bounds)  # type: ignore[arg-type]


def counted(store: Store) -> dict[str, object]:
    """The document's entry of FAST."""
    span = (AT_S, AT_S + 1e4)
    made = document(CONFIG, *span, Pairs(store).counts(*span), Pairs(store).actual(*span))
    return dict(made["ports"][0]["streams"][0])


def test_figures_of_the_back_test(store: Store) -> None:
    waits = [500.0, 700.0, 750.0, 1000.0]
    Pairs(store).add([pair(AT_S + k, wait_s) for k, wait_s in enumerate(waits)])
    Pairs(store).add([pair(AT_S + 9, 3000.0, None), pair(AT_S + 2e4, 1.0), pair(AT_S - 1, 1.0)])
    entry = counted(store)
    verified = entry["verified"]
    assert isinstance(verified, dict)
    (now,) = verified["figures"]
    assert (now["ahead_min"], now["n"], now["mae_s"], now["bias_s"]) == (0, 4, 188, -138)
    assert (now["within_3min"]["share"], now["coverage_90"]["share"]) == (0.75, 0.75)
    assert verified["fhwa"]["met"] is None
    assert (verified["actual"]["n"], verified["actual"]["p95_s"]) == (5, 3000)
    assert [one["within_min"] for one in verified["actual"]["standards"]] == [45]
    assert entry["self_consistent"] is None


def test_only_verified_vehicles_are_compared_with_the_rule(store: Store) -> None:
    Pairs(store).add([pair(AT_S, 600.0, source="balance"), pair(AT_S, 900.0, source="probe")])
    entry = counted(store)
    assert isinstance(entry["verified"], dict)
    assert isinstance(entry["self_consistent"], dict)
    assert entry["verified"]["actual"]["n"] == entry["self_consistent"]["actual"]["n"] == 1
    assert "fhwa" in entry["verified"]
    assert "fhwa" not in entry["self_consistent"]


def test_a_pair_is_kept_once_and_never_changed(store: Store) -> None:
    for wait_s in (600.0, 900.0):
        Pairs(store).add([pair(AT_S, wait_s)])
    found = Pairs(store).actual(AT_S, AT_S + 1)
    assert [actual.p95_s for actual in found.values()] == [600.0]


@pytest.mark.parametrize(
    ("hits", "of", "low", "high", "met"),
    [(85, 100, 0.767, 0.907, None), (0, 5, 0.0, 0.434, False), (980, 1000, 0.969, 0.987, True)],
)
def test_shares_carry_wilson_s_interval(
    hits: int, of: int, low: float, high: float, met: bool | None
) -> None:
    found = share(hits, of)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))
    assert meets(found, 0.85) is met


HEAD = "port,direction,stream,joined_at,reached_at,driver\n"
NOW_S = 1_764_086_400.0  # 2025-11-25T16:00:00Z
RUN = "ambassador,us_bound,commercial/fast,2025-11-25T14:15:30Z,2025-11-25T09:25:30-05:00,7\n"


@pytest.mark.parametrize(
    ("case", "text", "tells"),
    [
        ("no such column", "port,direction\n", "runs.csv:1: lacks the column stream"),
        (
            "an unknown port",
            HEAD + RUN.replace("ambassador", "nowhere"),
            "runs.csv:2: port.yaml has no stream",
        ),
        ("an unknown stream", HEAD + RUN + RUN.replace("fast", "bus"), "runs.csv:3: port.yaml has no stream"),
        (
            "no zone",
            HEAD + RUN.replace("30Z", "30"),
            "runs.csv:2: joined_at: '2025-11-25T14:15:30' has no zone",
        ),
        ("no time", HEAD + RUN.replace("2025-11-25T14", "noon"), "is no time"),
        ("arrived before", HEAD + RUN.replace("T09:25", "T08:25"), "reached_at is before joined_at"),
        ("still to come", HEAD + RUN.replace("2025-", "2026-"), "runs.csv:2: reached_at is still to come"),
        ("a name without end", "x" * 200_000 + "\n", "runs.csv:1: field larger"),
        ("a field without end", HEAD + "x" * 200_000 + "\n", "runs.csv:2: field larger"),
        ("cut short", HEAD + "ambassador,us_bound\n", "runs.csv:2: is cut short"),
    ],
)
def test_a_wrong_run_is_named_by_file_and_line(case: str, text: str, tells: str, tmp_path: Path) -> None:
    file = tmp_path / "runs.csv"
    file.write_text(text)
    with pytest.raises(RunsError) as caught:
        read_runs(file, CONFIG, NOW_S)
    assert tells in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunsError, match=r"none\.csv: cannot be read \(No such file or directory\); "):
        read_runs(tmp_path / "none.csv", CONFIG, NOW_S)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "runs.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RunsError, match=r"cannot be read \(no UTF-8 text\); give a CSV"):
        read_runs(tmp_path / "runs.csv", CONFIG, NOW_S)


def minute(start_s: float, wait_s: float | None) -> StreamMinute:
    """What readers were told of FAST."""
    low_s, high_s = (None, None) if wait_s is None else (wait_s - 60, wait_s + 60)
    state = "unknown" if wait_s is None else "measured"
    return StreamMinute(
        *("ambassador", "us_bound", FAST, start_s, state, None, wait_s, low_s, high_s),
        *((), None, None, None, None, None, None),
    )


def central(tmp_path: Path) -> CentralConfig:
    """With the store of the test."""
    return CONFIG.model_copy(
        update={"store": CONFIG.store.model_copy(update={"url": f"sqlite:///{tmp_path / 'lanewatch.db'}"})}
    )


def test_runs_are_imported_once_with_what_was_told(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    History(store).add([minute(AT_S - 60, 700.0), minute(AT_S, 480.0), minute(AT_S + 60, 100.0)])
    file = tmp_path / "runs.csv"
    file.write_text(HEAD + RUN + RUN.replace("14:15", "11:15").replace("T09:25", "T06:25"))
    for new in (2, 0):
        import_command(central(tmp_path), file, NOW_S)
        assert f"2 runs read, {new} new" in capsys.readouterr().out
    verified = counted(store)["verified"]
    assert isinstance(verified, dict)
    assert (verified["figures"][0]["n"], verified["figures"][0]["bias_s"]) == (1, -120)
    assert verified["actual"]["n"] == 1


def test_the_back_test_is_printed_and_written(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Pairs(store).add([pair(AT_S + k, 620.0) for k in range(30)])
    backtest_command(central(tmp_path), AT_S, AT_S + 3600, tmp_path / "found.json")
    shown = capsys.readouterr().out
    assert "verified" in shown
    assert "FHWA" in shown
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["ports"][0]["streams"][0]["verified"]["fhwa"]["of"] == 30
    backtest_command(central(tmp_path), AT_S + 7200, AT_S + 9000, None)
    assert "No vehicle" in capsys.readouterr().out


def test_the_feed_of_the_back_test(store: Store) -> None:
    Pairs(store).add([pair(AT_S - 60, 620.0)])
    client = Asker(make_app(BoardHolder(replace(EMPTY, at_s=AT_S)), CONFIG, lambda: AT_S, pairs=Pairs(store)))
    reply = client.get("/feed/v1/accuracy.json")
    assert reply.status_code == 200
    assert reply.headers["access-control-allow-origin"] == "*"
    streams = reply.json()["ports"][0]["streams"]
    assert len(streams) == 7
    assert streams[0]["verified"]["figures"][0]["n"] == 1
    assert streams[1]["verified"] is None


def test_the_past_of_weeks_is_learned_and_pairs_are_kept(store: Store, tmp_path: Path) -> None:
    history, hour_s = History(store), AT_S - AT_S % 3600 - 7 * 86400
    history.add([minute(hour_s + 60 * k, 900.0) for k in range(60)])
    history.roll_up("ambassador", "us_bound", [FAST], [], hour_s + 3600)
    judge, scribe = Central(central(tmp_path)), Scribe(store)
    for _ in range(2):
        scribe.note(judge, AT_S)
        scribe.write()
    views = judge.board(AT_S, lambda port, node: None, 0, None).directions
    usual = views[0].weekly.at(FAST, hour_s + 7 * 86400 + 1800)
    assert usual is not None
    assert (usual.wait_s, usual.weeks) == (900.0, 1)
    assert views[1].weekly.hours == {}


def test_a_span_that_is_none_ends_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = "lanewatch-port backtest --config none.yaml --from 2026-11-02 --to 2026-11-01"
    monkeypatch.setattr(sys, "argv", command.split())
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "--to: is not after --from; give the later one as --to\n"
