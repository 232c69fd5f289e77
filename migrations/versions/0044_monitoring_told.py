"""Open pages hear of what colleagues write down for remote monitoring, by the patient whose episode it is of."""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

TABLES = ("monitoring_facts", "monitoring_work", "monitoring_closings")
TELL = """
    create function tell_of_episode() returns trigger language plpgsql as $$
    begin
        perform pg_notify('glidepath_changes', clinic_id || ' ' || patient_id)
        from episodes where clinic_id = new.clinic_id and id = new.episode_id;
        return null;
    end $$
"""


def upgrade() -> None:
    op.execute(TELL)
    for table in TABLES:
        op.execute(
            f"create trigger tell_of_episode after insert on {table} "
            "for each row execute function tell_of_episode()"
        )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"drop trigger tell_of_episode on {table}")
    op.execute("drop function tell_of_episode()")
