"""The command line. Commands import what they need when they run, so that each starts quickly."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glidepath import __version__, heap
from glidepath.settings import Settings, SettingsError, load_settings, settings_table

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


# Commands that stand beside their code, which is imported only when they are named.
ELSEWHERE = {
    "backup": "glidepath.backups.commands",
    "backup-key": "glidepath.backups.commands",
    "doctor": "glidepath.doctor.commands",
    "drill": "glidepath.backups.commands",
    "replay": "glidepath.replay",
    "restore": "glidepath.backups.commands",
    "screen": "glidepath.screen",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        found = getattr(import_module(ELSEWHERE[cmd_name]), cmd_name.replace("-", "_"))
        assert isinstance(found, click.Command)
        return found


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(version)s")
def cli() -> None:
    """Glidepath: a daily diary for pain in the back of the leg, and early word when it worsens."""
    heap.share()


@cli.command()
@click.option(
    "--demo/--no-demo", default=True, help="Whether an empty database gets a demo clinic."
)
def run(demo: bool) -> None:
    """Start database, web server and worker here, with a demo clinic, until Ctrl-C."""
    from glidepath import run as running  # noqa: PLC0415

    running.run(_settings(), demo=demo)


@cli.command()
def serve() -> None:
    """Serve the web application until a signal stops it."""
    from glidepath import server, startup  # noqa: PLC0415

    settings = _settings()
    with startup.reserve_port(settings) as reserved:
        startup.require_front_end()
        startup.require_databases(settings)
        startup.require_safe(settings)
        from glidepath.app import create_app  # noqa: PLC0415

        server.serve(create_app(settings), reserved, trusted_proxies=settings.trusted_proxies)


@cli.command()
def worker() -> None:
    """Do the jobs that wait in the database until a signal stops it."""
    from glidepath import startup  # noqa: PLC0415

    settings = _settings()
    startup.require_databases(settings)
    startup.require_safe(settings)
    if settings.smtp_url is None:
        click.echo("E-mail is off, since GLIDEPATH_SMTP_URL is not set.")
    if settings.vapid_key is None:
        click.echo("Push is off, since GLIDEPATH_VAPID_KEY is not set.")
    from glidepath.worker import work  # noqa: PLC0415

    asyncio.run(work(settings))


@cli.command()
def watchdog() -> None:
    """Send an alert of its own the whole way, again and again, and say when it does not arrive."""
    from glidepath import startup  # noqa: PLC0415

    settings = _settings()
    startup.require_databases(settings)
    startup.require_safe_place(settings)
    from glidepath.watch.watchdog import watch  # noqa: PLC0415

    asyncio.run(watch(settings))


@cli.group()
def migrate() -> None:
    """Change the schema of the database, as the role that owns it."""


@migrate.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the schema forward to REVISION, or to the newest one."""
    from glidepath import startup  # noqa: PLC0415

    with _owner_for(revision) as owner_url:
        from glidepath.database import migrate as migration  # noqa: PLC0415

        migration.upgrade(owner_url, revision)
        if revision == "head":
            startup.seal_texts(_settings(), owner_url)


@migrate.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take the schema back to REVISION; `base` removes every table and all data."""
    with _owner_for(revision) as owner_url:
        from glidepath.database import migrate as migration  # noqa: PLC0415

        migration.downgrade(owner_url, revision)


@contextmanager
def _owner_for(revision: str) -> Iterator[str]:
    from alembic.util import CommandError  # noqa: PLC0415

    from glidepath import startup  # noqa: PLC0415

    with startup.owned_database(_settings()) as owner_url:
        try:
            yield owner_url
        except CommandError as error:
            raise click.ClickException(
                f"The schema cannot be brought to {revision}: {error}"
            ) from None


@cli.group()
def audit() -> None:
    """Look after the audit trail."""


@audit.command()
def verify() -> None:
    """Recompute every clinic's chain and compare it with its anchors; status 1 if one does not hold."""
    from glidepath import startup  # noqa: PLC0415
    from glidepath.audit import anchors, verifying  # noqa: PLC0415
    from glidepath.audit.keys import key_of  # noqa: PLC0415
    from glidepath.database.engine import Database  # noqa: PLC0415

    settings = _settings()
    startup.require_keys(settings)
    assert settings.audit_anchor is not None
    anchored = anchors.read(settings.audit_anchor)

    async def found(url: str) -> list[verifying.Verdict]:
        database = Database(url, pool_size=1)
        try:
            return await verifying.verify(database, key_of(settings), anchored)
        finally:
            await database.close()

    with startup.read_database(settings) as url:
        verdicts = asyncio.run(found(url))
    for one in verdicts:
        says = "hold together" if one.bad is None else f"but event {one.bad} {one.reason}"
        click.echo(f"{one.clinic_id}: {one.events} events, {one.anchors} anchors, {says}.")
    if any(one.bad is not None for one in verdicts):
        raise click.ClickException("The audit trail was changed.")


@cli.group()
def erasure() -> None:
    """Look after what was erased."""


