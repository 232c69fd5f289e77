"""The demo clinic: invented patients whose diaries went through the product's own doors.

Every entry is sent as a phone sends it, a few days at a time, at the hour it would have been sent;
what the clinic's pages then show was computed by the product from those entries.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from uuid_utils.compat import uuid7

from glidepath.alerts import handling, looking
from glidepath.alerts import service as alerts
from glidepath.alerts.raising import evaluate
from glidepath.alerts.schemas import Resolution
from glidepath.assessments import service as assessments
from glidepath.care import admitting, own_exercises, planning, templates
from glidepath.care import service as care
from glidepath.care.schemas import (
    CriterionBody,
    EpisodeBody,
    FirstPlan,
    OwnExerciseBody,
    PatientBody,
    PlanItemBody,
    TemplateBody,
)
from glidepath.clinical import exercises as library
from glidepath.clinical.own_exercises import OwnExercise, Words
from glidepath.clinical.vocabulary import Condition, ExerciseKind, Side
from glidepath.database.engine import Database
from glidepath.demo import abroad, measuring, second_steps
from glidepath.demo.cast import CAST, CLINIC, STAFF, STAFF_ABROAD, Role
from glidepath.demo.corresponding import correspond
from glidepath.demo.examining import examinations
from glidepath.demo.organising import (
    discharge_some,
    first_screening,
    go_away,
    open_in_emergency,
    organise,
)
from glidepath.demo.simulator import SimulatedDay, simulate
from glidepath.diary import service as diary
from glidepath.diary.schemas import (
    OfferedAnswer,
    OfferedCheckIn,
    OfferedExerciseSession,
    SyncRequest,
)
from glidepath.escalation.climbing import climb
from glidepath.escalation.rules import usual_words
from glidepath.identity import service as identity
from glidepath.identity import signing_in
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.outcomes import service as outcomes
from glidepath.privacy import consent
from glidepath.privacy.schemas import ConsentBody

PASSPHRASE = "glide gently every day"  # noqa: S105 (printed for everyone to use)
ZONE = ZoneInfo("Europe/Madrid")
# Alerts of the last days wait for whoever opens the demo.
UNSEEN = timedelta(days=6)
# A muscle rests between the days on which it works hard.
# Between opening a patient's page and saying that one has looked.
READING = timedelta(minutes=4)
ENDINGS = (
    Resolution(outcome="plan_changed", useful=True, note="Spoke on the phone; lighter week."),
    Resolution(outcome="called", useful=True, note="Knew why: a long drive. Stays with the plan."),
    Resolution(outcome="no_action", useful=False, note=None),
    Resolution(outcome="appointment", useful=None, note="Comes on Thursday."),
)
_STRENGTH_DAYS = {2: [2, 5], 3: [1, 3, 5]}


CALF_RAISE = OwnExercise(
    kind=ExerciseKind.STRENGTH,
    sides=library.Sides.PER_LEG,
    dose=library.Dose(sets=2, repetitions=10, rest_seconds=60, days_per_week=3),
    en=Words(
        title="Calf raise on a step",
        summary="Makes the calf stronger, for stairs and hills.",
        position="Stand on the lowest step, with the front of your feet on it. Hold on to the rail.",
        steps=["Rise onto your toes.", "Stay for a breath.", "Lower the heels slowly."],
        caution="Your calf may work hard, but it should not hurt sharply.",
    ),
    es=Words(
        title="Elevación de talones en un escalón",
        summary="Fortalece la pantorrilla, para escaleras y cuestas.",
        position="Ponte en el primer escalón, apoyando la parte delantera de los pies. Agárrate a la barandilla.",
        steps=["Sube de puntillas.", "Quédate una respiración.", "Baja los talones despacio."],
        caution="La pantorrilla puede trabajar duro, pero no debes notar un dolor agudo.",
    ),
)


async def is_empty(database: Database) -> bool:
    async with database.reading(CLINIC) as session:
        return not await identity.clinic_exists(session)


async def seed(database: Database, now: datetime) -> None:
    """Fills an empty database with the demo clinic as of `now`."""
    founded = now - timedelta(days=200)
    async with database.writing(CLINIC) as session:
        await identity.add_clinic(
            session, CLINIC, "Riverside Physiotherapy", "ES", str(ZONE), usual_words(), founded
        )
        await planning.stock_library(session, CLINIC)
        for member in STAFF:
            await identity.add_staff(
                session,
                CLINIC,
                member.id,
                role=member.role,
                name=member.name,
                email=member.email,
                passphrase=PASSPHRASE,
                now=founded,
            )
    async with database.writing(CLINIC) as session:
        author = _therapist(CAST[0])
        await own_exercises.put(session, author, uuid7(), OwnExerciseBody(None, CALF_RAISE))
        template = TemplateBody(
            name="First weeks", note=None, items=_items(Condition.BOTH, Side.LEFT), criteria=[]
        )
        await templates.put(session, author, uuid7(), template, founded)
    for number, role in enumerate(CAST):
        await _play(database, role, np.random.default_rng([role.draw, number]), now)
    async with database.writing(CLINIC) as session:
        await go_away(session, ZONE, now)
    await looking.look_at_all(database, CLINIC, now)
    async with database.writing(CLINIC) as session:
        await organise(session, ZONE, now)
        await discharge_some(session, ZONE, now)
        await open_in_emergency(session, now)
    # What has waited for too long goes on to the next person, and from there to the admin.
    for days in (3, 2, 1):
        await climb(database, CLINIC, now - timedelta(days=days))
    await correspond(database, now)
    await abroad.open_clinic(database, PASSPHRASE, _items(Condition.BOTH, Side.LEFT), now)


async def sign_ins(database: Database, base_url: str, now: datetime) -> str:
    """How to look around, in lines to print; joining codes are made anew each time."""
    lines = ["", "Therapists and admin sign in at " + base_url + "/therapist"]
    lines += [f"  {member.email:32} {PASSPHRASE}" for member in STAFF]
    lines += [
        f"  and then a code: {second_steps.code(now)} is the present one, and",
        "  `.venv/bin/glidepath demo-code` prints the next; each works once for each of them",
    ]
    lines += ["", "and, for remote monitoring, in a clinic in the United States"]
    lines += [f"  {member.email:32} {PASSPHRASE}" for member in STAFF_ABROAD]
    lines += ["", "Patients join at " + base_url + "/join with a code (each works once)"]
    for role in CAST[:2]:
        async with database.writing(CLINIC) as session:
            invitation = await care.invite(
                session, _therapist(role), role.patient_id, base_url, now
            )
        lines.append(f"  {role.name:32} {invitation.code}")
    lines += [
        "",
        "Clinics are added at " + base_url + "/operator, by whom this command invites:",
        "  .venv/bin/glidepath operator add you@example.org --name Operator",
    ]
    return "\n".join(lines)


def _therapist(role: Role) -> StaffActor:
    return StaffActor(CLINIC, STAFF[role.therapist].id, "therapist", role.patient_id)


async def _play(database: Database, role: Role, rng: np.random.Generator, now: datetime) -> None:
    """One patient from the first visit to this morning."""
    today = now.astimezone(ZONE).date()
    first = today - timedelta(days=role.days - 1)
    begun = _moment(first, 7, now)
    await _admit(database, role, first, begun)
    async with database.reading(CLINIC) as session:
        episode = await care.current_episode(session, role.patient_id)
        plan = (await planning.plans_of(session, episode.id))[0]
    await _examine(database, role, episode.id, first, now)
    phone = PatientActor(CLINIC, role.patient_id, "patient", role.patient_id)
    await _measure(database, role, phone, episode.id, first, now)
    last = role.days - role.silent_days
    worsens_on = None if role.worse_since is None else role.days - role.worse_since
    days = simulate(role.course, role.habit, role.days, first, rng, worsens_on).days[:last]
    for batch in _batches(days, rng):
        sent_at = min(now, _moment(batch[-1].date, 21, now))
        request = SyncRequest(
            account_id=role.patient_id,
            check_ins=[
                OfferedCheckIn.read(_check_in(day, plan.id, sent_at, rng))
                for day in batch
                if day.logged
            ],
            exercise_sessions=[
                OfferedExerciseSession.read(_session(day, plan, sent_at, rng))
                for day in batch
                if day.logged and day.exercised
            ],
        )
        async with database.writing(CLINIC) as session:
            answer = await diary.sync(session, phone, request, sent_at, evaluate)
        refused = [result for result in answer.results if result.status == "refused"]
        assert not refused, refused
        if sent_at < now - UNSEEN:
            await _look_after(database, role, sent_at)


async def _examine(
    database: Database, role: Role, episode_id: UUID, first: date, now: datetime
) -> None:
    today = now.astimezone(ZONE).date()
    async with database.writing(CLINIC) as session:
        for body in examinations(role, first, today):
            at = _moment(body.assessed_on, 10, now)
            await assessments.put(session, _therapist(role), episode_id, uuid7(), body, at)


async def _measure(
    database: Database,
    role: Role,
    phone: PatientActor,
    episode_id: UUID,
    first: date,
    now: datetime,
) -> None:
    """The usual measures from the first visit on, and what came back."""
    therapist, begun = _therapist(role), _moment(first, 10, now)
    async with database.writing(CLINIC) as session:
        for measure in measuring.measured(role):
            await outcomes.assign(session, therapist, episode_id, uuid7(), measure.key, begun)
    for measure, due in measuring.answered(role, first, now.astimezone(ZONE).date()):
        request = SyncRequest(
            account_id=role.patient_id,
            check_ins=[],
            exercise_sessions=[],
            measure_answers=[
                OfferedAnswer.read(measuring.answer(role, measure, due, episode_id, ZONE))
            ],
        )
        async with database.writing(CLINIC) as session:
            sent_at = _moment(due.on, 20, now)
            (result,) = (await diary.sync(session, phone, request, sent_at, evaluate)).results
        assert result.status == "stored", result


async def _admit(database: Database, role: Role, first: date, at: datetime) -> None:
    body = PatientBody(
        name=role.name,
        timezone=str(ZONE),
        locale=role.locale,
        episode=EpisodeBody(id=uuid7(), condition=role.condition, side=role.side, started_on=first),
        plan=_first_plan(role, first),
        screening=first_screening(role),
    )
    therapist = _therapist(role)
    async with database.writing(CLINIC) as session:
        await admitting.put_patient(session, therapist, role.patient_id, body, at)
        invitation = await care.invite(session, therapist, role.patient_id, "", at)
    async with database.writing() as session:
        await signing_in.join(session, invitation.code, role.locale, at)
    async with database.writing(CLINIC) as session:
        phone = PatientActor(CLINIC, role.patient_id, "patient", role.patient_id)
        await consent.say(session, phone, ConsentBody(consent.asked(), agrees=True), at)


def _first_plan(role: Role, first: date) -> FirstPlan:
    """Who will improve begins with less; when the next exercise comes, the plan says itself."""
    items = _items(role.condition, role.side)
    criteria = []
    if role.course == "improving":
        step = items.pop()
        criteria = [CriterionBody(pain_most=3, no_nerve=True, days=7, logged_least=5, item=step)]
    return FirstPlan(id=uuid7(), starts_on=first, note=None, items=items, criteria=criteria)


def _items(condition: Condition, side: Side) -> list[PlanItemBody]:
    """The library's exercises for a condition, in their default doses: a strength exercise on given
    days, and a stretch with the glide that takes its place."""
    wanted = [one for one in library.library().exercises if condition in one.for_conditions][:4]
    glides = (one.key for one in wanted if one.kind is ExerciseKind.NERVE_GLIDE)
    glide = next(glides, None)
    return [
        PlanItemBody(
            exercise_key=exercise.key,
            side=side if exercise.sides is library.Sides.PER_LEG else Side.BOTH,
            sets=exercise.dose.sets,
            repetitions=exercise.dose.repetitions,
            hold_seconds=exercise.dose.hold_seconds,
            rest_seconds=exercise.dose.rest_seconds,
            days_per_week=exercise.dose.days_per_week,
            weekdays=_STRENGTH_DAYS.get(exercise.dose.days_per_week)
            if exercise.kind is ExerciseKind.STRENGTH
            else None,
            on_nerve_flag=glide if exercise.kind is ExerciseKind.STATIC_STRETCH else None,
        )
        for exercise in wanted
    ]


async def _look_after(database: Database, role: Role, now: datetime) -> None:
    """The therapist sees an alert within a day and resolves it within the week, an urgent one at once."""
    therapist = _therapist(role)
    async with database.writing(CLINIC) as session:
        for alert in await alerts.unresolved(session, [role.patient_id]):
            # What is urgent within hours, the others in the course of the next day.
            hours = 1 if alert.severity == "urgent" else 12 + alert.raised_on.toordinal() % 9
            waited, looked = now - alert.opened_at, alert.opened_at + timedelta(hours=hours)
            if waited <= timedelta(days=1):
                continue
            await handling.viewed(session, therapist, [alert.id], looked - READING)
            seen = await handling.acknowledge(session, therapist, alert.id, alert.version, looked)
            outcome = ENDINGS[alert.raised_on.toordinal() % len(ENDINGS)]
            if alert.severity == "urgent":
                closed = looked + READING
            elif waited > timedelta(days=6):
                closed = now
            else:
                continue
            await handling.resolve(session, therapist, alert.id, seen.version, outcome, closed)


def _batches(
    days: tuple[SimulatedDay, ...], rng: np.random.Generator
) -> Iterator[tuple[SimulatedDay, ...]]:
    """A phone is online every few days; the last days come by themselves."""
    start = 0
    while start < len(days):
        length = int(rng.integers(2, 9)) if start < len(days) - 7 else 1
        yield days[start : start + length]
        start += length


def _moment(day: date, hour: int, now: datetime) -> datetime:
    """That hour of the patient's day, and never later than `now`."""
    return min(datetime.combine(day, time(hour), ZONE), now.astimezone(ZONE))


