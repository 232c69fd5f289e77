"""A read replica of the tests' PostgreSQL, made and kept up to date as PostgreSQL does it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from glidepath.database.embedded import APP, EmbeddedPostgres


class Replica:
    def __init__(self, postgres: EmbeddedPostgres, database: str, folder: Path) -> None:
        self._postgres, self._database, self._folder = postgres, database, folder
        self._socket = Path(str(conninfo_to_dict(postgres.url())["host"]))

    def url(self, role: str = APP) -> str:
        return f"postgresql://{role}@/{self._database}?host={self._folder}"

    def start(self) -> None:
        settings = f"-c unix_socket_directories={self._folder} -c listen_addresses="
        log = self._folder / "log"
        self._run("pg_ctl", "-w", "-D", self._data, "-o", settings, "-l", log, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "-D", self._data, "stop")

    def copy(self) -> None:
        self._run(
            "pg_basebackup", "--host", self._socket, "--username", "postgres",
            "--pgdata", self._data, "--write-recovery-conf", "--checkpoint", "fast",
        )  # fmt: skip

    def hold(self, *, still: bool) -> None:
        """Takes in nothing for a while, or goes on."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"select pg_wal_replay_{'pause' if still else 'resume'}()".encode())

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, program: str, *arguments: str | Path) -> None:
        # As PostgreSQL's own user, since it does not run as root.
        options: dict[str, Any] = {"user": self._socket.owner()} if os.getuid() == 0 else {}
        command = [self._postgres.program(program), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **options)


@contextmanager
def replica(postgres: EmbeddedPostgres, database: str) -> Iterator[Replica]:
    """Of the whole server; its addresses are of this database."""
    folder = Path(tempfile.mkdtemp(prefix="gp-"))
    made = Replica(postgres, database, folder)
    if os.getuid() == 0:
        shutil.chown(folder, made._socket.owner())
    try:
        made.copy()
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)
