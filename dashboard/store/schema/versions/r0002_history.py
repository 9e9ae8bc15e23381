"""Past minutes and hours of streams and lanes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the four tables."""
    _once_a_time(
        "stream_minutes",
        "stream",
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(200)),
        sa.Column("wait_s", sa.Double),
        sa.Column("low_s", sa.Double),
        sa.Column("high_s", sa.Double),
        sa.Column("basis", sa.String(64), nullable=False),
        sa.Column("actual_s", sa.Double),
        sa.Column("actual_n", sa.Integer),
        sa.Column("queue_vehicles", sa.Integer),
        sa.Column("queue_m", sa.Double),
        sa.Column("at_least", sa.Boolean),
        sa.Column("lanes_open", sa.SmallInteger),
    )
    _once_a_time(
        "stream_hours",
        "stream",
        sa.Column("minutes", sa.SmallInteger, nullable=False),
        sa.Column("measured", sa.SmallInteger, nullable=False),
        sa.Column("at_least", sa.SmallInteger, nullable=False),
        sa.Column("closed", sa.SmallInteger, nullable=False),
        sa.Column("wait_s", sa.Double),
        sa.Column("wait_min_s", sa.Double),
        sa.Column("wait_max_s", sa.Double),
        sa.Column("actual_s", sa.Double),
        sa.Column("actual_n", sa.Integer),
        sa.Column("queue_most", sa.Integer),
        sa.Column("lanes_open", sa.Double),
    )
    _once_a_time(
        "lane_minutes",
        "lane",
        sa.Column("end_s", sa.Double, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("serves", sa.String(200), nullable=False),
        sa.Column("arrivals", sa.Integer),
        sa.Column("departures", sa.Integer),
        sa.Column("in_view_mean", sa.Double),
        sa.Column("stopped_mean", sa.Double),
        sa.Column("length_m", sa.Double),
        sa.Column("full", sa.Boolean),
        sa.Column("booth_occ", sa.Double),
        sa.Column("missing", sa.Boolean, nullable=False),
    )
    _once_a_time(
        "lane_hours",
        "lane",
        sa.Column("minutes", sa.SmallInteger, nullable=False),
        sa.Column("seen", sa.SmallInteger, nullable=False),
        sa.Column("arrivals", sa.Integer),
        sa.Column("departures", sa.Integer),
        sa.Column("in_view_mean", sa.Double),
        sa.Column("stopped_mean", sa.Double),
        sa.Column("length_most_m", sa.Double),
        sa.Column("full_minutes", sa.SmallInteger),
        sa.Column("booth_occ", sa.Double),
    )


def _once_a_time(name: str, of: str, *figures: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("port", sa.String(32), primary_key=True),
        sa.Column("direction", sa.String(32), primary_key=True),
        sa.Column(of, sa.String(32), primary_key=True),
        sa.Column("start_s", sa.Double, primary_key=True),
        *figures,
        sqlite_with_rowid=False,
    )
