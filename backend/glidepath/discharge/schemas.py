"""What crosses the wire about a discharge."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from glidepath.alerts.schemas import AlertView, SeenAlert
from glidepath.care.episode_schemas import DischargeReason
from glidepath.care.schemas import Note


class WaitingView(Struct):
    """What a discharge would end: the patient's alerts, of earlier episodes as well. Urgent ones keep it
    off until they are resolved.

    `unread_messages` the patient has not read, `unanswered` are the patient's that nobody has.
    """

    episode_id: UUID
    alerts: list[AlertView]
    proposals: int
    unread_messages: int
    unanswered: int
    last_entry_on: date | None


class Discharge(Struct, forbid_unknown_fields=True):
    """`ended_on` is the last day of care, the patient's. `alerts` are those that the caller saw waiting;
    a note is asked for where the reason is "other"."""

    ended_on: date
    reason: DischargeReason
    note: Note | None
    alerts: Annotated[list[SeenAlert], Meta(max_length=20)]
