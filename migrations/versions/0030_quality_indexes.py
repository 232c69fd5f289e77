"""Indexes from which the figures of alert quality are read without the rows that they stand for."""

from alembic import op

revision = "0030"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_alerts_opened_at", "alerts")
    op.create_index(
        "ix_alerts_opened_at",
        "alerts",
        ["clinic_id", "opened_at"],
        postgresql_include=["id", "kind", "severity"],
    )
    op.create_index(
        "ix_alert_events_deeds",
        "alert_events",
        ["clinic_id", "alert_id", "version"],
        postgresql_include=["id", "at", "kind", "by", "outcome", "useful", "undoes"],
        postgresql_where="kind in ('acknowledged', 'snoozed', 'resolved', 'undone')",
    )
    op.create_index(
        "ix_check_ins_day", "check_ins", ["clinic_id", "day"], postgresql_where="revises is null"
    )


def downgrade() -> None:
    op.drop_index("ix_check_ins_day", "check_ins")
    op.drop_index("ix_alert_events_deeds", "alert_events")
    op.drop_index("ix_alerts_opened_at", "alerts")
    op.create_index("ix_alerts_opened_at", "alerts", ["clinic_id", "opened_at"])
