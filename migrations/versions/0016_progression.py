"""When a plan goes on: its criteria, and what they proposed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"
TABLE = "plan_proposals"


def upgrade() -> None:
    op.add_column(
        "plan_versions", sa.Column("criteria", JSONB(), nullable=False, server_default="[]")
    )
    op.create_table(
        TABLE,
        sa.Column("clinic_id", UUID(as_uuid=True), nullable=False),
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("patient_id", UUID(as_uuid=True), nullable=False),
        sa.Column("episode_id", UUID(as_uuid=True), nullable=False),
        sa.Column("plan_version_id", UUID(as_uuid=True), nullable=False),
        sa.Column("criterion", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("basis", JSONB(), nullable=False),
        sa.Column("opened_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("closed_at", TIMESTAMP(timezone=True), nullable=True),
        sa.Column("closed_by", UUID(as_uuid=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("approved_plan_id", UUID(as_uuid=True), nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_plan_proposals")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_plan_proposals_clinic_id")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id", "plan_version_id"],
            ["plan_versions.clinic_id", "plan_versions.patient_id", "plan_versions.id"],
            name=op.f("fk_plan_proposals_clinic_id_patient_id_plan_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id", "episode_id"],
            ["episodes.clinic_id", "episodes.patient_id", "episodes.id"],
            name=op.f("fk_plan_proposals_clinic_id_patient_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "approved_plan_id"],
            ["plan_versions.clinic_id", "plan_versions.id"],
            name=op.f("fk_plan_proposals_clinic_id_approved_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "closed_by"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f("fk_plan_proposals_clinic_id_closed_by"),
        ),
        sa.CheckConstraint(
            "state in ('open', 'approved', 'dismissed', 'withdrawn')",
            name=op.f("ck_plan_proposals_state"),
        ),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at is null)", name=op.f("ck_plan_proposals_closed")
        ),
    )
    op.create_index(
        "uq_plan_proposals_open",
        TABLE,
        ["clinic_id", "plan_version_id", "criterion"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_plan_proposals_episode_id", TABLE, ["clinic_id", "episode_id"])
    # What it rests on stays as it was; only the decision is added.
    decided = "state, closed_at, closed_by, reason, approved_plan_id"
    op.execute(f"grant select, insert, update ({decided}) on {TABLE} to {APP}")
    op.execute(f"alter table {TABLE} enable row level security")
    op.execute(f"alter table {TABLE} force row level security")
    op.execute(f"create policy tenant on {TABLE} to {APP} using ({OWN}) with check ({OWN})")
    op.execute(
        f"create trigger tell_of_patient after insert or update on {TABLE} "
        "for each row execute function tell_of_patient()"
    )


def downgrade() -> None:
    op.drop_table(TABLE)
    op.drop_column("plan_versions", "criteria")
