"""What crosses the wire about messages."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from glidepath.clinical.vocabulary import Text
from glidepath.views import Moment

# As a note, and not blank. PostgreSQL text holds no NUL.
Written = Annotated[str, Meta(max_length=2000, pattern=r"^\s*[^\s\x00][^\x00]*$")]
# Neither blank nor with spaces around it.
TemplateName = Annotated[
    str, Meta(max_length=80, pattern=r"^[^\s\x00-\x1f]([^\x00-\x1f]*[^\s\x00-\x1f])?$")
]
# What came of a patient's message.
Done = Literal["called", "plan_changed", "advice_given", "appointment", "no_action"]
Deed = Literal["answered", Done]


class MessageBody(Struct, forbid_unknown_fields=True):
    """`answers` are the patient's messages that it answers: they were read, and acted on."""

    text: Written
    answers: Annotated[list[UUID], Meta(max_length=100)] = []


class PatientMessage(Struct, forbid_unknown_fields=True):
    """What a patient wrote, under an id that the phone made. `written_at` is by the phone's clock."""

    id: UUID
    text: Written
    written_at: Moment


class DeedView(Struct):
    """`what` null: what was said before was taken back. `cover_for` is the absent colleague in whose
    place it was done."""

    what: Deed | None
    by: str
    cover_for: str | None
    at: datetime


class MessageView(Struct):
    """`by` is the author's name; `read_at` null: the other side has not read it.

    Of a patient's message, `written_at` is when by the phone's clock, null where that cannot be right;
    `read_by` is who of the staff read it first; `deeds` is what was done about it, oldest first, of which
    the last counts.
    """

    id: UUID
    from_patient: bool
    by: str
    text: str
    sent_at: datetime
    written_at: datetime | None
    read_at: datetime | None
    read_by: str | None
    deeds: list[DeedView]


class Reading(Struct, forbid_unknown_fields=True):
    """A message that was read, and when by the phone's clock."""

    id: UUID
    read_at: Moment


class Readings(Struct, forbid_unknown_fields=True):
    """From one phone. `account_id` is who has read, as the phone knows it."""

    account_id: UUID
    read: Annotated[list[Reading], Meta(max_length=100)]


class SeenMessages(Struct, forbid_unknown_fields=True):
    """The patient's messages that were on the screen."""

    ids: Annotated[list[UUID], Meta(max_length=100)]


class Acting(Struct, forbid_unknown_fields=True):
    """`after` is how many deeds the caller saw; `what` null takes back what was said before."""

    what: Done | None
    after: Annotated[int, Meta(ge=0, le=1000)]


class MessageTemplateBody(Struct, forbid_unknown_fields=True):
    """Words in one language at least. `version` is the one that was changed, null for a new template."""

    version: Annotated[int, Meta(ge=1)] | None
    name: TemplateName
    en: Written | None
    es: Written | None


class MessageTemplateView(Struct):
    id: UUID
    version: int
    name: str
    en: str | None
    es: str | None
    by: str
    made_at: datetime


class BuiltInTemplate(Struct, forbid_unknown_fields=True):
    """A template that every clinic has."""

    key: str
    name: Text
    text: Text


class MessageTemplates(Struct):
    """Words to begin a message with: the clinic's own, by name, and those that every clinic has."""

    own: list[MessageTemplateView]
    built_in: list[BuiltInTemplate]
