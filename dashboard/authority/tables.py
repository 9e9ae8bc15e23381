"""Who is enrolled, and every certificate that was issued. No private key and no code stands in them."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, String, Table, Text

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
    Column("answer", Text),
)
"""A row per node that was ever invited: `mark` of its newest enrolment, `code_digest` of its newest code.

`answer` is the certificate (PEM) that was given for that code; while it is null the code is open. Both are
gone when `code_until_s` is over.
"""

NO_CODE = {"code_digest": None, "code_until_s": None, "answer": None}
"""The columns of a code, and their values where there is none."""

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
