"""The audit trail: one chain of events for each clinic, to which anybody adds and from which nobody takes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, UUID

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

APP = "glidepath_app"
CLINIC = "nullif(current_setting('app.clinic_id', true), '')::uuid"
WORKER = "current_setting('app.queue', true) = 'worker'"
MOMENT = TIMESTAMP(timezone=True)
KEY = UUID(as_uuid=True)
EVENTS, HEADS = "audit_events", "audit_heads"
CHECKS = {
    "seq_counts": "seq > 0",
    "action": "action ~ '^[a-z_]+:[a-z_]+:[a-z_]+$'",
    "outcome": "outcome in ('done', 'denied', 'refused')",
    "role": "role in ('patient', 'therapist', 'admin', 'system')",
    "scope": "scope in ('patient', 'self', 'caseload', 'clinic')",
    "purpose": "purpose in ('care', 'emergency', 'self', 'administration', 'operations')",
    "hash_length": "length(hash) = 32",
    "has_actor": "(role = 'system') = (account_id is null)",
}
# Holds for the owner of the tables as well: only who may switch triggers off gets past it, and leaves a
# broken chain.
REFUSE = """
    create function refuse_audit_change() returns trigger language plpgsql as $$
    begin
        raise exception 'the audit trail is added to, and never changed' using errcode = '42501';
    end
    $$
"""
# A head goes on by one event at a time.
MOVE = """
    create function move_audit_head() returns trigger language plpgsql as $$
    begin
        if new.clinic_id <> old.clinic_id or new.seq <> old.seq + 1 then
            raise exception 'a head moves by one event' using errcode = '42501';
        end if;
        return new;
    end
    $$
"""


def upgrade() -> None:
    op.create_table(
        EVENTS,
        sa.Column("clinic_id", KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("request_id", KEY, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("action", "outcome", "role")),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("session_id", KEY, nullable=True),
        sa.Column("patient_ids", ARRAY(KEY), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("covering_ids", ARRAY(KEY), nullable=False),
        sa.Column("emergency_id", KEY, nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "seq", name=op.f(f"pk_{EVENTS}")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{EVENTS}_clinic_id")),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_{EVENTS}_{name}"))
            for name, rule in CHECKS.items()
        ),
    )
    op.create_index(f"ix_{EVENTS}_patient_ids", EVENTS, ["patient_ids"], postgresql_using="gin")
    op.create_table(
        HEADS,
        sa.Column("clinic_id", KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", name=op.f(f"pk_{HEADS}")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{HEADS}_clinic_id")),
        sa.CheckConstraint("seq >= 0", name=op.f(f"ck_{HEADS}_seq_counts")),
        sa.CheckConstraint("length(hash) = 32", name=op.f(f"ck_{HEADS}_hash_length")),
    )
    op.execute(f"grant select, insert on {EVENTS} to {APP}")
    op.execute(f"grant select, insert, update on {HEADS} to {APP}")
    for table in (EVENTS, HEADS):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        own = f"clinic_id = {CLINIC}"
        op.execute(f"create policy tenant on {table} to {APP} using ({own}) with check ({own})")
    # The worker writes every head down outside the database; a head says nothing of anybody.
    op.execute(f"create policy worker on {HEADS} for select to {APP} using ({WORKER})")
    op.execute(REFUSE)
    op.execute(MOVE)
    for table, deeds in ((EVENTS, "update or delete"), (HEADS, "delete")):
        op.execute(
            f"create trigger {table}_stay before {deeds} on {table}"
            " for each row execute function refuse_audit_change()"
        )
        op.execute(
            f"create trigger {table}_stay_whole before truncate on {table}"
            " for each statement execute function refuse_audit_change()"
        )
    op.execute(
        f"create trigger {HEADS}_move before update on {HEADS}"
        " for each row execute function move_audit_head()"
    )


def downgrade() -> None:
    op.drop_table(EVENTS)
    op.drop_table(HEADS)
    op.execute("drop function refuse_audit_change")
    op.execute("drop function move_audit_head")
