"""Pushes belong to one sign-in of one account and end with it; the clinic's webhook; patients' reminders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, UUID

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"
# Who holds a browser's endpoint may end it, whosever it was: a browser is handed on across clinics, too.
HOLDER = "'push:' || endpoint = current_setting('app.key', true)"

# As triggers, so that no piece of code that signs out, closes or changes a passphrase can forget it. A
# sign-in that has run out by itself leaves the pushes on: that is when they are needed.
END_WITH_SESSION = """
    create function end_pushes_of_session() returns trigger language plpgsql as $$
    begin
        if old.expires_at > now() then
            update push_subscriptions set gone_at = now(), gone_why = 'signed_out'
            where clinic_id = old.clinic_id and session_id = old.id and gone_at is null;
        end if;
        return null;
    end $$
"""
END_WITH_ACCOUNT = """
    create function end_pushes_of_account() returns trigger language plpgsql as $$
    begin
        update push_subscriptions set gone_at = now(),
            gone_why = case when new.disabled_at is null then 'new_passphrase' else 'closed' end
        where clinic_id = new.clinic_id and account_id = new.id and gone_at is null;
        return null;
    end $$
"""


def upgrade() -> None:
    _own_subscriptions()
    _widen_deliveries()
    _add_notifications()
    _add_webhooks()


def _own_subscriptions() -> None:
    table = "push_subscriptions"
    op.add_column(table, sa.Column("session_id", UUID(as_uuid=True), nullable=True))
    _index_endpoints("endpoint")
    op.execute(f"create policy holder on {table} for select to {APP} using ({HOLDER})")
    op.execute(
        f"create policy holder_ends on {table} for update to {APP} "
        f"using ({HOLDER}) with check ({HOLDER})"
    )
    op.execute(END_WITH_SESSION)
    op.execute(
        "create trigger end_pushes after delete on sessions "
        "for each row execute function end_pushes_of_session()"
    )
    op.execute(END_WITH_ACCOUNT)
    op.execute(
        "create trigger end_pushes after update of passphrase_hash, disabled_at on accounts "
        "for each row when (old.passphrase_hash is distinct from new.passphrase_hash "
        "or old.disabled_at is null and new.disabled_at is not null) "
        "execute function end_pushes_of_account()"
    )


def _index_endpoints(*columns: str) -> None:
    name = "uq_push_subscriptions_endpoint"
    op.drop_index(name, "push_subscriptions")
    op.create_index(
        name,
        "push_subscriptions",
        list(columns),
        unique=True,
        postgresql_where=sa.text("gone_at is null"),
    )


def _widen_deliveries() -> None:
    table = "deliveries"
    op.add_column(table, sa.Column("told", ARRAY(UUID(as_uuid=True)), nullable=True))
    _check_causes("'raised', 'escalated', 'digest', 'test', 'reminder'")
    op.drop_constraint(op.f(f"ck_{table}_digest_has_a_day"), table)
    op.create_check_constraint(
        op.f(f"ck_{table}_daily_has_a_day"),
        table,
        "(cause in ('digest', 'reminder')) = (day is not null)",
    )


def _check_causes(causes: str) -> None:
    name = op.f("ck_deliveries_cause")
    op.drop_constraint(name, "deliveries")
    op.create_check_constraint(name, "deliveries", f"cause in ({causes})")


def _add_notifications() -> None:
    table = "notifications"
    op.create_table(
        table,
        sa.Column("clinic_id", UUID(as_uuid=True), nullable=False),
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("account_id", UUID(as_uuid=True), nullable=False),
        sa.Column("alert_id", UUID(as_uuid=True), nullable=True),
        sa.Column("made_at", TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{table}_clinic_id")),
        _within_clinic(table, "account_id", "accounts"),
        _within_clinic(table, "alert_id", "alerts"),
        sa.UniqueConstraint(
            "clinic_id",
            "account_id",
            "alert_id",
            name="uq_notifications_once",
            postgresql_nulls_not_distinct=True,
        ),
    )
    _wall(table, "select, insert")


def _add_webhooks() -> None:
    table = "webhooks"
    op.create_table(
        table,
        sa.Column("clinic_id", UUID(as_uuid=True), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("changed_by", UUID(as_uuid=True), nullable=False),
        sa.Column("changed_at", TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{table}_clinic_id")),
        _within_clinic(table, "changed_by", "accounts"),
    )
    _wall(table, "select, insert, update")


def _within_clinic(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", column],
        [f"{target}.clinic_id", f"{target}.id"],
        name=op.f(f"fk_{table}_clinic_id_{column}"),
    )


def _wall(table: str, rights: str) -> None:
    op.execute(f"grant {rights} on {table} to {APP}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy tenant on {table} to {APP} using ({OWN}) with check ({OWN})")


def downgrade() -> None:
    op.drop_table("webhooks")
    op.drop_table("notifications")
    table = "deliveries"
    op.execute("delete from deliveries where cause = 'reminder'")
    op.drop_constraint(op.f(f"ck_{table}_daily_has_a_day"), table)
    op.create_check_constraint(
        op.f(f"ck_{table}_digest_has_a_day"), table, "(cause = 'digest') = (day is not null)"
    )
    _check_causes("'raised', 'escalated', 'digest', 'test'")
    op.drop_column(table, "told")
    op.execute("drop trigger end_pushes on accounts")
    op.execute("drop function end_pushes_of_account()")
    op.execute("drop trigger end_pushes on sessions")
    op.execute("drop function end_pushes_of_session()")
    table = "push_subscriptions"
    op.execute(f"drop policy holder_ends on {table}")
    op.execute(f"drop policy holder on {table}")
    _index_endpoints("clinic_id", "endpoint")
    op.drop_column(table, "session_id")
