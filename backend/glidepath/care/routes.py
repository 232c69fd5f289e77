"""Admitting patients, inviting them, and their plans."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, Response, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import service
from glidepath.care.schemas import NextPlan, PatientBody, PatientView, PlanView
from glidepath.clinical.exercises import Exercise
from glidepath.identity.actor import StaffActor
from glidepath.identity.schemas import InvitationView


class CareController(Controller):
    tags = ["care"]  # noqa: RUF012 (Litestar's way)

    @get("/exercises", operation_id="listExercises")
    async def exercises(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> list[Exercise]:
        """The clinic's exercises with their words, default doses and guard rails."""
        return await service.exercises(session)

    @put("/patients/{patient_id:uuid}", operation_id="putPatient", status_code=HTTP_201_CREATED)
    async def put_patient(
        self,
        patient_id: FromPath[UUID],
        data: JSONBody[PatientBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[PatientView]:
        """Admits a patient under an id made by the caller; sent again it answers 200."""
        is_new = await service.put_patient(session, staff, patient_id, data, datetime.now(UTC))
        patient = await service.requires_care_relation(session, staff, patient_id)
        view = await service.patient_view(session, patient)
        return Response(view, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

    @post(
        "/patients/{patient_id:uuid}/invitations",
        operation_id="invitePatient",
        status_code=HTTP_201_CREATED,
    )
    async def invite(
        self,
        patient_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        state: State,
    ) -> InvitationView:
        """A fresh joining code for the patient's phone; older codes stop working."""
        return await service.invite(
            session, staff, patient_id, state.settings.base_url, datetime.now(UTC)
        )

    @put(
        "/episodes/{episode_id:uuid}/plan-versions/{plan_id:uuid}",
        operation_id="putPlanVersion",
        status_code=HTTP_201_CREATED,
    )
    async def put_plan(
        self,
        episode_id: FromPath[UUID],
        plan_id: FromPath[UUID],
        data: JSONBody[NextPlan],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[PlanView]:
        """Saves a new version of the plan; entries keep naming the version they answered.

        Where a colleague has saved one since `based_on`, it answers 409 with the newest as `current`.
        """
        plan, is_new = await service.put_plan(
            session, staff, episode_id, plan_id, data, datetime.now(UTC), based_on=data.based_on
        )
        return Response(plan, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)
