"""How sure the detector was of a worsening, and what it did not see."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alerts", sa.Column("certainty", JSONB(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("alerts", "certainty")
