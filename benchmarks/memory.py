"""What a web process holds after 100,000 requests, and whether it still grows.

    python benchmarks/memory.py                      100,000 requests, about ten minutes
    python benchmarks/memory.py --requests 10000     a quick look

Phones that send an entry once more, that ask for their plan and for a week of their diary, and now and then a
therapist's list. The process runs in an environment of its own, with what is installed for use alone: some libraries load more where
more is there (numba all of SciPy). Ends with status 1 if a goal is missed.
"""

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice, pairwise
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import uvloop

from caseload import seeding
from caseload.goals import Goals
from caseload.phones import answer, request
from caseload.serving import settings_of, settle
from caseload.signing_in import staff_session
from glidepath.database import migrate
from glidepath.database.embedded import OWNER, EmbeddedPostgres
from glidepath.database.engine import Database

ROOT = Path(__file__).parents[1]
REQUESTS, PATIENTS, CLIENTS = 100_000, 20, 8
# A list for so many of the phones' requests: whoever reads faster than people do is told to wait.
A_LIST = 25
STEPS = 10
# By then every kind of request has been answered by every connection.
WARM = 2
MOST_MB, MOST_GROWTH_MB = 180, 8


async def fill(url: str) -> tuple[seeding.SeededClinic, dict[str, str]]:
    """The clinic, and a session of each patient's phone."""
    database, now = Database(url, pool_size=seeding.AT_ONCE), datetime.now(UTC)
    try:
        clinic = await seeding.seed(database, PATIENTS, now)
        return clinic, {
            str(one): await seeding.sign_in_patient(database, clinic, one)
            for one in clinic.patients
        }
    finally:
        await database.close()


def asked(host: str, tokens: dict[str, str], list_cookie: str) -> Iterator[bytes]:
    """What is sent, in turn and without end."""
    now = datetime.now(seeding.ZONE)
    since = (now - timedelta(days=7)).date()
    turn: list[bytes] = []
    for patient_id, opened_by in tokens.items():
        entry = seeding.check_in(now, pain_now=2)
        body = {"account_id": patient_id, "check_ins": [entry], "exercise_sessions": []}
        cookie = f"__Host-glidepath={opened_by}"
        turn += [
            request(host, "POST", "/api/sync", cookie, msgspec.json.encode(body)),
            request(host, "GET", "/api/care", cookie),
            request(host, "GET", f"/api/diary?since={since}", cookie),
        ]
    triage = request(host, "GET", "/api/triage", list_cookie)
    for number, one in enumerate(cycle(turn)):
        yield triage if number % A_LIST == 0 else one


async def send(address: str, requests: Iterator[bytes]) -> None:
    host = urlsplit(address).netloc.split(":")

    async def client() -> None:
        reader, writer = await asyncio.open_connection(*host)
        for one in requests:
            writer.write(one)
            status, body = await answer(reader)
            if status != 200:
                raise RuntimeError(f"{status}: {body[:400]!r}")
        writer.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))


@dataclass(frozen=True)
class Held:
    """Megabytes in memory: all, and without the files of libraries that every further process shares."""

    all: float
    own: float

    @classmethod
    def by(cls, pid: int) -> "Held":
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
        said = {
            name: int(rest.split()[0]) / 1000
            for name, _, rest in (one.partition(":") for one in lines)
        }
        return cls(said["Rss"], said["Private_Dirty"] + said["Private_Clean"])


def installed(folder: Path) -> Path:
    """The interpreter of an environment without what only tests and benchmarks use."""
    uv = Path(sys.executable).with_name("uv")
    subprocess.run(  # noqa: S603 (our own arguments)
        [uv, "sync", "--frozen", "--no-default-groups", "--compile-bytecode", "--quiet"],
        cwd=ROOT,
        env=os.environ | {"UV_PROJECT_ENVIRONMENT": str(folder)},
        check=True,
    )
    return folder / "bin" / "python"


def parts(python: Path) -> None:
    """What a process holds of its own once each part is loaded, in the order in which a server loads them."""
    settings = settings_of("postgresql://nobody@/nowhere?host=/nowhere")
    child = subprocess.run(  # noqa: S603 (our own)
        [python, "-c", _PARTS],
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    held = [line.split(" ", 1) for line in child.stdout.splitlines()]
    steps = [
        f"{what} {float(after) - float(before):.0f}"
        for (before, _), (after, what) in pairwise(held)
    ]
    print(f"MB of its own, part by part: Python {float(held[0][0]):.0f}, {', '.join(steps)}")


_PARTS = """
import os
from pathlib import Path
def told(what):
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    print(sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty")) / 1000, what)
told("")
import sqlalchemy.ext.asyncio; told("SQLAlchemy")
import litestar; told("Litestar")
import glidepath.app, glidepath.server; told("the application's modules and what else they use")
from glidepath.settings import load_settings
glidepath.app.create_app(load_settings(os.environ)); told("its routes")
import numba; told("numba")
from glidepath import trends
trends.warm_up(); told("the compiled detector")
"""


@contextmanager
def serving(database_url: str, python: Path) -> Iterator[tuple[str, int]]:
    """`glidepath serve` in a process of its own, without anything of a benchmark; its address and its number."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    settings = settings_of(database_url, f"http://127.0.0.1:{port}") | {"GLIDEPATH_PORT": str(port)}
    command = [str(python), "-m", "glidepath", "serve"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(  # noqa: S603 (our own)
            command, env={**os.environ, **settings, "GLIDEPATH_DATA_DIR": folder}
        ) as process,
    ):
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            with suppress(httpx.TransportError):
                httpx.get(f"{address}/livez")
                break
            time.sleep(0.1)
        settle(process.pid)
        yield address, process.pid
        process.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--requests", type=int, default=REQUESTS)
    wanted = parser.parse_args().requests
    goals = Goals()
    with (
        tempfile.TemporaryDirectory(prefix="gp-", ignore_cleanup_errors=True) as folder,
        EmbeddedPostgres(Path(folder)) as server,
        tempfile.TemporaryDirectory() as environment,
    ):
        python = installed(Path(environment))
        parts(python)
        migrate.upgrade(server.url(OWNER))
        clinic, tokens = asyncio.run(fill(server.url()))
        with serving(server.url(), python) as (address, pid):
            cookie = staff_session(address, clinic.email, seeding.PASSPHRASE)
            stream = asked(urlsplit(address).netloc, tokens, cookie)
            found = [Held.by(pid)]
            for _ in range(STEPS):
                uvloop.run(send(address, islice(stream, wanted // STEPS)))
                found.append(Held.by(pid))
    print("MB of its own at each tenth: " + ", ".join(f"{one.own:.1f}" for one in found))
    goals.line(f"after {wanted:,} requests, of its own", found[-1].own, "MB", MOST_MB)
    goals.line("  with the libraries' files, which processes share", found[-1].all, "MB", MOST_MB)
    grown = found[-1].all - found[WARM].all
    goals.line("more than after a fifth of the requests", grown, "MB", MOST_GROWTH_MB)
    goals.end()


if __name__ == "__main__":
    main()
