"""The synthetic clinic by which an installation tries itself, and how each of its rounds ended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

APP = "glidepath_app"


def upgrade() -> None:
    op.add_column(
        "clinics",
        sa.Column("synthetic", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index(
        "uq_clinics_synthetic",
        "clinics",
        ["synthetic"],
        unique=True,
        postgresql_where=sa.text("synthetic"),
    )
    op.create_index("ix_check_ins_received_at", "check_ins", ["clinic_id", "received_at"])
    table = "watchdog_rounds"
    op.create_table(
        table,
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("began_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.CheckConstraint("failure ~ '^[a-z_]{1,40}$'", name=op.f(f"ck_{table}_failure")),
        sa.CheckConstraint("began_at <= ended_at", name=op.f(f"ck_{table}_in_order")),
    )
    op.create_index(f"ix_{table}_ended_at", table, ["ended_at"])
    # Of no clinic, and nothing of anybody: every clinic's admins may know whether alerts arrive.
    op.execute(f"grant select, insert, delete on {table} to {APP}")


def downgrade() -> None:
    op.drop_table("watchdog_rounds")
    op.drop_index("ix_check_ins_received_at", "check_ins")
    op.drop_index("uq_clinics_synthetic", "clinics")
    op.drop_column("clinics", "synthetic")
