"""Reports as little as is searched, by day on PostgreSQL; ranges of those that retention took; marks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dashboard.store.days import DAY_S, add_day

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_COLUMNS = "ingest_id, received_at_s, port, node, boot, seq, payload"


def upgrade() -> None:
    """Make `held` and `marks`; make `reports` anew and move its rows over."""
    op.create_table(
        "held",
        sa.Column("port", sa.String(32), primary_key=True),
        sa.Column("node", sa.String(32), primary_key=True),
        sa.Column("boot", sa.String(64), primary_key=True),
        sa.Column("first_seq", sa.BigInteger, primary_key=True),
        sa.Column("last_seq", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        _to_days()
    else:
        _without_what_nobody_searches()
    op.drop_table("reports_before")


def _without_what_nobody_searches() -> None:
    op.rename_table("reports", "reports_before")
    op.drop_index("reports_received", "reports_before")
    op.create_table(
        "reports",
        sa.Column("ingest_id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("received_at_s", sa.Double, nullable=False),
        sa.Column("port", sa.String(32), nullable=False),
        sa.Column("node", sa.String(32), nullable=False),
        sa.Column("boot", sa.String(64), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("port", "node", "boot", "seq", name="reports_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("reports_received", "reports", ["received_at_s"])
    op.execute(f"INSERT INTO reports ({_COLUMNS}) SELECT {_COLUMNS} FROM reports_before ORDER BY ingest_id")


def _to_days() -> None:
    for statement in (
        "ALTER TABLE reports RENAME TO reports_before",
        "ALTER INDEX reports_received RENAME TO reports_before_received",
        "ALTER SEQUENCE reports_ingest_id_seq RENAME TO reports_before_seq",
        "CREATE SEQUENCE reports_ingest_id_seq",
        "SELECT setval('reports_ingest_id_seq', nextval('reports_before_seq'), false)",
        """CREATE TABLE reports (
            ingest_id bigint NOT NULL DEFAULT nextval('reports_ingest_id_seq'),
            received_at_s double precision NOT NULL,
            port varchar(32) NOT NULL,
            node varchar(32) NOT NULL,
            boot varchar(64) NOT NULL,
            seq bigint NOT NULL,
            payload bytea NOT NULL,
            PRIMARY KEY (ingest_id, received_at_s)
        ) PARTITION BY RANGE (received_at_s)""",
        "ALTER SEQUENCE reports_ingest_id_seq OWNED BY reports.ingest_id",
        "CREATE INDEX reports_received ON reports (received_at_s)",
    ):
        op.execute(statement)
    connection = op.get_bind()
    days = f"SELECT DISTINCT floor(received_at_s / {DAY_S}) FROM reports_before"
    for (day,) in connection.execute(sa.text(days)).all():
        add_day(connection, int(day))
    op.execute(f"INSERT INTO reports ({_COLUMNS}) SELECT {_COLUMNS} FROM reports_before ORDER BY ingest_id")
