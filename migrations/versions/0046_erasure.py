"""Holds, planned erasures and patients' wishes for one; and how a patient's rows go, all of them.

The application holds no right to remove an entry, and gets none. One function does it, as the owner of the tables,
and looks itself: that it is a patient, that the erasure was planned, that its time has come, and that there is no
hold. It goes along the foreign keys from the account, so that a table which hangs on a patient is not forgotten; what
hangs on none is named. Forced row-level security shows the owner these rows only in the clinic that the transaction
has entered, and only while one is erased.

A new table of a clinic says `select let_erasure_reach('its_name')` in its migration.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

APP = "glidepath_app"
CLINIC = "nullif(current_setting('app.clinic_id', true), '')::uuid"
OWN = f"clinic_id = {CLINIC}"
KEY = "current_setting('app.key', true)"
RESEALING = "current_setting('app.resealing', true) = 'yes'"
HOLDS, PLANNED, WISHES = "erasure_holds", "erasures", "erasure_wishes"
ERASED, SIGN_INS = "erased_accounts", "erased_sign_ins"
# What the application may write of a row that it has added.
ENDS = {
    HOLDS: "lifted_at, lifted_by, lifted_why",
    PLANNED: "taken_back_at, taken_back_by",
    WISHES: "ended_at, ended_by, answer",
}
LET_REACH = """
    create function let_erasure_reach(name regclass) returns void language plpgsql as $$
    begin
        execute format(
            'create policy erasure on %s to current_user using (%s)', name, $using$
                clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid
                and current_setting('app.erasing', true) <> ''
            $using$
        );
    end $$
"""
# Nobody plans an erasure into the past, not even who has the application's role.
PLANNED_NOW = """
    create function refuse_erasure_of_another_time() returns trigger language plpgsql as $$
    begin
        if new.asked_at not between now() - interval '10 minutes' and now() + interval '10 minutes' then
            raise exception 'an erasure is planned when it is asked for' using errcode = '42501';
        end if;
        return new;
    end $$
"""
# Children first, along every foreign key that leads to the rows named by a condition.
HANGING = """
    create function erase_hanging(name regclass, which text) returns bigint
    language plpgsql set search_path = public, pg_temp as $$
    declare
        link record;
        gone bigint := 0;
        part bigint;
    begin
        for link in
            select conrelid::regclass as child,
                (
                    select string_agg(quote_ident(attname), ', ' order by place)
                    from unnest(conkey) with ordinality as key (number, place)
                    join pg_attribute on attrelid = conrelid and attnum = number
                ) as here,
                (
                    select string_agg(quote_ident(attname), ', ' order by place)
                    from unnest(confkey) with ordinality as key (number, place)
                    join pg_attribute on attrelid = confrelid and attnum = number
                ) as there
            from pg_constraint
            where contype = 'f' and confrelid = name and conrelid <> name
            order by conname
        loop
            gone := gone + erase_hanging(link.child, format(
                '(%s) in (select %s from %s where %s)', link.here, link.there, name, which
            ));
        end loop;
        execute format('delete from %s where %s', name, which);
        get diagnostics part = row_count;
        return gone + part;
    end $$
