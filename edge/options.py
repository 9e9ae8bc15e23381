"""Options that several commands of `lanewatch-edge` share, and the document that they write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from edge.daemon.outputs import is_same, why_unwritable

Config = Annotated[Path, typer.Option("--config", help="node.yaml: cameras, lanes, lines and areas.")]
Model = Annotated[str | None, typer.Option("--model", help="A pack's name, or an ONNX file.")]
Json = Annotated[Path | None, typer.Option("--json", help="File to write; without it, standard output.")]


class OptionError(ValueError):
    """Options that do not go together, or a path that cannot be written: one line with the fix."""


def check_writable(file: Path | None, *others: str | Path | None) -> None:
    """Before any work is done for it; `others` are read for that work, or written as well.

    Raises: OptionError, naming the fix.
    """
    if file is None:
        return
    why = why_unwritable(file)
    if why is not None:
        raise OptionError(why)
    if any(is_same(file, Path(other)) for other in others if other is not None):
        raise OptionError(
            f"{file}: is another file of this command, which it would destroy; give another path"
        )


def write(file: Path | None, document: Any) -> None:
    """The document as JSON, to the file or standard output. Raises: OptionError, naming the fix."""
    text = json.dumps(document)
    try:
        if file is None:
            typer.echo(text)
        else:
            file.write_text(text + "\n", encoding="utf-8")
    except BrokenPipeError:
        raise
    except OSError as error:
        where = file or "standard output"
        raise OptionError(
            f"{where}: cannot be written ({error.strerror}); give another path by --json"
        ) from None


def warn(text: str) -> None:
    """A line on standard error."""
    typer.echo(" ".join(text.split()), err=True)