def _entry(day: SimulatedDay, plan_id: UUID, sent_at: datetime, hour: int) -> dict[str, Any]:
    at = _moment(day.date, hour, sent_at)
    return {
        "id": str(uuid7()),
        "revises": None,
        "withdrawn": False,
        "plan_version_id": str(plan_id),
        "local_date": day.date.isoformat(),
        "happened_at": at.isoformat(),
        "zone": str(ZONE),
        "made_at": at.isoformat(),
        "changes_with": None,
    }


def _check_in(
    day: SimulatedDay, plan_id: UUID, sent_at: datetime, rng: np.random.Generator
) -> dict[str, Any]:
    return {
        **_entry(day, plan_id, sent_at, int(rng.integers(7, 21))),
        "pain_now": day.pain,
        "pain_worst": day.pain_worst,
        "place": day.place,
        "sensations": None if day.sensations is None else list(day.sensations),
        "red_flags": None,
        "note": None,
    }


def _session(
    day: SimulatedDay, plan: Any, sent_at: datetime, rng: np.random.Generator
) -> dict[str, Any]:
    item = plan.items[int(rng.integers(len(plan.items)))]
    return {
        **_entry(day, plan.id, sent_at, int(rng.integers(7, 21))),
        "sensations": None,
        "plan_item_id": str(item.id),
        "side": item.side,
        "sets_done": 1 if day.stopped_early else item.sets,
        "repetitions_done": item.repetitions,
        "hold_seconds": item.hold_seconds,
        "stopped_early": "pain" if day.stopped_early else None,
        "pain_during": day.pain,
    }
