"""How episodes end and go on again, and new ones begin."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.care import episodes
from glidepath.care import service as care
from glidepath.care.episode_schemas import NextEpisode, Reopening
from glidepath.care.schemas import EpisodeView
from glidepath.discharge import service
from glidepath.discharge.schemas import Discharge, WaitingView
from glidepath.identity.actor import StaffActor


class DischargeController(Controller):
    tags = ["episodes"]  # noqa: RUF012 (Litestar's way)

    @get(
        "/episodes/{episode_id:uuid}/waiting", operation_id="getWaiting", audit=Action.EPISODE_READ
    )
    async def waiting(
        self,
        episode_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> WaitingView:
        """What waits in an episode, to be seen before it is ended."""
        return await service.waiting(session, staff, episode_id, datetime.now(UTC))

    @post(
        "/episodes/{episode_id:uuid}/discharge",
        operation_id="dischargeEpisode",
        audit=Action.EPISODE_DISCHARGE,
        status_code=HTTP_204_NO_CONTENT,
    )
    async def discharge(
        self,
        episode_id: FromPath[UUID],
        data: JSONBody[Discharge],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """Ends the care, with a day and a reason; what waits and is not urgent is resolved with it. 409
        `urgent_alert` and `waiting_changed` bring what waits as `current`."""
        await service.discharge(session, staff, episode_id, data, datetime.now(UTC))

    @post(
        "/episodes/{episode_id:uuid}/reopen",
        operation_id="reopenEpisode",
        audit=Action.EPISODE_REOPEN,
        status_code=HTTP_204_NO_CONTENT,
    )
    async def reopen(
        self,
        episode_id: FromPath[UUID],
        data: JSONBody[Reopening],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """Lets a patient's last episode go on, within 84 days of its end."""
        await episodes.reopen(session, staff, episode_id, data.note, datetime.now(UTC))

    @put(
        "/patients/{patient_id:uuid}/episodes/{episode_id:uuid}",
        operation_id="putEpisode",
        audit=Action.EPISODE_BEGIN,
        status_code=HTTP_201_CREATED,
    )
    async def begin(
        self,
        patient_id: FromPath[UUID],
        episode_id: FromPath[UUID],
        data: JSONBody[NextEpisode],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[EpisodeView]:
        """A new episode of a discharged patient under an id made by the caller; sent again it answers
        200. 409 while another runs."""
        is_new = await episodes.begin(
            session, staff, patient_id, episode_id, data, datetime.now(UTC)
        )
        episode = await care.requires_episode(session, staff, episode_id)
        return Response(
            care.episode_view(episode), status_code=HTTP_201_CREATED if is_new else HTTP_200_OK
        )
