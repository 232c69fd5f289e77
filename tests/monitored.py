"""A clinic with remote monitoring, and what is done there."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from litestar import Litestar
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.identity.actor import StaffActor
from glidepath.monitoring import closings, pages, timers
from glidepath.monitoring.schemas import ClosingBody, MonitoringPage, StopBody
from glidepath.problems import Problem
from tests.clinics import Clinic, check_in, colleague, open_clinic, own_day, sync
from tests.security.requests import CONSENTED

NOW = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


@dataclass
class Monitoring:
    """A clinic in the United States that has switched it on; its patient's episode began 70 days ago."""

    clinic: Clinic
    database: Database
    admin: httpx.AsyncClient
    actor: StaffActor

    @property
    def episode(self) -> str:
        return f"/api/episodes/{self.clinic.episode_id}"

    async def record(self, kind: str, first_on: date | None, **said: Any) -> str:
        record_id = str(uuid7())
        body = CONSENTED | {"given_by": None, "kind": kind, **said}
        body["first_on"] = None if first_on is None else str(first_on)
        path = f"{self.episode}/monitoring-records/{record_id}"
        answer = await self.clinic.therapist.put(path, json=body)
        assert answer.status_code == 201, answer.text
        return record_id

    async def all_in_order(self, since: date) -> None:
        await self.record("consent", since, given_by="patient")
        await self.record("plan_of_care", since)
        await self.record("education", since, understood=True, text="The app, on their phone.")
        await self.record("biller", since, person=str(self.clinic.therapist_id))
        await self.record("device", since, text="Glidepath")

    async def page(self, now: datetime = NOW) -> MonitoringPage:
        async with self.database.reading(self.clinic.id) as session:
            return await pages.of_patient(session, self.actor, self.clinic.patient_id, now)

    async def work(self, begun: datetime, ended: datetime, note: str = "Looked at it.") -> UUID:
        timer_id = uuid7()
        async with self.database.writing(self.clinic.id) as session:
            await timers.start(session, self.actor, self.clinic.episode_id, timer_id, begun)
            moment = begun
            while moment < ended:
                await timers.active(session, self.actor, timer_id, moment)
                moment += timedelta(minutes=4)
            await timers.stop(session, self.actor, timer_id, StopBody(note), ended)
        return timer_id

    async def close(self, kind: Any, first_on: date, amends: UUID | None = None) -> UUID:
        closing_id = uuid7()
        async with self.database.writing(self.clinic.id) as session:
            body = ClosingBody(kind, first_on, amends)
            await closings.close(session, self.actor, self.clinic.episode_id, closing_id, body, NOW)
        return closing_id

    async def refused(self, kind: type[Problem], work: Any) -> str:
        with pytest.raises(kind) as caught:
            async with self.database.writing(self.clinic.id) as session:
                await work(session)
        return caught.value.code


def days_ago(*numbers: int) -> list[date]:
    return [own_day() - timedelta(days=number) for number in numbers]


async def log(us: Monitoring, *numbers: int) -> None:
    results = await sync(us.clinic, *(check_in(day) for day in days_ago(*numbers)))
    assert {one["status"] for one in results} == {"stored"}


@pytest.fixture
async def us(app: Litestar, database: Database, admin_url: str) -> AsyncIterator[Monitoring]:
    async with AsyncExitStack() as stack:
        clinic = await open_clinic(app, database, stack, "North", "US")
        admin = (
            await stack.enter_async_context(colleague(clinic, database, "Boss", "admin"))
        ).browser
        answer = await admin.put("/api/monitoring", json={"on": True}, headers={"if-match": '"0"'})
        assert answer.is_success, answer.text
        path = f"/api/monitoring/licences/{clinic.therapist_id}"
        assert (await admin.put(path, json={"licence": "PT"})).is_success
        with psycopg.connect(admin_url) as connection:
            connection.execute("update episodes set opened_at = now() - interval '70 days'")
        actor = StaffActor(clinic.id, clinic.therapist_id, "therapist", uuid7())
        yield Monitoring(clinic, database, admin, actor)


@pytest.fixture
def admin_url(postgres: Any, database_name: str) -> str:
    url: str = postgres.url("postgres", database_name)
    return url
