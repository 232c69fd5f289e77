"""`glidepath doctor`."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Final

import click
import msgspec
import psycopg
from sqlalchemy.exc import DBAPIError

from glidepath import startup
from glidepath.database.engine import Database
from glidepath.doctor import of_database, of_files, of_settings
from glidepath.doctor.findings import Finding, State, note, wrong
from glidepath.settings import Settings, SettingsError, load_settings

APPS: Final = "GLIDEPATH_DATABASE_URL"
COLOURS: Final[dict[State, str]] = {"well": "green", "wrong": "red", "note": "yellow"}


@click.command()
def doctor() -> None:
    """Say line by line what is well with this installation, what is wrong, and how to mend it; status 1 if anything is.

    Ask with the settings of the worker, and GLIDEPATH_OWNER_DATABASE_URL besides where it is at hand. It reads, but for a
    row that it takes back; no line tells anything of a patient.
    """
    count = 0
    for one in examine(datetime.now(UTC)):
        mark = click.style(f"{one.state:<5}", fg=COLOURS[one.state])
        click.echo(f"{mark}  {one.about:<12}  {one.says}")
        count += one.state == "wrong"
    if count:
        raise click.ClickException(f"{count} {'thing is' if count == 1 else 'things are'} wrong.")
    click.echo("Nothing is wrong.")


def examine(now: datetime) -> Iterator[Finding]:
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        yield wrong("settings", str(error))
        return
    yield from of_settings.look(settings)
    yield from of_settings.address(settings, now)
    yield asyncio.run(of_settings.mails(settings))
    yield from of_files.backups(settings.backup_folder, now)
    with ExitStack() as stack:
        try:
            own = None
            if not settings.database_url and not settings.owner_database_url:
                own = stack.enter_context(startup.own_database(settings))
            app = own.app if own else startup.require_database(settings.database_url, APPS)
            yield from database(app, settings, now)
            if own is not None or settings.owner_database_url is not None:
                owner = own.owner if own else None
                owner = owner or startup.require_database(
                    settings.owner_database_url, startup.OWNERS
                )
                yield from of_database.sealed(owner, settings)
            else:
                yield note("sealed texts", f"are not looked at, since {startup.OWNERS} is not set")
        except click.ClickException as error:
            yield wrong("database", error.message)
        except (psycopg.Error, DBAPIError, OSError) as error:
            # The type alone: a message may name what stands in a row.
            yield wrong("database", f"It answers wrongly ({type(error).__name__}); see its log.")


def database(url: str, settings: Settings, now: datetime) -> Iterator[Finding]:
    """As the application's role."""
    if not of_database.has_tables(url):
        yield wrong("migrations", "There are no tables yet; run `glidepath migrate upgrade`.")
        return
    settings = msgspec.structs.replace(settings, database_url=url)
    yield from of_database.look(url, settings)
    found = list(asyncio.run(of_database.readies(settings, url)))
    yield from found
    if any(one.state == "wrong" for one in found if one.about in ("database", "migrations")):
        # Of another schema, or of none that answers, nothing more can be asked.
        return
    yield from asyncio.run(_inside(url, settings, now))


async def _inside(url: str, settings: Settings, now: datetime) -> list[Finding]:
    opened = Database(url, pool_size=1)
    try:
        return [
            *await of_database.stands(opened, settings, now),
            *await of_files.trails(opened, settings, now),
            await of_files.erased(opened, settings),
        ]
    finally:
        await opened.close()
