"""Counted guesses, browsers that were let in before, and the mail about one that was not."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

APP = "glidepath_app"
CLINIC = "nullif(current_setting('app.clinic_id', true), '')::uuid"
KEY = "current_setting('app.key', true)"
MOMENT = sa.TIMESTAMP(timezone=True)
CAUSES = (
    "'raised', 'escalated', 'digest', 'test', 'reminder', 'invitation', 'reset', 'new_address', "
    "'address_changed', 'passphrase_changed', 'second_factor_reset'"
)

# A passphrase that is only hashed anew, as dearly as is asked for now, is still the same one: it ends no push.
END_WITH_ACCOUNT = """
    create or replace function end_pushes_of_account() returns trigger language plpgsql as $$
    begin
        {unless}
        update push_subscriptions set gone_at = now(),
            gone_why = case when new.disabled_at is null then 'new_passphrase' else 'closed' end
        where clinic_id = new.clinic_id and account_id = new.id and gone_at is null;
        return null;
    end $$
"""
UNLESS_REHASHED = """
        if current_setting('app.rehashed', true) = new.id::text
            and new.disabled_at is not distinct from old.disabled_at
        then
            return null;
        end if;
"""


def upgrade() -> None:
    _count_guesses()
    _know_devices()
    _mail_about_them()
    op.execute(END_WITH_ACCOUNT.format(unless=UNLESS_REHASHED))


def _count_guesses() -> None:
    table = "guess_counts"
    op.create_table(
        table,
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("spent", sa.Double(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=True),
        sa.Column("forget_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("subject", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_forget_at", table, ["forget_at"])
    _wall(table, "select, insert, update, delete")
    # Whoever tries a secret of this subject counts it; what is of no use any more is swept.
    own = f"'guess:' || encode(subject, 'hex') = {KEY}"
    op.execute(f"create policy holder on {table} to {APP} using ({own}) with check ({own})")
    past = "forget_at < now()"
    op.execute(f"create policy past on {table} to {APP} using ({past}) with check (false)")


def _know_devices() -> None:
    table = "known_devices"
    op.create_table(
        table,
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("vouched_since", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{table}_clinic_id")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "account_id"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f(f"fk_{table}_clinic_id_account_id"),
        ),
        sa.UniqueConstraint(
            "clinic_id",
            "account_id",
            "secret_hash",
            name=op.f(f"uq_{table}_clinic_id_account_id_secret_hash"),
        ),
    )
    op.create_index(f"ix_{table}_secret_hash", table, ["secret_hash"])
    _wall(table, "select, insert, update, delete")
    own = f"clinic_id = {CLINIC}"
    op.execute(f"create policy tenant on {table} to {APP} using ({own}) with check ({own})")
    key = f"'device:' || encode(secret_hash, 'hex') = {KEY}"
    op.execute(f"create policy holder on {table} for select to {APP} using ({key})")
    op.add_column("sessions", sa.Column("label", sa.Text(), nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("device_id", sa.Uuid(), nullable=True))

    # When somebody signed in first was not kept for staff; who is here already is told of their next device.
    op.execute("alter table accounts no force row level security")
    op.execute("update accounts set joined_at = created_at where role <> 'patient'")
    op.execute("alter table accounts force row level security")


def _mail_about_them() -> None:
    # No foreign key: a device is forgotten while what was told of it stays.
    op.add_column("deliveries", sa.Column("device_id", sa.Uuid(), nullable=True))
    _check_causes(f"{CAUSES}, 'new_device'")
    op.create_check_constraint(
        op.f("ck_deliveries_of_a_device"),
        "deliveries",
        "(cause = 'new_device') = (device_id is not null)",
    )


def downgrade() -> None:
    op.execute(END_WITH_ACCOUNT.format(unless=""))
    # Deliveries are nobody's to remove, and an older schema has no word for these: they stay as tries.
    op.drop_constraint(op.f("ck_deliveries_of_a_device"), "deliveries")
    op.execute("alter table deliveries no force row level security")
    op.execute(
        "update deliveries set cause = 'test', step = least(step + 20000, 32767)"
        " where cause = 'new_device'"
    )
    op.execute("alter table deliveries force row level security")
    op.drop_column("deliveries", "device_id")
    _check_causes(CAUSES)
    op.drop_column("sessions", "device_id")
    op.drop_column("sessions", "label")
    op.drop_table("known_devices")
    op.drop_table("guess_counts")


def _check_causes(causes: str) -> None:
    name = op.f("ck_deliveries_cause")
    op.drop_constraint(name, "deliveries")
    op.create_check_constraint(name, "deliveries", f"cause in ({causes})")


def _wall(table: str, rights: str) -> None:
    op.execute(f"grant {rights} on {table} to {APP}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
