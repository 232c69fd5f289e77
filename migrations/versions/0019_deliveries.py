"""What is delivered to whom, by which way and with what end; how people chose to be told."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, UUID

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"


def uuid(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, TIMESTAMP(timezone=True), nullable=nullable)


def word(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def within_clinic(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", column],
        [f"{target}.clinic_id", f"{target}.id"],
        name=op.f(f"fk_{table}_clinic_id_{column}"),
    )


def keys(table: str, column: str = "id") -> tuple[sa.PrimaryKeyConstraint, sa.ForeignKeyConstraint]:
    name = f"pk_{table}"
    return (
        sa.PrimaryKeyConstraint("clinic_id", column, name=op.f(name)),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{table}_clinic_id")),
    )


def wall(table: str) -> None:
    op.execute(f"grant select, insert, update on {table} to {APP}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy tenant on {table} to {APP} using ({OWN}) with check ({OWN})")


def check(table: str, name: str, sql: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(sql, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    _add_notices()
    _add_subscriptions()
    _add_deliveries()


def _add_notices() -> None:
    table = "staff_notices"
    op.create_table(
        table,
        uuid("clinic_id"),
        uuid("account_id"),
        sa.Column("push", sa.Boolean(), nullable=False),
        sa.Column("email", sa.Boolean(), nullable=False),
        sa.Column("digest_at", sa.Time(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("at_once", ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        moment("changed_at"),
        *keys(table, "account_id"),
        within_clinic(table, "account_id", "accounts"),
        check(table, "quiet_pair", "(quiet_from is null) = (quiet_until is null)"),
        check(table, "quiet_lasts", "quiet_from <> quiet_until"),
        check(table, "at_once", "at_once <@ array['urgent', 'high', 'moderate', 'low']::text[]"),
    )
    wall(table)


def _add_subscriptions() -> None:
    table = "push_subscriptions"
    op.create_table(
        table,
        uuid("clinic_id"),
        uuid("id"),
        uuid("account_id"),
        word("endpoint"),
        sa.Column("p256dh", sa.LargeBinary(), nullable=False),
        sa.Column("auth", sa.LargeBinary(), nullable=False),
        moment("made_at"),
        moment("sent_at", nullable=True),
        moment("gone_at", nullable=True),
        word("gone_why", nullable=True),
        *keys(table),
        within_clinic(table, "account_id", "accounts"),
        check(table, "gone_has_a_reason", "(gone_at is null) = (gone_why is null)"),
    )
    op.create_index(
        "uq_push_subscriptions_endpoint",
        table,
        ["clinic_id", "endpoint"],
        unique=True,
        postgresql_where=sa.text("gone_at is null"),
    )
    op.create_index("ix_push_subscriptions_account_id", table, ["clinic_id", "account_id"])
    wall(table)


def _add_deliveries() -> None:
    table = "deliveries"
    op.create_table(
        table,
        uuid("clinic_id"),
        uuid("id"),
        word("cause"),
        word("channel"),
        uuid("recipient_id", nullable=True),
        uuid("alert_id", nullable=True),
        sa.Column("alert_version", sa.Integer(), nullable=True),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        uuid("instead_of", nullable=True),
        word("state"),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        word("code", nullable=True),
        moment("made_at"),
        moment("due_at"),
        moment("ended_at", nullable=True),
        *keys(table),
        within_clinic(table, "recipient_id", "accounts"),
        within_clinic(table, "alert_id", "alerts"),
        within_clinic(table, "instead_of", "deliveries"),
        check(table, "cause", "cause in ('raised', 'escalated', 'digest', 'test')"),
        check(table, "channel", "channel in ('push', 'email', 'webhook')"),
        check(table, "state", "state in ('waiting', 'sent', 'skipped', 'failed')"),
        check(table, "ended", "(state = 'waiting') = (ended_at is null)"),
        check(table, "code", "code ~ '^[a-z0-9_]{1,40}$'"),
        check(table, "recipient", "(channel = 'webhook') = (recipient_id is null)"),
        check(table, "alert_version", "(alert_id is null) = (alert_version is null)"),
        check(table, "digest_has_a_day", "(cause = 'digest') = (day is not null)"),
        sa.UniqueConstraint(
            "clinic_id",
            "recipient_id",
            "alert_id",
            "alert_version",
            "channel",
            "cause",
            "step",
            "day",
            name="uq_deliveries_once",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_deliveries_alert_id", table, ["clinic_id", "alert_id"])
    op.create_index(
        "ix_deliveries_open",
        table,
        ["clinic_id", "due_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    wall(table)


def downgrade() -> None:
    for table in ("deliveries", "push_subscriptions", "staff_notices"):
        op.drop_table(table)
