"""Makes a backup: one moment of the whole database, every clinic's rows in it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import click
import psycopg

from glidepath import __version__
from glidepath.backups import container, counting, programs
from glidepath.backups.container import Header, Manifest
from glidepath.backups.keys import Recipient
from glidepath.database.revisions import revisions

PIECE: Final = 1 << 18
# However long it takes: the moment is held by a connection that says nothing meanwhile.
_AT_ONE_MOMENT: Final = (
    "set transaction isolation level repeatable read, read only;"
    " set local idle_in_transaction_session_timeout = 0; set local statement_timeout = 0"
)
_SEE_ALL: Final = "select set_config('app.backup', 'on', false)"
# Tables whose walls would hide rows from the owner, for want of the policy of migration 0051.
_HIDDEN: Final = """
    select relname from pg_class
    where relnamespace = 'public'::regnamespace and relrowsecurity and (
        not exists (
            select from pg_policies
            where schemaname = 'public' and tablename = relname and policyname = 'backup'
                and permissive = 'PERMISSIVE' and cmd = 'SELECT' and roles = array[current_user]
                and qual = '((current_setting(''app.backup''::text, true) = ''on''::text)'
                    ' AND (SESSION_USER = CURRENT_USER))'
        )
        or exists (select from pg_policy where polrelid = pg_class.oid and not polpermissive)
    )
    order by relname
"""
# Others may keep something beside our tables, which is not the owner's to read or to bring back.
_BESIDE: Final = """
    select nspname from pg_namespace
    where nspname not in ('public', 'information_schema') and not starts_with(nspname, 'pg_')
"""
OPTIONS: Final = (
    "--format=custom",
    "--enable-row-security",
    "--exclude-extension=*",
    "--no-publications",
    "--no-subscriptions",
    "--no-password",
)


class Made(NamedTuple):
    manifest: Manifest
    size: int


def make(owner_url: str, file: Path, recipients: list[Recipient], now: datetime) -> Made:
    """Nothing is at `file` unless all of it is, and on the disk. The application may run meanwhile."""
    if file.exists():
        raise click.ClickException(f"{file} is there already; name a file that is not.")
    if not file.parent.is_dir():
        raise click.ClickException(f"{file.parent} is no folder; make it, or name another.")
    try:
        with psycopg.connect(owner_url) as connection:
            connection.execute(_AT_ONE_MOMENT)
            manifest = _manifest(connection, now)
            ((snapshot,),) = connection.execute("select pg_export_snapshot()").fetchall()
            beside = [name for (name,) in connection.execute(_BESIDE).fetchall()]
            with _dumping(owner_url, snapshot, beside) as dump:
                size = container.write(file, manifest, dump, recipients)
    except OSError as error:
        raise click.ClickException(f"The backup cannot be written: {error}.") from None
    except psycopg.Error as error:
        reason = type(error).__name__
        raise click.ClickException(f"The database cannot be read: {reason}.") from None
    return Made(manifest, size)


def _manifest(connection: psycopg.Connection[Any], now: datetime) -> Manifest:
    connection.execute(_SEE_ALL)
    revision = _revision(connection)
    require_all_rows(connection)
    ((owner,),) = connection.execute("select current_user").fetchall()
    return Manifest(
        header=Header(now, revision, __version__),
        postgres=connection.info.server_version // 10000,
        owner=owner,
        tables=counting.tables(connection),
        sequences=counting.sequences(connection),
    )


def require_all_rows(connection: psycopg.Connection[Any]) -> None:
    hidden = [name for (name,) in connection.execute(_HIDDEN).fetchall()]
    if hidden:
        raise click.ClickException(
            f"Rows of {', '.join(hidden)} would be missing in a backup, since their owner does not see them all; "
            "let the owner run `select let_backup_read('the_table')` for each."
        )


def _revision(connection: psycopg.Connection[Any]) -> str:
    found = None
    if connection.execute("select to_regclass('alembic_version')").fetchone() != (None,):
        found = connection.execute("select version_num from alembic_version").fetchone()
    if found is None:
        raise click.ClickException("There is nothing to back up: the database has no tables.")
    newest = revisions()[1]
    if found != (newest,):
        raise click.ClickException(
            f"The database is at revision {found[0]}, and this version of Glidepath at {newest}; "
            "run `glidepath migrate upgrade`, or the version that made the database."
        )
    return str(found[0])


@contextmanager
def _dumping(owner_url: str, snapshot: str, beside: list[str]) -> Iterator[Iterator[bytes]]:
    reached = programs.reach(owner_url, **{"app.backup": "on"})
    process = subprocess.Popen(  # noqa: S603 (words of ours and an address from the settings)
        [
            programs.path("pg_dump"),
            *OPTIONS,
            *(f'--exclude-schema="{name}"' for name in beside),
            f"--snapshot={snapshot}",
            f"--dbname={reached.conninfo}",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | reached.environ,
    )
    with process:
        try:
            yield _pieces(process)
        finally:
            process.kill()


def _pieces(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """Whoever comes to the end of them has the whole dump."""
    assert process.stdout is not None
    assert process.stderr is not None
    while piece := process.stdout.read(PIECE):
        yield piece
    said = process.stderr.read()
    if process.wait() != 0:
        raise programs.failed("pg_dump", process, said)
