"""Which outcome measures an episode uses, what patients answered, and forms that a clinic brings itself."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"
TABLES = ("own_forms", "measure_assignments", "measure_answers")


def uuid(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, TIMESTAMP(timezone=True), nullable=nullable)


def text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def number(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.SmallInteger(), nullable=False)


def day(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.Date(), nullable=False)


def of_clinic(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id"], ["clinics.id"], name=op.f(f"fk_{table}_clinic_id")
    )


def by_account(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", column],
        ["accounts.clinic_id", "accounts.id"],
        name=op.f(f"fk_{table}_clinic_id_{column}"),
    )


def of_episode(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", "patient_id", "episode_id"],
        ["episodes.clinic_id", "episodes.patient_id", "episodes.id"],
        name=op.f(f"fk_{table}_clinic_id_patient_id_episode_id"),
    )


def upgrade() -> None:
    table = "own_forms"
    op.create_table(
        table,
        uuid("clinic_id"),
        text("key"),
        number("version"),
        sa.Column("definition", JSONB(), nullable=False),
        uuid("by"),
        moment("at"),
        moment("retired_at", nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "key", "version", name=op.f(f"pk_{table}")),
        of_clinic(table),
        by_account(table, "by"),
        sa.CheckConstraint("version between 1 and 1000", name=op.f(f"ck_{table}_version")),
    )
    table = "measure_assignments"
    op.create_table(
        table,
        uuid("clinic_id"),
        uuid("id"),
        uuid("patient_id"),
        uuid("episode_id"),
        text("measure"),
        day("begins_on"),
        uuid("assigned_by"),
        moment("assigned_at"),
        uuid("stopped_by", nullable=True),
        moment("stopped_at", nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{table}")),
        of_clinic(table),
        of_episode(table),
        by_account(table, "assigned_by"),
        by_account(table, "stopped_by"),
        sa.CheckConstraint(
            "(stopped_at is null) = (stopped_by is null)",
            name=op.f(f"ck_{table}_stopped_by_somebody"),
        ),
    )
    op.create_index(f"ix_{table}_episode_id", table, ["clinic_id", "episode_id"])
    op.create_index(
        f"uq_{table}_running",
        table,
        ["clinic_id", "episode_id", "measure"],
        unique=True,
        postgresql_where=sa.text("stopped_at is null"),
    )
    _answers()
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy tenant on {table} to {APP} using ({OWN}) with check ({OWN})")
        op.execute(f"grant select, insert on {table} to {APP}")
    # What was assigned, answered or brought stays as it is; only its end is written to it.
    op.execute(f"grant update (retired_at) on own_forms to {APP}")
    op.execute(f"grant update (stopped_by, stopped_at) on measure_assignments to {APP}")
    for table in ("measure_assignments", "measure_answers"):
        op.execute(
            f"create trigger tell_of_patient after insert or update on {table} "
            "for each row execute function tell_of_patient()"
        )


def _answers() -> None:
    table = "measure_answers"
    op.create_table(
        table,
        uuid("clinic_id"),
        uuid("patient_id"),
        uuid("id"),
        uuid("episode_id"),
        text("measure"),
        number("version"),
        text("occasion"),
        number("week"),
        day("local_date"),
        moment("happened_at"),
        number("utc_offset_minutes"),
        text("zone"),
        moment("made_at"),
        moment("received_at"),
        sa.Column("clock_error", sa.Interval(), nullable=False),
        day("day"),
        sa.Column("ratings", JSONB(), nullable=False),
        text("names", nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "patient_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "clinic_id", "episode_id", "id", name=op.f(f"uq_{table}_clinic_id_episode_id_id")
        ),
        of_clinic(table),
        of_episode(table),
        sa.CheckConstraint(
            "occasion in ('intake', 'week', 'discharge')", name=op.f(f"ck_{table}_occasion")
        ),
        sa.CheckConstraint("(week > 0) = (occasion = 'week')", name=op.f(f"ck_{table}_week")),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
