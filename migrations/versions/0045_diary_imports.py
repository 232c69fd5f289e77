"""Days of the past that somebody brought in from a file: which file it was, by whom and when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"
TABLE = "diary_imports"
OF_IMPORT = "fk_check_ins_clinic_id_import_id"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("clinic_id", UUID(as_uuid=True), nullable=False),
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("by", UUID(as_uuid=True), nullable=False),
        sa.Column("at", TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{TABLE}_clinic_id")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "by"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f(f"fk_{TABLE}_clinic_id_by"),
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f(f"ck_{TABLE}_sha256")),
    )
    op.execute(f"alter table {TABLE} enable row level security")
    op.execute(f"alter table {TABLE} force row level security")
    op.execute(f"create policy tenant on {TABLE} to {APP} using ({OWN}) with check ({OWN})")
    op.execute(f"grant select, insert on {TABLE} to {APP}")
    op.add_column("check_ins", sa.Column("import_id", UUID(as_uuid=True), nullable=True))
    op.create_foreign_key(
        op.f(OF_IMPORT), "check_ins", TABLE, ["clinic_id", "import_id"], ["clinic_id", "id"]
    )


def downgrade() -> None:
    op.drop_constraint(op.f(OF_IMPORT), "check_ins")
    op.drop_column("check_ins", "import_id")
    op.drop_table(TABLE)
