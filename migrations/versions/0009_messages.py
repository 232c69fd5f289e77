"""What therapists write to patients."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("clinic_id", UUID(as_uuid=True), nullable=False),
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("patient_id", UUID(as_uuid=True), nullable=False),
        sa.Column("author_id", UUID(as_uuid=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("read_at", TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_messages")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_messages_clinic_id")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patients.clinic_id", "patients.id"],
            name=op.f("fk_messages_clinic_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "author_id"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f("fk_messages_clinic_id_author_id"),
        ),
        sa.CheckConstraint("read_at >= sent_at", name=op.f("ck_messages_read_after_sent")),
    )
    op.create_index("ix_messages_patient_id", "messages", ["clinic_id", "patient_id", "sent_at"])
    # What was written cannot be changed; that it was read is all that is added.
    op.execute(f"grant select, insert, update (read_at) on messages to {APP}")
    op.execute("alter table messages enable row level security")
    op.execute("alter table messages force row level security")
    op.execute(f"create policy tenant on messages to {APP} using ({OWN}) with check ({OWN})")


def downgrade() -> None:
    op.drop_table("messages")
