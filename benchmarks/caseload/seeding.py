"""Clinics of any size, whose diaries went through the product's own doors."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from uuid_utils.compat import uuid7

from caseload.signing_in import FIELD_KEY
from glidepath.alerts import handling, looking
from glidepath.alerts import service as alerts
from glidepath.alerts.raising import evaluate
from glidepath.alerts.schemas import Resolution
from glidepath.care import admitting, planning
from glidepath.care import service as care
from glidepath.care.schemas import EpisodeBody, FirstPlan, PatientBody, PlanItemBody
from glidepath.clinical.vocabulary import Condition, Side
from glidepath.database import encryption
from glidepath.database.engine import Database
from glidepath.demo.second_steps import SECRET
from glidepath.demo.simulator import Course, SimulatedDay, simulate
from glidepath.diary import service as diary
from glidepath.diary.schemas import OfferedCheckIn, SyncRequest
from glidepath.escalation.rules import usual_words
from glidepath.identity import second_factor, signing_in
from glidepath.identity import service as identity
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.settings import load_settings

ZONE = ZoneInfo("Europe/Madrid")
PASSPHRASE = "a long and quiet passphrase"  # noqa: S105 (of invented people)
DAYS = 90
# Six weeks arrive at once, as what a phone kept; the last week by itself.
KEPT_FOR, LAST = 42, 7
# One in so many gets worse within the last week; earlier alerts were dealt with.
WORSE = 12
WORSENING: Final[tuple[Course, ...]] = ("step", "nerve", "peripheral")
# These have not written today, so that an entry changes their row.
WAITING = 25
AT_ONCE = 4
GIVEN = ("Ada", "Bruno", "Carmen", "Diego", "Elena", "Felix", "Greta", "Hugo", "Ines", "Jonas")
FAMILY = ("Alder", "Bravo", "Castillo", "Duarte", "Esteve", "Fenwick", "Garrido", "Holloway")


@dataclass(frozen=True)
class SeededClinic:
    id: UUID
    therapist_id: UUID
    email: str
    patients: tuple[UUID, ...]
    # Patients who will write today, in the order of their names.
    waiting: tuple[UUID, ...]


async def seed(database: Database, patients: int, now: datetime, days: int = DAYS) -> SeededClinic:
    """A clinic with one therapist, who looks after so many patients of so many days."""
    clinic_id, therapist_id, founded = uuid7(), uuid7(), now - timedelta(days=days + 30)
    email = f"therapist@{patients}-{days}.example"
    encryption.use(load_settings({"GLIDEPATH_FIELD_KEYS": FIELD_KEY}))
    async with database.writing(clinic_id) as session:
        await identity.add_clinic(
            session, clinic_id, f"Clinic of {patients}", "ES", str(ZONE), usual_words(), founded
        )
        await planning.stock_library(session, clinic_id)
        await identity.add_staff(
            session,
            clinic_id,
            therapist_id,
            role="therapist",
            name="Irene Soto",
            email=email,
            passphrase=PASSPHRASE,
            now=founded,
        )
        (account,) = await signing_in.open_accounts(session, email)
        await second_factor.give(session, account, SECRET, founded)
    ids = [uuid7() for _ in range(patients)]
    room = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, patient_id: UUID) -> None:
        async with room:
            therapist = StaffActor(clinic_id, therapist_id, "therapist", therapist_id)
            await _play(database, therapist, patient_id, number, now, days)

    await asyncio.gather(*(one(number, patient_id) for number, patient_id in enumerate(ids)))
    await looking.look_at_all(database, clinic_id, now)
    return SeededClinic(clinic_id, therapist_id, email, tuple(ids), tuple(ids[1 : WAITING + 1]))


async def sign_in_patient(database: Database, clinic: SeededClinic, patient_id: UUID) -> str:
    """A session of the patient's phone; its token."""
    therapist = StaffActor(clinic.id, clinic.therapist_id, "therapist", clinic.therapist_id)
    now = datetime.now(UTC)
    async with database.writing(clinic.id) as session:
        invitation = await care.invite(session, therapist, patient_id, "", now)
    async with database.writing() as session:
        return (await signing_in.join(session, invitation.code, "en", now)).token


