"""Who looked."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit import looks
from glidepath.audit.actions import Action
from glidepath.audit.schemas import Looks, OwnLooks
from glidepath.identity.actor import PatientActor, StaffActor


class LooksController(Controller):
    tags = ["audit"]  # noqa: RUF012 (Litestar's way)

    @get("/patients/{patient_id:uuid}/looks", operation_id="getLooks", audit=Action.LOOKS_READ)
    async def of_patient(
        self,
        patient_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        before: Annotated[int | None, QueryParameter(ge=1, le=2**63 - 1)] = None,
    ) -> Looks:
        """Who looked at a patient's record or did something with it, tried to, or saw them in a short list;
        the newest first, or those before a number. For admins."""
        return await looks.of_patient(session, staff, patient_id, before)

    @get("/looks", operation_id="getOwnLooks", audit=Action.OWN_LOOKS_READ)
    async def own(
        self, patient: NamedDependency[PatientActor], session: NamedDependency[AsyncSession]
    ) -> OwnLooks:
        """Who of the clinic had my record open, day by day, in the last 90 days."""
        return await looks.own(session, patient, datetime.now(UTC))
