"""Batches of ten entries through the whole product, beside the least that the same SQL can cost.

    python benchmarks/sync.py                  five rounds
    python benchmarks/sync.py --rounds 1       a quick look

Each round sends batches of five check-ins and five exercise sessions of patients with 90 days behind them,
three times over, each patient's once:

  product   the served application: session, row-level security, audit, detector, alert
  bare      a loop of ASGI and asyncpg that sends the statements which the product sent (caseload/bare.py)
  pgbench   PostgreSQL's own, with what of it writes

One batch in twenty raises an alert. Then the same with 30 days and with three years behind them. Ends with
status 1 if a goal is missed.
"""

import argparse
import asyncio
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final
from uuid import UUID

import httpx
import msgspec
import numpy as np
import psycopg
from uuid_utils.compat import uuid7

from caseload import bare, phones, seeding
from caseload.cloning import copy_clinic, copy_of, token
from caseload.goals import Goals
from caseload.phones import Batch
from caseload.recorded import Recorded, pgbench_script, recording
from caseload.serving import newest_pid, serving, settings_of, worked
from caseload.signing_in import OURS
from glidepath.app import create_app
from glidepath.audit.chain import ORIGIN
from glidepath.database import migrate
from glidepath.database.embedded import OWNER, EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.settings import load_settings

PATIENTS: Final = 20
CLIENTS: Final = 16
# Batches of each kind a round; the first, before it counts, warms up what caches.
A_ROUND: Final = 400
ROUNDS: Final = 5
HISTORY: Final = 90
SHORT, LONG = 30, 3 * 365
# Days in a batch.
BEHIND: Final = 5
LIMITS: Final = {"bare": 0.5, "pgbench": 0.2}
REFERS: Final = ("plan_version_id", "plan_item_id")
HISTORIES, A_FEW = 11, 2


