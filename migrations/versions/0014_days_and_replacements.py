"""On which days an exercise is due, and which glide takes the place of a stretch."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan_items", sa.Column("weekdays", ARRAY(sa.SmallInteger()), nullable=True))
    op.add_column("plan_items", sa.Column("on_nerve_flag", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_plan_items_weekdays"),
        "plan_items",
        "weekdays <@ array[1, 2, 3, 4, 5, 6, 7]::smallint[]"
        " and cardinality(weekdays) = days_per_week",
    )
    op.create_check_constraint(
        op.f("ck_plan_items_replaces_a_stretch"),
        "plan_items",
        "kind = 'static_stretch' or on_nerve_flag is null",
    )


def downgrade() -> None:
    op.drop_column("plan_items", "on_nerve_flag")
    op.drop_column("plan_items", "weekdays")
