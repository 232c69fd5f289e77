"""Emergencies: opening a colleague's patient, and seeing who did."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.care import emergencies
from glidepath.care.emergency_schemas import EmergencyBody, EmergencyView, Namesake, WholeName
from glidepath.identity.actor import StaffActor


class EmergencyController(Controller):
    tags = ["emergencies"]  # noqa: RUF012 (Litestar's way)

    @put(
        "/patients/{patient_id:uuid}/emergency-openings/{opening_id:uuid}",
        operation_id="openInEmergency",
        audit=Action.EMERGENCY_OPEN,
        status_code=HTTP_201_CREATED,
    )
    async def open_record(
        self,
        patient_id: FromPath[UUID],
        opening_id: FromPath[UUID],
        data: JSONBody[EmergencyBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[EmergencyView]:
        """Opens a patient of the clinic to me for some hours, with a reason. Its admins are told at once."""
        now = datetime.now(UTC)
        made, is_new = await emergencies.open_record(
            session, staff, patient_id, opening_id, data, now
        )
        return Response(made, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

    @post(
        "/emergency-openings/{opening_id:uuid}/end",
        operation_id="endEmergency",
        audit=Action.EMERGENCY_END,
        status_code=HTTP_200_OK,
    )
    async def end(
        self,
        opening_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> EmergencyView:
        """Ends it before its time; for who opened it and for admins."""
        return await emergencies.end(session, staff, opening_id, datetime.now(UTC))

    @get("/emergency-openings", operation_id="listEmergencies", audit=Action.EMERGENCIES_READ)
    async def visible(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> list[EmergencyView]:
        """Those of the last 90 days for admins; for others their own that run."""
        return await emergencies.visible(session, staff, datetime.now(UTC))

    @post(
        "/emergency-search",
        operation_id="searchNamesakes",
        audit=Action.NAMESAKES_SEARCH,
        status_code=HTTP_200_OK,
    )
    async def namesakes(
        self,
        data: JSONBody[WholeName],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> list[Namesake]:
        """Patients of the clinic with exactly this name, whoever looks after them; nothing else of them."""
        return await emergencies.namesakes(session, data.name)
