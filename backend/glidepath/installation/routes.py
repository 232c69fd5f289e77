"""For who runs the installation."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.identity.account_schemas import StaffLink
from glidepath.identity.actor import OperatorActor
from glidepath.installation import service
from glidepath.installation.schemas import Clinics, FirstAdmin, NewClinic


class InstallationController(Controller):
    path = "/installation/clinics"
    tags = ["installation"]  # noqa: RUF012 (Litestar's way)

    @get("/", operation_id="getClinics", audit=None, no_audit="names of clinics, and counts")
    async def clinics(
        self,
        operator: NamedDependency[OperatorActor],
        session: NamedDependency[AsyncSession],
    ) -> Clinics:
        """Every clinic by name, with how many staff and patients it has; nothing of what is in it."""
        return await service.clinics(session)

    @put(
        "/{clinic_id:uuid}",
        operation_id="putClinic",
        audit=Action.CLINIC_ADD,
        status_code=201,
    )
    async def add(
        self,
        clinic_id: FromPath[UUID],
        data: JSONBody[NewClinic],
        state: State,
        operator: NamedDependency[OperatorActor],
        session: NamedDependency[AsyncSession],
    ) -> StaffLink:
        """Adds a clinic, under an id of the caller's, and invites its first admin."""
        now = datetime.now(UTC)
        return await service.add(session, operator, clinic_id, data, state.settings, now)

    @post(
        "/{clinic_id:uuid}/admin",
        operation_id="inviteFirstAdmin",
        audit=Action.FIRST_ADMIN_INVITE,
        status_code=HTTP_200_OK,
    )
    async def invite_admin(
        self,
        clinic_id: FromPath[UUID],
        data: JSONBody[FirstAdmin],
        state: State,
        operator: NamedDependency[OperatorActor],
        session: NamedDependency[AsyncSession],
    ) -> StaffLink:
        """Invites the first admin once more, or somebody else in their place; 409 once one has come."""
        now = datetime.now(UTC)
        return await service.invite_admin(session, operator, clinic_id, data, state.settings, now)
