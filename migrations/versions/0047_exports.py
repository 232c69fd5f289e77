"""What somebody asked to have as files, and the files: sealed, for a day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"
RESEALING = "current_setting('app.reseal', true) = 'on'"
# In the transaction of an erasure, as the owner.
END_THOSE_OF_ALL = """
    create function end_exports_of_all() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
    begin
        delete from export_files f using exports e
            where f.clinic_id = new.clinic_id and e.clinic_id = new.clinic_id
                and e.id = f.export_id and e.patient_id is null;
        update exports set state = 'gone', key = null
            where clinic_id = new.clinic_id and patient_id is null;
        return null;
    end $$
"""
# The queue names an export by its id, and hangs on nothing. One that a worker is at finds nothing to do any more.
FORGET_JOBS = """
    create function forget_jobs_of_export() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
    begin
        delete from procrastinate_jobs
            where status <> 'doing' and args ->> 'export_id' = old.id::text;
        return null;
    end $$
"""


def uuid(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, TIMESTAMP(timezone=True), nullable=nullable)


def number(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Integer(), nullable=nullable)


def within(name: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", column],
        [f"{other}.clinic_id", f"{other}.id"],
        name=op.f(f"fk_{name}_clinic_id_{column}"),
    )


def of_clinic(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{name}_clinic_id"))


def check(name: str, called: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{name}_{called}"))


def upgrade() -> None:
    name = "exports"
    op.create_table(
        name,
        uuid("clinic_id"),
        uuid("id"),
        uuid("patient_id", nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        uuid("asked_by"),
        moment("asked_at"),
        sa.Column("wanted", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        moment("beat_at"),
        number("done"),
        number("total", nullable=True),
        moment("finished_at", nullable=True),
        moment("expires_at", nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{name}")),
        of_clinic(name),
        within(name, "patient_id", "patients"),
        within(name, "asked_by", "accounts"),
        check(name, "kind", "kind in ('record', 'fhir')"),
        check(name, "state", "state in ('waiting', 'making', 'ready', 'gone')"),
        check(name, "record_is_of_a_patient", "(kind = 'record') = (patient_id is not null)"),
        check(name, "ready_opens", "(state <> 'ready') or (key is not null)"),
        check(name, "gone_opens_nothing", "(state <> 'gone') or (key is null)"),
        check(
            name,
            "ready_ends",
            "(state <> 'ready') or (finished_at is not null and expires_at is not null)",
        ),
    )
    op.create_index(f"ix_{name}_patient_id", name, ["clinic_id", "patient_id", "asked_at"])
    # Whoever asks again while theirs is under way gets that one.
    op.create_index(
        f"uq_{name}_under_way",
        name,
        ["clinic_id", "patient_id", "asked_by"],
        unique=True,
        postgresql_where=sa.text("state in ('waiting', 'making')"),
        postgresql_nulls_not_distinct=True,
    )
    name = "export_files"
    op.create_table(
        name,
        uuid("clinic_id"),
        uuid("export_id"),
        number("number"),
        sa.Column("kind", sa.Text(), nullable=False),
        number("count"),
        number("size"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "export_id", "number", name=op.f(f"pk_{name}")),
        of_clinic(name),
        within(name, "export_id", "exports"),
    )
    for name in ("exports", "export_files"):
        op.execute(f"alter table {name} enable row level security")
        op.execute(f"alter table {name} force row level security")
        op.execute(f"create policy tenant on {name} to {APP} using ({OWN}) with check ({OWN})")
        op.execute(f"grant select, insert on {name} to {APP}")
    # What was asked for stays; how far it is, and what opens it, does not.
    op.execute(
        "grant update (state, beat_at, done, total, finished_at, expires_at, key)"
        f" on exports to {APP}"
    )
    op.execute(f"grant delete on export_files to {APP}")
    op.execute(f"create policy reseal on exports to current_user using ({RESEALING})")
    # Whoever is erased is in no file of all patients either.
    for name in ("exports", "export_files"):
        op.execute(f"select let_erasure_reach('{name}')")
    for name, function in (
        ("end_exports_of_all", END_THOSE_OF_ALL),
        ("forget_jobs_of_export", FORGET_JOBS),
    ):
        op.execute(function)
        op.execute(f"revoke all on function {name} from public")
    op.execute(
        "create trigger forget_jobs after delete on exports"
        " for each row execute function forget_jobs_of_export()"
    )
    op.execute(
        "create trigger end_exports_of_all after insert on erased_accounts"
        " for each row execute function end_exports_of_all()"
    )


def downgrade() -> None:
    op.execute("drop trigger end_exports_of_all on erased_accounts")
    op.execute("drop function end_exports_of_all")
    op.drop_table("export_files")
    op.drop_table("exports")
    op.execute("drop function forget_jobs_of_export")
