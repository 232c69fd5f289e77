"""Row-level security: a transaction sees one clinic's rows, or the one row that its secret opens."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APP = "glidepath_app"

# What the application may do, table by table. The diary, plans and the events of alerts are
# append-only: nobody holds the right to change or remove a row of theirs.
GRANTS = {
    "clinics": "select, insert",
    "accounts": "select, insert, update",
    "sessions": "select, insert, update, delete",
    "invitations": "select, insert, update, delete",
    "patients": "select, insert, update",
    "care_team": "select, insert, delete",
    "episodes": "select, insert, update",
    "exercises": "select, insert",
    "plan_versions": "select, insert",
    "plan_items": "select, insert",
    "check_ins": "select, insert",
    "exercise_sessions": "select, insert",
    "trend_checkpoints": "select, insert, update",
    "alerts": "select, insert, update",
    "alert_events": "select, insert",
}

CLINIC = "nullif(current_setting('app.clinic_id', true), '')::uuid"
KEY = "current_setting('app.key', true)"

# Before a clinic is known, a row can be found by the secret that only its holder has.
HOLDERS = {
    "sessions": f"'session:' || encode(token_hash, 'hex') = {KEY}",
    "invitations": f"'invitation:' || encode(code_hash, 'hex') = {KEY}",
    "accounts": f"'email:' || email = {KEY}",
}


def upgrade() -> None:
    op.execute(f"grant usage on schema public to {APP}")
    op.execute(f"grant select on alembic_version to {APP}")
    for table, rights in GRANTS.items():
        column = "id" if table == "clinics" else "clinic_id"
        op.execute(f"grant {rights} on {table} to {APP}")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        own = f"{column} = {CLINIC}"
        op.execute(f"create policy tenant on {table} to {APP} using ({own}) with check ({own})")
    for table, condition in HOLDERS.items():
        op.execute(f"create policy holder on {table} for select to {APP} using ({condition})")


def downgrade() -> None:
    for table in HOLDERS:
        op.execute(f"drop policy holder on {table}")
    for table in GRANTS:
        op.execute(f"drop policy tenant on {table}")
        op.execute(f"alter table {table} no force row level security")
        op.execute(f"alter table {table} disable row level security")
        op.execute(f"revoke all on {table} from {APP}")
    op.execute(f"revoke select on alembic_version from {APP}")
    op.execute(f"revoke usage on schema public from {APP}")
