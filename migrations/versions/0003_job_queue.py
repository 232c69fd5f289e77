"""The job queue's own schema (procrastinate 3.10), so that a job is committed with its cause."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APP = "glidepath_app"
# As published with procrastinate 3.10 (MIT licence); kept here so that this revision stays the
# same when the library moves on.
SCHEMA = Path(__file__).parent.parent / "sql" / "procrastinate-3.10.sql"
OWN = "args ->> 'clinic_id' = nullif(current_setting('app.clinic_id', true), '')"
WORKER = "current_setting('app.queue', true) = 'worker'"
TABLES = (
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_jobs",
    "procrastinate_workers",
)


def upgrade() -> None:
    # Straight to the driver: the file holds many statements, and '%' that are no placeholders.
    op.get_bind().connection.cursor().execute(SCHEMA.read_text())
    for table in TABLES:
        op.execute(f"grant select, insert, update, delete on {table} to {APP}")
    op.execute(f"grant usage on all sequences in schema public to {APP}")
    # A job's arguments name a clinic: outside the worker they are seen as that clinic's rows are.
    op.execute("alter table procrastinate_jobs enable row level security")
    op.execute("alter table procrastinate_jobs force row level security")
    op.execute(f"create policy tenant on procrastinate_jobs to {APP} using ({OWN} or {WORKER})")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"drop table {table} cascade")
    op.execute(
        """
        do $$
        declare found record;
        begin
          for found in
            select p.oid::regprocedure as signature from pg_proc p
            join pg_namespace n on n.oid = p.pronamespace
            where n.nspname = 'public' and p.proname like 'procrastinate_%'
          loop
            execute 'drop function ' || found.signature || ' cascade';
          end loop;
        end $$
        """
    )
    for kind in ("job_to_defer_v1", "job_event_type", "job_status"):
        op.execute(f"drop type procrastinate_{kind}")
