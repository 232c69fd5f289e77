"""What the schema must be like to be spread over machines by clinic (Citus), and where it is not."""

from typing import Any, Final

import psycopg

# By table why it belongs to no clinic, and where it would stand.
OF_NO_CLINIC: Final = {
    "clinics": "a reference table, on every machine: each row of a clinic names it",
    "alembic_version": "the coordinator's: of the schema",
    "challenges": "the coordinator's: asked of a passkey before anybody knows whose it is",
    "guess_counts": "the coordinator's: counted before anybody knows whether there is such an account",
    "procrastinate_jobs": "the coordinator's: one queue, whose rows hold ids alone",
    "procrastinate_events": "the coordinator's: of the queue",
    "procrastinate_periodic_defers": "the coordinator's: of the queue",
    "procrastinate_workers": "the coordinator's: of the queue",
    "watchdog_rounds": "the coordinator's: of the installation",
}
# Unique in the whole installation, since whoever shows one has not said of which clinic they are. No machine can hold
# that for all; docs/scaling.md says what takes its place.
UNIQUE_ANYWHERE: Final = {
    "uq_sessions_token_hash": "256 random bits: no two are alike, and the clinic's own key would do",
    "uq_account_links_secret_hash": "256 random bits, as above",
    "uq_invitations_link_hash": "256 random bits, as above",
    "uq_invitations_code_hash": "40 random bits that somebody types: two clinics may draw the same one",
    "uq_passkeys_credential_id": "made by the device, which must not sign in to two accounts",
    "uq_phrases_phrase_hash": "six words that somebody says: two clinics may draw the same ones",
    "uq_push_subscriptions_endpoint": "a browser is one account's, whichever clinic had it before",
}
# What each kind of key opens before a clinic is known (`show_key`): what a directory of keys and clinics would be asked.
OPENED_BY: Final = {
    "device": {"known_devices"},
    "email": {"accounts"},
    "invitation": {"invitations"},
    "joining": {"invitations"},
    "link": {"account_links"},
    "passkey": {"passkeys"},
    "phrase": {"phrases"},
    "push": {"push_subscriptions"},
    "session": {"sessions", "erased_sign_ins"},
}
# Citus runs a trigger where the row is, and of those for each row alone; by its function what that means.
TRIGGERS: Final = {
    "tell_of_patient": "tells on the row's own machine: a web process listens on each",
    "tell_of_episode": "as above",
    "end_pushes_of_session": "touches rows of the same clinic alone",
    "end_pushes_of_account": "as above",
    "end_exports_of_all": "as above",
    "move_audit_head": "looks at its own row alone",
    "refuse_erasure_of_another_time": "as above",
    "refuse_audit_change": "as above; against `truncate` the missing right is what is left",
    "forget_jobs_of_export": "reaches for the queue, which is the coordinator's: the service would have to do it",
}

_TABLES: Final = """
    select relname, exists (
        select from pg_attribute where attrelid = pg_class.oid and attname = 'clinic_id' and attnotnull
    )
    from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
"""
# Of each unique index its columns in order; an expression has no name.
_UNIQUE: Final = """
    select i.indrelid::regclass::text, i.indexrelid::regclass::text, i.indisprimary, array(
        select coalesce(a.attname::text, '') from unnest(i.indkey) with ordinality as k(number, place)
        left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
        where k.place <= i.indnkeyatts
        order by k.place
    )
    from pg_index i join pg_class r on r.oid = i.indrelid
    where r.relnamespace = 'public'::regnamespace and (i.indisunique or i.indisexclusion)
"""
# Of each foreign key its pairs of columns.
_LINKS: Final = """
    select c.conname, c.conrelid::regclass::text, c.confrelid::regclass::text, array(
        select h.attname || '=' || t.attname
        from unnest(c.conkey, c.confkey) as k(here, there)
        join pg_attribute h on h.attrelid = c.conrelid and h.attnum = k.here
        join pg_attribute t on t.attrelid = c.confrelid and t.attnum = k.there
    ), c.confdeltype in ('n', 'd') or c.confupdtype <> 'a'
    from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace
"""
_TRIGGERS: Final = """
    select distinct t.tgrelid::regclass::text, p.proname
    from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_class r on r.oid = t.tgrelid
    where not t.tgisinternal and r.relnamespace = 'public'::regnamespace
"""

# Of each policy that asks for a key, its kind.
_DOORS: Final = r"""
    select distinct tablename, substring(qual from '''(\w+):''') from pg_policies where qual like '%app.key%'
"""
# Of each such policy its kind where no index has the words that it compares with the key.
_LOOKED_THROUGH: Final = r"""
    select tablename, substring(qual from '''(\w+):''') from pg_policies
    where qual like '%app.key%' and not exists (
        select from pg_index where indrelid = tablename::regclass and indexprs is not null and indpred is null
        and pg_get_expr(indexprs, indrelid) = substring(qual from '^\((.*) = current_setting'))
"""


def broken_rules(connection: psycopg.Connection[Any]) -> set[str]:
    """Every table, key, link and trigger that Citus would refuse or that has no reason here, and reasons for nothing."""
    clinics_own = dict(connection.execute(_TABLES).fetchall())
    spread = {name for name, has_clinic in clinics_own.items() if has_clinic}
    found = {f"{name} is of no clinic" for name in set(clinics_own) - spread - set(OF_NO_CLINIC)}
    found |= {f"{name} is a clinic's" for name in spread & set(OF_NO_CLINIC)}
    return (
        found
        | _keys(connection, spread)
        | _links(connection, spread)
        | _triggers(connection, spread)
        | _doors(connection, spread)
    )


def _keys(connection: psycopg.Connection[Any], spread: set[str]) -> set[str]:
    keys = [one for one in connection.execute(_UNIQUE) if one[0] in spread]
    led = {
        table for table, _, is_primary, columns in keys if is_primary and columns[0] == "clinic_id"
    }
    anywhere = {name for _, name, _, columns in keys if "clinic_id" not in columns}
    return {f"{table} has no key led by clinic_id" for table in spread - led} | {
        f"{name} is unique in no clinic" for name in anywhere ^ set(UNIQUE_ANYWHERE)
    }


def _links(connection: psycopg.Connection[Any], spread: set[str]) -> set[str]:
    found = set()
    for name, here, there, pairs, changes in connection.execute(_LINKS):
        if {here, there} <= spread and "clinic_id=clinic_id" not in pairs:
            found.add(f"{name} leads out of the clinic")
        if here not in spread and there in spread:
            found.add(f"{name} leads from everywhere into a clinic")
        # What it would set on one machine, another has.
        if here in spread and changes:
            found.add(f"{name} changes rows")
    return found


def _triggers(connection: psycopg.Connection[Any], spread: set[str]) -> set[str]:
    used = {function for table, function in connection.execute(_TRIGGERS) if table in spread}
    return {f"{function} runs beside a row" for function in used ^ set(TRIGGERS)}


def _doors(connection: psycopg.Connection[Any], spread: set[str]) -> set[str]:
    doors = {(kind, table) for table, kind in connection.execute(_DOORS) if table in spread}
    told = {(kind, table) for kind, tables in OPENED_BY.items() for table in tables}
    # Where one policy of a table can follow no index, none can: two are joined by `or`.
    return {f"{kind} opens {table}" for kind, table in doors ^ told} | {
        f"all clinics are looked through for {table}"
        for table, _ in connection.execute(_LOOKED_THROUGH)
        if table in spread
    }
