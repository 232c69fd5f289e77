"""Writing to a patient, what came of what a patient wrote, and words to begin with."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.messages import service, templates
from glidepath.messages.schemas import (
    Acting,
    MessageBody,
    MessageTemplateBody,
    MessageTemplates,
    MessageTemplateView,
    MessageView,
    Readings,
    SeenMessages,
)


class MessageController(Controller):
    tags = ["messages"]  # noqa: RUF012 (Litestar's way)

    @put(
        "/patients/{patient_id:uuid}/messages/{message_id:uuid}",
        operation_id="putMessage",
        audit=Action.MESSAGE_WRITE,
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
        """Writes to a patient under an id made by the caller; sent again it answers 200. What it
        answers counts as read and acted on."""
        message, is_new = await service.put(
            session, staff, patient_id, message_id, data, datetime.now(UTC)
        )
        return Response(message, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

    @post(
        "/messages/read",
        operation_id="readMessages",
        audit=Action.OWN_MESSAGES_READ,
        status_code=HTTP_204_NO_CONTENT,
    )
    async def read(
        self,
        data: JSONBody[Readings],
        patient: NamedDependency[PatientActor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """Tells which messages I have read; told again it changes nothing."""
        await service.mark_read(session, patient, data, datetime.now(UTC))

    @post(
        "/patients/{patient_id:uuid}/messages/read",
        operation_id="readPatientMessages",
        audit=Action.MESSAGE_READ,
        status_code=HTTP_204_NO_CONTENT,
    )
    async def read_of_patient(
        self,
        patient_id: FromPath[UUID],
        data: JSONBody[SeenMessages],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """Says that I read what the patient wrote; the patient sees it. The first of us counts."""
        await service.mark_seen(session, staff, patient_id, data.ids, datetime.now(UTC))

    @post(
        "/patients/{patient_id:uuid}/messages/{message_id:uuid}/done",
        operation_id="actOnMessage",
        audit=Action.MESSAGE_ACT,
        status_code=HTTP_200_OK,
    )
    async def act(
        self,
        patient_id: FromPath[UUID],
        message_id: FromPath[UUID],
        data: JSONBody[Acting],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> MessageView:
        """Says what I did about a message, or takes that back; the patient sees it. 409 with the message
        as `current` where a colleague said something since."""
        now = datetime.now(UTC)
        return await service.act(session, staff, patient_id, message_id, data, now)

    @get(
        "/message-templates",
        operation_id="listMessageTemplates",
        audit=None,
        no_audit="the clinic's own words, of nobody's record",
    )
    async def list_templates(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> MessageTemplates:
        """Words to begin a message with."""
        return await templates.offered(session)

    @put(
        "/message-templates/{template_id:uuid}",
        operation_id="putMessageTemplate",
        audit=None,
        no_audit="the clinic's own words, of nobody's record",
        status_code=HTTP_201_CREATED,
    )
    async def put_template(
        self,
        template_id: FromPath[UUID],
        data: JSONBody[MessageTemplateBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[MessageTemplateView]:
        """Keeps words under a name, or changes them. 409 with the newest as `current` where somebody
        changed them since `version`, and where another template has the name."""
        made, is_new = await templates.put(session, staff, template_id, data, datetime.now(UTC))
        return Response(made, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

    @post(
        "/message-templates/{template_id:uuid}/retire",
        operation_id="retireMessageTemplate",
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
        """Offers it no more; what was sent stays."""
        await templates.retire(session, template_id, datetime.now(UTC))
