"""Admitting patients, inviting them, and their plans."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, Response, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.care import admitting, own_exercises, planning, screenings, service, templates
from glidepath.care.episode_schemas import Questions, ScreeningView
from glidepath.care.schemas import (
    Dismissal,
    NextPlan,
    OfferedExercise,
    OwnExerciseBody,
    OwnExerciseView,
    PatientBody,
    PatientView,
    PlanView,
    ProposalView,
    Renaming,
    Retirement,
    ScreeningBody,
    TemplateBody,
    TemplateView,
)
from glidepath.identity.account_schemas import Ended
from glidepath.identity.actor import StaffActor
from glidepath.identity.schemas import InvitationView


class CareController(Controller):
    tags = ["care"]  # noqa: RUF012 (Litestar's way)

    @get(
        "/exercises",
        operation_id="listExercises",
        audit=None,
        no_audit="the clinic's own words, of nobody's record",
    )
    async def exercises(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> list[OfferedExercise]:
        """The clinic's exercises with their words, default doses and guard rails; the retired, too, since
        plans may have them."""
        return await planning.exercises(session)

    @get(
        "/own-exercises",
        operation_id="listOwnExercises",
        audit=None,
        no_audit="the clinic's own words, of nobody's record",
    )
    async def list_own_exercises(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> list[OwnExerciseView]:
        """The exercises that the clinic wrote, as they were written."""
        return await own_exercises.every(session)

    @put(
        "/own-exercises/{exercise_id:uuid}",
        operation_id="putOwnExercise",
        audit=None,
        no_audit="the clinic's own words, of nobody's record",
        status_code=HTTP_201_CREATED,
    )
    async def put_own_exercise(
        self,
        exercise_id: FromPath[UUID],
        data: JSONBody[OwnExerciseBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[OwnExerciseView]:
        """Writes an exercise of the clinic's own, or changes its words and usual dose, for every plan that
        has it. 409 with the newest as `current` where somebody changed it since `version`."""
        made, is_new = await own_exercises.put(session, staff, exercise_id, data)
        return Response(made, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

    @post(
        "/own-exercises/{exercise_id:uuid}/retire",
        operation_id="retireOwnExercise",
        audit=None,
        no_audit="the clinic's own words, of nobody's record",
        status_code=HTTP_200_OK,
    )
    async def retire_own_exercise(
        self,
        exercise_id: FromPath[UUID],
        data: JSONBody[Retirement],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> OwnExerciseView:
        """Offers it for new plans no more, or again; plans that have it keep it."""
        now = datetime.now(UTC)
        return await own_exercises.retire(session, exercise_id, now, retired=data.retired)

    @put(
        "/patients/{patient_id:uuid}",
        operation_id="putPatient",
        audit=Action.RECORD_ADMIT,
        status_code=HTTP_201_CREATED,
    )
    async def put_patient(
        self,
        patient_id: FromPath[UUID],
        data: JSONBody[PatientBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[PatientView]:
        """Admits a patient under an id made by the caller; sent again it answers 200."""
        is_new = await admitting.put_patient(session, staff, patient_id, data, datetime.now(UTC))
        patient = await service.requires_care_relation(session, staff, patient_id)
        view = await service.patient_view(session, patient)
        return Response(view, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

    @post(
        "/patients/{patient_id:uuid}/invitations",
        operation_id="invitePatient",
        audit=Action.ACCESS_INVITE,
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

    @post(
        "/patients/{patient_id:uuid}/end-sessions",
        operation_id="endPatientSessions",
        audit=Action.ACCESS_END,
        status_code=HTTP_200_OK,
    )
    async def end_sessions(
        self,
        patient_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Ended:
        """Signs the patient out on every device, as after a phone was lost; codes end, too."""
        return Ended(await service.sign_out_everywhere(session, staff, patient_id))

    @put(
        "/episodes/{episode_id:uuid}/plan-versions/{plan_id:uuid}",
        operation_id="putPlanVersion",
        audit=Action.PLAN_WRITE,
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

        Where a colleague has saved one since `based_on`, it answers 409 with the newest as `current`;
        where the proposal it approves does not stand any more, 409, too.
        """
        plan, is_new = await planning.put_plan(
            session,
            staff,
            episode_id,
            plan_id,
            data,
            datetime.now(UTC),
            based_on=data.based_on,
            approves=data.approves,
        )
        return Response(plan, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

    @get(
        "/screening-questions",
        operation_id="listScreeningQuestions",
        audit=None,
        no_audit="constant words",
    )
    async def screening_questions(self, staff: NamedDependency[StaffActor]) -> Questions:
        """What to ask before a home programme, and what a "yes" asks for."""
        return screenings.questions()

    @put(
        "/episodes/{episode_id:uuid}/screenings/{screening_id:uuid}",
        operation_id="putScreening",
        audit=Action.SCREENING_WRITE,
        status_code=HTTP_201_CREATED,
    )
    async def put_screening(
        self,
        episode_id: FromPath[UUID],
        screening_id: FromPath[UUID],
        data: JSONBody[ScreeningBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[ScreeningView]:
        """What a patient was asked and answered, and what stands by now; under an id made by the caller,
        so that sent again it answers 200. A sign that stands in the way of exercises is taken back only
        with a note."""
        now = datetime.now(UTC)
        is_new = await service.screen(session, staff, episode_id, screening_id, data, now)
        episode = await service.requires_episode(session, staff, episode_id)
        view = await service.screening(session, episode.patient_id)
        return Response(view, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

    @get(
        "/plan-templates",
        operation_id="listTemplates",
        audit=None,
        no_audit="the clinic's own words, of nobody's record",
    )
    async def list_templates(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> list[TemplateView]:
        """The clinic's plans to begin from, by name."""
        return await templates.offered(session)

    @put(
        "/plan-templates/{template_id:uuid}",
        operation_id="putTemplate",
        audit=None,
        no_audit="the clinic's own words, of nobody's record",
        status_code=HTTP_201_CREATED,
    )
    async def put_template(
        self,
        template_id: FromPath[UUID],
        data: JSONBody[TemplateBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[TemplateView]:
        """Keeps a plan under a name; under an id made by the caller, so that sent again it answers 200.
        409 where another template of the clinic has the name."""
        made, is_new = await templates.put(session, staff, template_id, data, datetime.now(UTC))
        return Response(made, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

    @post(
        "/plan-templates/{template_id:uuid}/rename",
        operation_id="renameTemplate",
        audit=None,
        no_audit="the clinic's own words, of nobody's record",
        status_code=HTTP_204_NO_CONTENT,
    )
    async def rename_template(
        self,
        template_id: FromPath[UUID],
        data: JSONBody[Renaming],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """409 where it has another name than `was` by now, or where another has the new one."""
        await templates.rename(session, staff, template_id, data)

    @post(
        "/plan-templates/{template_id:uuid}/retire",
        operation_id="retireTemplate",
        audit=None,
        no_audit="the clinic's own words, of nobody's record",
        status_code=HTTP_204_NO_CONTENT,
    )
    async def retire_template(
        self,
        template_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """Offers it no more; what was begun from it stays."""
        await templates.retire(session, template_id, datetime.now(UTC))

    @post(
        "/plan-proposals/{proposal_id:uuid}/dismiss",
        operation_id="dismissProposal",
        audit=Action.PROPOSAL_DISMISS,
        status_code=HTTP_200_OK,
    )
    async def dismiss(
        self,
        proposal_id: FromPath[UUID],
        data: JSONBody[Dismissal],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> ProposalView:
        """Decides against a proposed next step; it is proposed again only from later days. A proposal is
        approved by the plan that follows it."""
        return await planning.dismiss(session, staff, proposal_id, data.reason, datetime.now(UTC))
