"""An open page whose connection breaks at random moments; what it was not told of (AL-10)."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import httpx
from sqlalchemy import text

from glidepath.database import listening
from glidepath.database.engine import Database
from tests.api.test_live import Page
from tests.clinics import Clinic, check_in, join_patient

# A day has room for so many entries of one.
PATIENTS: Final = 12
# A page that knows nothing of a change for so long was not told of it.
PATIENCE: Final = 3.0
# Of so many breaks one is between the server and PostgreSQL as well.
CUT_OFF: Final = 25
_CUT = text("select pg_terminate_backend(pid) from pg_stat_activity where application_name = :it")


@dataclass(frozen=True)
class Followed:
    """Of how many breaks; how often the page went on without something that was committed."""

    breaks: int
    missed: int
    entries: int


class Screen:
    """A page that asks when it is told to, and for what: as the front end does, without its pixels."""

    def __init__(self, clinic: Clinic, database: Database) -> None:
        self._clinic = clinic
        self._database = database
        self.shows = Counter[str]()
        self.asked = asyncio.Event()

    async def follow(self, page: Page) -> None:
        """Until the stream ends."""
        while True:
            event, data = await page.next()
            if event == "end":
                return
            if event != "beat":
                await self._ask(data.get("patients"))

    async def _ask(self, patients: list[str] | None) -> None:
        async with self._database.reading(self._clinic.id) as session:
            found = await session.execute(
                text("select patient_id::text, count(*) from check_ins group by patient_id")
            )
            for patient_id, entries in found:
                if patients is None or patient_id in patients:
                    self.shows[patient_id] = entries
        self.asked.set()

    async def shows_all(self, committed: Counter[str]) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                while self.shows != committed:
                    self.asked.clear()
                    await self.asked.wait()
        except TimeoutError:
            return False
        return True


class Ward:
    """Patients who write; what is committed of each."""

    def __init__(self, phones: dict[str, httpx.AsyncClient]) -> None:
        self._phones = phones
        self.committed = Counter[str]()

    async def write(self, chance: random.Random, entries: int) -> None:
        for _ in range(entries):
            patient_id = chance.choice(sorted(self._phones))
            body = {
                "account_id": patient_id,
                "check_ins": [check_in()],
                "exercise_sessions": [],
            }
            answer = await self._phones[patient_id].post("/api/sync", json=body)
            assert answer.json()["results"][0]["status"] == "stored", answer.text
            self.committed[patient_id] += 1


async def follow_through(
    clinic: Clinic,
    database: Database,
    breaks: int,
    seed: int,
    *,
    until_missed: bool = False,
) -> Followed:
    """A page that loses its connection so often, with entries written before, while and after it opens it."""
    chance = random.Random(seed)
    phones = dict([await join_patient(clinic) for _ in range(PATIENTS)])
    ward, screen = Ward(phones), Screen(clinic, database)
    missed = number = 0
    for number in range(1, breaks + 1):
        if number % CUT_OFF == 0:
            async with database.writing() as session:
                await session.execute(_CUT, {"it": listening.CHANNEL})
        await ward.write(chance, chance.randrange(2))
        page = Page(clinic, clinic.therapist.cookies)
        # In the moment in which the page begins to listen.
        at_once = asyncio.create_task(_later(chance.uniform(0, 0.02), ward.write, chance, 1))
        assert await page.status() == 200
        following = asyncio.create_task(screen.follow(page))
        await at_once
        missed += not await screen.shows_all(ward.committed)
        # What is on its way when the connection breaks is for the next one to tell.
        rest = asyncio.create_task(ward.write(chance, chance.randrange(2)))
        await asyncio.sleep(chance.uniform(0, 0.03))
        await page.leave()
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await rest
        if missed and until_missed:
            break
    for phone in phones.values():
        await phone.aclose()
    return Followed(number, missed, ward.committed.total())


async def _later(pause: float, work: Callable[..., Any], *arguments: Any) -> None:
    await asyncio.sleep(pause)
    await work(*arguments)
