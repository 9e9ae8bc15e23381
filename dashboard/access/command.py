"""`lanewatch-port account` and `token`: what an operator does at the console, written into the trail."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable

from dashboard.access.accounts import AccountError, Accounts
from dashboard.access.audit import CONSOLE, NEW_PASSWORD, Audit, Entry
from dashboard.access.guard import ROLES, Role
from dashboard.store.store import Store


class Console:
    """The commands on one store, at `at_s` (UTC seconds). All raise: AccountError, StoreAwayError."""

    def __init__(self, store: Store, at_s: float) -> None:
        store.upgrade()
        self._accounts, self._audit, self._at_s = Accounts(store), Audit(store), at_s

    def add(self, name: str, role: str, password: Callable[[str], str]) -> None:
        """Make an account; `password` asks for one."""
        self._accounts.add(name, _role(role), password(name), self._at_s)
        self._note("account add", f"{name} {role}")

    def listed(self) -> list[str]:
        """A line for each account and token."""
        return [
            f"{account.name}  {account.role}  {'disabled' if account.disabled else account.kind}"
            for account in self._accounts.list()
        ]

    def disable(self, name: str) -> None:
        """Let a person in no more."""
        self._accounts.disable(name, self._at_s)
        self._note("account disable", name)

    def passwd(self, name: str, password: Callable[[str], str]) -> None:
        """Give a new password, which also ends a lockout."""
        self._accounts.passwd(name, password(name), self._at_s)
        self._note(NEW_PASSWORD, name)

    def add_token(self, name: str, role: str) -> str:
        """Make a token."""
        token = self._accounts.add_token(name, _role(role), self._at_s)
        self._note("token add", f"{name} {role}")
        return token

    def revoke_token(self, name: str) -> None:
        """Let a token in no more."""
        self._accounts.revoke_token(name)
        self._note("token revoke", name)

    def _note(self, what: str, detail: str) -> None:
        self._audit.note(Entry(self._at_s, getpass.getuser(), CONSOLE, what, detail))


def asked_password(name: str) -> str:
    """The password, typed twice without being shown, or the first line of standard input.

    Raises: AccountError, if the two differ.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(f"New password for {name}: ")
    if getpass.getpass("Once more: ") != password:
        raise AccountError(f"{name}: the two passwords differ; begin again")
    return password


def _role(role: str) -> Role:
    for known in ROLES:
        if known == role:
            return known
    raise AccountError(f"--role: {role} is no role; give {', '.join(ROLES)}")