@dataclass(frozen=True)
class World:
    """A clinic that was filled, and its copies that nobody has written to yet."""

    recorded: Sequence[Recorded]
    bodies: dict[UUID, dict[str, Any]]
    unused: Iterator[int]

    def some(self, batches: int) -> list[int]:
        """Copies for so many batches."""
        return [next(self.unused) for _ in range(batches // PATIENTS)]

    def batches(self, numbers: Sequence[int]) -> list[Batch]:
        return [self._batch(one, number) for number in numbers for one in self.recorded]

    def _batch(self, of: Recorded, number: int) -> Batch:
        body = _of_copy(with_new_ids(self.bodies[of.account_id]), number)
        cookie = f"__Host-glidepath={token(of.account_id, number)}"
        return Batch(cookie, msgspec.json.encode(body))


def with_new_ids(body: dict[str, Any]) -> dict[str, Any]:
    kinds = ("check_ins", "exercise_sessions")
    return body | {kind: [{**one, "id": str(uuid7())} for one in body[kind]] for kind in kinds}


def _of_copy(body: dict[str, Any], number: int) -> dict[str, Any]:
    """Where it names a patient or a plan, the copy's."""

    def entry(one: dict[str, Any]) -> dict[str, Any]:
        return one | {name: copied(one[name]) for name in REFERS if name in one}

    def copied(one: str) -> str:
        return str(copy_of(UUID(one), number))

    kinds = ("check_ins", "exercise_sessions")
    return {
        **body,
        "account_id": copied(body["account_id"]),
        **{kind: [entry(one) for one in body[kind]] for kind in kinds},
    }


def made(server: EmbeddedPostgres, history: int, numbers: range) -> World:
    """A clinic with so many days behind it, and its copies; of each patient one sync is written down."""
    now, admin = datetime.now(seeding.ZONE), server.url("postgres")
    clinic, tokens = asyncio.run(fill(server.url(), history, now - timedelta(days=BEHIND)))
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(_ONE_SESSION_EACH)
        # As after a clinic's first request, so that each sync sends the same.
        connection.execute(_HEAD, [clinic.id, ORIGIN])
        plans = {row[0]: row[1:] for row in connection.execute(_PLANS, [list(tokens)])}
    bodies = {
        one: body_of(one, plans[one], now, is_worse=one == first_of(tokens)) for one in tokens
    }
    copy_clinic(admin, clinic.id, numbers)
    recorded = asyncio.run(record(server, clinic.id, tokens, bodies))
    return World(recorded, bodies, iter(numbers))


_ONE_SESSION_EACH = """
    delete from sessions a using sessions b where a.account_id = b.account_id and a.id < b.id
"""
_HEAD = "insert into audit_heads (clinic_id, seq, at, hash) values (%s, 0, now(), %s)"
_PLANS = """
    select v.patient_id, v.id, i.id from plan_versions v
    join plan_items i on (i.clinic_id, i.plan_version_id) = (v.clinic_id, v.id)
    where v.patient_id = any(%s)
"""


async def fill(
    url: str, history: int, until: datetime
) -> tuple[seeding.SeededClinic, dict[UUID, str]]:
    database = Database(url, pool_size=seeding.AT_ONCE)
    try:
        clinic = await seeding.seed(database, PATIENTS, until, history)
        tokens = {
            one: await seeding.sign_in_patient(database, clinic, one) for one in clinic.patients
        }
    finally:
        await database.close()
    return clinic, tokens


def first_of(tokens: dict[UUID, str]) -> UUID:
    """The one who gets worse: their batch raises an alert."""
    return next(iter(tokens))


def body_of(
    patient_id: UUID, plan: tuple[UUID, UUID], now: datetime, *, is_worse: bool
) -> dict[str, Any]:
    version, item = (str(one) for one in plan)
    days = [now - timedelta(days=back) for back in range(BEHIND)]
    worse = {"pain_now": 9, "sensations": ["tingling", "shooting"], "place": "calf"}
    calm = {"pain_now": 2, "sensations": [], "place": "thigh"}
    check_ins = [
        seeding.check_in(day, plan_version_id=version, **(worse if is_worse else calm))
        for day in days
    ]
    exercised = {
        "plan_version_id": version, "plan_item_id": item, "side": "left", "sets_done": 3,
        "repetitions_done": None, "hold_seconds": 30, "stopped_early": None, "pain_during": 1,
        "sensations": None, "changes_with": None,
    }  # fmt: skip
    about = ("id", "revises", "withdrawn", "local_date", "happened_at", "zone", "made_at")
    sessions = [{**{name: one[name] for name in about}, **exercised} for one in check_ins]
    return {
        "account_id": str(patient_id),
        "sent_at": now.isoformat(),
        "check_ins": check_ins,
        "exercise_sessions": [{**one, "id": str(uuid7())} for one in sessions],
    }


async def record(
    server: EmbeddedPostgres,
    clinic_id: UUID,
    tokens: dict[UUID, str],
    bodies: dict[UUID, dict[str, Any]],
) -> list[Recorded]:
    """Sends each patient's batch through the application in this process."""
    app = create_app(load_settings(settings_of(server.url())))
    engine = app.state.database._engine.sync_engine  # noqa: SLF001
    found = []
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
            base_url="http://127.0.0.1",
            headers=OURS,
        ) as phone:
            for patient_id, opened_by in tokens.items():
                (seq,) = next(connection.execute(_NEXT, [clinic_id]))
                began = int(time.time() * 1000)
                body = with_new_ids(bodies[patient_id])
                one = Recorded(patient_id, opened_by, seq, began)
                with recording(engine, one):
                    answer = await phone.post(
                        "/api/sync", json=body, headers={"cookie": f"__Host-glidepath={opened_by}"}
                    )
                became = {each["status"] for each in answer.raise_for_status().json()["results"]}
                assert became == {"stored"}, answer.text
                found.append(one)
    await app.state.database.close()
    return found


_NEXT = "select seq + 1 from audit_heads where clinic_id = %s"


@dataclass(frozen=True)
class Run:
    """`worked`: seconds of the processor that a batch took of the web process."""

    sent: phones.Sent
    worked: float

    @property
    def per_second(self) -> float:
        return self.sent.per_second


@dataclass(frozen=True)
class Round:
    product: Run
    bare: Run
    pgbench: float


@dataclass(frozen=True)
class Web:
    address: str
    pid: int

    def run(self, batches: Sequence[Batch]) -> Run:
        before = worked(self.pid)
        sent = phones.send(self.address, "/api/sync", batches, CLIENTS)
        return Run(sent, (worked(self.pid) - before) / len(batches))


def rounds(server: EmbeddedPostgres, world: World, count: int) -> Iterator[Round]:
    numbers = [world.some(A_ROUND) for _ in range(2 * (count + 1))]
    everybody = range(numbers[0][0], numbers[-1][-1] + 1)
    least = bare.Bare(server.url(), world.recorded, everybody)
    with serving(server.url(), watched=False) as ours:
        product = Web(ours, newest_pid())
        with bare.serving(least) as theirs:
            without = Web(theirs, newest_pid())
            for at in range(count + 1):
                first, second = (world.batches(one) for one in numbers[2 * at : 2 * at + 2])
                found = Round(product.run(first), without.run(second), pgbench(server, world))
                if at:
                    yield found


def pgbench(server: EmbeddedPostgres, world: World) -> float:
    """Transactions a second, each for a patient whom nobody has written to."""
    numbers = world.some(A_ROUND)
    variables = {"k": -1, "base": numbers[0], "clients": CLIENTS, "patients": PATIENTS}
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "sync.sql"
        script.write_text(pgbench_script(world.recorded))
        said = subprocess.run(  # noqa: S603 (PostgreSQL's)
            [
                str(server.program("pgbench")), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1",
                "-t", str(A_ROUND // CLIENTS), "-f", str(script),
                *(f"-D{name}={value}" for name, value in variables.items()), server.url(),
            ],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    (tps,) = re.findall(r"tps = ([\d.]+)", said.stdout) or [None]
    if said.returncode or tps is None:
        raise RuntimeError(said.stdout + said.stderr)
    return float(tps)


def times(sent: Sequence[phones.Sent]) -> tuple[float, float, float]:
    """Milliseconds: p50, p95, p99."""
    took = np.concatenate([one.took for one in sent]) * 1000
    p50, p95, p99 = np.percentile(took, [50, 95, 99])
    return float(p50), float(p95), float(p99)


def paced_figures(server: EmbeddedPostgres, world: World) -> None:
    with serving(server.url(), watched=False) as address:
        # Each connection to the database prepares its statements once.
        phones.send(address, "/api/sync", world.batches(world.some(A_ROUND)), CLIENTS)
        sent = phones.send(address, "/api/sync", world.batches(world.some(A_ROUND)), CLIENTS, 1.0)
    p50, p95, p99 = times([sent])
    print(f"  where each sends one a second: p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f} ms")


def sync_figures(goals: Goals, found: Sequence[Round]) -> None:
    p50, p95, p99 = times([one.product.sent for one in found])
    rate = [one.product.per_second for one in found]
    for name, others in (
        ("bare", [one.bare.per_second for one in found]),
        ("pgbench", [one.pgbench for one in found]),
    ):
        ratios = [ours / theirs for ours, theirs in zip(rate, others, strict=True)]
        goals.least(
            f"product / {name}", median(ratios), "", LIMITS[name],
            f"; {min(ratios):.2f} to {max(ratios):.2f}, median {median(rate):.0f} / {median(others):.0f} a second",
        )  # fmt: skip
    work = [
        [one.worked * 1000 for one in run]
        for run in zip(*((r.product, r.bare) for r in found), strict=True)
    ]
    print(
        f"  processor of the web process: {median(work[0]):.2f} ms a batch, of the bare loop {median(work[1]):.2f} ms"
    )
    goals.line(
        f"a batch of ten, {CLIENTS} phones at once, p99",
        p99,
        "ms",
        40,
        f"; p50 {p50:.1f}, p95 {p95:.1f} ms",
    )
    least = times([one.bare.sent for one in found])
    mean = CLIENTS / median(one.pgbench for one in found) * 1000
    print(
        f"  what {CLIENTS} at once wait for where nothing but the SQL is done: of the bare loop p50"
        f" {least[0]:.1f}, p95 {least[1]:.1f}, p99 {least[2]:.1f} ms, of pgbench {mean:.1f} ms in the mean"
    )


def history_figures(goals: Goals, server: EmbeddedPostgres) -> None:
    """What the server works for a batch, by the time of its processor and by its answer, one phone at a time."""
    worlds = {days: made(server, days, range(1, HISTORIES * A_FEW + 1)) for days in (SHORT, LONG)}
    took: dict[int, list[float]] = {days: [] for days in worlds}
    with serving(server.url(), watched=False) as address:
        for at in range(HISTORIES):
            for days, world in worlds.items():
                sent = phones.send(
                    address, "/api/sync", world.batches(world.some(A_FEW * PATIENTS)), 1
                )
                if at:
                    took[days].append(median(sent.took) * 1000)
    ratios = [long / short for short, long in zip(took[SHORT], took[LONG], strict=True)]
    goals.line(
        f"a batch after {LONG} days / after {SHORT}", median(ratios), "", 1.1,
        f"; {median(took[LONG]):.1f} / {median(took[SHORT]):.1f} ms, ratios {min(ratios):.2f} to {max(ratios):.2f}",
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    count = parser.parse_args().rounds
    goals = Goals()
    with (
        tempfile.TemporaryDirectory(prefix="gp-", ignore_cleanup_errors=True) as folder,
        EmbeddedPostgres(Path(folder)) as server,
    ):
        migrate.upgrade(server.url(OWNER))
        began = time.perf_counter()
        world = made(server, HISTORY, range(1, (3 * (count + 1) + 2) * A_ROUND // PATIENTS + 1))
        statements = [len(one.statements) for one in world.recorded]
        print(
            f"Filled in {time.perf_counter() - began:.0f} s; {os.cpu_count()} processors, load"
            f" {os.getloadavg()[0]:.1f}; a sync sends {median(statements):.0f} statements, one with an alert"
            f" {max(statements)}",
            flush=True,
        )
        sync_figures(goals, list(rounds(server, world, count)))
        paced_figures(server, world)
        history_figures(goals, server)
    goals.end()


if __name__ == "__main__":
    main()
