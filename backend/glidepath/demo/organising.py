"""How the demo clinic is run: a second therapist in a team, an absence to come, and a level once tried;
what patients were asked at the first visit, who is on holiday, whose care has ended, and who came back."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.alerts import handling, sensitivity
from glidepath.alerts.schemas import Resolution, SeenAlert
from glidepath.care import covers, emergencies, episodes, pausing, team
from glidepath.care import service as care
from glidepath.care.emergency_schemas import EmergencyBody
from glidepath.care.pause_schemas import PauseBody
from glidepath.care.schemas import FirstScreening
from glidepath.care.team_schemas import CoverBody
from glidepath.clinical.screening import Answer, screening_list
from glidepath.demo.cast import CAST, CLINIC, STAFF, Role
from glidepath.discharge import service as discharge
from glidepath.discharge.schemas import Discharge
from glidepath.escalation import rules
from glidepath.escalation.schemas import OthersBody, PolicyBody, SpanBody, UrgentBody
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.privacy import holds, retention, wishes
from glidepath.trends import Sensitivity

ADMIN = StaffActor(CLINIC, STAFF[2].id, "admin", STAFF[2].id)
# Mateo's worsening is looked at by two.
SHARED = CAST[1]
TRIED: Final[tuple[tuple[int, Sensitivity], ...]] = ((190, "early"), (162, "standard"))
# Ada takes blood thinners. Ivo has what he came for; Jonas was ended too early.
CAREFUL, DISCHARGED, REOPENED = CAST[2], CAST[11], CAST[7]
# Elena said that she would be away, and wrote nothing since.
AWAY, AWAY_SINCE, AWAY_FOR = CAST[8], timedelta(days=7), timedelta(days=15)
OPENED: Final = (
    (
        CAREFUL,
        timedelta(days=4),
        1,
        "Called about a fall; Irene is at a course and not to be reached.",
    ),
    (
        AWAY,
        timedelta(minutes=20),
        4,
        "Her son called: she cannot feel her foot since this morning.",
    ),
)

# Worsenings may wait for the weekly round of this clinic; emergencies may not.
OFFICE = [SpanBody("08:00", "18:00")]
KEPT_YEARS = 10
RULES = PolicyBody(
    week=[OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, [], []],
    closed_on=[],
    urgent=UrgentBody(
        round_the_clock=False,
        first_minutes=30,
        second_minutes=30,
        again_minutes=120,
        look_holds_hours=24,
    ),
    others=OthersBody(first_days=5, second_days=2, again_days=2, look_holds_days=10),
    repeats=2,
)


async def organise(session: AsyncSession, zone: ZoneInfo, now: datetime) -> None:
    # Before the first diary: the clinic tried another level and went back.
    for version, (days_ago, level) in enumerate(TRIED):
        at = now - timedelta(days=days_ago)
        await sensitivity.change(session, ADMIN, version, level, at)
    await rules.save(session, ADMIN, 0, RULES, now - timedelta(days=90))
    await retention.change(session, ADMIN, 0, KEPT_YEARS, now - timedelta(days=90))
    today = now.astimezone(zone).date()
    irene, martin = STAFF[0], STAFF[1]
    await team.add(session, ADMIN, SHARED.patient_id, martin.id, now - timedelta(days=9))
    absence = CoverBody(
        absent_id=irene.id,
        cover_id=martin.id,
        starts_on=today + timedelta(days=12),
        ends_on=today + timedelta(days=19),
    )
    await covers.put(session, ADMIN, uuid7(), absence, now - timedelta(days=2))


async def go_away(session: AsyncSession, zone: ZoneInfo, now: datetime) -> None:
    """After the last diary, before anybody looks for silences."""
    at = now - AWAY_SINCE
    first = at.astimezone(zone).date()
    phone = PatientActor(CLINIC, AWAY.patient_id, "patient", AWAY.patient_id)
    episode = await care.current_episode(session, AWAY.patient_id)
    days = PauseBody(first_on=first, last_on=first + AWAY_FOR)
    await pausing.put(session, phone, episode, uuid7(), days, at)


async def open_in_emergency(session: AsyncSession, now: datetime) -> None:
    """Martin opened two of Irene's patients: the one is over, the other is still open to him."""
    martin = StaffActor(CLINIC, STAFF[1].id, "therapist", STAFF[1].id)
    for role, ago, hours, reason in OPENED:
        asked = EmergencyBody(reason, hours)
        at = now - ago
        opening = uuid7()
        await emergencies.open_record(session, martin, role.patient_id, opening, asked, at)
        if ago > timedelta(hours=hours):
            await emergencies.end(session, martin, opening, at + timedelta(minutes=25))


async def discharge_some(session: AsyncSession, zone: ZoneInfo, now: datetime) -> None:
    """After the last diary."""
    await _end(
        session, DISCHARGED, "Back to running three times a week.", zone, now - timedelta(days=3)
    )
    episode_id = await _end(session, REOPENED, None, zone, now - timedelta(days=2))
    note = "Another flare the day after: we go on."
    await episodes.reopen(session, _lead(REOPENED), episode_id, note, now - timedelta(days=1))
    await _keep_and_erase(session, now)


async def _keep_and_erase(session: AsyncSession, now: datetime) -> None:
    """Ivo has what he came for and asks to be erased; what an insurer asks of Jonas must be kept."""
    phone = PatientActor(CLINIC, DISCHARGED.patient_id, "patient", DISCHARGED.patient_id)
    await wishes.put(session, phone, uuid7(), now - timedelta(days=1))
    reason = "His insurer asks for proof of treatment; the claim is open."
    at = now - timedelta(days=20)
    await holds.put(session, ADMIN, REOPENED.patient_id, uuid7(), reason, at)


def first_screening(role: Role) -> FirstScreening:
    """Every question was asked at the first visit."""
    asked = screening_list()
    answers: dict[str, Answer] = {question.key: "no" for question in asked.questions}
    if role.patient_id == CAREFUL.patient_id:
        answers["anticoagulation"] = "yes"
    return FirstScreening(id=uuid7(), version=asked.version, answers=answers, note=None)


def _lead(role: Role) -> StaffActor:
    return StaffActor(CLINIC, STAFF[role.therapist].id, "therapist", role.patient_id)


async def _end(
    session: AsyncSession, role: Role, note: str | None, zone: ZoneInfo, at: datetime
) -> UUID:
    """Ends a patient's care with whatever waits; the episode."""
    actor = _lead(role)
    episode = await care.current_episode(session, role.patient_id)
    for alert in (await discharge.waiting(session, actor, episode.id, at)).alerts:
        if alert.severity == "urgent":
            outcome = Resolution(outcome="called", useful=True, note=None)
            await handling.resolve(session, actor, alert.id, alert.version, outcome, at)
    waiting = await discharge.waiting(session, actor, episode.id, at)
    body = Discharge(
        ended_on=at.astimezone(zone).date(),
        reason="goals_met",
        note=note,
        alerts=[SeenAlert(one.id, one.version) for one in waiting.alerts],
    )
    await discharge.discharge(session, actor, episode.id, body, at)
    return episode.id
