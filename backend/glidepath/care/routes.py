"""Admitting patients, inviting them, and their plans; who looks after them."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, Response, delete, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.care import covers, own_exercises, screenings, service, team, templates
from glidepath.care.episode_schemas import Questions, ScreeningView
from glidepath.care.pause_schemas import PauseBody, PauseView
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
from glidepath.care.team_schemas import (
    CaseloadHandOver,
    Colleague,
    CoverBody,
    CoverView,
    HandedOver,
    HandOver,
    TeamView,
)
from glidepath.identity.account_schemas import Ended
from glidepath.identity.actor import PatientActor, StaffActor
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
        return await service.exercises(session)

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
        is_new = await service.put_patient(session, staff, patient_id, data, datetime.now(UTC))
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
        plan, is_new = await service.put_plan(
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
        return await service.dismiss(session, staff, proposal_id, data.reason, datetime.now(UTC))


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
        return await service.put_pause(session, patient, episode, pause_id, data, datetime.now(UTC))

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
        return await service.end_pause(session, patient, episode, pause_id, datetime.now(UTC))

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
        return await service.put_pause(session, staff, episode, pause_id, data, datetime.now(UTC))

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
        return await service.end_pause(session, staff, episode, pause_id, datetime.now(UTC))
