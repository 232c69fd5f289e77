"""Brings a backup back into an empty database, and holds what is there then against what was there before."""

import os
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal

import click
import psycopg

from glidepath.backups import container, counting, programs
from glidepath.backups.container import Manifest, Refused
from glidepath.backups.keys import Identity
from glidepath.database.embedded import APP
from glidepath.database.revisions import revisions
from glidepath.startup import step

Section = Literal["pre-data", "data", "post-data"]

_IS_EMPTY: Final = """
    select not exists (select from pg_class where relnamespace = 'public'::regnamespace and not exists (
        select from pg_depend where objid = pg_class.oid and deptype = 'e'
    ))
"""
_MISSING_ROLES: Final = (
    "select name from unnest(%s::text[]) as name where to_regrole(quote_ident(name)) is null"
)
# Whatever a restore that failed has made of what was empty before.
_EMPTY: Final = """
do $$
declare one record;
begin
    for one in
        select oid::regclass::text as name from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'r' and pg_has_role(relowner, 'usage')
    loop
        execute format('drop table if exists %s cascade', one.name);
    end loop;
    for one in
        select oid::regclass::text as name from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'S' and pg_has_role(relowner, 'usage')
    loop
        execute format('drop sequence if exists %s cascade', one.name);
    end loop;
    for one in
        select oid::regprocedure::text as name from pg_proc
        where pronamespace = 'public'::regnamespace and pg_has_role(proowner, 'usage')
    loop
        execute format('drop routine if exists %s cascade', one.name);
    end loop;
    for one in
        select oid::regtype::text as name from pg_type
        where typnamespace = 'public'::regnamespace and typtype in ('e', 'c') and pg_has_role(typowner, 'usage')
    loop
        execute format('drop type if exists %s cascade', one.name);
    end loop;
end $$
"""


def check(file: Path, identities: list[Identity]) -> Manifest:
    """Reads the whole of it and makes nothing. Raises Refused where it is not as it was written, or of a version
    that this one does not know."""
    header = container.read_header(file)
    if header.revision not in revisions()[0]:
        raise Refused(
            f"{file} was made by Glidepath {header.glidepath} at revision {header.revision}, which this version "
            "does not know; use that one, or a newer one."
        )
    return container.read(file, identities)


def restore(file: Path, identities: list[Identity], owner_url: str) -> Manifest:
    """What is in the database when this returns is what was in it when the backup was made; when it raises, the
    database is empty as before."""
    with step("Reading the backup"):
        manifest = check(file, identities)
    try:
        _require_empty(owner_url, manifest)
        with step("Making the tables"):
            _restore("pre-data", file, identities, owner_url)
        try:
            _fill(file, identities, owner_url, manifest)
        except BaseException:
            with psycopg.connect(owner_url) as connection:
                connection.execute(_EMPTY)
            raise
    except psycopg.Error as error:
        # The type alone: a message may name what stands in a row.
        raise click.ClickException(
            f"The database does not take the backup ({type(error).__name__}); see its log, and begin with an empty one."
        ) from None
    return manifest


def _fill(file: Path, identities: list[Identity], owner_url: str, manifest: Manifest) -> None:
    with step("Filling them"):
        _restore("data", file, identities, owner_url)
    # Before the walls stand, behind which the owner sees no row.
    with step("Comparing every row"), psycopg.connect(owner_url) as connection:
        _compare(connection, manifest)
    with step("Making keys, triggers and walls"):
        _restore("post-data", file, identities, owner_url)
        with psycopg.connect(owner_url, autocommit=True) as connection:
            connection.execute("analyze")


def _require_empty(owner_url: str, manifest: Manifest) -> None:
    with psycopg.connect(owner_url) as connection:
        ((is_empty, user),) = connection.execute(f"select ({_IS_EMPTY}), current_user").fetchall()
        if not is_empty:
            raise Refused(
                "There is something in this database already; a backup is restored into an empty one."
            )
        missing = connection.execute(_MISSING_ROLES, [[manifest.owner, APP]]).fetchall()
        if missing:
            raise Refused(
                f"This server has no role {missing[0][0]}; make it as deploy/roles.sh does."
            )
        if user != manifest.owner:
            raise Refused(
                f"The tables belong to {manifest.owner}, and the address names {user}; name the owner's role."
            )
        here = connection.info.server_version // 10000
        if here < manifest.postgres:
            raise Refused(
                f"The backup is of PostgreSQL {manifest.postgres}, and this is {here}; use that one, or a newer one."
            )


def _compare(connection: psycopg.Connection[Any], manifest: Manifest) -> None:
    differing = counting.differences(manifest.tables, counting.tables(connection))
    given = counting.sequences(connection)
    differing += [
        f"{name} goes on from too early a number"
        for name, least in manifest.sequences.items()
        if given.get(name, -1) < least
    ]
    if differing:
        raise Refused(f"What was restored is not what was backed up: {'; '.join(differing)}.")


def _restore(section: Section, file: Path, identities: list[Identity], owner_url: str) -> None:
    reached = programs.reach(owner_url)
    process = subprocess.Popen(  # noqa: S603 (words of ours and an address from the settings)
        [
            programs.path("pg_restore"),
            f"--section={section}",
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-tablespaces",
            "--no-password",
            f"--dbname={reached.conninfo}",
        ],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | reached.environ,
    )
    assert process.stdin is not None
    with process:
        try:
            # It has enough once it has read what there is of its section.
            with suppress(BrokenPipeError):
                container.read(file, identities, process.stdin.write)
            with suppress(BrokenPipeError):
                process.stdin.close()
            assert process.stderr is not None
            said = process.stderr.read()
            if process.wait() != 0:
                raise programs.failed("pg_restore", process, said)
        finally:
            process.kill()
