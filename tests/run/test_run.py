"""The real thing, started as a person starts it; without the demo clinic, which takes a minute."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

SECONDS_TO_START = 90
SECONDS_TO_STOP = 30
SECONDS_TO_BE_GONE = 5


@dataclass
class Running:
    """`glidepath run` as the leader of a process group, once it has answered a request."""

    process: subprocess.Popen[str]
    address: str
    postmaster: Path

    def worker(self) -> int:
        """The worker is started right after the first answer."""
        search = ["pgrep", "-P", str(self.process.pid), "-f", "glidepath worker$"]
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            found = subprocess.run(search, capture_output=True, text=True, check=False).stdout
            if found:
                return int(found)
        raise AssertionError("no worker")

    def end(self) -> tuple[int, str]:
        """Exit status and all that was printed, errors too."""
        said, _ = self.process.communicate(timeout=SECONDS_TO_STOP)
        return self.process.returncode, said

    def left_behind(self) -> list[str]:
        left = []
        if answers(self.address):
            left.append("web server")
        if self.postmaster.exists():
            left.append("PostgreSQL")
        # One that has ended is there until the system has taken note of it.
        deadline = time.monotonic() + SECONDS_TO_BE_GONE
        while time.monotonic() < deadline:
            try:
                os.killpg(self.process.pid, 0)
            except ProcessLookupError:
                return left
            time.sleep(0.05)
        return [*left, "a process of the group"]


def answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5) as page:
            return bool(page.status == 200)
    except OSError:
        return False


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder that the server's own user can reach; pytest closes its own to all but the caller."""
    with tempfile.TemporaryDirectory(prefix="gp-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def running(data_dir: Path) -> Iterator[Running]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
    with subprocess.Popen(
        [sys.executable, "-m", "glidepath", "run", "--no-demo"],
        env=os.environ | {"GLIDEPATH_PORT": port, "GLIDEPATH_DATA_DIR": str(data_dir)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        started = Running(
            process, f"http://127.0.0.1:{port}", data_dir / "postgres" / "postmaster.pid"
        )
        deadline = time.monotonic() + SECONDS_TO_START
        while not answers(started.address):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline, "no answer in time"
        yield started
        if process.poll() is None:
            process.terminate()


def test_ctrl_c_stops_everything_and_leaves_nothing_behind(running: Running):
    running.worker()
    assert running.postmaster.exists()
    os.killpg(running.process.pid, signal.SIGINT)
    status, said = running.end()
    assert status == 0, said
    for line in (
        r"Starting PostgreSQL \.\.\. \d+\.\d s",
        r"Migrating \.\.\. \d+\.\d s",
        r"Answering after \d+\.\d s\.",
        f"Glidepath is at {re.escape(running.address)}",
        r"Stopped\.",
    ):
        assert re.search(f"^{line}$", said, re.MULTILINE), said
    assert "Traceback" not in said
    assert "Error" not in said
    assert running.left_behind() == []


def test_the_end_of_the_main_process_ends_the_others_too(running: Running):
    running.worker()
    running.process.terminate()
    status, said = running.end()
    assert status == 0, said
    assert running.left_behind() == []


def test_a_worker_that_dies_takes_everything_down_with_one_sentence(running: Running):
    os.kill(running.worker(), signal.SIGKILL)
    status, said = running.end()
    assert status == 1, said
    assert "Error: The worker ended with status -9, so everything was stopped" in said
    assert "Traceback" not in said
    assert running.left_behind() == []


# In a process of its own: what it leaves behind are its children, and no others.
TOLD_TO_STOP_AT_ONCE = """
import asyncio, os, uvloop
from glidepath.run import _child

async def stop_at_once():
    child = asyncio.create_task(_child("--help", dict(os.environ)))
    await asyncio.sleep(0.001)
    child.cancel()
    await asyncio.gather(child, return_exceptions=True)
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        print("nobody")

with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(stop_at_once())
"""


def test_a_child_that_was_still_being_started_is_waited_for():
    done = subprocess.run(
        [sys.executable, "-c", TOLD_TO_STOP_AT_ONCE], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().endswith("nobody")
