"""The figures of alert quality against the same ones counted one by one, over random histories."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from math import ceil, floor
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from uuid_utils.compat import uuid7

from glidepath.alerts.models import KINDS, SEVERITIES, Alert, AlertEvent, Viewing
from glidepath.care.models import Episode, Patient
from glidepath.database.engine import Database
from glidepath.identity import service as identity
from glidepath.identity.models import Account
from glidepath.insight import quality
from glidepath.insight.quality_schemas import Quality, QualityRow, Waits
from tests.clinics import HOURS, PASSPHRASE

pytestmark = pytest.mark.anyio
OUTCOMES = ("called", "plan_changed", "referred", "advice_given", "appointment", "no_action")
DAYS = 28
# Half an hour after midnight in Auckland, where it is summer; at Greenwich it is the day before.
ZONE = ZoneInfo("Pacific/Auckland")
NOW = datetime(2026, 1, 20, 11, 30, 7, 123457, UTC)
SINCE = date(2025, 12, 25)
LONG_AGO = NOW - timedelta(days=90)


@dataclass
class Clinic:
    """As far as these figures need one."""

    id: UUID = field(default_factory=uuid7)
    staff: tuple[UUID, UUID] = field(default_factory=lambda: (uuid7(), uuid7()))


async def open_clinic(database: Database, name: str) -> Clinic:
    clinic = Clinic()
    async with database.writing(clinic.id) as session:
        await identity.add_clinic(session, clinic.id, name, "NZ", str(ZONE), HOURS, LONG_AGO)
        for number, person in enumerate(clinic.staff):
            await identity.add_staff(
                session,
                clinic.id,
                person,
                role="therapist",
                name="Irene Soto",
                email=f"{name}{number}@clinic.example",
                passphrase=PASSPHRASE,
                now=LONG_AGO,
            )
    return clinic


@dataclass
class History:
    """An alert with its steps and looks, as they were made up."""

    alert: Alert
    steps: list[AlertEvent]
    looks: list[Viewing] = field(default_factory=list)


@dataclass
class Followed:
    started_on: date
    ended_on: date | None
    joined_at: datetime | None
    patient_id: UUID = field(default_factory=uuid7)
    episode_id: UUID = field(default_factory=uuid7)


def made_up(chance: random.Random, clinic: Clinic, one: Followed, kind: str) -> History:
    """Opened in the last weeks, some at the edges of the clinic's days; then whatever people do."""
    start = datetime.combine(SINCE, time.min, ZONE)
    opened = chance.choice(
        (
            NOW - timedelta(seconds=chance.uniform(0, 40 * 86400)),
            start + timedelta(microseconds=chance.randint(-2, 2)),
            NOW - timedelta(hours=chance.choice((24, 48)), microseconds=chance.randint(-1, 1)),
        )
    ).astimezone(UTC)
    own = {"clinic_id": clinic.id, "alert_id": uuid7()}
    steps = [AlertEvent(**own, id=uuid7(), version=1, at=opened, kind="opened", state="open")]

    def step(what: str, state: str, **more: object) -> None:
        span = chance.choice((0.01, 1, 10, 60))
        at = steps[-1].at + timedelta(hours=chance.uniform(0, span))
        if chance.random() < 0.1:
            at = opened + timedelta(hours=chance.choice((24, 48)))
        snoozed = NOW.date() if state == "snoozed" else None
        step = AlertEvent(**own, id=uuid7(), version=len(steps) + 1, at=at, kind=what, state=state)
        step.snoozed_until = snoozed
        for name, value in more.items():
            setattr(step, name, value)
        steps.append(step)

    for _ in range(chance.randint(0, 7)):
        last, person = steps[-1], chance.choice(clinic.staff)
        deeds = ("acknowledged", "snoozed", "resolved")
        can_undo = last.kind in deeds and last.by is not None
        what = chance.choice((*deeds, "extended", "reopened", *(["undone"] * 3 * can_undo)))
        if what == "undone":
            step("undone", steps[-2].state or "open", by=person, undoes=last.id)
        elif last.state == "resolved":
            break
        elif what == "resolved":
            outcome = chance.choice((*OUTCOMES, "logged_again", "discharged"))
            by_person = outcome != "logged_again"
            useful = chance.choice((True, False, None)) if outcome in OUTCOMES else None
            step(what, what, outcome=outcome, by=person if by_person else None, useful=useful)
        elif what in deeds:
            step(what, what, by=person)
        elif what == "extended":
            step(what, last.state or "open")
        else:
            step(what, "open", because="kind")
    alert = Alert(
        clinic_id=clinic.id,
        id=own["alert_id"],
        patient_id=one.patient_id,
        episode_id=one.episode_id,
        kind=kind,
        severity=chance.choice(SEVERITIES),
        state=steps[-1].state,
        snoozed_until=steps[-1].snoozed_until,
        version=len(steps),
        opened_at=opened,
        raised_on=opened.date(),
        last_day=opened.date(),
        count=1,
        late=False,
        reason={"en": "Pain", "es": "Dolor"},
        evidence=[],
        channels=[],
        basis={},
    )
    seers = chance.sample(clinic.staff, chance.randint(0, 2))
    looks = [
        Viewing(**own, account_id=seer, at=opened + timedelta(hours=chance.uniform(0, 90)))
        for seer in seers
    ]
    return History(alert, steps, looks)


