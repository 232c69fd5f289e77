"""Eight who write into the diary of one patient and one day at once: nothing of anybody is lost (DU-7)."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.care import episode_store, episodes
from glidepath.care.models import Episode
from glidepath.database.engine import Database
from glidepath.diary import service as diary
from glidepath.diary.bounds import EDITS_A_DAY
from tests.api.conftest import app, built, clinic
from tests.assurance.conftest import at_most
from tests.clinics import Clinic, check_in, join_patient, own_day

__all__ = ["app", "built", "clinic"]

pytestmark = pytest.mark.anyio
OPERATIONS: Final = int(os.environ.get("GLIDEPATH_ASSURANCE_WRITES", "10000"))
FEW: Final = 600
SEED: Final = 20261205
WRITERS: Final = 8
# Of one patient: each history has an end, at which something that nobody said since would stand.
A_PATIENT: Final = 40
NEW: Final = 0.5


@dataclass
class Written:
    """What eight phones of one patient know of a day: all that was acknowledged, by id."""

    patient_id: str
    phone: httpx.AsyncClient
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    edits: dict[str, int] = field(default_factory=dict)
    done: int = 0

    async def write(self, chance: random.Random) -> None:
        while self.done < A_PATIENT:
            batch = [self._operation(chance) for _ in range(chance.randint(1, 3))]
            self.done += len(batch)
            body = {"account_id": self.patient_id, "check_ins": batch, "exercise_sessions": []}
            answer = await self.phone.post("/api/sync", json=body)
            while answer.status_code == 503:
                answer = await self.phone.post("/api/sync", json=body)
            assert answer.status_code == 200, answer.text
            for entry, result in zip(batch, answer.json()["results"], strict=True):
                assert result["status"] in {"stored", "known"}, result
                self.acknowledged[entry["id"]] = entry

    def _operation(self, chance: random.Random) -> dict[str, Any]:
        """A new entry, or another word on one that any of the eight has written."""
        made = datetime.now(UTC).isoformat()
        day = own_day() - timedelta(days=1)
        # Rising, so that the last words are what a list shows.
        said = {"pain_now": min(10, 11 * self.done // A_PATIENT), "note": f"{uuid7()}"}
        roots = [
            root
            for root, entry in self.acknowledged.items()
            if entry["revises"] is None and self.edits.get(root, 0) < EDITS_A_DAY
        ]
        if not roots or chance.random() < NEW:
            return check_in(day, **said)
        root = chance.choice(roots)
        self.edits[root] = self.edits.get(root, 0) + 1
        return check_in(day, revises=root, made_at=made, **said)

    @property
    def decided(self) -> dict[str, dict[str, Any]]:
        """By their first entry, what counts: the latest made, and of two made at once the greater id."""
        last = dict[str, dict[str, Any]]()
        for entry in sorted(self.acknowledged.values(), key=_order):
            last[entry["revises"] or entry["id"]] = entry
        return last


def _order(entry: dict[str, Any]) -> tuple[datetime, UUID]:
    return datetime.fromisoformat(entry["made_at"]), UUID(entry["id"])


@dataclass
class Checked:
    operations: int = 0
    lost: int = 0
    doubled: int = 0
    # Entries of which something else counts than was said last, and lists that show something else.
    overwritten: int = 0
    stale: int = 0


Write = Callable[[int], Awaitable[Checked]]


@pytest.fixture
def write(clinic: Clinic, database: Database) -> Write:
    async def write(operations: int) -> Checked:
        found, chance = Checked(), random.Random(SEED)
        while found.operations < operations:
            patient_id, phone = await join_patient(clinic)
            written = Written(patient_id, phone)
            await asyncio.gather(*(written.write(chance) for _ in range(WRITERS)))
            there = (await phone.get("/api/diary")).json()["check_ins"]
            await phone.aclose()
            await _check(database, clinic, written, there, found)
        return found

    return write


async def _check(
    database: Database,
    clinic: Clinic,
    written: Written,
    there: list[dict[str, Any]],
    found: Checked,
) -> None:
    notes = {entry["id"]: entry["note"] for entry in there}
    found.operations += len(written.acknowledged)
    found.doubled += len(there) - len(notes)
    found.lost += sum(notes.get(key) != one["note"] for key, one in written.acknowledged.items())
    async with database.reading(clinic.id) as session:
        ((episode_id, pain),) = await session.execute(_SUMMARY, {"patient": written.patient_id})
        counts = (await diary.settled(session, episode_id)).check_ins
    decided = written.decided
    found.overwritten += {one.note for one in counts} != {one["note"] for one in decided.values()}
    found.stale += int(pain[-1], 16) != max(one["pain_now"] for one in decided.values())


_SUMMARY: Final = text(
    "select e.id, s.pain from episodes e join diary_summaries s on s.episode_id = e.id where e.patient_id = :patient"
)


async def test_eight_writers_of_one_day_lose_nothing_of_each_other(
    write: Write, report: Callable[[str], None]
):
    """DU-7"""
    found = await write(OPERATIONS)
    report(
        f"DU-7 {WRITERS} writers of the same patient and day, seed {SEED}, {found.operations} acknowledged:"
        f" {found.lost} lost, {found.doubled} doubled, {found.overwritten} histories in which something else counts than"
        f" was said last, {found.stale} lists that show something else; a write is lost in"
        f" {at_most(found.operations)}"
    )
    assert (found.lost, found.doubled, found.overwritten, found.stale) == (0, 0, 0, 0)


async def test_writers_who_do_not_wait_for_each_other_are_caught(
    write: Write, report: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
):
    """DU-7, its mutant."""

    async def look(session: AsyncSession, patient_id: UUID) -> list[Episode]:
        return await episode_store.of_patient(session, patient_id)

    monkeypatch.setattr(episodes, "hold", look)
    found = await write(FEW)
    report(f"DU-7 mutant (nobody waits), {found.operations} written: {found}")
    assert found.lost + found.doubled + found.overwritten + found.stale > 0
