"""How care teams came about, and who stands in for whom while somebody is absent."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"

# Whoever is in a team was there from the admission on.
FILL = """
    insert into care_team_events (clinic_id, id, patient_id, account_id, kind, by, at)
    select clinic_id, gen_random_uuid(), patient_id, account_id, role, account_id, added_at from care_team
"""
# Also who left a team concerns those who look at the patient.
TELL = """
    create or replace function tell_of_patient() returns trigger language plpgsql as $$
    begin
        perform pg_notify(
            'glidepath_changes',
            coalesce(new.clinic_id, old.clinic_id) || ' ' || coalesce(new.patient_id, old.patient_id)
        );
        return null;
    end $$
"""
TELL_BEFORE = """
    create or replace function tell_of_patient() returns trigger language plpgsql as $$
    begin
        perform pg_notify('glidepath_changes', new.clinic_id || ' ' || new.patient_id);
        return null;
    end $$
"""


def uuid(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def within_clinic(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", column],
        [f"{target}.clinic_id", f"{target}.id"],
        name=op.f(f"fk_{table}_clinic_id_{column}"),
    )


def keys(table: str) -> tuple[sa.PrimaryKeyConstraint, sa.ForeignKeyConstraint]:
    return (
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{table}_clinic_id")),
    )


def wall(table: str, rights: str) -> None:
    op.execute(f"grant {rights} on {table} to {APP}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy tenant on {table} to {APP} using ({OWN}) with check ({OWN})")


def upgrade() -> None:
    _add_events()
    _add_covers()
    # A lead hands over by becoming a member; one at a time leads.
    op.execute(f"grant update (role) on care_team to {APP}")
    op.create_index(
        "uq_care_team_lead",
        "care_team",
        ["clinic_id", "patient_id"],
        unique=True,
        postgresql_where=sa.text("role = 'lead'"),
    )
    op.execute(TELL)
    op.execute("drop trigger tell_of_patient on care_team")
    op.execute(
        "create trigger tell_of_patient after insert or update or delete on care_team "
        "for each row execute function tell_of_patient()"
    )
    op.add_column("alert_events", uuid("cover_for", nullable=True))
    op.create_foreign_key(
        op.f("fk_alert_events_clinic_id_cover_for"),
        "alert_events",
        "accounts",
        ["clinic_id", "cover_for"],
        ["clinic_id", "id"],
    )


def _add_events() -> None:
    table = "care_team_events"
    op.create_table(
        table,
        uuid("clinic_id"),
        uuid("id"),
        uuid("patient_id"),
        uuid("account_id"),
        sa.Column("kind", sa.Text(), nullable=False),
        uuid("by"),
        sa.Column("at", TIMESTAMP(timezone=True), nullable=False),
        *keys(table),
        within_clinic(table, "patient_id", "patients"),
        within_clinic(table, "account_id", "accounts"),
        within_clinic(table, "by", "accounts"),
        sa.CheckConstraint(
            "kind in ('lead', 'member', 'left')", name=op.f("ck_care_team_events_kind")
        ),
    )
    op.create_index("ix_care_team_events_patient_id", table, ["clinic_id", "patient_id"])
    op.execute("alter table care_team no force row level security")
    op.execute(FILL)
    op.execute("alter table care_team force row level security")
    wall(table, "select, insert")


def _add_covers() -> None:
    table = "covers"
    op.create_table(
        table,
        uuid("clinic_id"),
        uuid("id"),
        uuid("absent_id"),
        uuid("cover_id"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        uuid("made_by"),
        sa.Column("made_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended_at", TIMESTAMP(timezone=True), nullable=True),
        uuid("ended_by", nullable=True),
        *keys(table),
        *(
            within_clinic(table, column, "accounts")
            for column in ("absent_id", "cover_id", "made_by", "ended_by")
        ),
        sa.CheckConstraint("absent_id <> cover_id", name=op.f("ck_covers_somebody_else")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_covers_in_order")),
        sa.CheckConstraint(
            "(ended_at is null) = (ended_by is null)", name=op.f("ck_covers_ended_by_somebody")
        ),
    )
    op.create_index("ix_covers_cover_id", table, ["clinic_id", "cover_id", "ends_on"])
    op.create_index("ix_covers_absent_id", table, ["clinic_id", "absent_id", "ends_on"])
    # Never changed, but called off.
    wall(table, "select, insert, update (ended_at, ended_by)")


def downgrade() -> None:
    op.drop_constraint(op.f("fk_alert_events_clinic_id_cover_for"), "alert_events")
    op.drop_column("alert_events", "cover_for")
    op.execute("drop trigger tell_of_patient on care_team")
    op.execute(TELL_BEFORE)
    op.execute(
        "create trigger tell_of_patient after insert or update on care_team "
        "for each row execute function tell_of_patient()"
    )
    op.drop_index("uq_care_team_lead", "care_team")
    op.execute(f"revoke update (role) on care_team from {APP}")
    op.drop_table("covers")
    op.drop_table("care_team_events")
