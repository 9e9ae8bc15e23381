"""Orders of the manager: staffing, hold, withdraw, notice, and their releases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "orders",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("at_s", sa.Double, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("port", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("from_s", sa.Double, nullable=False),
        sa.Column("until_s", sa.Double, nullable=False),
        sa.Column("what", sa.LargeBinary, nullable=False),
        sa.Column("note", sa.String(300)),
        sqlite_autoincrement=True,
    )
    op.create_index("orders_until", "orders", ["until_s"])
    op.create_index("orders_port", "orders", ["port", "id"])