"""
# Of the queue and of a replay, which name ids and hang on nothing. A job that a worker is at is waited for, unless
# there is no worker: after a restore.
ROWS = f"""
    create function erase_rows(patient uuid, at_work boolean) returns bigint
    language plpgsql set search_path = public, pg_temp as $$
    declare
        clinic constant uuid := {CLINIC};
        named text[];
        gone bigint;
    begin
        perform set_config('app.erasing', patient::text, true);
        named := array(
            select patient::text
            union all select id::text from episodes where clinic_id = clinic and patient_id = patient
            union all select id::text from known_devices where clinic_id = clinic and account_id = patient
            union all select id::text from sessions where clinic_id = clinic and account_id = patient
            union all select id::text from alerts where clinic_id = clinic and patient_id = patient
            union all select d.id::text from deliveries d
                left join alerts a on a.clinic_id = d.clinic_id and a.id = d.alert_id
                where d.clinic_id = clinic and (d.recipient_id = patient or a.patient_id = patient)
        );
        if at_work and exists (
            select from procrastinate_jobs where status = 'doing'
                and exists (select from jsonb_each_text(args) where value = any (named))
        ) then
            raise exception 'a worker is at something of theirs' using errcode = '55006';
        end if;
        delete from procrastinate_jobs
            where exists (select from jsonb_each_text(args) where value = any (named));
        delete from replays where clinic_id = clinic and result::text like '%' || patient || '%';
        delete from challenges where account_id = patient;
        insert into {SIGN_INS} (clinic_id, token_hash, expires_at)
            select clinic_id, token_hash, expires_at from sessions
            where clinic_id = clinic and account_id = patient and expires_at > now()
            on conflict do nothing;
        gone := erase_hanging(
            'accounts', format('clinic_id = %L and id = %L and role = ''patient''', clinic, patient)
        );
        insert into {ERASED} (clinic_id, id, erased_at) values (clinic, patient, now())
            on conflict do nothing;
        perform set_config('app.erasing', '', true);
        return gone;
    end $$
"""
ERASE = f"""
    create function erase_patient(patient uuid) returns bigint
    language plpgsql security definer set search_path = public, pg_temp as $$
    declare
        clinic constant uuid := {CLINIC};
    begin
        perform set_config('app.erasing', patient::text, true);
        perform from patients p join accounts a on a.clinic_id = p.clinic_id and a.id = p.id
            where p.clinic_id = clinic and p.id = patient and a.role = 'patient'
            for update;
        if not found then
            raise exception 'only a patient of the entered clinic is erased' using errcode = '42501';
        end if;
        perform from {PLANNED}
            where clinic_id = clinic and patient_id = patient
                and taken_back_at is null and due_at <= now()
            for update;
        if not found then
            raise exception 'no erasure of theirs is due' using errcode = '42501';
        end if;
        if exists (
            select from {HOLDS}
            where clinic_id = clinic and patient_id = patient and lifted_at is null
        ) then
            raise exception 'there is a hold' using errcode = '42501';
        end if;
        return erase_rows(patient, true);
    end $$
"""
# From an account along the foreign keys, in whatever order the tables were made.
REACHED = """
    with recursive reached (name) as (
        select 'accounts'::regclass::oid
        union
        select conrelid from pg_constraint join reached on confrelid = name where contype = 'f'
    )
    select relname from reached join pg_class on pg_class.oid = name order by relname