def hours(delta: timedelta) -> float:
    return delta.total_seconds() / 3600


def percentile(values: Sequence[float], share: float, least: int) -> float | None:
    """Between the two nearest, as is usual."""
    if len(values) < least:
        return None
    place, ordered = share * (len(values) - 1), sorted(values)
    low, high = ordered[floor(place)], ordered[ceil(place)]
    return low + (place - floor(place)) * (high - low)


def counted(some: Sequence[History], name: str, kind: str | None, severity: str | None) -> object:
    """A row of them, by going through the histories one at a time."""
    seen, acknowledged, ends = [], [], list[AlertEvent]()
    day_old = in_day = two_old = in_two = 0
    for one in some:
        opened = one.alert.opened_at
        undone = {step.undoes for step in one.steps}
        mine = [step for step in one.steps if step.by is not None]
        looks = [look.at for look in one.looks] + [step.at for step in mine]
        kept = [step.at for step in mine if step.kind != "undone" and step.id not in undone]
        end = one.steps[-1] if one.alert.state == "resolved" else None
        if end is not None and end.kind == "undone":
            raise AssertionError("nobody takes back that an end was taken back")
        seen += [hours(min(looks) - opened)] if looks else []
        acknowledged += [hours(min(kept) - opened)] if kept else []
        ends += [end] if end else []
        if NOW - opened >= timedelta(days=1):
            day_old += 1
            in_day += bool(kept) and min(kept) - opened <= timedelta(days=1)
        if NOW - opened >= timedelta(days=2):
            two_old += 1
            in_two += end is not None and end.at - opened <= timedelta(days=2)
    outcomes = {name: sum(end.outcome == name for end in ends) for name in OUTCOMES}
    acted = [end for end in ends if end.outcome in OUTCOMES and end.outcome != "no_action"]
    return QualityRow(
        of=name,  # type: ignore[arg-type]
        kind=kind,  # type: ignore[arg-type]
        severity=severity,  # type: ignore[arg-type]
        alerts=len(some),
        seen=Waits(len(seen), percentile(seen, 0.5, 10), percentile(seen, 0.95, 20)),
        acknowledged=Waits(
            len(acknowledged), percentile(acknowledged, 0.5, 10), percentile(acknowledged, 0.95, 20)
        ),
        resolved=sum(outcomes.values()),
        ended=sum(end.outcome == "logged_again" for end in ends),
        discharged=sum(end.outcome == "discharged" for end in ends),
        outcomes=outcomes,  # type: ignore[arg-type]
        acted_on=len(acted),
        useful=sum(end.useful is True for end in ends),
        not_useful=sum(end.useful is False for end in ends),
        useful_or_acted_on=sum(end.useful is True or end in acted for end in ends),
        a_day_old=day_old,
        acknowledged_within_day=in_day,
        two_days_old=two_old,
        closed_within_two_days=in_two,
    )


