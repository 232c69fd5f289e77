"""A clinic's own exercises can be changed and retired."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

APP = "glidepath_app"
RIGHTS = "update (custom, version, retired_at)"


def upgrade() -> None:
    op.add_column(
        "exercises", sa.Column("version", sa.SmallInteger(), nullable=False, server_default="1")
    )
    op.add_column("exercises", sa.Column("retired_at", TIMESTAMP(timezone=True), nullable=True))
    op.execute(f"grant {RIGHTS} on exercises to {APP}")


def downgrade() -> None:
    op.execute(f"revoke {RIGHTS} on exercises from {APP}")
    op.drop_column("exercises", "retired_at")
    op.drop_column("exercises", "version")
