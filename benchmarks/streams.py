"""A thousand open pages of one clinic, and how long after an entry's commit each of them is told.

    python benchmarks/streams.py                 1,000 streams of 250 people
    python benchmarks/streams.py --people 25     a quick look

Goes from the moment at which the phone has its answer, which follows the commit, to the event's last byte at
each page; a page may hear before the phone does. One process serves all of them. Ends with status 1 if a goal
is missed.
"""

import argparse
import asyncio
import os
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import numpy as np
import uvloop
from uuid_utils.compat import uuid7

from caseload import seeding
from caseload.goals import Goals
from caseload.serving import newest_pid, serving, worked
from caseload.signing_in import OURS
from glidepath.database import migrate
from glidepath.database.embedded import OWNER, EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.identity import service as identity
from glidepath.identity import signing_in
from glidepath.identity.known_devices import Browser
from glidepath.notify.live import LIFE, STREAMS_A_PERSON

PEOPLE, PATIENTS, ENTRIES = 250, 10, 20
# Between two entries: as long as it takes until all is quiet again.
CALM = 1.0
IDLE = 12.0
GOAL_MS = 1000
AT_ONCE = 50
# Opened a little before it is heard of here.
SHORTEST_LIFE = 0.9 * LIFE - 5


async def fill(url: str, people: int) -> tuple[UUID, str, list[str]]:
    """A patient with their session, and the sessions of so many admins."""
    database, now = Database(url, pool_size=seeding.AT_ONCE), datetime.now(UTC)
    try:
        clinic = await seeding.seed(database, PATIENTS, now)
        patient_id = clinic.patients[-1]
        opened_by = await seeding.sign_in_patient(database, clinic, patient_id)
        sessions = []
        for number in range(people):
            email = f"admin{number}@example.org"
            async with database.writing(clinic.id) as session:
                await identity.add_staff(
                    session, clinic.id, uuid7(), role="admin", name=f"Admin {number}",
                    email=email, passphrase=seeding.PASSPHRASE, now=now,
                )  # fmt: skip
            async with database.writing() as session:
                (account,) = await signing_in.open_accounts(session, email)
                at = Browser(None, "Chromium on Linux", "127.0.0.1")
                opened = await signing_in.open_session(session, account, now, at, aal=2)
            sessions.append(opened.token)
    finally:
        await database.close()
    return patient_id, opened_by, sessions


@dataclass
class Page:
    """One open stream: when it was told of which patient."""

    told: list[float] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    # Seconds; none while it is open.
    lived: float | None = None

    @property
    def has_had_its_time(self) -> bool:
        """All streams end after about a minute; whoever opens another one asks for everything."""
        return self.lived is not None and self.lived > SHORTEST_LIFE

    async def listen(self, address: str, token: str, room: asyncio.Semaphore) -> None:
        host = urlsplit(address).netloc
        async with room:
            reader, writer = await asyncio.open_connection(*host.split(":"))
            head = f"GET /api/live HTTP/1.1\r\nhost: {host}\r\ncookie: __Host-glidepath={token}\r\n"
            writer.write(f"{head}sec-fetch-site: same-origin\r\n\r\n".encode())
            status = await reader.readline()
            assert b" 200 " in status, status
            await reader.readuntil(b"event: resync")
        opened = time.perf_counter()
        self.ready.set()
        async for line in reader:
            if line.startswith(b"event: changed"):
                self.told.append(time.perf_counter())
        self.lived = time.perf_counter() - opened


async def measure(
    address: str, patient: tuple[UUID, str], sessions: list[str], pid: int
) -> tuple[np.ndarray, int, float]:
    """Milliseconds of each page and entry, how many pages missed one, and the processor's share while nothing happens."""
    patient_id, opened_by = patient
    room = asyncio.Semaphore(AT_ONCE)
    pages = [Page() for _ in range(len(sessions) * STREAMS_A_PERSON)]
    tasks = [
        asyncio.create_task(page.listen(address, sessions[number % len(sessions)], room))
        for number, page in enumerate(pages)
    ]
    await asyncio.gather(*(page.ready.wait() for page in pages))
    before = worked(pid)
    await asyncio.sleep(IDLE)
    idle = (worked(pid) - before) / IDLE
    headers = OURS | {"cookie": f"__Host-glidepath={opened_by}"}
    delays, missed = [], 0
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as phone:
        for _ in range(ENTRIES):
            heard = [len(page.told) for page in pages]
            body = {
                "account_id": str(patient_id),
                "check_ins": [seeding.check_in(datetime.now(seeding.ZONE), pain_now=2)],
                "exercise_sessions": [],
            }
            answer = await phone.post("/api/sync", json=body)
            answered = time.perf_counter()
            (result,) = answer.raise_for_status().json()["results"]
            assert result["status"] == "stored", result
            await asyncio.sleep(CALM)
            for page, so_far in zip(pages, heard, strict=True):
                if len(page.told) > so_far:
                    delays.append((page.told[so_far] - answered) * 1000)
                elif not page.has_had_its_time:
                    missed += 1
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return np.array(delays), missed, idle


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--people", type=int, default=PEOPLE)
    people = parser.parse_args().people
    goals = Goals()
    with (
        tempfile.TemporaryDirectory(prefix="gp-", ignore_cleanup_errors=True) as folder,
        EmbeddedPostgres(Path(folder)) as server,
    ):
        migrate.upgrade(server.url(OWNER))
        patient_id, opened_by, sessions = asyncio.run(fill(server.url(), people))
        print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}", flush=True)
        with serving(server.url()) as address:
            pid = newest_pid()
            delays, missed, idle = uvloop.run(
                measure(address, (patient_id, opened_by), sessions, pid)
            )
    p50, p95, p99 = np.percentile(delays, [50, 95, 99])
    print(
        f"{people * STREAMS_A_PERSON} streams, {ENTRIES} entries; open and quiet they take {idle:.0%} of a processor"
    )
    goals.line(
        "commit to page, p95",
        p95,
        "ms",
        GOAL_MS,
        f"; p50 {p50:.1f}, p99 {p99:.1f}, longest {delays.max():.1f} ms",
    )
    goals.line("pages that were not told within a second", missed, "", 0)
    goals.end()


if __name__ == "__main__":
    main()
