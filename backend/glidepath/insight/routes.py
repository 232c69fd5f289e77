"""The screens' data."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.diary.schemas import DiaryPage
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.insight import quality, replaying, service
from glidepath.insight.quality_schemas import Quality
from glidepath.insight.replay_schemas import Days, ReplayRequest, ReplayView
from glidepath.insight.schemas import CarePage, Found, PatientPage, Search, Triage


class InsightController(Controller):
    tags = ["insight"]  # noqa: RUF012 (Litestar's way)

    @get("/triage", operation_id="getTriage", audit=Action.CASELOAD_READ)
    async def triage(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> Triage:
        """My patients, sorted by need, each with the reason in words."""
        return await service.triage(session, staff, datetime.now(UTC))

    @get("/patients/{patient_id:uuid}", operation_id="getPatient", audit=Action.RECORD_READ)
    async def patient(
        self,
        patient_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        episode: FromQuery[UUID | None] = None,
    ) -> PatientPage:
        """One patient: diary, plans, alerts and what they stand on, and what was written to them. Of the
        running episode or, where there is none, the last; an earlier one by its id."""
        return await service.patient_page(session, staff, patient_id, datetime.now(UTC), episode)

    @post(
        "/caseload/search",
        operation_id="searchCaseload",
        audit=Action.CASELOAD_SEARCH,
        status_code=HTTP_200_OK,
    )
    async def search(
        self,
        data: JSONBody[Search],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Found:
        """Discharged patients and those who have not joined, by a part of their name; no name stands in
        an address."""
        return await service.search(session, staff, data)

    @get(
        "/patients/{patient_id:uuid}/entries",
        operation_id="getPatientEntries",
        audit=Action.ENTRIES_READ,
    )
    async def entries(
        self,
        patient_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        episode: FromQuery[UUID | None] = None,
    ) -> DiaryPage:
        """The entries of an episode one by one, each as its last revision left it."""
        return await service.patient_entries(session, staff, patient_id, episode)

    @get("/quality", operation_id="getQuality", audit=Action.QUALITY_READ)
    async def quality(
        self,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        days: FromQuery[Days] = 90,
    ) -> Quality:
        """What came of the clinic's alerts of its last days, in numbers without names, beside the field's."""
        return await quality.numbers(session, days, datetime.now(UTC))

    @get("/replay", operation_id="getReplay", audit=Action.REPLAY_READ)
    async def replay(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> ReplayView | None:
        """What other sensitivities would have done, as it was last asked for; for admins."""
        return await replaying.last_one(session, staff, datetime.now(UTC))

    @post(
        "/replay",
        operation_id="askForReplay",
        audit=Action.REPLAY_ASK,
        status_code=HTTP_202_ACCEPTED,
    )
    async def ask_for_replay(
        self,
        data: JSONBody[ReplayRequest],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> ReplayView:
        """Has it reckoned anew, unless that is under way; it shows in `GET /api/replay`."""
        return await replaying.ask(session, staff, data.days, datetime.now(UTC))

    @get("/care", operation_id="getCare", audit=Action.OWN_CARE_READ)
    async def care(
        self, patient: NamedDependency[PatientActor], session: NamedDependency[AsyncSession]
    ) -> CarePage:
        """The patient's own plan and exercises, who looked at their diary, and what was written to them."""
        return await service.care_page(session, patient, datetime.now(UTC))