async def _play(
    database: Database,
    therapist: StaffActor,
    patient_id: UUID,
    number: int,
    now: datetime,
    length: int,
) -> None:
    first = now.astimezone(ZONE).date() - timedelta(days=length - 1)
    clinic_id, begun = therapist.clinic_id, _moment(first, 7, now)
    async with database.writing(clinic_id) as session:
        await admitting.put_patient(
            session, therapist, patient_id, _admission(number, first), begun
        )
        invitation = await care.invite(session, therapist, patient_id, "", begun)
    async with database.writing() as session:
        await signing_in.join(session, invitation.code, "en", begun)
    phone = PatientActor(clinic_id, patient_id, "patient", patient_id)
    days, start, before = _diary(number, first, length), 0, length - LAST
    for end in (*range(before % KEPT_FOR, before + 1, KEPT_FOR), length):
        batch, start = days[start:end], end
        if not batch:
            continue
        sent_at = _moment(batch[-1].date, 21, now)
        request = SyncRequest(
            account_id=patient_id,
            check_ins=[OfferedCheckIn.read(one) for one in _check_ins(batch, sent_at)],
            exercise_sessions=[],
        )
        async with database.writing(clinic_id) as session:
            answer = await diary.sync(session, phone, request, sent_at, evaluate)
        refused = [result for result in answer.results if result.status == "refused"]
        assert not refused, refused
        if end != length:
            await _look_after(database, therapist, patient_id, sent_at)


def _diary(number: int, first: date, length: int) -> Sequence[SimulatedDay]:
    rng = np.random.default_rng([length, number])
    worse = number % WORSE == 0
    course = WORSENING[number // WORSE % len(WORSENING)] if worse else "stable"
    written = simulate(course, "plain", length, first, rng, length - 6 if worse else None).days
    return written[:-1] if 1 <= number <= WAITING else written


def _admission(number: int, first: date) -> PatientBody:
    stretch = PlanItemBody(
        exercise_key="hamstring_stretch",
        side=Side.LEFT,
        sets=3,
        repetitions=None,
        hold_seconds=30,
        rest_seconds=10,
        days_per_week=7,
    )
    return PatientBody(
        name=f"{GIVEN[number % len(GIVEN)]} {FAMILY[number % len(FAMILY)]} {number:03}",
        timezone=str(ZONE),
        locale="en",
        episode=EpisodeBody(
            id=uuid7(), condition=Condition.SCIATIC, side=Side.LEFT, started_on=first
        ),
        plan=FirstPlan(id=uuid7(), starts_on=first, note=None, items=[stretch], criteria=[]),
    )


async def _look_after(
    database: Database, therapist: StaffActor, patient_id: UUID, now: datetime
) -> None:
    """What was raised in the first weeks was dealt with long ago."""
    outcome = Resolution(outcome="called", useful=True, note=None)
    async with database.writing(therapist.clinic_id) as session:
        for alert in await alerts.unresolved(session, [patient_id]):
            await handling.resolve(session, therapist, alert.id, alert.version, outcome, now)


def _check_ins(days: Sequence[SimulatedDay], sent_at: datetime) -> Iterator[dict[str, Any]]:
    for day in days:
        if day.logged:
            sensations = [*day.sensations] if day.sensations is not None else None
            yield check_in(
                _moment(day.date, 9, sent_at),
                pain_now=day.pain,
                pain_worst=day.pain_worst,
                place=day.place,
                sensations=sensations,
            )


def check_in(at: datetime, **answers: Any) -> dict[str, Any]:
    """As a phone where the patients are writes it: its moment says their day, too."""
    at = at.astimezone(ZONE)
    return {
        "id": str(uuid7()),
        "revises": None,
        "withdrawn": False,
        "plan_version_id": None,
        "local_date": at.date().isoformat(),
        "happened_at": at.isoformat(),
        "zone": str(ZONE),
        "made_at": at.isoformat(),
        "pain_now": 3,
        "pain_worst": None,
        "place": None,
        "sensations": [],
        "changes_with": None,
        "red_flags": None,
        "note": None,
        **answers,
    }


def _moment(day: date, hour: int, now: datetime) -> datetime:
    """That hour of the patient's day, and never later than `now`."""
    return min(datetime.combine(day, time(hour), ZONE), now.astimezone(ZONE))
