"""What therapists find when they examine a patient."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "assessments",
        sa.Column("clinic_id", UUID(as_uuid=True), nullable=False),
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("episode_id", UUID(as_uuid=True), nullable=False),
        sa.Column("revises", UUID(as_uuid=True), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("left", JSONB(), nullable=False),
        sa.Column("right", JSONB(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("author_id", UUID(as_uuid=True), nullable=False),
        sa.Column("made_at", TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_assessments")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_assessments_clinic_id")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "episode_id"],
            ["episodes.clinic_id", "episodes.id"],
            name=op.f("fk_assessments_clinic_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "author_id"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f("fk_assessments_clinic_id_author_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "revises"],
            ["assessments.clinic_id", "assessments.id"],
            name=op.f("fk_assessments_clinic_id_revises"),
        ),
        sa.CheckConstraint("revises <> id", name=op.f("ck_assessments_revises_another")),
    )
    op.create_index("ix_assessments_episode_id", "assessments", ["clinic_id", "episode_id"])
    # Append-only, as the diary.
    op.execute(f"grant select, insert on assessments to {APP}")
    op.execute("alter table assessments enable row level security")
    op.execute("alter table assessments force row level security")
    op.execute(f"create policy tenant on assessments to {APP} using ({OWN}) with check ({OWN})")


def downgrade() -> None:
    op.drop_table("assessments")
