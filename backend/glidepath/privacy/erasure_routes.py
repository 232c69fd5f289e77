"""Holds, planned erasures and wishes: for the clinic's admins, and a patient's own."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, Response, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.privacy import erasures, holds, wishes
from glidepath.privacy.erasure_schemas import (
    AnswerBody,
    ClinicErasures,
    ErasurePage,
    OwnErasure,
    ReasonBody,
)


def _status(*, is_new: bool) -> int:
    return HTTP_201_CREATED if is_new else HTTP_200_OK


class ErasureController(Controller):
    tags = ["privacy"]  # noqa: RUF012 (Litestar's way)

    @get("/erasures", operation_id="listErasures", audit=Action.ERASURES_READ)
    async def of_clinic(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> ClinicErasures:
        """Planned erasures, patients who ask for one, and records on hold. For admins."""
        return await erasures.of_clinic(session, staff)

    @get(
        "/patients/{patient_id:uuid}/erasure",
        operation_id="getErasure",
        audit=Action.ERASURE_READ,
    )
    async def page(
        self,
        patient_id: FromPath[UUID],
        state: State,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> ErasurePage:
        """Whether the record is on hold or to be erased, with how that came. For admins."""
        return await erasures.page(session, staff, patient_id, state.settings.erasure_days)

    @put(
        "/patients/{patient_id:uuid}/erasures/{erasure_id:uuid}",
        operation_id="planErasure",
        audit=Action.ERASURE_PLAN,
        status_code=HTTP_201_CREATED,
    )
    async def plan(
        self,
        patient_id: FromPath[UUID],
        erasure_id: FromPath[UUID],
        data: JSONBody[ReasonBody],
        state: State,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[ErasurePage]:
        """Has the whole record erased once some days are over. For admins who have shown in the last ten minutes who
        they are; 409 with the reason while there is a hold."""
        days = state.settings.erasure_days
        is_new = await erasures.put(
            session, staff, patient_id, erasure_id, data.reason, days, datetime.now(UTC)
        )
        stands = await erasures.view_of(session, patient_id, days)
        return Response(stands, status_code=_status(is_new=is_new))

    @post(
        "/patients/{patient_id:uuid}/erasures/{erasure_id:uuid}/take-back",
        operation_id="takeErasureBack",
        audit=Action.ERASURE_TAKE_BACK,
        status_code=HTTP_200_OK,
    )
    async def take_back(
        self,
        patient_id: FromPath[UUID],
        erasure_id: FromPath[UUID],
        state: State,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> ErasurePage:
        """The record stays. For admins."""
        await erasures.take_back(session, staff, patient_id, erasure_id, datetime.now(UTC))
        return await erasures.view_of(session, patient_id, state.settings.erasure_days)

    @put(
        "/patients/{patient_id:uuid}/holds/{hold_id:uuid}",
        operation_id="setHold",
        audit=Action.HOLD_SET,
        status_code=HTTP_201_CREATED,
    )
    async def hold(
        self,
        patient_id: FromPath[UUID],
        hold_id: FromPath[UUID],
        data: JSONBody[ReasonBody],
        state: State,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[ErasurePage]:
        """The record must be kept: it is not erased while this stands, and what was planned is taken back. For
        admins."""
        is_new = await holds.put(
            session, staff, patient_id, hold_id, data.reason, datetime.now(UTC)
        )
        stands = await erasures.view_of(session, patient_id, state.settings.erasure_days)
        return Response(stands, status_code=_status(is_new=is_new))

    @post(
        "/patients/{patient_id:uuid}/holds/{hold_id:uuid}/lift",
        operation_id="liftHold",
        audit=Action.HOLD_LIFT,
        status_code=HTTP_200_OK,
    )
    async def lift(
        self,
        patient_id: FromPath[UUID],
        hold_id: FromPath[UUID],
        data: JSONBody[ReasonBody],
        state: State,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> ErasurePage:
        """The record need not be kept any more. For admins who have shown in the last ten minutes who they are."""
        await holds.lift(session, staff, patient_id, hold_id, data.reason, datetime.now(UTC))
        return await erasures.view_of(session, patient_id, state.settings.erasure_days)

    @post(
        "/patients/{patient_id:uuid}/erasure-wishes/{wish_id:uuid}/decline",
        operation_id="declineWish",
        audit=Action.WISH_DECLINE,
        status_code=HTTP_200_OK,
    )
    async def decline(
        self,
        patient_id: FromPath[UUID],
        wish_id: FromPath[UUID],
        data: JSONBody[AnswerBody],
        state: State,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> ErasurePage:
        """Tells the patient why the record is not erased. For admins."""
        await wishes.decline(session, staff, patient_id, wish_id, data.answer, datetime.now(UTC))
        return await erasures.view_of(session, patient_id, state.settings.erasure_days)

    @put(
        "/erasure-wishes/{wish_id:uuid}",
        operation_id="putErasureWish",
        audit=Action.OWN_WISH_WRITE,
        status_code=HTTP_200_OK,
    )
    async def wish(
        self,
        wish_id: FromPath[UUID],
        patient: NamedDependency[PatientActor],
        session: NamedDependency[AsyncSession],
    ) -> OwnErasure:
        """I ask the clinic to erase my record."""
        return await wishes.put(session, patient, wish_id, datetime.now(UTC))

    @post(
        "/erasure-wishes/{wish_id:uuid}/take-back",
        operation_id="takeWishBack",
        audit=Action.OWN_WISH_TAKE_BACK,
        status_code=HTTP_200_OK,
    )
    async def take_wish_back(
        self,
        wish_id: FromPath[UUID],
        patient: NamedDependency[PatientActor],
        session: NamedDependency[AsyncSession],
    ) -> OwnErasure:
        """I do not ask for it any more."""
        return await wishes.take_back(session, patient, wish_id, datetime.now(UTC))
