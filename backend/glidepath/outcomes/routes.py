"""Measures of an episode, and the clinic's own forms."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.identity.actor import StaffActor
from glidepath.outcomes import library, own_forms, service
from glidepath.outcomes.schemas import (
    AnswerView,
    AssignmentBody,
    FormFile,
    FormRetirement,
    OfferedMeasure,
    OwnFormView,
)

NOBODYS = "the clinic's own words, of nobody's record"


class OutcomeController(Controller):
    tags = ["outcomes"]  # noqa: RUF012 (Litestar's way)

    @get("/measures", operation_id="listMeasures", audit=None, no_audit=NOBODYS)
    async def measures(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> list[OfferedMeasure]:
        """The outcome measures that an episode can use, with whose they are and for what each is proposed."""
        return await library.offered(session)

    @put(
        "/episodes/{episode_id:uuid}/measures/{assignment_id:uuid}",
        operation_id="putMeasure",
        audit=Action.MEASURE_ASSIGN,
        status_code=HTTP_201_CREATED,
    )
    async def assign(
        self,
        episode_id: FromPath[UUID],
        assignment_id: FromPath[UUID],
        data: JSONBody[AssignmentBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[None]:
        """Has a measure asked from today on, under an id made by the caller; sent again it answers 200."""
        now = datetime.now(UTC)
        is_new = await service.assign(session, staff, episode_id, assignment_id, data.measure, now)
        return Response(None, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

    @post(
        "/episodes/{episode_id:uuid}/measures/{assignment_id:uuid}/stop",
        operation_id="stopMeasure",
        audit=Action.MEASURE_STOP,
        status_code=HTTP_204_NO_CONTENT,
    )
    async def stop(
        self,
        episode_id: FromPath[UUID],
        assignment_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """Asks a measure no more; what was answered stays."""
        await service.stop(session, staff, episode_id, assignment_id, datetime.now(UTC))

    @get(
        "/episodes/{episode_id:uuid}/measure-answers/{answer_id:uuid}",
        operation_id="getMeasureAnswer",
        audit=Action.ANSWER_READ,
    )
    async def answer(
        self,
        episode_id: FromPath[UUID],
        answer_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> AnswerView:
        """What a patient answered on one occasion, word by word."""
        return await service.answer(session, staff, episode_id, answer_id)


class FormController(Controller):
    path = "/measure-forms"
    tags = ["outcomes"]  # noqa: RUF012 (Litestar's way)

    @get(operation_id="listOwnForms", audit=None, no_audit=NOBODYS)
    async def own_forms(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> list[OwnFormView]:
        """The forms that the clinic brought itself; for admins."""
        return await own_forms.every(session, staff)

    @post(
        operation_id="addOwnForm",
        audit=None,
        no_audit=NOBODYS,
        status_code=HTTP_201_CREATED,
    )
    async def add(
        self,
        data: JSONBody[FormFile],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[OwnFormView]:
        """Takes a form, or its next version, from a file; sent again it answers 200. 422 `form_flawed`
        names each flaw in `errors` with its place in the file. For admins."""
        form, is_new = await own_forms.add(session, staff, data, datetime.now(UTC))
        return Response(form, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

    @post(
        "/{form_key:str}/retire",
        operation_id="retireOwnForm",
        audit=None,
        no_audit=NOBODYS,
        status_code=HTTP_200_OK,
    )
    async def retire(
        self,
        form_key: FromPath[str],
        data: JSONBody[FormRetirement],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> OwnFormView:
        """Offers a form no more, or again; episodes that use it go on. For admins."""
        return await own_forms.retire(
            session, staff, form_key, datetime.now(UTC), retired=data.retired
        )
