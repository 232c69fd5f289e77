"""Who had which alert on the screen, the clinic's sensitivity, and what another would have done."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"
LEVELS = "('calm', 'standard', 'early')"


def upgrade() -> None:
    op.create_index("ix_alerts_opened_at", "alerts", ["clinic_id", "opened_at"])
    op.create_table(
        "alert_views",
        sa.Column("clinic_id", UUID(as_uuid=True), nullable=False),
        sa.Column("alert_id", UUID(as_uuid=True), nullable=False),
        sa.Column("account_id", UUID(as_uuid=True), nullable=False),
        sa.Column("at", TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "alert_id", "account_id", name=op.f("pk_alert_views")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_alert_views_clinic_id")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "alert_id"],
            ["alerts.clinic_id", "alerts.id"],
            name=op.f("fk_alert_views_clinic_id_alert_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "account_id"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f("fk_alert_views_clinic_id_account_id"),
        ),
    )
    op.create_table(
        "sensitivity_changes",
        sa.Column("clinic_id", UUID(as_uuid=True), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("by", UUID(as_uuid=True), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "version", name=op.f("pk_sensitivity_changes")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_sensitivity_changes_clinic_id")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "by"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f("fk_sensitivity_changes_clinic_id_by"),
        ),
        sa.CheckConstraint(f"before in {LEVELS}", name=op.f("ck_sensitivity_changes_before")),
        sa.CheckConstraint(f"after in {LEVELS}", name=op.f("ck_sensitivity_changes_after")),
        sa.CheckConstraint("before <> after", name=op.f("ck_sensitivity_changes_is_a_change")),
    )
    op.create_table(
        "replays",
        sa.Column("clinic_id", UUID(as_uuid=True), nullable=False),
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("asked_by", UUID(as_uuid=True), nullable=False),
        sa.Column("asked_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("beat_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("finished_at", TIMESTAMP(timezone=True), nullable=True),
        sa.Column("result", JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", name=op.f("pk_replays")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_replays_clinic_id")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "asked_by"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f("fk_replays_clinic_id_asked_by"),
        ),
    )
    op.execute(f"grant select, insert on alert_views, sensitivity_changes to {APP}")
    op.execute(f"grant select, insert, update on replays to {APP}")
    for table in ("alert_views", "sensitivity_changes", "replays"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy tenant on {table} to {APP} using ({OWN}) with check ({OWN})")


def downgrade() -> None:
    for table in ("replays", "sensitivity_changes", "alert_views"):
        op.drop_table(table)
    op.drop_index("ix_alerts_opened_at", "alerts")
