"""Three times as much asked as can be answered: entries and alerts come first, others are told at once to come
again (OP-6)."""

import os
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.api.conftest import app, built, clinic
from tests.clinics import Clinic, check_in, colleague, sync
from tests.judged import Ward
from tests.killed_servers import Way, web_server
from tests.traffic import Answer, Entries, Kind, Traffic, counted, entries_of, get, p95

__all__ = ["app", "built", "clinic"]

pytestmark = [pytest.mark.anyio, pytest.mark.alone]
SECONDS: Final = float(os.environ.get("GLIDEPATH_ASSURANCE_CROWD_SECONDS", "60"))
SEED: Final = 20261203
MEASURED: Final = 8.0
TIMES: Final = 3
AT_ONCE: Final = 8
# Of the entries and alerts that could be answered if nothing else were asked.
URGENT: Final = 0.35
FIRST, BEHIND = ("sync", "alert"), ("list", "page", "care", "record")
# Seconds for a refusal, and for all to be as before; of what is first in line so many are answered well.
REFUSED_WITHIN, BACK_WITHIN, ANSWERED = 0.1, 10.0, 0.99


@dataclass(frozen=True)
class Found:
    # Requests a second that one process answers when so many ask by turns, how many of them in the crowd are first in
    # line, and how fast entries are without a crowd.
    capacity: float
    urgent: float
    usual: float
    crowd: list[Answer]
    after: list[Answer]
    entries: Entries
    # Memory of the process before and afterwards, in bytes.
    memory: tuple[int, int]

    def of(self, *kinds: str) -> list[Answer]:
        return [one for one in self.crowd if one.kind in kinds]

    @property
    def refusals(self) -> list[Answer]:
        return [one for one in self.crowd if one.status != 200]

    @property
    def first_answered(self) -> float:
        return share(self.of(*FIRST))

    @property
    def entries_slower(self) -> float:
        return p95(one for one in self.of("sync") if one.status == 200) / self.usual


def share(answers: list[Answer]) -> float:
    return sum(one.status == 200 for one in answers) / max(1, len(answers))


def everything(clinic: Clinic, admin: str, entries: Entries, alert_id: str) -> list[Kind]:
    therapist = clinic.therapist.cookies["__Host-glidepath"]
    patient = clinic.patient.cookies["__Host-glidepath"]
    return [
        entries.kind(2),
        get("alert", f"/api/alerts/{alert_id}/basis", therapist, 1),
        get("list", "/api/triage", admin, 5),
        get("page", f"/api/patients/{clinic.patient_id}", therapist, 4),
        get("care", "/api/care", patient, 7),
        get("record", f"/api/fhir/Patient/{clinic.patient_id}/$everything", therapist, 1),
    ]


async def measured(traffic: Traffic) -> float:
    """Requests a second when each of a few asks again once they are answered."""
    traffic.answers.clear()
    began = time.monotonic()
    await traffic.by_turns(AT_ONCE, MEASURED)
    assert {one.status for one in traffic.answers} == {200}, counted(traffic.answers)
    return len(traffic.answers) / (time.monotonic() - began)


def mixed(kinds: Sequence[Kind], urgent: float, rate: float) -> list[Kind]:
    """So many of all are entries and alerts."""
    of_first = sum(one.weight for one in kinds if one.name in FIRST)
    of_others = sum(one.weight for one in kinds if one.name not in FIRST)
    return [
        replace(one, weight=one.weight * urgent / of_first)
        if one.name in FIRST
        else replace(one, weight=one.weight * (rate - urgent) / of_others)
        for one in kinds
    ]


def memory_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


Crowd = Callable[[Way | None, float], Awaitable[Found]]


@pytest.fixture
def crowd(clinic: Clinic, database: Database, settings: Settings, tmp_path: Path) -> Crowd:
    async def crowd(way: Way | None, seconds: float) -> Found:
        chance = random.Random(SEED)
        entries = await entries_of(Ward(database, clinic, chance), chance)
        await sync(clinic, check_in(red_flags=["both_legs"]))
        page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
        async with colleague(clinic, database, "Admin", "admin") as admin:
            token = admin.browser.cookies["__Host-glidepath"]
        kinds = everything(clinic, token, entries, page["alerts"][0]["id"])
        first = [one for one in kinds if one.name in FIRST]
        with web_server(settings, tmp_path, way) as server:
            pid = await server.start()
            calm, urgent = Traffic(server.url, kinds, chance), Traffic(server.url, first, chance)
            await calm.by_turns(AT_ONCE, 2.0)
            capacity = await measured(calm)
            alone = await measured(urgent)
            before = memory_of(pid)
            crowded = Traffic(server.url, mixed(kinds, alone * URGENT, TIMES * capacity), chance)
            await crowded.run_for(TIMES * capacity, seconds)
            after = Traffic(server.url, kinds, chance)
            await after.run_for(capacity / 3, BACK_WITHIN)
            memory = before, memory_of(pid)
        usual = p95(one for one in calm.answers if one.kind == "sync")
        return Found(
            capacity, alone * URGENT, usual, crowded.answers, after.answers, entries, memory
        )

    return crowd


async def test_in_a_crowd_entries_and_alerts_come_first(
    crowd: Crowd, report: Callable[[str], None]
):
    """OP-6"""
    found = await crowd(None, SECONDS)
    grown = found.memory[1] / found.memory[0] - 1
    report(
        f"OP-6 {TIMES} times the {found.capacity:.0f} requests/s of one process for {SECONDS:.0f} s, seed {SEED},"
        f" {found.urgent:.0f}/s of them entries and alerts, a third of what there is room for: {found.first_answered:.2%} of {len(found.of(*FIRST))} entries and alerts answered well (goal {ANSWERED:.0%}),"
        f" entries' p95 {found.entries_slower:.1f} times that at capacity; of {len(found.of(*BEHIND))} lists, pages and"
        f" records {share(found.of(*BEHIND)):.0%}; {counted(found.refusals)} refused, p95"
        f" {p95(found.refusals) * 1000:.0f} ms (goal {REFUSED_WITHIN * 1000:.0f}); memory {grown:+.0%}; afterwards"
        f" {counted(found.after)}"
    )
    assert found.first_answered >= ANSWERED
    assert {one.status for one in found.refusals} == {503}
    assert all(one.says_when for one in found.refusals)
    assert p95(found.refusals) <= REFUSED_WITHIN
    # Nobody behind is forgotten.
    assert min(share(found.of(kind)) for kind in BEHIND) > 0
    assert grown <= 0.2
    assert {one.status for one in found.after} == {200}
    assert found.entries.odd == []


async def test_a_server_that_answers_in_the_order_of_asking_is_caught(
    crowd: Crowd, report: Callable[[str], None]
):
    """OP-6, its mutant."""
    found = await crowd("answers in order", 15)
    report(
        f"OP-6 mutant (no lines), 15 s: {found.first_answered:.0%} of entries and alerts answered well,"
        f" refused {counted(found.refusals)}, p95 {p95(found.refusals):.1f} s"
    )
    assert found.first_answered < ANSWERED or p95(found.refusals) > REFUSED_WITHIN
