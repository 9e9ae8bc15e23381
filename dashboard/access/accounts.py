"""Accounts of people and tokens of scripts. Passwords are kept as Argon2id, tokens as digests."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dashboard.access.guard import Person, Role
from dashboard.access.tables import ACCOUNTS, SESSIONS, TOKENS
from dashboard.store.store import Store

SHORTEST, LONGEST = 12, 256
"""Characters of a password."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_HASHER = PasswordHasher()
_NOBODYS = _HASHER.hash(secrets.token_hex())
"""An unknown name takes as long as a known one."""


class AccountError(Exception):
    """The account cannot be made or changed: one line with the fix."""


@dataclass(frozen=True, slots=True)
class Account:
    """One row of the list."""

    name: str
    role: Role
    disabled: bool
    kind: str = "person"


class Accounts:
    """The accounts in the store. Every method raises: StoreAwayError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def any(self, role: Role | None = None) -> bool:
        """Whether there is an account (enabled and of `role`, if a role is asked for)."""
        enabled = sa.true() if role is None else sa.and_(ACCOUNTS.c.role == role, ~ACCOUNTS.c.disabled)
        with self._store.begin() as connection:
            if not sa.inspect(connection).has_table(ACCOUNTS.name):
                return False
            return connection.execute(sa.select(ACCOUNTS.c.name).where(enabled).limit(1)).first() is not None

    def list(self) -> list[Account]:
        """People, then tokens of scripts, by name."""
        people = sa.select(ACCOUNTS.c.name, ACCOUNTS.c.role, ACCOUNTS.c.disabled).order_by(ACCOUNTS.c.name)
        scripts = sa.select(TOKENS.c.name, TOKENS.c.role).order_by(TOKENS.c.name)
        with self._store.begin() as connection:
            found = [Account(*row) for row in connection.execute(people)]
            return found + [Account(name, role, False, "token") for name, role in connection.execute(scripts)]

    def add(self, name: str, role: Role, password: str, at_s: float) -> None:
        """Make an account. Raises: AccountError."""
        _check_name(name)
        _check_password(name, password)
        row = {
            "name": name,
            "role": role,
            "password_hash": _HASHER.hash(password),
            "disabled": False,
            "changed_at_s": at_s,
        }
        with self._store.begin(write=True) as connection:
            names = connection.execute(sa.select(ACCOUNTS.c.name)).scalars().all()
            if name in names:
                raise AccountError(f"{name}: has an account; use `account passwd`, or choose another name")
            if not names and role != "admin":
                raise AccountError(f"{name}: the first account has to be an admin; add it with --role admin")
            connection.execute(sa.insert(ACCOUNTS), row)

    def disable(self, name: str, at_s: float) -> None:
        """Let a person in no more, and end their sessions. Raises: AccountError."""
        admins = sa.select(ACCOUNTS.c.name).where(ACCOUNTS.c.role == "admin", ~ACCOUNTS.c.disabled)
        with self._store.begin(write=True) as connection:
            if connection.execute(admins).scalars().all() == [name]:
                raise AccountError(f"{name}: is the last admin; add another admin first")
            self._change(connection, name, disabled=True, changed_at_s=at_s)

    def passwd(self, name: str, password: str, at_s: float) -> None:
        """Give a new password, let the person in again, and end older sessions. Raises: AccountError."""
        _check_password(name, password)
        with self._store.begin() as connection:
            changed = {"password_hash": _HASHER.hash(password), "disabled": False, "changed_at_s": at_s}
            self._change(connection, name, **changed)

    def knows(self, name: str) -> bool:
        """Whether that is the name of an account."""
        with self._store.begin() as connection:
            return (
                connection.execute(sa.select(ACCOUNTS.c.name).where(ACCOUNTS.c.name == name)).first()
                is not None
            )

    def person(self, name: str, password: str) -> Person | None:
        """The person, if name and password are right; it takes as long when they are not."""
        query = sa.select(ACCOUNTS.c.role, ACCOUNTS.c.password_hash, ACCOUNTS.c.disabled)
        with self._store.begin() as connection:
            row = connection.execute(query.where(ACCOUNTS.c.name == name)).first()
        known = row.password_hash if row else _NOBODYS
        right = _is_right(known, password)
        return Person(name, row.role) if row and right and not row.disabled else None

    def add_token(self, name: str, role: Role, at_s: float) -> str:
        """Make a token for a script; it is shown this once. Raises: AccountError."""
        _check_name(name)
        token = f"lw_{secrets.token_urlsafe(32)}"
        row = {"name": name, "role": role, "digest": digest_of(token), "made_at_s": at_s}
        with self._store.begin(write=True) as connection:
            if connection.execute(sa.select(TOKENS.c.name).where(TOKENS.c.name == name)).first():
                raise AccountError(f"{name}: is a token; revoke it first, or choose another name")
            connection.execute(sa.insert(TOKENS), row)
        return token

    def revoke_token(self, name: str) -> None:
        """Let a token in no more. Raises: AccountError."""
        with self._store.begin() as connection:
            if not connection.execute(sa.delete(TOKENS).where(TOKENS.c.name == name)).rowcount:
                raise AccountError(f"{name}: is no token; see `account list`")

    def script(self, token: str) -> Person | None:
        """Whose token this is; the name says that it is a script."""
        query = sa.select(TOKENS.c.name, TOKENS.c.role).where(TOKENS.c.digest == digest_of(token))
        with self._store.begin() as connection:
            row = connection.execute(query).first()
        return Person(f"token:{row.name}", row.role) if row else None

    def _change(self, connection: sa.Connection, name: str, **values: object) -> None:
        if not connection.execute(
            sa.update(ACCOUNTS).where(ACCOUNTS.c.name == name).values(**values)
        ).rowcount:
            raise AccountError(f"{name}: has no account; see `account list`")
        connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.name == name))


def digest_of(secret: str) -> str:
    """What is kept of a random secret of 256 bits: nothing slow is needed for these."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _is_right(known: str, password: str) -> bool:
    try:
        return _HASHER.verify(known, password)
    except (InvalidHashError, VerificationError):
        return False


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise AccountError(
            f"{name!r}: is no name; use a-z, 0-9, dot, hyphen, underscore and @, at most 64 characters"
        )


def _check_password(name: str, password: str) -> None:
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccountError(
            f"{name}: the password has {len(password)} characters; give {SHORTEST} to {LONGEST}"
        )
    if name in password.lower() or len(set(password)) < 5:
        raise AccountError(f"{name}: the password is too easy; leave the name out and use more letters")
