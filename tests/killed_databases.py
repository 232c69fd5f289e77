"""A PostgreSQL that is killed with all that it started, and comes back."""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Final

from glidepath.database.embedded import EmbeddedPostgres

# Seconds for the processes of a killed server to be gone; one that is left would keep its memory in use.
GONE_WITHIN: Final = 10.0


class KillableDatabase:
    """Of a server that nobody else uses."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server._server
        self._pg_ctl = server.program("pg_ctl")

    @property
    def postmaster(self) -> int:
        pid: int = self._server.get_postmaster_info().pid
        return pid

    def family(self) -> list[int]:
        """The numbers of all its processes."""
        return [self.postmaster, *_children(self.postmaster)]

    def runs(self) -> bool:
        return _runs(self.postmaster)

    def kill(self) -> None:
        """Returns when none of its processes runs any more."""
        postmaster = self.postmaster
        # Held first, so that it starts no other meanwhile.
        os.kill(postmaster, signal.SIGSTOP)
        family = self.family()
        for pid in family:
            os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + GONE_WITHIN
        while any(_runs(pid) for pid in family):
            assert time.monotonic() < end, "a killed process still runs"
            time.sleep(0.01)

    def restart(self) -> None:
        """As an update does it: who is connected is cut off, what is committed is written; returns when it is back."""
        self.control("restart", "-m", "fast", "-l", str(self._server.log))
        self._server.ensure_postgres_running()

    def control(self, *what: str) -> None:
        """What `pg_ctl` does. Its output goes nowhere, or who waits for its end would wait for the server's."""
        subprocess.run(
            [self._pg_ctl, "-w", "-D", self._server.pgdata, *what],
            check=True,
            user=self._server.system_user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )

    def start(self) -> None:
        """Returns when it takes connections again, recovered from what is on the disk."""
        # A dead process that its parent has not asked after yet still has its id, which these name.
        for lock in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            (self._server.pgdata / lock).unlink(missing_ok=True)
        self._server.ensure_postgres_running()


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        # The name, in brackets, may hold anything; state and parent follow it.
        fields = _read(status).rpartition(")")[2].split()
        if len(fields) > 1 and int(fields[1]) == parent:
            found.append(int(status.parent.name))
    return found


def _runs(pid: int) -> bool:
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return bool(fields) and fields[0] not in "ZX"


def _read(path: Path) -> str:
    """Nothing of a process that ended meanwhile."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
