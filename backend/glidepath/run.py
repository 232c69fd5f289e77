"""`glidepath run`: database, web server and worker on one machine, started and stopped together."""

import asyncio
import os
import signal
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib import import_module

import click
import msgspec

from glidepath.server import serve
from glidepath.settings import Settings
from glidepath.startup import (
    StartError,
    bring_to_newest_revision,
    own_vapid_key,
    require_front_end,
    reserve_port,
    started_database,
    step,
)

SECONDS_FOR_A_CHILD_TO_FINISH = 10
# A Python that is still starting answers Ctrl-C with a page of traceback. The worker hears from us
# instead, until it works and has handlers of its own.
WITHOUT_CTRL_C = ("/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh")


def run(settings: Settings, *, demo: bool) -> None:
    """Start everything, say where it is, and return once a signal has stopped all of it."""
    began = time.perf_counter()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _run(settings, began, demo=demo)
    except KeyboardInterrupt:
        click.echo()
    click.echo("Stopped.")


def _run(settings: Settings, began: float, *, demo: bool) -> None:
    with reserve_port(settings) as reserved, ThreadPoolExecutor(1) as importer:
        require_front_end()
        # The longest import of the start happens while PostgreSQL comes up, and is over before
        # anything else is imported: two threads in one circle of modules see them half made.
        importing = importer.submit(import_module, "glidepath.app")
        with started_database(settings) as addresses:
            app_module = importing.result()
            was_empty = bring_to_newest_revision(settings, addresses.owner)
            # A database of one's own may hold real clinics; a demo does not belong between them.
            may_seed = demo and (was_empty or settings.database_url is None)
            settings = msgspec.structs.replace(
                settings,
                database_url=addresses.app,
                vapid_key=settings.vapid_key or own_vapid_key(settings.data_dir),
                watchdog=True,
            )
            sign_ins = asyncio.run(_demo_clinic(settings, may_seed=may_seed))
            application = app_module.create_app(settings)

            async def announce_and_work() -> None:
                click.echo(f"Answering after {time.perf_counter() - began:.1f} s.\n")
                click.echo(f"Glidepath is at {settings.base_url}\n{sign_ins}\n")
                click.echo("Ctrl-C stops everything.")
                await _accompany(settings)

            serve(
                application,
                reserved,
                announce_and_work,
                trusted_proxies=settings.trusted_proxies,
            )
            click.echo("Stopping ...")


async def _accompany(settings: Settings) -> None:
    """Runs the worker and the watchdog as children; that one ends before it is told to is an error."""
    # Whoever runs two of these on one machine need not give the second another number.
    environment = {"GLIDEPATH_WATCHDOG_PORT": str(_free_port())} | os.environ
    environment["GLIDEPATH_DATABASE_URL"] = settings.database_url or ""
    environment["GLIDEPATH_VAPID_KEY"] = settings.vapid_key or ""
    children = [asyncio.create_task(_child(name, environment)) for name in ("worker", "watchdog")]
    try:
        await asyncio.wait(children, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for child in children:
            child.cancel()
        ends = await asyncio.gather(*children, return_exceptions=True)
    raise next(end for end in ends if isinstance(end, StartError))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


async def _child(name: str, environment: dict[str, str]) -> None:
    starting = asyncio.create_task(
        asyncio.create_subprocess_exec(
            *WITHOUT_CTRL_C, sys.executable, "-m", "glidepath", name, env=environment
        )
    )
    try:
        child = await asyncio.shield(starting)
        status = await child.wait()
    finally:
        # Who is told to stop while a child is being started has one all the same, to be waited for.
        child = await starting
        if child.returncode is None:
            child.terminate()
            try:
                await asyncio.wait_for(child.wait(), SECONDS_FOR_A_CHILD_TO_FINISH)
            except TimeoutError:
                child.kill()
                await child.wait()
    raise StartError(
        f"The {name} ended with status {status}, so everything was stopped; what it said stands "
        "above, and `glidepath run` starts again."
    )


def make_demo(settings: Settings, *, reset: bool) -> None:
    """The demo clinic in the configured database; `reset` first removes every clinic in it."""
    with started_database(settings) as addresses:
        if reset:
            from glidepath.database.migrate import downgrade  # noqa: PLC0415

            with step("Removing all data"):
                downgrade(addresses.owner, "base")
                _put_lists_aside(settings)
        bring_to_newest_revision(settings, addresses.owner)
        settings = msgspec.structs.replace(settings, database_url=addresses.app)
        click.echo(asyncio.run(_demo_clinic(settings, may_seed=True)))


def _put_lists_aside(settings: Settings) -> None:
    """What they tell of was removed on purpose."""
    for one in (settings.audit_anchor, settings.erasure_list):
        if one is not None and one.exists():
            one.rename(one.with_suffix(f".{datetime.now(UTC):%Y%m%dT%H%M%S}"))


async def _demo_clinic(settings: Settings, *, may_seed: bool) -> str:
    """Lines that say how to sign in to the demo clinic, which is made where it is missing."""
    from glidepath.database import encryption  # noqa: PLC0415
    from glidepath.database.engine import Database  # noqa: PLC0415
    from glidepath.demo import second_steps  # noqa: PLC0415
    from glidepath.demo import seed as demo  # noqa: PLC0415

    assert settings.database_url is not None
    encryption.use(settings)
    database = Database(settings.database_url, pool_size=2)
    try:
        if await demo.is_empty(database):
            if not may_seed:
                return "There is no demo clinic in this database; `glidepath demo` adds one."
            try:
                with step("Seeding the demo clinic"):
                    await demo.seed(database, datetime.now(UTC))
            except BaseException:
                click.echo("The demo clinic is incomplete; `glidepath demo --reset` remakes it.")
                raise
        now = datetime.now(UTC)
        await second_steps.give(database, now)
        return await demo.sign_ins(database, settings.base_url, now)
    finally:
        await database.close()