def rows(histories: Sequence[History]) -> list[object]:
    start = datetime.combine(SINCE, time.min, ZONE)
    some = [one for one in histories if start <= one.alert.opened_at <= NOW]
    urgent = [one for one in some if one.alert.severity == "urgent"]
    others = [one for one in some if one.alert.severity != "urgent"]
    cells: dict[tuple[str, str], list[History]] = {}
    for one in some:
        cells.setdefault((one.alert.severity, one.alert.kind), []).append(one)
    order = sorted(cells, key=lambda cell: (SEVERITIES.index(cell[0]), -len(cells[cell]), cell[1]))
    return [
        counted(some, "all", None, None),
        *([counted(urgent, "urgent", None, None)] if urgent else []),
        *([counted(others, "others", None, None)] if others else []),
        *(counted(cells[cell], "kind", cell[1], cell[0]) for cell in order),
    ]


def patient_days(everybody: Sequence[Followed]) -> list[int]:
    """Of each who was followed at all, the days on which they were."""
    every = [SINCE + timedelta(days=n) for n in range(DAYS)]
    found = [
        sum(
            one.started_on <= day <= (one.ended_on or day)
            and one.joined_at.astimezone(ZONE).date() <= day
            for day in every
        )
        for one in everybody
        if one.joined_at is not None
    ]
    return [days for days in found if days]


async def keep(
    clinic: Clinic, database: Database, people: Sequence[Followed], histories: Sequence[History]
) -> None:
    async with database.writing(clinic.id) as session:
        session.add_all(
            Account(
                clinic_id=clinic.id,
                id=one.patient_id,
                role="patient",
                name="Pat",
                locale="en",
                created_at=LONG_AGO,
                joined_at=one.joined_at,
            )
            for one in people
        )
        await session.flush()
        session.add_all(
            Patient(clinic_id=clinic.id, id=one.patient_id, timezone="UTC", created_at=LONG_AGO)
            for one in people
        )
        await session.flush()
        session.add_all(
            Episode(
                clinic_id=clinic.id,
                id=one.episode_id,
                patient_id=one.patient_id,
                condition="sciatic",
                side="left",
                opened_at=LONG_AGO,
                started_on=one.started_on,
                ended_on=one.ended_on,
            )
            for one in people
        )
        await session.flush()
        session.add_all(one.alert for one in histories)
        await session.flush()
        session.add_all(step for one in histories for step in one.steps if step.undoes is None)
        await session.flush()
        session.add_all(step for one in histories for step in one.steps if step.undoes is not None)
        session.add_all(look for one in histories for look in one.looks)


async def figures(clinic: Clinic, database: Database) -> Quality:
    async with database.reading(clinic.id) as session:
        return await quality.numbers(session, DAYS, NOW)


@pytest.mark.parametrize("seed", range(4))
async def test_the_database_counts_as_one_does_history_by_history(database: Database, seed: int):
    clinic, other_clinic = [await open_clinic(database, name) for name in ("north", "south")]
    chance = random.Random(seed)
    people = [
        Followed(
            SINCE + timedelta(days=chance.randint(-20, 30)),
            chance.choice((None, None, SINCE + timedelta(days=chance.randint(31, 40)))),
            chance.choice((None, NOW - timedelta(hours=chance.uniform(0, 1000)))),
        )
        for _ in range(40)
    ]
    ended = [one for one in people if one.started_on < SINCE and chance.random() < 0.5]
    for one in ended:
        one.ended_on = SINCE + timedelta(days=chance.randint(-1, DAYS))
    histories = list[History]()
    # A quarter of them never had an alert.
    for one in people[:30]:
        unresolved = set[str]()
        for _ in range(chance.randint(0, 20)):
            kind = chance.choice(KINDS[: 3 if seed % 2 else None])
            history = made_up(chance, clinic, one, kind)
            if history.alert.state == "resolved" or kind not in unresolved:
                histories.append(history)
            if history.alert.state != "resolved":
                unresolved.add(kind)
    await keep(clinic, database, people, histories)
    found = await figures(clinic, database)
    assert found.rows == rows(histories)
    days = patient_days(people)
    assert (found.patients, found.patient_weeks) == (len(days), sum(days) / 7)
    assert (found.since, found.rows[0].alerts > 100) == (SINCE, True)
    assert (await figures(other_clinic, database)).rows[0].alerts == 0
