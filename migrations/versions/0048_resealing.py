"""Some tables with sealed texts did not show them to their owner, who seals them anew: apps that give codes among them."""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

RESEALING = "current_setting('app.reseal', true) = 'on'"
BEFORE = "current_setting('app.resealing', true) = 'yes'"
OF_ERASURE = ("erasure_holds", "erasures", "erasure_wishes")
WITHOUT = ("authenticators", "measure_answers")


def upgrade() -> None:
    for table in OF_ERASURE:
        op.execute(f"alter policy reseal on {table} using ({RESEALING})")
    for table in WITHOUT:
        op.execute(f"create policy reseal on {table} to current_user using ({RESEALING})")


def downgrade() -> None:
    for table in WITHOUT:
        op.execute(f"drop policy reseal on {table}")
    for table in OF_ERASURE:
        op.execute(f"alter policy reseal on {table} using ({BEFORE})")
