"""Files that a script writes at its end: refused before its work begins if they cannot be written."""

from __future__ import annotations

import argparse
from pathlib import Path

from dashboard.faults import FaultError, check_writable


def output(text: str) -> Path:
    """The type of an argument. Raises: argparse.ArgumentTypeError, with the fix."""
    try:
        check_writable(Path(text))
    except FaultError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return Path(text)