@erasure.command(name="replay")
def replay_erasures() -> None:
    """Erase again whom a restored backup brought back; until then the installation is not ready."""
    from glidepath import startup  # noqa: PLC0415
    from glidepath.backups.commands import erase_again  # noqa: PLC0415

    settings = _settings()
    startup.require_keys(settings)
    with startup.started_database(settings) as addresses:
        count = asyncio.run(erase_again(addresses.app, addresses.owner, settings))
    click.echo(f"{count} records were erased again.")


@cli.group()
def operator() -> None:
    """Say who runs this installation: adds clinics, and sees nothing of what is in them."""


@operator.command(name="add")
@click.argument("email")
@click.option("--name", required=True, help="How they are called.")
@click.option("--language", type=click.Choice(["en", "es"]), default="en", show_default=True)
def add_operator(email: str, name: str, language: str) -> None:
    """Print a link with which EMAIL chooses a passphrase; for who has one already, another."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from glidepath.identity import operators  # noqa: PLC0415

    async def added() -> operators.WayIn:
        async with _writing() as session:
            return await operators.add(session, email, name, language, base_url, datetime.now(UTC))

    if "@" not in email:
        raise click.ClickException("An operator signs in with an e-mail address.")
    base_url = _settings().base_url
    way = asyncio.run(added())
    click.echo(f"{way.url}\nIt works once, until {way.expires_at:%Y-%m-%d %H:%M} UTC.")


@operator.command(name="close")
@click.argument("email")
def close_operator(email: str) -> None:
    """Sign EMAIL out everywhere and let them in no more; `add` lets them in again."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from glidepath.identity import operators  # noqa: PLC0415
    from glidepath.problems import NotFound  # noqa: PLC0415

    async def closed() -> None:
        async with _writing() as session:
            await operators.close(session, email, datetime.now(UTC))

    try:
        asyncio.run(closed())
    except NotFound as error:
        raise click.ClickException(error.detail) from None
    click.echo(f"{email} is signed out and not let in any more.")


@asynccontextmanager
async def _writing() -> AsyncIterator["AsyncSession"]:
    """One transaction of the application's role."""
    from glidepath import startup  # noqa: PLC0415
    from glidepath.database.engine import Database  # noqa: PLC0415

    with startup.read_database(_settings()) as url:
        database = Database(url, pool_size=1)
        try:
            async with database.writing() as session:
                yield session
        finally:
            await database.close()


@cli.group()
def keys() -> None:
    """Look after the keys that seal what people write."""


@keys.command()
def status() -> None:
    """Say how many texts each key has sealed, and how many none has."""
    from glidepath import startup  # noqa: PLC0415
    from glidepath.database import encryption, resealing  # noqa: PLC0415

    settings = _settings()
    startup.require_keys(settings)
    first = encryption.ring_of(settings).first
    with startup.owned_database(settings) as owner_url:
        counts = resealing.status(owner_url)
    for key in sorted({first, *counts}):
        name = f"key {key}" if key else "no key"
        now = ", which seals now" if key == first else ""
        click.echo(f"{counts[key]:>9}  {name}{now}")


@keys.command()
def rotate() -> None:
    """Seal with the first key what another or none has; may be stopped and gone on with."""
    from glidepath import startup  # noqa: PLC0415
    from glidepath.database import encryption, resealing  # noqa: PLC0415

    settings = _settings()
    startup.require_keys(settings)
    ring = encryption.ring_of(settings)
    with startup.owned_database(settings) as owner_url:
        count = sum(resealing.reseal(owner_url, ring))
    click.echo(f"{count} texts were sealed with key {ring.first}.")


@cli.command()
@click.option("--reset", is_flag=True, help="First remove every clinic and all data.")
@click.option("--yes", is_flag=True, help="Do not ask before that.")
def demo(reset: bool, yes: bool) -> None:
    """Add the demo clinic to the database and say how to sign in to it."""
    from glidepath import run as running  # noqa: PLC0415

    settings = _settings()
    if reset and not yes:
        click.confirm("Remove every clinic in this database, with all patients?", abort=True)
    running.make_demo(settings, reset=reset)


@cli.command(name="demo-code")
def demo_code() -> None:
    """Print the present code of the demo's staff, whose secret everybody may know."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from glidepath.demo import second_steps  # noqa: PLC0415

    click.echo(second_steps.code(datetime.now(UTC)))


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def openapi(file: Path) -> None:
    """Write the description of the HTTP interface to FILE."""
    from glidepath.app import create_app  # noqa: PLC0415

    document = create_app(Settings(database_url="postgresql://unused")).openapi_schema.to_schema()
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


@cli.command()
def settings() -> None:
    """List the environment variables that every command reads."""
    click.echo(settings_table(), nl=False)


def _settings() -> Settings:
    return load_settings(os.environ)


def main() -> None:
    try:
        cli(prog_name="glidepath", standalone_mode=False)
    except SettingsError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        # Ctrl-C in a command that has nothing to tidy up; the shell's own status for it.
        sys.exit(130)
