"""What patients agreed to, and for how long a clinic keeps records: two histories."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"


def uuid(name: str) -> "sa.Column[object]":
    return sa.Column(name, UUID(as_uuid=True), nullable=False)


def number(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.SmallInteger(), nullable=nullable)


def moment() -> "sa.Column[object]":
    return sa.Column("at", TIMESTAMP(timezone=True), nullable=False)


def of_clinic(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id"], ["clinics.id"], name=op.f(f"fk_{table}_clinic_id")
    )


def within(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", column],
        [f"{other}.clinic_id", f"{other}.id"],
        name=op.f(f"fk_{table}_clinic_id_{column}"),
    )


def upgrade() -> None:
    table = "consents"
    op.create_table(
        table,
        uuid("clinic_id"),
        uuid("id"),
        uuid("patient_id"),
        number("version"),
        sa.Column("deed", sa.Text(), nullable=False),
        moment(),
        uuid("by"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{table}")),
        of_clinic(table),
        within(table, "patient_id", "patients"),
        within(table, "by", "accounts"),
        sa.CheckConstraint("deed in ('agreed', 'withdrawn')", name=op.f(f"ck_{table}_deed")),
        sa.CheckConstraint("version >= 1", name=op.f(f"ck_{table}_version")),
    )
    op.create_index(f"ix_{table}_patient_id", table, ["clinic_id", "patient_id"])
    wall(table)
    op.execute(
        f"create trigger tell_of_patient after insert on {table} "
        "for each row execute function tell_of_patient()"
    )
    table = "retention_changes"
    op.create_table(
        table,
        uuid("clinic_id"),
        number("version"),
        moment(),
        uuid("by"),
        number("before", nullable=True),
        number("after", nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "version", name=op.f(f"pk_{table}")),
        of_clinic(table),
        within(table, "by", "accounts"),
        sa.CheckConstraint("after between 1 and 40", name=op.f(f"ck_{table}_after")),
        sa.CheckConstraint("before is distinct from after", name=op.f(f"ck_{table}_is_a_change")),
    )
    wall(table)


def wall(table: str) -> None:
    """Read and added to, by the clinic that a transaction names."""
    op.execute(f"grant select, insert on {table} to {APP}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy tenant on {table} to {APP} using ({OWN}) with check ({OWN})")


def downgrade() -> None:
    op.drop_table("retention_changes")
    op.drop_table("consents")
