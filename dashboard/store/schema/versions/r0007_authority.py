"""The books of the port's authority: nodes and their certificates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "nodes",
        sa.Column("node", sa.String(32), primary_key=True),
        sa.Column("port", sa.String(32), nullable=False),
        sa.Column("mark", sa.String(16)),
        sa.Column("code_digest", sa.String(64)),
        sa.Column("code_until_s", sa.Double),
        sa.Column("enrolled_at_s", sa.Double),
        sa.Column("revoked_at_s", sa.Double),
    )
    op.create_table(
        "certificates",
        sa.Column("serial", sa.String(40), primary_key=True),
        sa.Column("node", sa.String(32), nullable=False),
        sa.Column("issued_at_s", sa.Double, nullable=False),
        sa.Column("until_s", sa.Double, nullable=False),
        sa.Column("revoked_at_s", sa.Double),
    )
    op.create_index("certificates_node", "certificates", ["node"])
