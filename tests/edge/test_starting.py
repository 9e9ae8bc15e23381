"""What is made at the start: no search for garbage meanwhile, and every one after it."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys

import pytest

from edge.daemon.starting import made_to_last


def test_garbage_is_searched_for_again_after_the_start_even_after_a_failed_one() -> None:
    with made_to_last():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="fails"), made_to_last():
        raise ValueError("fails")
    assert gc.isenabled()
    gc.unfreeze()


def test_the_command_brings_nothing_that_only_other_commands_need() -> None:
    program = "import sys, edge.cli, edge.node.run; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    heavy = {"rich", "asyncio", "structlog", "av", "cryptography", "scipy", "edge.zones", "edge.doctor"}
    assert not heavy & set(run.stdout.split())


@pytest.mark.parametrize(
    ("program", "word"), [("edge", "doctor"), ("dashboard", "serve"), ("simulator", "render")]
)
def test_ctrl_c_while_modules_load_ends_a_program_without_a_word(program: str, word: str) -> None:
    command = [sys.executable, "-X", "importtime", "-c", f"from {program}.program import main; main()", word]
    run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert run.stderr is not None
    for line in run.stderr:
        if line.endswith(" typer\n"):
            run.send_signal(signal.SIGINT)
            break
    rest = [line for line in run.stderr if not line.startswith("import time:")]
    assert (rest, run.wait()) == ([], -signal.SIGINT)


def test_a_program_in_the_background_does_not_begin_to_heed_ctrl_c() -> None:
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); "
        "from edge.daemon.starting import ended_without_a_word as loading\n"
        "with loading(): assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_standard_stream_that_is_closed_takes_no_file() -> None:
    program = (
        "from edge.daemon.starting import hold_standard_streams as hold; hold(); import os, sys\n"
        "files = [sys.stdin.fileno(), sys.stdout.fileno(), os.memfd_create('x')]\n"
        "assert files == [0, 1, 3], files\n"
        "assert sys.stdin.readline() == ''"
    )
    command = f'"{sys.executable}" -c "$0" <&- >&-'
    subprocess.run(["/bin/sh", "-c", command, program], check=True)
