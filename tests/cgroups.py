"""A few megabytes for a process that wants more: the kernel ends it (cgroup v1)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

ROOT: Final = Path("/sys/fs/cgroup/memory")


class Tight:
    """What a process that is put in here takes from then on is counted, what it had before is not."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, pid: int) -> None:
        (self._folder / "cgroup.procs").write_text(str(pid))

    @property
    def kills(self) -> int:
        """How many processes the kernel has ended in here for the lack of memory."""
        lines = (self._folder / "memory.oom_control").read_text().splitlines()
        return int(dict(line.split() for line in lines).get("oom_kill", 0))


@contextmanager
def tight(bytes_: int) -> Iterator[Tight | None]:
    """None where this may not be had."""
    folder = ROOT / f"glidepath-{os.getpid()}"
    try:
        folder.mkdir()
        (folder / "memory.limit_in_bytes").write_text(str(bytes_))
    except OSError:
        yield None
        return
    try:
        yield Tight(folder)
    finally:
        with suppress(OSError):
            folder.rmdir()
