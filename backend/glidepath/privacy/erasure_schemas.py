"""What crosses the wire about holds, planned erasures and patients' wishes."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

Reason = Annotated[str, Meta(min_length=10, max_length=500, description="why, in words")]


class ReasonBody(Struct, forbid_unknown_fields=True):
    reason: Reason


class AnswerBody(Struct, forbid_unknown_fields=True):
    answer: Annotated[
        str, Meta(min_length=10, max_length=1000, description="why not, for the patient to read")
    ]


class HoldView(Struct):
    """That the record must be kept. It stands until it is lifted."""

    id: UUID
    reason: str
    set_at: datetime
    set_by: str
    lifted_at: datetime | None
    lifted_by: str | None
    lifted_why: str | None


class ErasureView(Struct):
    """Planned until `due_at`, unless it was taken back; what was carried out stands nowhere any more."""

    id: UUID
    reason: str
    asked_at: datetime
    asked_by: str
    due_at: datetime
    taken_back_at: datetime | None
    taken_back_by: str | None


class WishView(Struct):
    """That the patient asked to be erased. `withdrawn` by themselves, `declined` by the clinic with `answer`."""

    id: UUID
    state: Literal["open", "withdrawn", "declined"]
    wished_at: datetime
    ended_at: datetime | None
    answer: str | None


class ErasurePage(Struct):
    """Each list with the newest first; of each at most one is open. `days`: how long an erasure waits."""

    days: int
    holds: list[HoldView]
    erasures: list[ErasureView]
    wishes: list[WishView]


class PlannedErasure(Struct):
    patient_id: UUID
    patient: str
    due_at: datetime
    asked_by: str


class OpenWish(Struct):
    patient_id: UUID
    patient: str
    wished_at: datetime


class StandingHold(Struct):
    patient_id: UUID
    patient: str
    set_at: datetime
    set_by: str


class ClinicErasures(Struct):
    """What is open at the clinic, what is due first before the others."""

    planned: list[PlannedErasure]
    wishes: list[OpenWish]
    holds: list[StandingHold]


class OwnErasure(Struct):
    """`wish`: the patient's last one. `due_at`: from when on the clinic erases the record; null: not at all."""

    wish: WishView | None
    due_at: datetime | None
