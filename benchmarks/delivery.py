"""How soon an urgent entry is on the wire to the therapist, with the server and the worker idle before.

    python benchmarks/delivery.py                  25 entries, one after the other
    python benchmarks/delivery.py --entries 10     a quick look

Goes from before the phone's sync is sent to when the other side has the message: sync, detector, alert,
queue, worker and channel, each in the process it has in earnest. Ends with status 1 if a goal is missed.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import numpy as np
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from uuid_utils.compat import uuid7

from caseload import seeding
from caseload.serving import serving
from glidepath.database import migrate
from glidepath.database.embedded import OWNER, EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.notify.models import PushSubscription

GOAL: Final = 2.0
PORT: Final = 18925
# Nothing was sent for so long: what the seeded patients raised has been told.
CALM: Final = 4.0
TOO_LONG: Final = 30.0
OURS: Final = {"sec-fetch-site": "same-origin"}


@dataclass
class Sink:
    """The other side of a channel: when each message came, by the clock of this process."""

    name: str
    # What the worker is told of it.
    environ: Mapping[str, str]
    came: list[float] = field(default_factory=list)
    # Where the therapist's browser takes pushes, if it does.
    endpoint: str | None = None


class _Mails:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self._sink.came.append(time.perf_counter())
        assert message_from_bytes(envelope.content)["Message-ID"]
        return "250 OK"


@contextmanager
def mail() -> Iterator[Sink]:
    environ = {
        "GLIDEPATH_SMTP_URL": f"smtp://127.0.0.1:{PORT}",
        "GLIDEPATH_MAIL_FROM": "Glidepath <g@x.example>",
    }
    sink = Sink("mail", environ)
    controller = Controller(_Mails(sink), hostname="127.0.0.1", port=PORT)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@contextmanager
def push() -> Iterator[Sink]:
    """A push service on this machine; mail, which goes out as well, is kept."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            sink.came.append(time.perf_counter())
            self.send_response(201)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    environ = {"GLIDEPATH_VAPID_KEY": "1f" * 32, "GLIDEPATH_LOCAL_PEERS": "true"}
    sink = Sink("push", environ, endpoint=f"http://127.0.0.1:{server.server_port}/browser")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def subscribe(database: Database, clinic: seeding.SeededClinic, endpoint: str) -> None:
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    async with database.writing(clinic.id) as session:
        session.add(
            PushSubscription(
                clinic_id=clinic.id,
                id=uuid7(),
                account_id=clinic.therapist_id,
                endpoint=endpoint,
                p256dh=point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
                auth=os.urandom(16),
                made_at=datetime.now(UTC),
            )
        )


# Another channel is another of these: a place to send to, and how the worker is told of it.
SINKS: Final[tuple[Callable[[], AbstractContextManager[Sink]], ...]] = (mail, push)


@contextmanager
def working(database_url: str, environ: Mapping[str, str]) -> Iterator[None]:
    """A worker in a process of its own."""
    ours = {"GLIDEPATH_DATABASE_URL": database_url, "GLIDEPATH_LOG_LEVEL": "error", **environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "glidepath", "worker"], env={**os.environ, **ours}
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def calm_down(sink: Sink) -> None:
    """Waits until what was raised before has been told."""
    told = -1
    while told != len(sink.came):
        told = len(sink.came)
        time.sleep(CALM)


def tell(address: str, sink: Sink, patient_id: UUID, token: str) -> float:
    """Seconds from the sync of an emergency answer to the message."""
    before, began = len(sink.came), time.perf_counter()
    answer = httpx.post(
        f"{address}/api/sync",
        json={
            "account_id": str(patient_id),
            "check_ins": [seeding.check_in(datetime.now(UTC), red_flags=["both_legs"])],
            "exercise_sessions": [],
        },
        headers=OURS | {"cookie": f"__Host-glidepath={token}"},
        timeout=60,
    )
    (result,) = answer.raise_for_status().json()["results"]
    assert result["status"] == "stored", result
    while len(sink.came) == before:
        if time.perf_counter() - began > TOO_LONG:
            sys.exit(f"Nothing came by {sink.name} in {TOO_LONG:.0f} s.")
        time.sleep(0.001)
    return sink.came[before] - began


async def fill(url: str, entries: int, sink: Sink) -> dict[UUID, str]:
    """A clinic, and the sessions of the phones that will write."""
    database = Database(url, pool_size=seeding.AT_ONCE)
    try:
        clinic = await seeding.seed(database, entries, datetime.now(UTC))
        if sink.endpoint is not None:
            await subscribe(database, clinic, sink.endpoint)
        return {
            patient_id: await seeding.sign_in_patient(database, clinic, patient_id)
            for patient_id in clinic.waiting
        }
    finally:
        await database.close()


def measure(sink: Sink, database_url: str, phones: Mapping[UUID, str]) -> float:
    """The 95th percentile, which is printed beside its goal."""
    with serving(database_url) as address, working(database_url, sink.environ):
        calm_down(sink)
        took = []
        for patient_id, token in phones.items():
            took.append(tell(address, sink, patient_id, token))
            time.sleep(0.2)
    p50, p95 = np.percentile(took, [50, 95])
    verdict = "met" if p95 <= GOAL else "MISSED"
    print(
        f"entry synced to {sink.name} on the wire, {len(took)} entries: p50 {p50:.3f} s, p95 {p95:.3f} s"
        f" (goal {GOAL:g}: {verdict}), longest {max(took):.3f} s; load {os.getloadavg()[0]:.1f}"
    )
    return float(p95)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=seeding.WAITING)
    entries = parser.parse_args().entries
    missed = 0
    for other_side in SINKS:
        with (
            tempfile.TemporaryDirectory(prefix="gp-", ignore_cleanup_errors=True) as folder,
            EmbeddedPostgres(Path(folder)) as server,
            other_side() as sink,
        ):
            migrate.upgrade(server.url(OWNER))
            phones = asyncio.run(fill(server.url(), entries, sink))
            missed += measure(sink, server.url(), phones) > GOAL
    if missed:
        sys.exit(f"{missed} missed.")


if __name__ == "__main__":
    main()
