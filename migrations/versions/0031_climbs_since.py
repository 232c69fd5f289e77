"""Since when alerts climb in a clinic that is older than that: what waited before waits since then."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# A worker that lets alerts climb has looked at every one that waits: where it has, nothing is new.
UNTOUCHED = """
    update clinics set climbs_since = now() where not exists (
        select from alert_climbs where alert_climbs.clinic_id = clinics.id
    )
"""


def upgrade() -> None:
    op.add_column("clinics", sa.Column("climbs_since", TIMESTAMP(timezone=True), nullable=True))
    for table in ("clinics", "alert_climbs"):
        op.execute(f"alter table {table} no force row level security")
    op.execute(UNTOUCHED)
    for table in ("clinics", "alert_climbs"):
        op.execute(f"alter table {table} force row level security")


def downgrade() -> None:
    op.drop_column("clinics", "climbs_since")
