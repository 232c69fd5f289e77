"""Passkeys and phrases: a patient's own ways to sign in again."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APP = "glidepath_app"
CLINIC = "nullif(current_setting('app.clinic_id', true), '')::uuid"
KEY = "current_setting('app.key', true)"
MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "passkeys",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_passkeys")),
        *_of_account("passkeys"),
    )
    op.create_index("uq_passkeys_credential_id", "passkeys", ["credential_id"], unique=True)
    op.create_index("ix_passkeys_account_id", "passkeys", ["clinic_id", "account_id"])
    op.create_table(
        "phrases",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("phrase_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "account_id", name=op.f("pk_phrases")),
        *_of_account("phrases"),
    )
    op.create_index("uq_phrases_phrase_hash", "phrases", ["phrase_hash"], unique=True)
    op.create_table(
        "challenges",
        sa.Column("challenge_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name=op.f("pk_challenges")),
    )
    for table, rights in (
        ("passkeys", "select, insert, update, delete"),
        ("phrases", "select, insert, update, delete"),
        ("challenges", "select, insert, delete"),
    ):
        op.execute(f"grant {rights} on {table} to {APP}")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
    for table, key in (
        ("passkeys", "'passkey:' || encode(credential_id, 'hex')"),
        ("phrases", "'phrase:' || encode(phrase_hash, 'hex')"),
    ):
        own = f"clinic_id = {CLINIC}"
        op.execute(f"create policy tenant on {table} to {APP} using ({own}) with check ({own})")
        op.execute(f"create policy holder on {table} for select to {APP} using ({key} = {KEY})")
    # A challenge belongs to no clinic; whoever holds it may use it up, and what is past is swept.
    own = f"'challenge:' || encode(challenge_hash, 'hex') = {KEY}"
    op.execute(f"create policy holder on challenges to {APP} using ({own}) with check ({own})")
    op.execute(f"create policy past on challenges for select to {APP} using (expires_at < now())")
    op.execute(f"create policy swept on challenges for delete to {APP} using (expires_at < now())")


def downgrade() -> None:
    for table in ("challenges", "phrases", "passkeys"):
        op.drop_table(table)


def _of_account(table: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    return (
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{table}_clinic_id")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "account_id"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f(f"fk_{table}_clinic_id_account_id"),
        ),
    )