"""


def uuid(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, TIMESTAMP(timezone=True), nullable=nullable)


def text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def within(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", column],
        [f"{other}.clinic_id", f"{other}.id"],
        name=op.f(f"fk_{table}_clinic_id_{column}"),
    )


def of_patient(table: str, *rest: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        uuid("clinic_id"),
        uuid("id"),
        uuid("patient_id"),
        *rest,
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{table}")),
        of_clinic(table),
        within(table, "patient_id", "patients"),
    )
    op.create_index(f"ix_{table}_patient_id", table, ["clinic_id", "patient_id"])


def of_clinic(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id"], ["clinics.id"], name=op.f(f"fk_{table}_clinic_id")
    )


def one_open(table: str, end: str) -> None:
    op.create_index(
        f"uq_{table}_open",
        table,
        ["clinic_id", "patient_id"],
        unique=True,
        postgresql_where=sa.text(f"{end} is null"),
    )


def check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    of_patient(
        HOLDS,
        text("reason"),
        moment("set_at"),
        uuid("set_by"),
        moment("lifted_at", nullable=True),
        uuid("lifted_by", nullable=True),
        text("lifted_why", nullable=True),
        within(HOLDS, "set_by", "accounts"),
        within(HOLDS, "lifted_by", "accounts"),
        check(
            HOLDS,
            "lifted",
            "(lifted_at is null) = (lifted_by is null) and (lifted_at is null) = (lifted_why is null)",
        ),
    )
    of_patient(
        PLANNED,
        text("reason"),
        moment("asked_at"),
        uuid("asked_by"),
        moment("due_at"),
        moment("taken_back_at", nullable=True),
        uuid("taken_back_by", nullable=True),
        within(PLANNED, "asked_by", "accounts"),
        within(PLANNED, "taken_back_by", "accounts"),
        check(PLANNED, "waits", "due_at >= asked_at + interval '24 hours'"),
        check(PLANNED, "taken_back", "(taken_back_at is null) = (taken_back_by is null)"),
    )
    of_patient(
        WISHES,
        moment("wished_at"),
        moment("ended_at", nullable=True),
        uuid("ended_by", nullable=True),
        text("answer", nullable=True),
        within(WISHES, "ended_by", "accounts"),
        check(WISHES, "ended", "(ended_at is null) = (ended_by is null)"),
        check(WISHES, "answer", "(ended_by <> patient_id) = (answer is not null)"),
    )
    for table, end in ((HOLDS, "lifted_at"), (PLANNED, "taken_back_at"), (WISHES, "ended_at")):
        one_open(table, end)
        wall(table)
        op.execute(f"grant select, insert, update ({ENDS[table]}) on {table} to {APP}")
        op.execute(f"create policy reseal on {table} to current_user using ({RESEALING})")
        op.execute(
            f"create trigger tell_of_patient after insert or update on {table} "
            "for each row execute function tell_of_patient()"
        )
    op.execute(PLANNED_NOW)
    op.execute(
        f"create trigger of_now before insert on {PLANNED} "
        "for each row execute function refuse_erasure_of_another_time()"
    )
    what_stays()
    functions()


def what_stays() -> None:
    """That there was somebody, by an id that names nobody; and how an erased phone is known until its time is over."""
    op.create_table(
        ERASED,
        uuid("clinic_id"),
        uuid("id"),
        moment("erased_at"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{ERASED}")),
        of_clinic(ERASED),
    )
    op.create_table(
        SIGN_INS,
        uuid("clinic_id"),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        moment("expires_at"),
        sa.PrimaryKeyConstraint("clinic_id", "token_hash", name=op.f(f"pk_{SIGN_INS}")),
        of_clinic(SIGN_INS),
    )
    for table in (ERASED, SIGN_INS):
        wall(table)
        op.execute(
            f"create policy erasure on {table} to current_user "
            f"using ({OWN}) with check ({OWN} and current_setting('app.erasing', true) <> '')"
        )
    op.execute(f"grant select on {ERASED} to {APP}")
    op.execute(f"grant select, delete on {SIGN_INS} to {APP}")
    held = f"'session:' || encode(token_hash, 'hex') = {KEY}"
    op.execute(f"create policy holder on {SIGN_INS} for select to {APP} using ({held})")


def wall(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy tenant on {table} to {APP} using ({OWN}) with check ({OWN})")


def functions() -> None:
    op.execute(LET_REACH)
    for (table,) in op.get_bind().execute(sa.text(REACHED)).fetchall():
        op.execute(f"select let_erasure_reach('{table}')")
    erasing = "current_setting('app.erasing', true)"
    op.execute(
        f"create policy erasure on challenges to current_user using (account_id::text = {erasing})"
    )
    op.execute(
        "create policy erasure on procrastinate_jobs to current_user "
        f"using (args ->> 'clinic_id' = {CLINIC}::text and {erasing} <> '')"
    )
    op.execute(HANGING)
    op.execute(ROWS)
    op.execute(ERASE)
    for name in ("let_erasure_reach", "erase_hanging", "erase_rows", "erase_patient"):
        op.execute(f"revoke all on function {name} from public")
    op.execute(f"grant execute on function erase_patient to {APP}")


def downgrade() -> None:
    for name in ("erase_patient", "erase_rows", "erase_hanging", "let_erasure_reach"):
        op.execute(f"drop function {name}")
    for (table,) in op.get_bind().execute(sa.text(REACHED)).fetchall():
        op.execute(f"drop policy if exists erasure on {table}")
    for table in ("challenges", "procrastinate_jobs"):
        op.execute(f"drop policy erasure on {table}")
    for table in (SIGN_INS, ERASED, WISHES, PLANNED, HOLDS):
        op.drop_table(table)
    op.execute("drop function refuse_erasure_of_another_time")
