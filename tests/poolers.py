"""PgBouncer before the tests' PostgreSQL, with deploy/pgbouncer.ini but for addresses, names and the number of connections."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from psycopg.conninfo import conninfo_to_dict

from glidepath.database.embedded import APP, EmbeddedPostgres
from tests.killed_servers import HERE
from tests.mail_servers import free_port

FILE: Final = Path(__file__).parents[1] / "deploy/pgbouncer.ini"
# Debian 12's is older, and forgets on which connection a statement was prepared.
OLDEST: Final = (1, 21)
PGBOUNCER: Final = os.environ.get("PGBOUNCER_PROGRAM") or shutil.which("pgbouncer")
# Fewer than the transactions that want one.
CONNECTIONS: Final = 3


def _version() -> tuple[int, ...]:
    if PGBOUNCER is None:
        return ()
    said = subprocess.run([PGBOUNCER, "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"(\d+)\.(\d+)", said.stdout)
    return tuple(int(one) for one in found.groups()) if found else ()


needs_pgbouncer = pytest.mark.skipif(
    _version() < OLDEST,
    reason="needs PgBouncer 1.21 or newer, in PATH or at PGBOUNCER_PROGRAM: no pooler is tried",
)


@contextmanager
def pooler(
    postgres: EmbeddedPostgres, database: str, folder: Path, **changes: str
) -> Iterator[str]:
    """The address for the application's role. `changes` are of the file's settings."""
    there, port = conninfo_to_dict(postgres.url(APP, database)), free_port()
    text = FILE.read_text(encoding="utf-8").replace(
        "glidepath = host=database port=5432 dbname=glidepath",
        f"* = host={there['host']} port={there.get('port', 5432)}",
    )
    changes = {
        "listen_addr": HERE,
        "listen_port": str(port),
        "unix_socket_dir": "",
        "auth_type": "any",
        "default_pool_size": str(CONNECTIONS),
        **changes,
    }
    # Users are looked up nowhere: the database lets this machine's in.
    text = text.replace("auth_file = /etc/pgbouncer/userlist.txt\n", "")
    text = re.sub(r"^\* = .*", rf"\g<0> user={APP}", text, flags=re.MULTILINE)
    for name, value in changes.items():
        line = f"{name} = {value}"
        text, count = re.subn(rf"^{name} = .*$", line, text, flags=re.MULTILINE)
        text += "" if count else f"{line}\n"
    file = folder / "pgbouncer.ini"
    file.write_text(text, encoding="utf-8")
    # It does not run as root; and the database's user alone reaches its socket.
    owner = Path(str(there["host"])).owner()
    user = ["--user", owner] if os.getuid() == 0 else []
    folder.chmod(0o755)
    file.chmod(0o644)
    assert PGBOUNCER is not None
    with (folder / "pgbouncer.log").open("wb") as log:
        process = subprocess.Popen([PGBOUNCER, *user, str(file)], stderr=log)
    try:
        _wait_for(port)
        yield f"postgresql://{APP}@{HERE}:{port}/{database}"
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection((HERE, port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the pooler does not start")
