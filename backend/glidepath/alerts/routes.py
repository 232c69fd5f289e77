"""Acknowledging, resolving, and looking at what an alert stands on."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts import service
from glidepath.alerts.schemas import AlertView, BasisView, Resolution
from glidepath.identity.actor import StaffActor


class AlertController(Controller):
    path = "/alerts/{alert_id:uuid}"
    tags = ["alerts"]  # noqa: RUF012 (Litestar's way)

    @post("/acknowledge", operation_id="acknowledgeAlert", status_code=HTTP_200_OK)
    async def acknowledge(
        self,
        alert_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> AlertView:
        """Says that somebody looked; the patient sees it."""
        return await service.acknowledge(session, staff, alert_id, datetime.now(UTC))

    @post("/resolve", operation_id="resolveAlert", status_code=HTTP_200_OK)
    async def resolve(
        self,
        alert_id: FromPath[UUID],
        data: JSONBody[Resolution],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> AlertView:
        """Closes the alert with its outcome."""
        return await service.resolve(session, staff, alert_id, data, datetime.now(UTC))

    @get("/basis", operation_id="getAlertBasis")
    async def basis(
        self,
        alert_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> BasisView:
        """The numbers behind the alert, and whether deciding again from them gives the same."""
        return await service.basis(session, staff, alert_id)
