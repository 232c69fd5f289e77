"""`glidepath backup-key`, `backup`, `restore` and `drill`."""

import asyncio
import os
import signal
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click
import httpx
import msgspec
import psycopg

from glidepath import startup
from glidepath.backups import drilling, keys, making, restoring
from glidepath.backups.container import Manifest
from glidepath.database.engine import Database
from glidepath.database.revisions import revisions
from glidepath.records import erasing
from glidepath.settings import Settings, load_settings

MEGABYTE: Final = 1_000_000
SECONDS_TO_HEAR: Final = 10
# The same server since the same moment, and the same database on it.
_WHICH: Final = """
    select pg_postmaster_start_time(), oid from pg_database where datname = current_database()
"""


def _file(*, exists: bool) -> click.Path:
    return click.Path(dir_okay=False, exists=exists, path_type=Path)


KEY_OPTION = click.option(
    "--key",
    "key_file",
    type=_file(exists=True),
    required=True,
    help="The key that `glidepath backup-key` made.",
)


@click.command(name="backup-key")
@click.argument("file", type=_file(exists=False))
@click.option("--passphrase", is_flag=True, help="Ask for a passphrase, and seal the key with it.")
def backup_key(file: Path, passphrase: bool) -> None:
    """Write a new key for backups to FILE and print its public half: that one seals, and opens nothing."""
    phrase = (
        click.prompt("Passphrase of the key", hide_input=True, confirmation_prompt=True)
        if passphrase
        else None
    )
    try:
        public = keys.make(file, datetime.now(UTC), phrase)
    except OSError as error:
        raise click.ClickException(f"The key cannot be written: {error}.") from None
    click.echo(public)
    click.echo(
        f"Set GLIDEPATH_BACKUP_RECIPIENT to this, and keep {file} apart from the backups: without it none opens.",
        err=True,
    )


@click.command()
@click.argument("file", type=_file(exists=False), required=False)
def backup(file: Path | None) -> None:
    """Write the whole database, sealed, to FILE; without one, into GLIDEPATH_BACKUP_FOLDER."""
    _end_like_an_interrupt()
    settings, now = load_settings(os.environ), datetime.now(UTC)
    if settings.backup_recipient is None:
        raise click.ClickException(
            "GLIDEPATH_BACKUP_RECIPIENT is not set, and nobody could open the backup; "
            "set it to what `glidepath backup-key` prints."
        )
    recipients = keys.recipients(settings.backup_recipient)
    file = file or _named(settings, now)
    with startup.owned_database(settings) as owner_url:
        made = making.make(owner_url, file, recipients, now)
    click.echo(f"{_said(made.manifest)}, {made.size / MEGABYTE:.1f} MB sealed in {file}.")
    if settings.backup_heartbeat_url is not None:
        _beat(settings.backup_heartbeat_url)


def _beat(url: str) -> None:
    """A backup that nobody hears of is one all the same; whoever counts them will ask."""
    try:
        httpx.get(url, timeout=SECONDS_TO_HEAR).raise_for_status()
    except httpx.HTTPError as error:
        reason = type(error).__name__
        click.echo(f"GLIDEPATH_BACKUP_HEARTBEAT_URL was not reached: {reason}.", err=True)


def _named(settings: Settings, now: datetime) -> Path:
    if settings.backup_folder is None:
        raise click.ClickException("Name a file, or set GLIDEPATH_BACKUP_FOLDER.")
    return settings.backup_folder / f"glidepath-{now:%Y%m%dT%H%M%SZ}.backup"


def _said(manifest: Manifest) -> str:
    rows = sum(one.rows for one in manifest.tables.values())
    return f"{len(manifest.tables)} tables with {rows} rows"


