"""A clinic's alert policies, the steps of an alert that nobody looks at, and what comes next for it."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"
# A look that ran out, or whose person left, opens an alert again.
BECAUSE = "because in ('fact', 'kind', 'severity', 'channel', 'again', 'look_expired', 'look_left')"
BECAUSE_BEFORE = "because in ('fact', 'kind', 'severity', 'channel', 'again')"


def uuid(name: str) -> sa.Column[Any]:
    return sa.Column(name, UUID(as_uuid=True), nullable=False)


def moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, TIMESTAMP(timezone=True), nullable=nullable)


def number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def word(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def within_clinic(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", column],
        [f"{target}.clinic_id", f"{target}.id"],
        name=op.f(f"fk_{table}_clinic_id_{column}"),
    )


def keys(table: str, *columns: str) -> tuple[sa.PrimaryKeyConstraint, sa.ForeignKeyConstraint]:
    return (
        sa.PrimaryKeyConstraint("clinic_id", *columns, name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{table}_clinic_id")),
    )


def wall(table: str, rights: str) -> None:
    op.execute(f"grant {rights} on {table} to {APP}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy tenant on {table} to {APP} using ({OWN}) with check ({OWN})")


def check(table: str, name: str, sql: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(sql, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    _add_policies()
    _add_steps()
    _add_climbs()
    # Patients are told when their clinic reads, as the policy says it.
    op.execute(f"grant update (hours) on clinics to {APP}")
    _say_why(BECAUSE)


def _add_policies() -> None:
    table = "alert_policies"
    op.create_table(
        table,
        uuid("clinic_id"),
        number("version"),
        sa.Column("rules", JSONB(), nullable=False),
        uuid("saved_by"),
        moment("saved_at"),
        *keys(table, "version"),
        within_clinic(table, "saved_by", "accounts"),
    )
    wall(table, "select, insert")


def _add_steps() -> None:
    table = "alert_steps"
    op.create_table(
        table,
        uuid("clinic_id"),
        uuid("id"),
        uuid("patient_id"),
        uuid("alert_id"),
        number("round"),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        word("level"),
        word("why"),
        moment("since"),
        moment("at"),
        number("policy_version"),
        *keys(table, "id"),
        within_clinic(table, "patient_id", "patients"),
        within_clinic(table, "alert_id", "alerts"),
        check(table, "level", "level in ('team', 'admins', 'everyone', 'nobody')"),
        check(table, "why", "why in ('unseen', 'nobody_there')"),
        sa.UniqueConstraint(
            "clinic_id",
            "alert_id",
            "round",
            "step",
            name="uq_alert_steps_clinic_id_alert_id_round_step",
        ),
    )
    wall(table, "select, insert")
    op.execute(
        f"create trigger tell_of_patient after insert on {table} "
        "for each row execute function tell_of_patient()"
    )
    people = "alert_step_people"
    op.create_table(
        people,
        uuid("clinic_id"),
        uuid("step_id"),
        uuid("account_id"),
        *keys(people, "step_id", "account_id"),
        within_clinic(people, "step_id", table),
        within_clinic(people, "account_id", "accounts"),
    )
    wall(people, "select, insert")


def _add_climbs() -> None:
    table = "alert_climbs"
    op.create_table(
        table,
        uuid("clinic_id"),
        uuid("alert_id"),
        number("round"),
        word("state"),
        moment("due_at", nullable=True),
        moment("look_by", nullable=True),
        moment("changed_at"),
        *keys(table, "alert_id"),
        within_clinic(table, "alert_id", "alerts"),
        check(
            table,
            "state",
            "state in ('waiting', 'looked', 'resting', 'spent', 'unowned', 'over')",
        ),
    )
    op.create_index(
        "ix_alert_climbs_due",
        table,
        ["clinic_id", "due_at"],
        postgresql_where=sa.text("due_at is not null"),
    )
    wall(table, "select, insert, update")


def _say_why(because: str) -> None:
    op.drop_constraint(op.f("ck_alert_events_because"), "alert_events")
    op.create_check_constraint(op.f("ck_alert_events_because"), "alert_events", because)


def downgrade() -> None:
    # What was opened again by a look that ran out is told as what it was before: something that is there again.
    op.execute("alter table alert_events no force row level security")
    op.execute(
        "update alert_events set because = 'again' where because in ('look_expired', 'look_left')"
    )
    op.execute("alter table alert_events force row level security")
    _say_why(BECAUSE_BEFORE)
    op.execute(f"revoke update (hours) on clinics from {APP}")
    for table in ("alert_climbs", "alert_step_people", "alert_steps", "alert_policies"):
        op.drop_table(table)
