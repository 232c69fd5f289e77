"""Who looks after a patient, and who stands in for whom."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.care import covers, team
from glidepath.care.team_schemas import (
    CaseloadHandOver,
    Colleague,
    CoverBody,
    CoverView,
    HandedOver,
    HandOver,
    TeamView,
)
from glidepath.identity.actor import StaffActor


class TeamController(Controller):
    tags = ["team"]  # noqa: RUF012 (Litestar's way)

    @get("/colleagues", operation_id="listColleagues", audit=None, no_audit="of staff")
    async def colleagues(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> list[Colleague]:
        """Everybody at the clinic who may look after a patient."""
        return await team.colleagues(session)

    @get("/patients/{patient_id:uuid}/team", operation_id="getTeam", audit=Action.TEAM_READ)
    async def get_team(
        self,
        patient_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> TeamView:
        """Who looks after a patient, who stands in for whom, and how that came about."""
        return await team.of_patient(session, staff, patient_id, datetime.now(UTC))

    @put(
        "/patients/{patient_id:uuid}/team/{account_id:uuid}",
        operation_id="addToTeam",
        audit=Action.TEAM_ADD,
        status_code=HTTP_204_NO_CONTENT,
    )
    async def add(
        self,
        patient_id: FromPath[UUID],
        account_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """Adds a colleague as a member; again it changes nothing."""
        await team.add(session, staff, patient_id, account_id, datetime.now(UTC))

    @delete(
        "/patients/{patient_id:uuid}/team/{account_id:uuid}",
        operation_id="removeFromTeam",
        audit=Action.TEAM_REMOVE,
        status_code=HTTP_204_NO_CONTENT,
    )
    async def remove(
        self,
        patient_id: FromPath[UUID],
        account_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """Takes a member out. 409 for the lead, who has to hand over."""
        await team.remove(session, staff, patient_id, account_id, datetime.now(UTC))

    @post(
        "/patients/{patient_id:uuid}/hand-over",
        operation_id="handOverPatient",
        audit=Action.TEAM_HAND_OVER,
        status_code=HTTP_204_NO_CONTENT,
    )
    async def hand_over(
        self,
        patient_id: FromPath[UUID],
        data: JSONBody[HandOver],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """Makes a colleague the lead. 409 if the lead is another than `from_id` by now."""
        await team.hand_over(session, staff, patient_id, data, datetime.now(UTC))

    @post(
        "/caseload/hand-over-all",
        operation_id="handOverCaseload",
        audit=Action.CASELOAD_HAND_OVER,
        status_code=HTTP_200_OK,
    )
    async def hand_over_all(
        self,
        data: JSONBody[CaseloadHandOver],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> HandedOver:
        """All patients of one colleague to another: my own, or as an admin anyone's."""
        return HandedOver(await team.hand_over_all(session, staff, data, datetime.now(UTC)))

    @get("/covers", operation_id="listCovers", audit=None, no_audit="of staff")
    async def get_covers(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> list[CoverView]:
        """Who stands in for whom: where I am one of them, or as an admin all of the clinic."""
        return await covers.visible(session, staff, datetime.now(UTC))

    @put(
        "/covers/{cover_id:uuid}",
        operation_id="putCover",
        audit=None,
        no_audit="of staff",
        status_code=HTTP_201_CREATED,
    )
    async def put_cover(
        self,
        cover_id: FromPath[UUID],
        data: JSONBody[CoverBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[CoverView]:
        """Enters who stands in during my absence, or as an admin during anyone's; under an id made by
        the caller, so that sent again it answers 200."""
        cover, is_new = await covers.put(session, staff, cover_id, data, datetime.now(UTC))
        return Response(cover, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

    @post(
        "/covers/{cover_id:uuid}/end",
        operation_id="endCover",
        audit=None,
        no_audit="of staff",
        status_code=HTTP_200_OK,
    )
    async def end_cover(
        self,
        cover_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> CoverView:
        """Calls a cover off, before its time or during it."""
        return await covers.end(session, staff, cover_id, datetime.now(UTC))
