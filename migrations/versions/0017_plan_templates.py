"""Plans to begin from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"
TABLE = "plan_templates"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("clinic_id", UUID(as_uuid=True), nullable=False),
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("items", JSONB(), nullable=False),
        sa.Column("criteria", JSONB(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("author_id", UUID(as_uuid=True), nullable=False),
        sa.Column("made_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("retired_at", TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_plan_templates")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_plan_templates_clinic_id")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "author_id"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f("fk_plan_templates_clinic_id_author_id"),
        ),
    )
    # What it holds stays; what was begun from it must be explainable.
    op.execute(f"grant select, insert, update (name, retired_at) on {TABLE} to {APP}")
    op.execute(f"alter table {TABLE} enable row level security")
    op.execute(f"alter table {TABLE} force row level security")
    op.execute(f"create policy tenant on {TABLE} to {APP} using ({OWN}) with check ({OWN})")


def downgrade() -> None:
    op.drop_table(TABLE)
