"""The command `lanewatch-port webhook test`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from dashboard.faults import mendable

webhook = typer.Typer(help="Receivers of port.yaml: test.", no_args_is_help=True)


@webhook.callback()
def _group() -> None:
    """Keeps `test` a command of its own."""


@webhook.command("test", epilog="Example: lanewatch-port webhook test dispatch --config port.yaml")
def webhook_test(
    webhook_id: Annotated[str, typer.Argument(help="its `id` in port.yaml", metavar="ID")],
    config: Annotated[Path, typer.Option("--config", help="port.yaml", metavar="FILE")],
) -> None:
    """Send one signed message of type `test`, now, and say how it was answered."""
    from dashboard.config import load_central  # noqa: PLC0415 - the help must not wait for these
    from dashboard.webhooks.trial import TrialError, trial  # noqa: PLC0415

    with mendable(TrialError):
        now_s = time.time()  # noqa: TID251 - a command has the clock of its machine
        typer.echo(trial(load_central(config), webhook_id, now_s))
