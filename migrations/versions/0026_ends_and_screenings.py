"""How episodes begin, end and go on again, and what patients were asked before their exercises."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"
# What an alert comes to by itself, before and from now on.
OUTCOMES = (
    "called",
    "plan_changed",
    "referred",
    "advice_given",
    "appointment",
    "no_action",
    "logged_again",
)
FILL = """
    update episodes e set opened_at = p.created_at from patients p
    where p.clinic_id = e.clinic_id and p.id = e.patient_id
"""


def uuid(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def own_keys(table: str, person: str) -> tuple[sa.Constraint, ...]:
    """Of a clinic, of an episode of the patient, and by somebody."""
    return (
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{table}_clinic_id")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id", "episode_id"],
            ["episodes.clinic_id", "episodes.patient_id", "episodes.id"],
            name=op.f(f"fk_{table}_clinic_id_patient_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", person],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f(f"fk_{table}_clinic_id_{person}"),
        ),
    )


def wall(table: str) -> None:
    """Behind the clinic's wall, append-only, and told to whoever looks at the patient."""
    op.execute(f"grant select, insert on {table} to {APP}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy tenant on {table} to {APP} using ({OWN}) with check ({OWN})")
    op.execute(
        f"create trigger tell_of_patient after insert on {table} "
        "for each row execute function tell_of_patient()"
    )


def hold_outcomes_to(values: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_alert_events_outcome"), "alert_events", type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(
        op.f("ck_alert_events_outcome"), "alert_events", f"outcome in ({listed})"
    )


def with_owner_eyes(statement: str, *tables: str) -> None:
    for table in tables:
        op.execute(f"alter table {table} no force row level security")
    op.execute(statement)
    for table in tables:
        op.execute(f"alter table {table} force row level security")


def upgrade() -> None:
    op.add_column("episodes", sa.Column("opened_at", TIMESTAMP(timezone=True), nullable=True))
    with_owner_eyes(FILL, "episodes", "patients")
    op.alter_column("episodes", "opened_at", nullable=False)
    op.create_check_constraint(op.f("ck_episodes_in_order"), "episodes", "started_on <= ended_on")
    op.create_index(
        "uq_episodes_running",
        "episodes",
        ["clinic_id", "patient_id"],
        unique=True,
        postgresql_where=sa.text("ended_on is null"),
    )
    _add_events()
    _add_screenings()
    hold_outcomes_to((*OUTCOMES, "discharged"))


def _add_events() -> None:
    table = "episode_events"
    op.create_table(
        table,
        uuid("clinic_id"),
        uuid("id"),
        uuid("patient_id"),
        uuid("episode_id"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        uuid("by"),
        uuid("cover_for", nullable=True),
        sa.Column("at", TIMESTAMP(timezone=True), nullable=False),
        *own_keys(table, "by"),
        sa.ForeignKeyConstraint(
            ["clinic_id", "cover_for"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f(f"fk_{table}_clinic_id_cover_for"),
        ),
        sa.CheckConstraint(
            "kind in ('opened', 'discharged', 'reopened')", name=op.f("ck_episode_events_kind")
        ),
        sa.CheckConstraint(
            "reason in ('goals_met', 'no_further_need', 'patients_wish', 'referred_on', "
            "'moved_away', 'other')",
            name=op.f("ck_episode_events_reason"),
        ),
        sa.CheckConstraint(
            "(kind = 'discharged') = (ended_on is not null) "
            "and (kind = 'discharged') = (reason is not null)",
            name=op.f("ck_episode_events_discharge_says_why"),
        ),
    )
    op.create_index("ix_episode_events_episode_id", table, ["clinic_id", "episode_id"])
    wall(table)


def _add_screenings() -> None:
    table = "screenings"
    op.create_table(
        table,
        uuid("clinic_id"),
        uuid("id"),
        uuid("patient_id"),
        uuid("episode_id"),
        sa.Column("list_version", sa.SmallInteger(), nullable=False),
        sa.Column("answers", JSONB(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        uuid("author_id"),
        sa.Column("made_at", TIMESTAMP(timezone=True), nullable=False),
        *own_keys(table, "author_id"),
    )
    op.create_index("ix_screenings_patient_id", table, ["clinic_id", "patient_id"])
    wall(table)


def downgrade() -> None:
    """The earlier schema knows no alert that a discharge ended: nobody acted on it."""
    with_owner_eyes(
        "update alert_events set outcome = 'no_action' where outcome = 'discharged'",
        "alert_events",
    )
    hold_outcomes_to(OUTCOMES)
    op.drop_table("screenings")
    op.drop_table("episode_events")
    op.drop_index("uq_episodes_running", "episodes")
    op.drop_constraint(op.f("ck_episodes_in_order"), "episodes", type_="check")
    op.drop_column("episodes", "opened_at")
