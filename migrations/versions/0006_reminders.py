"""When a patient wants to be reminded of the diary."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "patient_reminders",
        sa.Column("clinic_id", UUID(as_uuid=True), nullable=False),
        sa.Column("patient_id", UUID(as_uuid=True), nullable=False),
        sa.Column("at", sa.Time(), nullable=True),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("changed_at", TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "patient_id", name=op.f("pk_patient_reminders")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_patient_reminders_clinic_id")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patients.clinic_id", "patients.id"],
            name=op.f("fk_patient_reminders_clinic_id_patient_id"),
        ),
        sa.CheckConstraint(
            "(quiet_from is null) = (quiet_until is null)",
            name=op.f("ck_patient_reminders_quiet_pair"),
        ),
        sa.CheckConstraint(
            "quiet_from <> quiet_until", name=op.f("ck_patient_reminders_quiet_lasts")
        ),
    )
    op.execute(f"grant select, insert, update on patient_reminders to {APP}")
    op.execute("alter table patient_reminders enable row level security")
    op.execute("alter table patient_reminders force row level security")
    op.execute(
        f"create policy tenant on patient_reminders to {APP} using ({OWN}) with check ({OWN})"
    )


def downgrade() -> None:
    op.drop_table("patient_reminders")
