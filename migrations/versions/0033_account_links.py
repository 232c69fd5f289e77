"""Single-use links for staff, and joining links for patients with a long secret.

Joining codes that are open when this runs end: they were shorter, and whoever holds one is told to ask for
a new one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

APP = "glidepath_app"
CLINIC = "nullif(current_setting('app.clinic_id', true), '')::uuid"
KEY = "current_setting('app.key', true)"
MOMENT = TIMESTAMP(timezone=True)
STAFF_SIGN_IN = "ck_accounts_staff_sign_in"
NEW_CAUSES = (
    "invitation",
    "reset",
    "new_address",
    "address_changed",
    "passphrase_changed",
    "second_factor_reset",
)
CODE = "'invitation:' || encode(code_hash, 'hex') = " + KEY
LINK = "'joining:' || encode(link_hash, 'hex') = " + KEY


def upgrade() -> None:
    _make_links()
    op.execute("alter table invitations no force row level security")
    op.execute("delete from invitations")
    op.execute("alter table invitations force row level security")
    op.add_column("invitations", sa.Column("link_hash", sa.LargeBinary(), nullable=False))
    op.create_index("uq_invitations_link_hash", "invitations", ["link_hash"], unique=True)
    op.execute(f"create policy link_holder on invitations for select to {APP} using ({LINK})")
    op.add_column("accounts", sa.Column("signed_in_at", MOMENT, nullable=True))
    # Who was invited has no passphrase yet.
    op.drop_constraint(op.f(STAFF_SIGN_IN), "accounts")
    op.create_check_constraint(
        op.f(STAFF_SIGN_IN), "accounts", "role = 'patient' or email is not null"
    )
    op.add_column("deliveries", sa.Column("link_id", UUID(as_uuid=True), nullable=True))
    op.create_foreign_key(
        op.f("fk_deliveries_clinic_id_link_id"),
        "deliveries",
        "account_links",
        ["clinic_id", "link_id"],
        ["clinic_id", "id"],
    )
    _check_causes("raised", "escalated", "digest", "test", "reminder", *NEW_CAUSES)


def _make_links() -> None:
    table = "account_links"
    op.create_table(
        table,
        sa.Column("clinic_id", UUID(as_uuid=True), nullable=False),
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("account_id", UUID(as_uuid=True), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("replaced", sa.Text(), nullable=True),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=True),
        sa.Column("created_by", UUID(as_uuid=True), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{table}_clinic_id")),
        *(
            sa.ForeignKeyConstraint(
                ["clinic_id", column],
                ["accounts.clinic_id", "accounts.id"],
                name=op.f(f"fk_{table}_clinic_id_{column}"),
            )
            for column in ("account_id", "created_by")
        ),
        sa.CheckConstraint(
            "purpose in ('invitation', 'reset', 'address')", name=op.f(f"ck_{table}_purpose")
        ),
        sa.CheckConstraint("address = lower(address)", name=op.f(f"ck_{table}_address_lower")),
    )
    op.create_index(f"uq_{table}_secret_hash", table, ["secret_hash"], unique=True)
    op.create_index(f"ix_{table}_account_id", table, ["clinic_id", "account_id"])
    op.execute(f"grant select, insert, update on {table} to {APP}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    own = f"clinic_id = {CLINIC}"
    op.execute(f"create policy tenant on {table} to {APP} using ({own}) with check ({own})")
    held = f"'link:' || encode(secret_hash, 'hex') = {KEY}"
    op.execute(f"create policy holder on {table} for select to {APP} using ({held})")


def _check_causes(*causes: str) -> None:
    name = op.f("ck_deliveries_cause")
    op.drop_constraint(name, "deliveries")
    listed = ", ".join(f"'{cause}'" for cause in causes)
    op.create_check_constraint(name, "deliveries", f"cause in ({listed})")


def downgrade() -> None:
    listed = ", ".join(f"'{cause}'" for cause in NEW_CAUSES)
    for table in ("kept_mails", "deliveries", "accounts"):
        op.execute(f"alter table {table} no force row level security")
    op.execute(
        "delete from kept_mails where (clinic_id, delivery_id) in "
        f"(select clinic_id, id from deliveries where cause in ({listed}))"
    )
    op.execute(f"delete from deliveries where cause in ({listed})")
    _check_causes("raised", "escalated", "digest", "test", "reminder")
    op.drop_constraint(op.f("fk_deliveries_clinic_id_link_id"), "deliveries")
    op.drop_column("deliveries", "link_id")
    op.drop_constraint(op.f(STAFF_SIGN_IN), "accounts")
    # No passphrase has this hash: who was invited and did not come stays unable to sign in.
    op.execute(
        "update accounts set passphrase_hash = '' where role <> 'patient' and passphrase_hash is null"
    )
    op.create_check_constraint(
        op.f(STAFF_SIGN_IN),
        "accounts",
        "role = 'patient' or (email is not null and passphrase_hash is not null)",
    )
    for table in ("kept_mails", "deliveries", "accounts"):
        op.execute(f"alter table {table} force row level security")
    op.drop_column("accounts", "signed_in_at")
    op.execute("drop policy link_holder on invitations")
    op.drop_index("uq_invitations_link_hash", "invitations")
    op.drop_column("invitations", "link_hash")
    op.drop_table("account_links")
