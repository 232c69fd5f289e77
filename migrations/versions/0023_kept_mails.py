"""Mails of an installation that sends none, kept for its admins to look at."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"
TABLE = "kept_mails"
STATES = ("waiting", "sent", "skipped", "failed")


def upgrade() -> None:
    _states(*STATES, "kept")
    op.create_table(
        TABLE,
        sa.Column("clinic_id", UUID(as_uuid=True), nullable=False),
        sa.Column("delivery_id", UUID(as_uuid=True), nullable=False),
        _word("to"),
        _word("subject"),
        _word("text"),
        sa.Column("kept_at", TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "delivery_id", name=op.f(f"pk_{TABLE}")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{TABLE}_clinic_id")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "delivery_id"],
            ["deliveries.clinic_id", "deliveries.id"],
            name=op.f(f"fk_{TABLE}_clinic_id_delivery_id"),
        ),
    )
    op.execute(f"grant select, insert, delete on {TABLE} to {APP}")
    op.execute(f"alter table {TABLE} enable row level security")
    op.execute(f"alter table {TABLE} force row level security")
    op.execute(f"create policy tenant on {TABLE} to {APP} using ({OWN}) with check ({OWN})")


def downgrade() -> None:
    """What was kept reached nobody, which the earlier schema calls failed."""
    op.drop_table(TABLE)
    op.execute("alter table deliveries no force row level security")
    op.execute("update deliveries set state = 'failed', code = 'mail_is_off' where state = 'kept'")
    op.execute("alter table deliveries force row level security")
    _states(*STATES)


def _word(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def _states(*states: str) -> None:
    op.drop_constraint(op.f("ck_deliveries_state"), "deliveries", type_="check")
    listed = ", ".join(f"'{state}'" for state in states)
    op.create_check_constraint(op.f("ck_deliveries_state"), "deliveries", f"state in ({listed})")
