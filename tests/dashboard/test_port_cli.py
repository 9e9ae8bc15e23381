"""`lanewatch-port`: every command helps with an example, every fault is one line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dashboard.cli import main


def run(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """Exit code of a command line."""
    monkeypatch.setattr(sys, "argv", ["lanewatch-port", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(str(ended.value.code or 0))


@pytest.mark.parametrize(
    "command",
    ["serve", "broker", "stored", "estimate", "demo", "whatif", "backtest", "truth import", "webhook test"],
)
def test_help_gives_an_example(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command.split(), "--help"], monkeypatch) == 0
    assert f"Example: lanewatch-port {command} " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("case", "arguments", "names"),
    [
        ("no such command", ["surve"], "surve"),
        ("no config", ["serve"], "--config"),
        ("a config that is not there", ["serve", "--config", "nowhere.yaml"], "nowhere.yaml"),
        (
            "a config that is not there, for stored",
            ["stored", "--config", "no.yaml", "--json", "x"],
            "no.yaml",
        ),
        ("no such recorded port", ["estimate", "no-such-port", "--out", "x.csv"], "no-such-port"),
        *(
            (f"--from {at}", ["backtest", "--config", "no.yaml", "--from", at], f"--from: {at} is no time")
            for at in ("2026", "1764000000", "yesterday", "0.5")
        ),
        ("a port number that is none", ["demo", "--http-port", "99999"], "--http-port"),
    ],
)
def test_a_fault_is_one_line_and_exit_2(
    case: str,
    arguments: list[str],
    names: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(arguments, monkeypatch) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    assert names in lines[0]


@pytest.mark.parametrize(
    ("out", "says"),
    [
        ("nowhere/out", "nowhere/out: its folder does not exist; make it first"),
        ("folder", "folder: is a folder; give the path of a file"),
        ("port.yaml", "port.yaml: is read by this command, which would destroy it; give another path"),
    ],
)
@pytest.mark.parametrize(
    "arguments",
    [
        ["stored", "--config", "port.yaml", "--json"],
        ["backup", "--config", "port.yaml", "--out"],
        ["backtest", "--config", "port.yaml", "--from", "2026-11-01", "--json"],
        ["whatif", "--config", "port.yaml", "--lane", "b1", "--state", "open", "--json"],
        ["estimate", ".", "--out"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_bad_place_for_what_is_written_is_told_before_the_work(
    arguments: list[str],
    out: str,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("port.yaml").write_text("what is wrong here would be told by the work\n")
    assert run([*arguments, out], monkeypatch) == 2
    assert capsys.readouterr().err == f"{says}\n"
    assert Path("port.yaml").read_text().startswith("what is wrong")


@pytest.mark.parametrize(
    "arguments",
    [
        ["stored", "--json", "stored.json"],
        ["backup", "--out", "x.backup"],
        ["backtest", "--from", "2026-11-01"],
        ["whatif", "--lane", "b1", "--state", "open"],
        ["account", "list"],
        ["nodes"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_store_that_cannot_be_used_is_named_with_the_fix(
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("lanewatch.db").write_text("no database, only text " * 50)
    Path("port.yaml").write_text(
        "ports: [{id: a, name: {en: A}, directions: [{id: us_bound, streams: "
        "[{traffic: commercial, class: fast}], lanes: [{id: b1, serves: [commercial/fast], node: n1}]}]}]\n"
    )
    assert run([*arguments, "--config", "port.yaml"], monkeypatch) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == (
        f"sqlite:///{tmp_path}/lanewatch.db: cannot be used (file is not a database); "
        "see that it runs and is free, or name the right one as store.url"
    )
