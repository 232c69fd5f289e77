"""Writing to a patient, and the patient's word that it was read."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, Response, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.messages import service
from glidepath.messages.schemas import MessageBody, MessageView, Readings


class MessageController(Controller):
    tags = ["messages"]  # noqa: RUF012 (Litestar's way)

    @put(
        "/patients/{patient_id:uuid}/messages/{message_id:uuid}",
        operation_id="putMessage",
        status_code=HTTP_201_CREATED,
    )
    async def put_message(
        self,
        patient_id: FromPath[UUID],
        message_id: FromPath[UUID],
        data: JSONBody[MessageBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[MessageView]:
        """Writes to a patient under an id made by the caller; sent again it answers 200."""
        message, is_new = await service.put(
            session, staff, patient_id, message_id, data, datetime.now(UTC)
        )
        return Response(message, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

    @post("/messages/read", operation_id="readMessages", status_code=HTTP_204_NO_CONTENT)
    async def read(
        self,
        data: JSONBody[Readings],
        patient: NamedDependency[PatientActor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """Tells which messages I have read; told again it changes nothing."""
        await service.mark_read(session, patient, data, datetime.now(UTC))