@click.command()
@click.argument("file", type=_file(exists=True))
@KEY_OPTION
@click.option(
    "--into",
    help="The address of an empty database, as the owner's role. Without it: GLIDEPATH_OWNER_DATABASE_URL.",
)
def restore(file: Path, key_file: Path, into: str | None) -> None:
    """Bring the backup in FILE back into an empty database, compare every row, and erase again who was erased since."""
    _end_like_an_interrupt()
    settings = load_settings(os.environ)
    startup.require_keys(settings)
    identities = keys.read(key_file, ask)
    if into is not None:
        owner_url = startup.require_database(into, startup.OWNERS)
        _restore(file, identities, settings, owner_url, settings.database_url)
        return
    if settings.database_url or settings.owner_database_url:
        owner_url = startup.require_database(settings.owner_database_url, startup.OWNERS)
        _restore(file, identities, settings, owner_url, settings.database_url)
        return
    with startup.started_database(settings) as own:
        _restore(file, identities, settings, own.owner, own.app)


def ask() -> str:
    return str(click.prompt("Passphrase of the key", hide_input=True, err=True))


def _restore(
    file: Path,
    identities: list[keys.Identity],
    settings: Settings,
    owner_url: str,
    app_url: str | None,
) -> None:
    manifest = restoring.restore(file, identities, owner_url)
    click.echo(f"{_said(manifest)}, as on {manifest.header.at:%Y-%m-%d %H:%M} UTC.")
    if manifest.header.revision != revisions()[1]:
        click.echo("Left to do: `glidepath migrate upgrade`, then `glidepath erasure replay`.")
        return
    if app_url is None or not _is_same(app_url, owner_url):
        click.echo(
            "Left to do: set GLIDEPATH_DATABASE_URL and GLIDEPATH_OWNER_DATABASE_URL to this database, "
            "then `glidepath erasure replay`."
        )
        return
    count = asyncio.run(erase_again(app_url, owner_url, settings))
    click.echo(f"{count} records were erased again. Left to do: start web server and worker.")


@click.command()
@click.argument("file", type=_file(exists=True))
@KEY_OPTION
def drill(file: Path, key_file: Path) -> None:
    """Try whether the backup in FILE can be brought back, in a database of its own that is thrown away.

    Status 0 says that it can be with these settings: every row is compared, the audit trails hold together, and
    the keys of what is sealed are there. Nothing but a temporary folder is written to.
    """
    _end_like_an_interrupt()
    settings = load_settings(os.environ)
    startup.require_keys(settings)
    identities = keys.read(key_file, ask)
    began = time.perf_counter()
    with (
        TemporaryDirectory(prefix="gp-", ignore_cleanup_errors=True) as folder,
        startup.started_database(_throw_away(settings, Path(folder))) as empty,
    ):
        manifest = restoring.restore(file, identities, empty.owner)
        found = asyncio.run(drilling.examine(empty, manifest, settings))
    click.echo(
        f"{_said(manifest)} are back as on {manifest.header.at:%Y-%m-%d %H:%M} UTC, "
        f"after {time.perf_counter() - began:.1f} s. The audit trails of {found.clinics} clinics hold together, "
        f"{found.events} events. {found.erased_again} records were erased again."
    )


def _throw_away(settings: Settings, folder: Path) -> Settings:
    return msgspec.structs.replace(
        settings, database_url=None, owner_database_url=None, data_dir=folder
    )


def _end_like_an_interrupt() -> None:
    """Whoever is told to end tidies up as after Ctrl-C: nothing half made stays, and no database that was to go."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def _is_same(app_url: str, owner_url: str) -> bool:
    found = []
    for url in (app_url, owner_url):
        try:
            with psycopg.connect(url, connect_timeout=5) as connection:
                found.append(connection.execute(_WHICH).fetchall())
        except psycopg.Error:
            return False
    return found[0] == found[1]


async def erase_again(app_url: str, owner_url: str, settings: Settings) -> int:
    database, owner = Database(app_url, pool_size=1), Database(owner_url, pool_size=1)
    try:
        return await erasing.replay(database, owner, settings, datetime.now(UTC))
    finally:
        await database.close()
        await owner.close()
