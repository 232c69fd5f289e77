"""Opening the record of a colleague's patient in an emergency: with a reason, and for some hours at most."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

APP = "glidepath_app"
CLINIC = "nullif(current_setting('app.clinic_id', true), '')::uuid"
KEY, MOMENT = UUID(as_uuid=True), TIMESTAMP(timezone=True)
RESEALING = "current_setting('app.reseal', true) = 'on'"
TABLE = "emergency_openings"
CAUSES = (
    "'raised', 'escalated', 'digest', 'test', 'reminder', 'invitation', 'reset', 'new_address', "
    "'address_changed', 'passphrase_changed', 'second_factor_reset', 'new_device'"
)
CHECKS = {
    "hours": "until > opened_at and until <= opened_at + interval '4 hours'",
    "ended_by_somebody": "(ended_at is null) = (ended_by is null)",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        *(sa.Column(name, KEY, nullable=False) for name in ("clinic_id", "id", "patient_id")),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", KEY, nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{TABLE}_clinic_id")),
        *(
            sa.ForeignKeyConstraint(
                ["clinic_id", column],
                [f"{table}.clinic_id", f"{table}.id"],
                name=op.f(f"fk_{TABLE}_clinic_id_{column}"),
            )
            for column, table in (
                ("patient_id", "patients"),
                ("account_id", "accounts"),
                ("ended_by", "accounts"),
            )
        ),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}"))
            for name, rule in CHECKS.items()
        ),
    )
    op.create_index(f"ix_{TABLE}_account_id", TABLE, ["clinic_id", "account_id", "patient_id"])
    # What was said and when stays as it is.
    op.execute(f"grant select, insert, update (ended_at, ended_by) on {TABLE} to {APP}")
    op.execute(f"alter table {TABLE} enable row level security")
    op.execute(f"alter table {TABLE} force row level security")
    own = f"clinic_id = {CLINIC}"
    op.execute(f"create policy tenant on {TABLE} to {APP} using ({own}) with check ({own})")
    # The reason is sealed, and its owner may seal it anew.
    op.execute(
        f"create policy reseal on {TABLE} to current_user using ({RESEALING})"
        f" with check ({RESEALING})"
    )
    _check_causes(f"{CAUSES}, 'emergency_opened'")


def downgrade() -> None:
    op.execute("alter table deliveries no force row level security")
    op.execute(
        "update deliveries set cause = 'test', step = least(step + 20000, 32767)"
        " where cause = 'emergency_opened'"
    )
    op.execute("alter table deliveries force row level security")
    _check_causes(CAUSES)
    op.drop_table(TABLE)


def _check_causes(causes: str) -> None:
    name = op.f("ck_deliveries_cause")
    op.drop_constraint(name, "deliveries")
    op.create_check_constraint(name, "deliveries", f"cause in ({causes})")
