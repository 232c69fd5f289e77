"""What processes ask of the kernel, seen and spoilt by strace."""

import asyncio
import re
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

STRACE: Final = shutil.which("strace")
needs_strace = pytest.mark.skipif(
    STRACE is None,
    reason="DU-3, DU-4 NOT TRIED: need strace. That PostgreSQL syncs before it answers rests on its settings, which the"
    " start checks (tests/api/test_unsafe_starts.py)",
)
INJECTED: Final = "(INJECTED)"
WRITTEN: Final = ("pwrite64", "pwritev")
TALK: Final = "read,recvfrom,sendto,sendmsg,write,writev"
_LOG: Final = "/pg_wal/"
_LINE: Final = re.compile(r"^(\d+)\s+(.*)$")
# How PostgreSQL says that a transaction is committed, and a web server that all is well.
_COMMITTED: Final = "COMMIT\\0"
_ASKED, _ANSWERED = '"POST /api/sync', '"HTTP/1.1 200'


@asynccontextmanager
async def traced(
    processes: Iterable[int], folder: Path, calls: str, *inject: str
) -> AsyncIterator[Path]:
    """All that these processes and their children call meanwhile, one line each, in the order in which it was seen."""
    assert STRACE is not None
    out = folder / "calls"
    command = [STRACE, "-f", "-y", "-s", "64", "-o", str(out), "-e", f"trace={calls}"]
    for one in inject:
        command += ["-e", f"inject={one}"]
    for pid in processes:
        command += ["-p", str(pid)]
    process = await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE)
    try:
        assert process.stderr is not None
        said = (await asyncio.wait_for(process.stderr.readline(), 10)).decode()
        if "attached" not in said:
            pytest.skip(f"DU-3, DU-4 NOT TRIED: strace may not attach here ({said.strip()})")
        yield out
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.communicate()


def count_injected(calls: Path) -> int:
    return calls.read_text(errors="replace").count(INJECTED) if calls.exists() else 0


def threads_of(pid: int) -> list[int]:
    return [int(one.name) for one in Path(f"/proc/{pid}/task").iterdir()]


@dataclass(frozen=True)
class Order:
    """Of answers that came one after the other: how many were sent after a commit was told since they were asked for,
    and that one told after the log of changes was written and then synced."""

    answers: int
    right: int


def order_of(lines: Sequence[str], web: int, threads: Iterable[int]) -> Order:
    """`web` and its threads answer; all others are PostgreSQL's."""
    answering = {web, *threads}
    answers = right = 0
    state = _Since()
    for line in lines:
        found = _LINE.match(line)
        if found is None:
            continue
        pid, call = int(found[1]), found[2]
        if pid in answering:
            if _ASKED in call:
                state = _Since()
            if _ANSWERED in call:
                answers += 1
                right += state.is_committed
        else:
            state.see(pid, call)
    return Order(answers, right)


class _Since:
    """What PostgreSQL did since somebody asked."""

    def __init__(self) -> None:
        self._written = set[int]()
        self._syncing = set[int]()
        self._synced = set[int]()
        self.is_committed = False

    def see(self, pid: int, call: str) -> None:
        if _LOG in call and call.startswith(WRITTEN):
            self._written.add(pid)
            self._synced.discard(pid)
        elif call.startswith("fdatasync") and _LOG in call:
            if "unfinished" in call:
                self._syncing.add(pid)
            else:
                self._end(pid, call)
        elif "fdatasync resumed" in call and pid in self._syncing:
            self._syncing.discard(pid)
            self._end(pid, call)
        elif _COMMITTED in call:
            # One who writes for others syncs for them too.
            self.is_committed = pid in self._synced or (
                pid not in self._written and bool(self._synced)
            )

    def _end(self, pid: int, call: str) -> None:
        if call.rstrip().endswith("= 0") and self._written:
            self._synced.add(pid)
