"""How wrong a phone's clock was, and the day on which an entry counts."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("check_ins", "exercise_sessions")


def upgrade() -> None:
    for table in TABLES:
        # Until now nobody knew of a clock that it was wrong, so that each entry counts as written.
        op.add_column(
            table,
            sa.Column("clock_error", sa.Interval(), nullable=False, server_default=sa.text("'0'")),
        )
        op.alter_column(table, "clock_error", server_default=None)
        op.add_column(table, sa.Column("day", sa.Date(), nullable=True))
        op.execute(f"alter table {table} no force row level security")
        op.execute(f"update {table} set day = local_date")
        op.execute(f"alter table {table} force row level security")
        op.alter_column(table, "day", nullable=False)
        _index(table, "day", instead_of="local_date")


def downgrade() -> None:
    for table in TABLES:
        _index(table, "local_date", instead_of="day")
        op.drop_column(table, "day")
        op.drop_column(table, "clock_error")


def _index(table: str, column: str, *, instead_of: str) -> None:
    op.drop_index(op.f(f"ix_{table}_clinic_id_episode_id_{instead_of}"), table)
    op.create_index(
        op.f(f"ix_{table}_clinic_id_episode_id_{column}"),
        table,
        ["clinic_id", "episode_id", column],
    )
