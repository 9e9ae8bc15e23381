"""What is made at the start: no search for garbage meanwhile, and every one after it."""

from __future__ import annotations

import gc
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
