"""Who is enrolled, and every certificate that was issued. No key and no code stands in them."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, String, Table

from dashboard.store.tables import METADATA

NODES = Table(
    "nodes",
    METADATA,
    Column("node", String(32), primary_key=True),
    Column("port", String(32), nullable=False),
    Column("mark", String(16)),
    Column("code_digest", String(64)),
    Column("code_until_s", Double),
    Column("enrolled_at_s", Double),
    Column("revoked_at_s", Double),
)
"""A row per node that was ever invited: `mark` of its newest enrolment, `code_digest` of an open code."""

CERTIFICATES = Table(
    "certificates",
    METADATA,
    Column("serial", String(40), primary_key=True),
    Column("node", String(32), nullable=False),
    Column("issued_at_s", Double, nullable=False),
    Column("until_s", Double, nullable=False),
    Column("revoked_at_s", Double),
    Index("certificates_node", "node"),
)
"""`serial` is hexadecimal."""
