"""The commands `lanewatch-port enrol`, `revoke`, `nodes`, `rights` and `authority`."""

from __future__ import annotations

import getpass
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.faults import FaultError, mendable

if TYPE_CHECKING:
    from dashboard.authority.desk import Desk

ConfigFile = Annotated[Path, typer.Option("--config", help="port.yaml", metavar="FILE")]
Node = Annotated[str, typer.Argument(help="the node's id, as in port.yaml", metavar="NODE")]

app = typer.Typer()


@app.command(epilog="Example: lanewatch-port enrol n07 --config port.yaml")
def enrol(
    node: Node,
    config: ConfigFile,
    port: Annotated[str | None, typer.Option(help="its port, if port.yaml names it at none")] = None,
) -> None:
    """Make a code for a node, good for an hour and one key; type it at the node into lanewatch-edge enrol."""
    with _desk(config) as desk:
        typer.echo(desk.invite(node, port, getpass.getuser()).text())


@app.command(epilog="Example: lanewatch-port revoke n07 --config port.yaml")
def revoke(node: Node, config: ConfigFile) -> None:
    """Let a node in no more: its certificates are revoked, the broker told, its session ended."""
    from dashboard.authority.kick import kick  # noqa: PLC0415 - the help must not wait for MQTT

    with _desk(config) as desk:
        revoked = desk.revoke(node, getpass.getuser())
        typer.echo(f"{node}: revoked ({revoked.certificates} certificates), files in {desk.broker_folder}")
        if not desk.config.authority.reload:
            typer.echo(
                "authority.reload is not set: reload the broker now, unless it is lanewatch-port broker"
            )
        typer.echo(kick(desk, node))
        if revoked.unread is not None:
            raise FaultError(
                f"authority.reload: {revoked.unread}; reload the broker: till then {node} gets in"
            )


@app.command(epilog="Example: lanewatch-port nodes --config port.yaml")
def nodes(config: ConfigFile) -> None:
    """Show every node that was ever invited: port, state, days left."""
    with _desk(config) as desk:
        for line in desk.listed():
            typer.echo(line)


@app.command(epilog="Example: lanewatch-port rights --broker mosquitto --config port.yaml")
def rights(
    config: ConfigFile,
    broker: Annotated[str, typer.Option(help="mosquitto or nats")],
    host: Annotated[str, typer.Option(help="address that it listens on")] = "0.0.0.0",  # nosec B104
    port: Annotated[int, typer.Option(min=1, max=65535, help="its MQTT port")] = 8883,
) -> None:
    """Write a whole configuration for your own broker, with certificates, rights and revocations.

    enrol, revoke and authority keep rights and revocations in step from then on.
    """
    with _desk(config) as desk:
        typer.echo(desk.write_broker_config(broker, host, port))


@app.command(epilog="Example: lanewatch-port authority --config port.yaml")
def authority(config: ConfigFile) -> None:
    """Answer nodes that enrol or renew, until SIGTERM or Ctrl-C."""
    from dashboard.authority.server import run_authority  # noqa: PLC0415

    with _desk(config) as desk:
        raise typer.Exit(run_authority(desk))


def broker_files(config: Path) -> Path:
    """The folder of certificates and rights, brought up to date if the database is there. Raises: OSError."""
    from dashboard.authority.desk import broker_folder  # noqa: PLC0415
    from dashboard.config import load_central  # noqa: PLC0415

    folder = broker_folder(load_central(config))
    try:
        with _desk(config) as desk:
            return desk.write_broker_files()
    except FaultError:
        if not (folder / "nats-rights.conf").exists():
            raise
        return folder  # as they were written last


@contextmanager
def _desk(config: Path) -> Iterator[Desk]:
    from dashboard.authority.authority import AuthorityError  # noqa: PLC0415 - the help must not wait for these
    from dashboard.authority.desk import Desk  # noqa: PLC0415
    from dashboard.config import load_central  # noqa: PLC0415
    from dashboard.logs import configure_logs  # noqa: PLC0415
    from dashboard.store.store import Store, StoreAwayError, StoreUrlError  # noqa: PLC0415

    configure_logs()
    with mendable(AuthorityError, StoreAwayError, StoreUrlError):
        loaded = load_central(config)
        store = Store(loaded.store.url)
        try:
            store.upgrade()
            yield Desk(loaded, store, time.time)  # noqa: TID251 - a command has the clock of its machine
        finally:
            store.close()
