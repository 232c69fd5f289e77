"""A second clinic of the demo, in the United States, where remote monitoring is billed: a patient for each state of
its list, one of them with a closed period that a late entry has changed since."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

from glidepath.alerts.raising import evaluate
from glidepath.care import admitting, planning, team
from glidepath.care import service as care
from glidepath.care.schemas import EpisodeBody, FirstPlan, PatientBody, PlanItemBody
from glidepath.clinical.vocabulary import Condition, Side
from glidepath.database.engine import Database
from glidepath.demo.cast import ABROAD, MONITORED, STAFF_ABROAD, Monitored
from glidepath.diary import service as diary
from glidepath.diary.schemas import OfferedCheckIn, SyncRequest
from glidepath.escalation.rules import usual_words
from glidepath.identity import service as identity
from glidepath.identity import signing_in
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.monitoring import closings, facts, setting, timers
from glidepath.monitoring.cases import PROGRAM
from glidepath.monitoring.schemas import ClosingBody, FactBody, FactKind, StopBody
from glidepath.privacy import consent
from glidepath.privacy.schemas import ConsentBody

ZONE: Final = ZoneInfo("America/New_York")
THERAPIST, ASSISTANT, ADMIN = (
    StaffActor(ABROAD, member.id, member.role, member.id) for member in STAFF_ABROAD
)
LICENCES: Final = ((THERAPIST, "PT"), (ASSISTANT, "PTA"))
SHOWN: Final = "How to log a day and an exercise in the app; made a first entry together."
# So often somebody does something while their clock runs.
BUSY: Final = timedelta(minutes=3)


async def open_clinic(
    database: Database, passphrase: str, items: Sequence[PlanItemBody], now: datetime
) -> None:
    founded = now - timedelta(days=120)
    async with database.writing(ABROAD) as session:
        name = "Harborview Physical Therapy"
        await identity.add_clinic(session, ABROAD, name, "US", str(ZONE), usual_words(), founded)
        await planning.stock_library(session, ABROAD)
        for member in STAFF_ABROAD:
            await identity.add_staff(
                session,
                ABROAD,
                member.id,
                role=member.role,
                name=member.name,
                email=member.email,
                passphrase=passphrase,
                now=founded,
            )
        await setting.change(session, ADMIN, 0, on=True, now=founded)
        for actor, licence in LICENCES:
            await setting.license_staff(session, ADMIN, actor.account_id, licence, founded)
    for one in MONITORED:
        await _Playing(database, one, now).play(items)


class _Playing:
    """One patient, from the first visit to now."""

    def __init__(self, database: Database, role: Monitored, now: datetime) -> None:
        self._database, self._role, self._now = database, role, now
        self._today = now.astimezone(ZONE).date()
        self._episode_id = uuid7()

    async def play(self, items: Sequence[PlanItemBody]) -> None:
        await self._admit(items)
        await self._write_down()
        for ago in self._role.by_first_period:
            await self._log(ago, sent=ago)
        if self._role.by_first_period:
            await self._close()
        for ago in self._role.days:
            await self._log(ago, sent=ago)
        for ago in self._role.late:
            await self._log(ago, sent=0)
        for ago, minutes, by_assistant in self._role.work:
            await self._work(ago, minutes, ASSISTANT if by_assistant else THERAPIST)

    def _at(self, ago: int, hour: int) -> datetime:
        """That hour, so many days ago, and never later than now."""
        day = self._today - timedelta(days=ago)
        return min(datetime.combine(day, time(hour), ZONE), self._now.astimezone(ZONE))

    async def _admit(self, items: Sequence[PlanItemBody]) -> None:
        role, first = self._role, self._day(self._role.since)
        body = PatientBody(
            name=role.name,
            timezone=str(ZONE),
            locale="en",
            episode=EpisodeBody(self._episode_id, Condition.BOTH, Side.LEFT, first),
            plan=FirstPlan(id=uuid7(), starts_on=first, note=None, items=list(items), criteria=[]),
            screening=None,
        )
        at = self._at(role.since, 8)
        async with self._database.writing(ABROAD) as session:
            await admitting.put_patient(session, THERAPIST, role.patient_id, body, at)
            await team.add(session, ADMIN, role.patient_id, ASSISTANT.account_id, at)
            invitation = await care.invite(session, THERAPIST, role.patient_id, "", at)
        async with self._database.writing() as session:
            await signing_in.join(session, invitation.code, "en", at)
        async with self._database.writing(ABROAD) as session:
            agreed = ConsentBody(consent.asked(), agrees=True)
            await consent.say(session, self._phone(), agreed, at)

    def _phone(self) -> PatientActor:
        return PatientActor(ABROAD, self._role.patient_id, "patient", self._role.patient_id)

    def _day(self, ago: int) -> date:
        return self._today - timedelta(days=ago)

    async def _write_down(self) -> None:
        since, at = self._day(self._role.since), self._at(self._role.since, 9)
        said: dict[FactKind, dict[str, Any]] = {
            "consent": {"given_by": "patient"},
            "plan_of_care": {},
            "education": {"understood": True, "text": SHOWN},
            "biller": {"person": THERAPIST.account_id},
            "device": {"text": PROGRAM},
        }
        for kind, words in said.items():
            if kind not in self._role.lacks:
                await self._record(kind, since, at, **words)
        for ago in self._role.spoken:
            moment = self._at(ago, 15)
            how = {"channel": "phone", "happened_at": moment, "person": THERAPIST.account_id}
            await self._record("contact", None, moment, **how)

    async def _record(
        self, kind: FactKind, first_on: date | None, at: datetime, **said: Any
    ) -> None:
        nothing = dict.fromkeys(
            ("last_on", "person", "given_by", "channel", "happened_at", "understood", "text")
        )
        body = FactBody(
            kind=kind, revises=None, withdrawn=False, first_on=first_on, **(nothing | said)
        )
        async with self._database.writing(ABROAD) as session:
            await facts.put(session, THERAPIST, self._episode_id, uuid7(), body, at)

    async def _log(self, ago: int, *, sent: int) -> None:
        sent_at = self._at(sent, 20)
        at = min(self._at(ago, 19), sent_at)
        entry: dict[str, Any] = {
            "id": str(uuid7()),
            "revises": None,
            "withdrawn": False,
            "plan_version_id": None,
            "local_date": self._day(ago).isoformat(),
            "happened_at": at.isoformat(),
            "zone": str(ZONE),
            "made_at": at.isoformat(),
            # Better by a point in two weeks.
            "pain_now": max(1, 5 - (self._role.since - ago) // 14),
            "pain_worst": None,
            "place": "thigh",
            "sensations": [],
            "changes_with": None,
            "red_flags": None,
            "note": None,
        }
        batch = SyncRequest(
            account_id=self._role.patient_id,
            check_ins=[OfferedCheckIn.read(entry)],
            exercise_sessions=[],
        )
        async with self._database.writing(ABROAD) as session:
            answer = await diary.sync(session, self._phone(), batch, sent_at, evaluate)
        assert answer.results[0].status == "stored", answer.results

    async def _close(self) -> None:
        first = self._day(max(self._role.by_first_period))
        at = self._at(max(self._role.days, default=0), 17)
        async with self._database.writing(ABROAD) as session:
            body = ClosingBody("period", first, None)
            await closings.close(session, THERAPIST, self._episode_id, uuid7(), body, at)

    async def _work(self, ago: int, minutes: int, by: StaffActor) -> None:
        timer_id: UUID = uuid7()
        begun = self._at(ago, 15) - timedelta(minutes=minutes)
        ended = begun + timedelta(minutes=minutes)
        async with self._database.writing(ABROAD) as session:
            await timers.start(session, by, self._episode_id, timer_id, begun)
            moment = begun
            while moment < ended:
                await timers.active(session, by, timer_id, moment)
                moment += BUSY
            note = StopBody("Read the diary of the week and called about the next step.")
            await timers.stop(session, by, timer_id, note, ended)
