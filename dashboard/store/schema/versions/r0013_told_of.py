"""Of which stream a webhook's receiver was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; of rows from before it is not known."""
    op.add_column("webhook_told", sa.Column("port", sa.String(32)))
    op.add_column("webhook_told", sa.Column("stream", sa.String(32)))
