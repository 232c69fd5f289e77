"""Pauses of care that were agreed on: a holiday, or a break that the therapist sets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"
TABLE = "episode_pauses"


def uuid(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        TABLE,
        uuid("clinic_id"),
        uuid("id"),
        uuid("patient_id"),
        uuid("episode_id"),
        uuid("ends", nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        uuid("by"),
        sa.Column("at", TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{TABLE}_clinic_id")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id", "episode_id"],
            ["episodes.clinic_id", "episodes.patient_id", "episodes.id"],
            name=op.f(f"fk_{TABLE}_clinic_id_patient_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "ends"],
            [f"{TABLE}.clinic_id", f"{TABLE}.id"],
            name=op.f(f"fk_{TABLE}_clinic_id_ends"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "by"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f(f"fk_{TABLE}_clinic_id_by"),
        ),
        sa.CheckConstraint(
            "(ends is null) = (last_on is not null)", name=op.f(f"ck_{TABLE}_pause_or_end")
        ),
        sa.CheckConstraint("first_on <= last_on", name=op.f(f"ck_{TABLE}_in_order")),
        sa.UniqueConstraint("clinic_id", "ends", name=op.f(f"uq_{TABLE}_clinic_id_ends")),
    )
    op.create_index(f"ix_{TABLE}_episode_id", TABLE, ["clinic_id", "episode_id"])
    op.execute(f"grant select, insert on {TABLE} to {APP}")
    op.execute(f"alter table {TABLE} enable row level security")
    op.execute(f"alter table {TABLE} force row level security")
    op.execute(f"create policy tenant on {TABLE} to {APP} using ({OWN}) with check ({OWN})")
    op.execute(
        f"create trigger tell_of_patient after insert on {TABLE} "
        "for each row execute function tell_of_patient()"
    )


def downgrade() -> None:
    op.drop_table(TABLE)
