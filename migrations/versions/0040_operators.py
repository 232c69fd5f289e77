"""Operators: who runs the installation, in a tenant of their own that is no clinic.

They see which clinics there are by one function alone. It runs as the owner of the tables, whom forced
row-level security shows clinics and accounts only in a transaction that has entered that tenant; what comes
out of it is names and counts. It touches no table with anything of a patient's health.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

APP = "glidepath_app"
INSTALLATION = "01980000-5ca1-7000-8000-000000000101"
ENTERED = f"nullif(current_setting('app.clinic_id', true), '')::uuid = '{INSTALLATION}'"
OPERATORS = f"(role = 'operator') = (clinic_id = '{INSTALLATION}')"
ROLES = {
    "accounts": "'patient', 'therapist', 'admin'",
    "sessions": "'patient', 'therapist', 'admin'",
    "audit_events": "'patient', 'therapist', 'admin', 'system'",
}
# What may stand in their tenant, in an order in which it can go.
KEPT = (
    "kept_mails",
    "notifications",
    "deliveries",
    "push_subscriptions",
    "account_links",
    "passkeys",
    "authenticators",
    "recovery_codes",
    "known_devices",
    "sessions",
    "audit_events",
    "audit_heads",
    "accounts",
)
FUNCTION = f"""
    create function installation_clinics() returns table (
        id uuid, name text, country text, created_at timestamptz,
        staff bigint, patients bigint, begun boolean
    )
    language plpgsql stable security definer set search_path = public, pg_temp as $$
    #variable_conflict use_column
    begin
        if current_setting('app.clinic_id', true) is distinct from '{INSTALLATION}' then
            raise exception 'only for operators of the installation' using errcode = '42501';
        end if;
        return query
            select c.id, c.name, c.country, c.created_at,
                count(a.id) filter (
                    where a.disabled_at is null and a.role in ('therapist', 'admin')
                ),
                count(a.id) filter (where a.disabled_at is null and a.role = 'patient'),
                coalesce(bool_or(a.role <> 'patient' and a.passphrase_hash is not null), false)
            from clinics c
            left join accounts a on a.clinic_id = c.id
            where c.kind = 'clinic'
            group by c.id
            order by lower(c.name), c.id;
    end
    $$
"""


def upgrade() -> None:
    op.add_column("clinics", sa.Column("kind", sa.Text(), nullable=False, server_default="clinic"))
    _unforced("clinics", "update clinics set kind = 'watchdog' where synthetic")
    op.drop_index("uq_clinics_synthetic", "clinics")
    op.drop_column("clinics", "synthetic")
    op.create_check_constraint(
        op.f("ck_clinics_kind"), "clinics", "kind in ('clinic', 'watchdog', 'installation')"
    )
    op.create_check_constraint(
        op.f("ck_clinics_one_installation"),
        "clinics",
        f"(kind = 'installation') = (id = '{INSTALLATION}')",
    )
    op.create_index(
        "uq_clinics_kind",
        "clinics",
        ["kind"],
        unique=True,
        postgresql_where=sa.text("kind <> 'clinic'"),
    )
    for table, roles in ROLES.items():
        _check_roles(table, f"{roles}, 'operator'")
    for table in ("accounts", "sessions"):
        op.create_check_constraint(op.f(f"ck_{table}_operators"), table, OPERATORS)
    for table in ("clinics", "accounts"):
        op.execute(f"create policy counted on {table} for select to current_user using ({ENTERED})")
    op.execute(FUNCTION)
    op.execute("revoke all on function installation_clinics from public")
    op.execute(f"grant execute on function installation_clinics to {APP}")


def downgrade() -> None:
    op.execute("drop function installation_clinics")
    for table in ("clinics", "accounts"):
        op.execute(f"drop policy counted on {table}")
    for table in KEPT:
        triggers = table.startswith("audit_")
        if triggers:
            op.execute(f"alter table {table} disable trigger user")
        _unforced(table, f"delete from {table} where clinic_id = '{INSTALLATION}'")
        if triggers:
            op.execute(f"alter table {table} enable trigger user")
    _unforced("clinics", f"delete from clinics where id = '{INSTALLATION}'")
    for table in ("accounts", "sessions"):
        op.drop_constraint(op.f(f"ck_{table}_operators"), table)
    for table, roles in ROLES.items():
        _check_roles(table, roles)
    op.add_column(
        "clinics", sa.Column("synthetic", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    _unforced("clinics", "update clinics set synthetic = true where kind = 'watchdog'")
    op.create_index(
        "uq_clinics_synthetic",
        "clinics",
        ["synthetic"],
        unique=True,
        postgresql_where=sa.text("synthetic"),
    )
    op.drop_index("uq_clinics_kind", "clinics")
    for name in ("ck_clinics_kind", "ck_clinics_one_installation"):
        op.drop_constraint(op.f(name), "clinics")
    op.drop_column("clinics", "kind")


def _unforced(table: str, deed: str) -> None:
    op.execute(f"alter table {table} no force row level security")
    op.execute(deed)
    op.execute(f"alter table {table} force row level security")


def _check_roles(table: str, roles: str) -> None:
    name = op.f(f"ck_{table}_role")
    op.drop_constraint(name, table)
    op.create_check_constraint(name, table, f"role in ({roles})")
