"""Whoever listens is told which patient something changed for, as soon as it is committed.

A trigger, so that no piece of code can forget to tell. It tells ids alone; the same patient is told once
a transaction.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TELL = """
    create function tell_of_patient() returns trigger language plpgsql as $$
    begin
        perform pg_notify('glidepath_changes', new.clinic_id || ' ' || new.patient_id);
        return null;
    end $$
"""
# What the list and a patient's page show.
TABLES = ("care_team", "plan_versions", "check_ins", "exercise_sessions", "alerts", "messages")


def upgrade() -> None:
    op.execute(TELL)
    for table in TABLES:
        op.execute(
            f"create trigger tell_of_patient after insert or update on {table} "
            "for each row execute function tell_of_patient()"
        )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"drop trigger tell_of_patient on {table}")
    op.execute("drop function tell_of_patient()")
