"""How the watchdog's clinic is kept small: its own old rows go, and nobody else's can.

The application holds no right to remove an entry or an alert, and gets none. One function does it, as the
owner of the tables, whom forced row-level security shows the rows of that one clinic alone, and those only
in a transaction that has entered it.
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

APP = "glidepath_app"
SYNTHETIC = "01980000-5ca1-7000-8000-000000000001"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"
PRUNED = ("kept_mails", "notifications", "deliveries", "alert_events", "alerts", "check_ins")
FUNCTION = """
    create function prune_synthetic_clinic(before timestamptz) returns bigint
    language plpgsql security definer set search_path = public, pg_temp as $$
    declare
        synthetic constant uuid := '{clinic}';
        old uuid[];
        gone bigint := 0;
        part bigint;
    begin
        if current_setting('app.clinic_id', true) is distinct from synthetic::text then
            raise exception 'only for a transaction that has entered the synthetic clinic';
        end if;
        old := array(select id from alerts where clinic_id = synthetic and opened_at < before);
        delete from kept_mails where clinic_id = synthetic and delivery_id in (
            select id from deliveries where clinic_id = synthetic and alert_id = any (old)
        );
        delete from notifications where clinic_id = synthetic and alert_id = any (old);
        delete from deliveries where clinic_id = synthetic and alert_id = any (old);
        get diagnostics part = row_count;
        gone := gone + part;
        delete from alert_events where clinic_id = synthetic and alert_id = any (old);
        get diagnostics part = row_count;
        gone := gone + part;
        delete from alerts where clinic_id = synthetic and id = any (old);
        get diagnostics part = row_count;
        gone := gone + part;
        delete from check_ins where clinic_id = synthetic and received_at < before;
        get diagnostics part = row_count;
        return gone + part;
    end
    $$
"""


def upgrade() -> None:
    own = f"{OWN} and clinic_id = '{SYNTHETIC}'"
    for table in PRUNED:
        for deed in ("select", "delete"):
            op.execute(
                f"create policy pruned_{deed} on {table} for {deed} to current_user using ({own})"
            )
    op.execute(FUNCTION.format(clinic=SYNTHETIC))
    op.execute("revoke all on function prune_synthetic_clinic from public")
    op.execute(f"grant execute on function prune_synthetic_clinic to {APP}")


def downgrade() -> None:
    op.execute("drop function prune_synthetic_clinic")
    for table in PRUNED:
        for deed in ("select", "delete"):
            op.execute(f"drop policy pruned_{deed} on {table}")
