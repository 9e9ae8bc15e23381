"""The tables of accounts, their sessions, tokens for scripts, and the audit trail; they hold no secret."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, String, Table

from dashboard.store.tables import METADATA, ROW_ID

ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("role", String(8), nullable=False),
    Column("password_hash", String(256), nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("changed_at_s", Double, nullable=False),
)
"""People. `password_hash` is Argon2id."""

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("opened_at_s", Double, nullable=False),
    Column("seen_at_s", Double, nullable=False),
    Index("sessions_name", "name"),
)
"""Signed-in browsers; `digest` is the SHA-256 of what the cookie holds."""

TOKENS = Table(
    "tokens",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("role", String(8), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("made_at_s", Double, nullable=False),
)
"""Scripts; `digest` is the SHA-256 of the token."""

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("at_s", Double, nullable=False),
    Column("who", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("what", String(64), nullable=False),
    Column("detail", String(300), nullable=False),
    Column("outcome", String(16), nullable=False),
    Index("audit_who", "what", "who", "at_s"),
    Index("audit_address", "what", "address", "at_s"),
    sqlite_autoincrement=True,
)
"""Who did what, when, from where, and whether it was done. The database refuses to change or delete a row."""
