"""The screens' data."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.diary.schemas import DiaryPage
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.insight import service
from glidepath.insight.schemas import CarePage, PatientPage, Triage


class InsightController(Controller):
    tags = ["insight"]  # noqa: RUF012 (Litestar's way)

    @get("/triage", operation_id="getTriage")
    async def triage(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> Triage:
        """My patients, sorted by need, each with the reason in words."""
        return await service.triage(session, staff, datetime.now(UTC))

    @get("/patients/{patient_id:uuid}", operation_id="getPatient")
    async def patient(
        self,
        patient_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> PatientPage:
        """One patient: diary, plans, alerts and what they stand on, and what was written to them."""
        return await service.patient_page(session, staff, patient_id, datetime.now(UTC))

    @get("/patients/{patient_id:uuid}/entries", operation_id="getPatientEntries")
    async def entries(
        self,
        patient_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> DiaryPage:
        """The entries of the running episode one by one, each as its last revision left it."""
        return await service.patient_entries(session, staff, patient_id)

    @get("/care", operation_id="getCare")
    async def care(
        self, patient: NamedDependency[PatientActor], session: NamedDependency[AsyncSession]
    ) -> CarePage:
        """The patient's own plan and exercises, who looked at their diary, and what was written to them."""
        return await service.care_page(session, patient, datetime.now(UTC))
