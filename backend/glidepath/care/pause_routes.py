"""Times in which nobody expects an entry: of patients themselves, and as agreed on with them."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.care import pausing, service
from glidepath.care.pause_schemas import PauseBody, PauseView
from glidepath.identity.actor import PatientActor, StaffActor


class PauseController(Controller):
    tags = ["care"]  # noqa: RUF012 (Litestar's way)

    @put(
        "/pauses/{pause_id:uuid}",
        operation_id="putOwnPause",
        audit=Action.OWN_PAUSE_WRITE,
        status_code=HTTP_200_OK,
    )
    async def put_own(
        self,
        pause_id: FromPath[UUID],
        data: JSONBody[PauseBody],
        patient: NamedDependency[PatientActor],
        session: NamedDependency[AsyncSession],
    ) -> list[PauseView]:
        """I pause, from a day to a day: no reminders, and nobody misses my entries. Writing stays possible."""
        episode = await service.current_episode(session, patient.patient_id)
        return await pausing.put(session, patient, episode, pause_id, data, datetime.now(UTC))

    @post(
        "/pauses/{pause_id:uuid}/end",
        operation_id="endOwnPause",
        audit=Action.OWN_PAUSE_END,
        status_code=HTTP_200_OK,
    )
    async def end_own(
        self,
        pause_id: FromPath[UUID],
        patient: NamedDependency[PatientActor],
        session: NamedDependency[AsyncSession],
    ) -> list[PauseView]:
        """I go on from today."""
        episode = await service.current_episode(session, patient.patient_id)
        return await pausing.end(session, patient, episode, pause_id, datetime.now(UTC))

    @put(
        "/episodes/{episode_id:uuid}/pauses/{pause_id:uuid}",
        operation_id="putPause",
        audit=Action.PAUSE_WRITE,
        status_code=HTTP_200_OK,
    )
    async def put_pause(
        self,
        episode_id: FromPath[UUID],
        pause_id: FromPath[UUID],
        data: JSONBody[PauseBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> list[PauseView]:
        """A pause that was agreed on with a patient, under an id made by the caller."""
        episode = await service.requires_episode(session, staff, episode_id)
        return await pausing.put(session, staff, episode, pause_id, data, datetime.now(UTC))

    @post(
        "/episodes/{episode_id:uuid}/pauses/{pause_id:uuid}/end",
        operation_id="endPause",
        audit=Action.PAUSE_END,
        status_code=HTTP_200_OK,
    )
    async def end_pause(
        self,
        episode_id: FromPath[UUID],
        pause_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> list[PauseView]:
        """Entries are expected again from today."""
        episode = await service.requires_episode(session, staff, episode_id)
        return await pausing.end(session, staff, episode, pause_id, datetime.now(UTC))
