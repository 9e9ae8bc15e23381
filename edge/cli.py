"""The command `lanewatch-edge`. Faults of what the user gave end in one line and exit code 2."""

from __future__ import annotations

import sys
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

from edge.camera.source import SourceError
from edge.config import load_node
from edge.daemon.starting import made_to_last
from edge.detection.cli import models
from edge.detection.command import DEFAULT_MODEL, PictureError, detect
from edge.detection.layouts import ModelError
from edge.enrolment.identity import EnrolError
from edge.options import Config, Json, Model, OptionError, check_writable, warn, write
from edge.plates.command import find_plates
from edge.plates.finder import DEFAULT_MODEL as DEFAULT_FINDER
from edge.recording.cli import count
from edge.recording.command import CameraError, Stopped
from edge.recording.recorded_boxes import BoxesError
from edge.yamlfile import ConfigError

USER_ERRORS = (
    BoxesError,
    CameraError,
    ConfigError,
    EnrolError,
    ModelError,
    OptionError,
    PictureError,
    SourceError,
)

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, no_args_is_help=True,
    help="Measures the lanes of a border crossing beside the cameras: counts, queues, reports.",
)  # fmt: skip
app.add_typer(models, name="model")

app.command("count")(count)


@app.command("detect", epilog="Example: lanewatch-edge detect stills/ --min-score 0.2 --json boxes.json")
def detect_command(
    paths: Annotated[list[str], typer.Argument(help="Pictures, or folders of pictures.")],
    model: Model = None,
    min_score: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="Every box at least so sure.")
    ] = None,
    json_file: Json = None,
) -> None:
    """Find vehicles on pictures."""
    check_writable(json_file, *paths)
    write(json_file, detect(paths, model or DEFAULT_MODEL, min_score))


@app.command("plates", epilog="Example: lanewatch-edge plates stills/ --min-score 0.3 --json plates.json")
def plates_command(
    paths: Annotated[list[str], typer.Argument(help="Pictures, or folders of pictures.")],
    model: Model = None,
    min_score: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="Every box at least so sure.")
    ] = None,
    text: Annotated[bool, typer.Option("--text", help="Also what stands on them: personal data.")] = False,
    json_file: Json = None,
) -> None:
    """Find number plates on pictures; for setting up a camera, never part of `run`.

    Texts come only with --text, which needs the extra `plates`. They are personal data of whoever drove by:
    delete the file when the camera stands right.
    """
    check_writable(json_file, *paths)
    write(json_file, find_plates(paths, model or DEFAULT_FINDER, min_score, text))


@app.command("run", epilog="Example: lanewatch-edge run --config node.yaml")
def run_command(config: Config) -> int:
    """Measure the cameras of node.yaml and report, until SIGTERM, Ctrl-C or the end of the terminal.

    Rows lie in the outbox on disk until central has stored them; a camera or broker that is away
    stops nothing.
    """
    with made_to_last():
        from edge.node.run import run_node  # noqa: PLC0415  MQTT and store weigh 12 MB that only this needs

        node = load_node(config)
    for number, camera in enumerate(node.cameras):
        if camera.source is None:
            raise OptionError(f"{config} cameras[{number}].source: is missing; say where {camera.id} looks")
    return run_node(node)


@app.command("enrol", epilog="Example: lanewatch-edge enrol --config node.yaml")
def enrol_command(
    config: Config,
    code: Annotated[
        str | None, typer.Argument(help="From `lanewatch-port enrol`; without it, it is asked for.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="The authority's address, if not the code's.")] = None,
) -> None:
    """Get this node's certificate with a code; the key is made here and stays here.

    Without CODE it is read from standard input, so that it shows in no list of processes.
    If it breaks off, give the same code again.
    """
    from edge.enrolment.enrol import enrol  # noqa: PLC0415  cryptography weighs 15 MB, which no other command needs

    node = load_node(config)
    given = code if code not in (None, "-") else _asked("Code")
    grant = enrol(given, node, url)
    typer.echo(f"{node.node} is enrolled; start it with lanewatch-edge run --config {config}")
    if not grant.rights_read:
        typer.echo(
            f"The port's broker was not reloaded and does not know {node.node} yet: tell those who run "
            "central (the authority's log says why). Till then reports are kept here.",
            err=True,
        )


@app.command("doctor", epilog="Example: lanewatch-edge doctor --config node.yaml --json doctor.json")
def doctor_command(
    config: Config,
    json_file: Annotated[Path | None, typer.Option("--json", help="File to write the findings to.")] = None,
) -> int:
    """Check clock, model, cameras, lanes, disk, broker and rights: a line each; exit code 1 if one fails.

    It watches each camera for a few seconds, and sends central one event, unless the node is running.
    """
    from edge.doctor.command import document, examine  # noqa: PLC0415  MQTT and cryptography, as in `run`

    check_writable(json_file, config)
    node = load_node(config)
    findings = []
    for finding in examine(node):
        typer.echo(finding.line)
        findings.append(finding)
    said = document(node, findings)
    if json_file is not None:
        write(json_file, said)
    return 0 if said["ok"] else 1


@app.command("zones")
def zones_command(
    config: Config,
    source: Annotated[
        str | None, typer.Argument(help="A stream, a video or a folder; the camera's own, if left out.")
    ] = None,
    camera: Annotated[str | None, typer.Option(help="Which camera; needed with a SOURCE if several.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = 0,
) -> None:
    """Draw lines, areas and ground points of a camera on its picture, in a page on this machine.

    The address that it prints holds a secret: only who sees it can open the page. Saving shows what changes,
    keeps comments and order of node.yaml, and lays the former file beside it.

    Examples:

      lanewatch-edge zones --config node.yaml

      lanewatch-edge zones rtsp://10.0.0.9/stream --config node.yaml --camera c1 --port 8100
    """
    from edge.zones.command import PortError, serve_zones  # noqa: PLC0415  an HTTP server, for this alone

    try:
        serve_zones(config, source, camera, port)
    except PortError as error:
        raise OptionError(str(error)) from None


def main() -> None:
    """Run the command; what the user gave wrongly ends in one line on standard error and exit code 2."""
    try:
        code = app(standalone_mode=False)
    except USER_ERRORS as error:
        warn(str(error))
        code = 2
    except TyperException as error:
        typer.echo(error.format_message(), err=True)
        code = error.exit_code
    except Stopped as stopped:
        warn(str(stopped))
        code = 130
    except (KeyboardInterrupt, Abort):
        code = 130
    sys.exit(code)


def _asked(what: str) -> str:
    """A word that is not shown while it is typed, or the first line of standard input."""
    return getpass(f"{what}: ") if sys.stdin.isatty() else sys.stdin.readline()
