"""`lanewatch-sim`: recordings of a port whose truth is known."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from typer.exceptions import Abort, TyperException

from simulator.cameras import TAIL_MOUNT_M
from simulator.conditions import SAYS, ConditionError, parsed
from simulator.render import Order, render

app = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None, no_args_is_help=True
)


@app.callback()
def _sim() -> None:
    """Render recordings of a port whose truth is known."""


@app.command(
    "render", epilog="Example: lanewatch-sim render --seed 7 --conditions night,rain --out recording/"
)
def render_command(
    out: Annotated[
        Path, typer.Option(file_okay=False, help="Folder for port.yaml, nodes/, the films and truth.json.")
    ],
    seed: Annotated[int, typer.Option(min=0, help="Traffic and service follow from it.")],
    minutes: Annotated[
        float, typer.Option(min=0.5, max=600, help="Length; lanes begin and end empty.")
    ] = 3.5,
    mount_m: Annotated[float, typer.Option(min=6, max=40, help="Height of the tail camera.")] = TAIL_MOUNT_M,
    fps: Annotated[int, typer.Option(min=1, max=60, help="Pictures per second.")] = 10,
    labels: Annotated[bool, typer.Option("--labels", help="Also labelled pictures for training.")] = False,
    vary: Annotated[
        bool, typer.Option("--vary", help="With --labels: other cameras, light, ground.")
    ] = False,
    conditions: Annotated[
        str, typer.Option(metavar="A,B", help=f"Comma-joined, out of {', '.join(SAYS)}.")
    ] = "day",
    facing: Annotated[
        Literal["away", "toward"], typer.Option(help="What the tail camera sees of the traffic.")
    ] = "away",
    traffic: Annotated[
        Literal["mixed", "trucks"], typer.Option(help="trucks: queues of six articulated ones and more.")
    ] = "mixed",
    signs: Annotated[bool, typer.Option("--signs", help="Lane signs over the booths, which change.")] = False,
    approach: Annotated[
        bool, typer.Option("--approach", help="A shared lane upstream, with a third camera and node.")
    ] = False,
    spill: Annotated[bool, typer.Option("--spill", help="The queue grows past the tail line.")] = False,
) -> None:
    """Render a recording: two films, their configuration and the truth."""
    if vary and not labels:
        raise typer.BadParameter("is for training pictures; give --labels too", param_hint="--vary")
    _make(out)
    names = _names(conditions, labels)
    if signs and facing == "toward":
        raise typer.BadParameter(
            "face upstream; a camera that does so too never sees them", param_hint="--signs"
        )
    order = Order(
        seed,
        round(minutes * 60),
        fps,
        mount_m,
        spill,
        labels,
        vary,
        names,
        facing=facing,
        trucks=traffic == "trucks",
        signs=signs,
        approach=approach,
    )
    _render(order, out)
    typer.echo(f"{out}: {order.length_s} s, seed {seed}")


def _make(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise typer.BadParameter(
            f"{out} cannot be made ({error.strerror}); give another folder", param_hint="--out"
        ) from None


def _names(conditions: str, labels: bool) -> tuple[str, ...]:
    try:
        names = parsed(conditions)
    except ConditionError as error:
        raise typer.BadParameter(str(error), param_hint="--conditions") from None
    if labels and "shake" in names:
        raise typer.BadParameter("labels do not follow a pole that sways", param_hint="--conditions")
    return names


def _render(order: Order, out: Path) -> None:
    """With a bar for each film."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        films = ("tail", "booth", *(["approach"] if order.approach else []))
        tasks = {name: bars.add_task(name, total=None) for name in films}
        try:
            render(
                order, out, lambda name, done, total: bars.update(tasks[name], completed=done, total=total)
            )
        except OSError as error:
            said = f"{error.filename or out} cannot be written ({error.strerror or error})"
            raise typer.BadParameter(f"{said}; free it, or give another folder", param_hint="--out") from None


def main() -> None:
    """Run the command; what the user gave wrongly ends in one line on standard error and exit code 2."""
    try:
        code = app(standalone_mode=False)
    except TyperException as error:
        typer.echo(error.format_message(), err=True)
        code = error.exit_code
    except (KeyboardInterrupt, Abort):
        code = 130
    sys.exit(code)
