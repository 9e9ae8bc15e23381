"""The commands `lanewatch-port account ...` and `token ...`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.faults import mendable

if TYPE_CHECKING:
    from dashboard.access.command import Console

ConfigFile = Annotated[Path, typer.Option("--config", help="port.yaml", metavar="FILE")]
Name = Annotated[str, typer.Argument(help="a-z, 0-9, dot, hyphen, underscore, @", metavar="NAME")]
RoleOption = Annotated[str, typer.Option("--role", help="viewer, manager or admin")]

account = typer.Typer(help="People who may sign in: add, list, disable, passwd.", no_args_is_help=True)
token = typer.Typer(help="Tokens for scripts (Authorization: Bearer ...): add, revoke.", no_args_is_help=True)


@account.command("add", epilog="Example: lanewatch-port account add ann --role manager --config port.yaml")
def account_add(name: Name, role: RoleOption, config: ConfigFile) -> None:
    """Make an account (the first has to be an admin); the password is asked for, or read from stdin."""
    from dashboard.access.command import asked_password  # noqa: PLC0415 - the help must not wait for the store

    with _console(config) as console:
        console.add(name, role, asked_password)


@account.command("list", epilog="Example: lanewatch-port account list --config port.yaml")
def account_list(config: ConfigFile) -> None:
    """Show accounts and tokens: name, role, state."""
    with _console(config) as console:
        for line in console.listed():
            typer.echo(line)


@account.command("disable", epilog="Example: lanewatch-port account disable ann --config port.yaml")
def account_disable(name: Name, config: ConfigFile) -> None:
    """Let a person in no more, and end their sessions now."""
    with _console(config) as console:
        console.disable(name)


@account.command("passwd", epilog="Example: lanewatch-port account passwd ann --config port.yaml")
def account_passwd(name: Name, config: ConfigFile) -> None:
    """Give a new password: ends the sessions, a lockout, and `disable`."""
    from dashboard.access.command import asked_password  # noqa: PLC0415

    with _console(config) as console:
        console.passwd(name, asked_password)


@token.command("add", epilog="Example: lanewatch-port token add export --role viewer --config port.yaml")
def token_add(name: Name, role: RoleOption, config: ConfigFile) -> None:
    """Make a token and print it, this once."""
    with _console(config) as console:
        typer.echo(console.add_token(name, role))


@token.command("revoke", epilog="Example: lanewatch-port token revoke export --config port.yaml")
def token_revoke(name: Name, config: ConfigFile) -> None:
    """Let a token in no more."""
    with _console(config) as console:
        console.revoke_token(name)


@contextmanager
def _console(config: Path) -> Iterator[Console]:
    from dashboard.access.accounts import AccountError  # noqa: PLC0415 - the help must not wait for these
    from dashboard.access.command import Console  # noqa: PLC0415
    from dashboard.config import load_central  # noqa: PLC0415
    from dashboard.store.store import Store, StoreAwayError, StoreUrlError  # noqa: PLC0415

    with mendable(AccountError, StoreAwayError, StoreUrlError):
        store = Store(load_central(config).store.url)
        try:
            yield Console(store, time.time())  # noqa: TID251 - a command has the clock of its machine
        finally:
            store.close()
