"""Revisions are found by what they revise, without reading all that the patient ever wrote."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

TABLES = ("check_ins", "exercise_sessions")
COLUMNS = ["clinic_id", "patient_id", "revises"]


def upgrade() -> None:
    for table in TABLES:
        op.create_index(
            f"ix_{table}_{'_'.join(COLUMNS)}",
            table,
            COLUMNS,
            postgresql_where=sa.text("revises is not null"),
        )


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_{'_'.join(COLUMNS)}", table)
