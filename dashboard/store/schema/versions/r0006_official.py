"""Official figures beside ours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "official",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("port", sa.String(32), nullable=False),
        sa.Column("direction", sa.String(32), nullable=False),
        sa.Column("stream", sa.String(32), nullable=False),
        sa.Column("agency", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("wait_s", sa.Integer),
        sa.Column("lanes_open", sa.Integer),
        sa.Column("measured_at_s", sa.Double),
        sa.Column("seen_first_s", sa.Double, nullable=False),
        sa.Column("seen_last_s", sa.Double, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("official_stream", "official", ["port", "direction", "stream", "agency", "id"])
