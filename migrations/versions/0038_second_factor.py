"""Staff's second factor: authenticator apps, recovery codes, and how far a session reaches.

Who of the staff is signed in when this runs has given one factor: they set up a second one at once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

APP = "glidepath_app"
CLINIC = "nullif(current_setting('app.clinic_id', true), '')::uuid"
MOMENT = sa.TIMESTAMP(timezone=True)
CAUSES = (
    "'raised', 'escalated', 'digest', 'test', 'reminder', 'new_device', 'invitation', 'reset', "
    "'new_address', 'address_changed', 'passphrase_changed', 'second_factor_reset', "
    "'emergency_opened'"
)
NEW_CAUSES = "'second_factor_changed', 'recovery_code_used'"


def upgrade() -> None:
    _make_authenticators()
    _make_recovery_codes()
    op.add_column("sessions", sa.Column("aal", sa.SmallInteger(), nullable=True))
    op.add_column("sessions", sa.Column("authenticated_at", MOMENT, nullable=True))
    op.execute("alter table sessions no force row level security")
    op.execute("update sessions set aal = 1, authenticated_at = created_at")
    op.execute("alter table sessions force row level security")
    op.alter_column("sessions", "aal", nullable=False)
    op.alter_column("sessions", "authenticated_at", nullable=False)
    op.create_check_constraint(op.f("ck_sessions_aal"), "sessions", "aal in (1, 2)")
    _check_causes(f"{CAUSES}, {NEW_CAUSES}")


def _make_authenticators() -> None:
    table = "authenticators"
    op.create_table(
        table,
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{table}")),
        *_of_an_account(table),
    )
    for name, state in (("confirmed", "is not null"), ("begun", "is null")):
        op.create_index(
            f"uq_{table}_{name}",
            table,
            ["clinic_id", "account_id"],
            unique=True,
            postgresql_where=sa.text(f"confirmed_at {state}"),
        )
    _wall(table)


def _make_recovery_codes() -> None:
    table = "recovery_codes"
    op.create_table(
        table,
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "account_id", "code_hash", name=op.f(f"pk_{table}")),
        *_of_an_account(table),
    )
    _wall(table)


def _of_an_account(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{table}_clinic_id")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "account_id"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f(f"fk_{table}_clinic_id_account_id"),
        ),
    ]


def _wall(table: str) -> None:
    op.execute(f"grant select, insert, update, delete on {table} to {APP}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    own = f"clinic_id = {CLINIC}"
    op.execute(f"create policy tenant on {table} to {APP} using ({own}) with check ({own})")


def downgrade() -> None:
    for table in ("kept_mails", "deliveries"):
        op.execute(f"alter table {table} no force row level security")
    op.execute(
        "delete from kept_mails where (clinic_id, delivery_id) in "
        f"(select clinic_id, id from deliveries where cause in ({NEW_CAUSES}))"
    )
    op.execute(f"delete from deliveries where cause in ({NEW_CAUSES})")
    for table in ("kept_mails", "deliveries"):
        op.execute(f"alter table {table} force row level security")
    _check_causes(CAUSES)
    op.drop_column("sessions", "authenticated_at")
    op.drop_column("sessions", "aal")
    op.drop_table("recovery_codes")
    op.drop_table("authenticators")


def _check_causes(causes: str) -> None:
    name = op.f("ck_deliveries_cause")
    op.drop_constraint(name, "deliveries")
    op.create_check_constraint(name, "deliveries", f"cause in ({causes})")
