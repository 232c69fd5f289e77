"""What a phone sends and gets back. Every field that a client can fill has its bound here."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from glidepath.clinical.vocabulary import ChangesWith, Place, RedFlag, Sensation, Side, Text
from glidepath.messages.schemas import PatientMessage
from glidepath.outcomes.schemas import MeasureAnswer
from glidepath.views import Moment

Rating = Annotated[int, Meta(ge=0, le=10)]
# PostgreSQL text holds no NUL.
Prose = Annotated[str, Meta(max_length=2000, pattern=r"^[^\x00]*$")]
StopReason = Literal["nerve_symptoms", "worse", "pain", "time", "other"]
Kind = Literal["check_in", "exercise_session"]


class Entry(Struct, kw_only=True, forbid_unknown_fields=True):
    """The part that check-ins and exercise sessions share."""

    id: UUID
    revises: UUID | None
    withdrawn: bool
    plan_version_id: UUID | None
    # The patient's own day, whatever the server's clock says.
    local_date: date
    happened_at: Moment
    zone: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_+\-/]+$")]
    made_at: Moment
    sensations: Annotated[list[Sensation], Meta(max_length=8)] | None
    changes_with: Annotated[list[ChangesWith], Meta(max_length=2)] | None


class CheckIn(Entry, kw_only=True, forbid_unknown_fields=True):
    """A check-in; null is "not answered", an empty list is "none of these"."""

    pain_now: Rating | None
    pain_worst: Rating | None
    place: Place | None
    red_flags: Annotated[list[RedFlag], Meta(max_length=4)] | None
    note: Prose | None


class ExerciseSession(Entry, kw_only=True, forbid_unknown_fields=True):
    """One exercise done, or begun and stopped."""

    plan_item_id: UUID | None
    side: Side
    sets_done: Annotated[int, Meta(ge=0, le=100)]
    repetitions_done: Annotated[int, Meta(ge=0, le=1000)] | None
    hold_seconds: Annotated[int, Meta(ge=0, le=3600)] | None
    stopped_early: StopReason | None
    pain_during: Rating | None


class Offered:
    """One entry of a batch: read, or not readable and why.

    Each is read on its own, so that one bad entry does not keep the other forty-nine out. A plain
    class, since msgspec would read a struct or a dataclass by its fields.
    """

    wire: ClassVar[type[Struct]]

    def __init__(self, identity: str, entry: Any, problem: str | None) -> None:
        self.id = identity
        self.entry = entry
        self.problem = problem

    @classmethod
    def read(cls, raw: Any) -> Self:
        identity = str(raw.get("id", ""))[:64] if isinstance(raw, dict) else ""
        try:
            return cls(identity, msgspec.convert(raw, cls.wire), None)
        except msgspec.ValidationError as error:
            return cls(identity, None, str(error))


class OfferedCheckIn(Offered):
    wire = CheckIn


class OfferedExerciseSession(Offered):
    wire = ExerciseSession


class OfferedMessage(Offered):
    wire = PatientMessage


class OfferedAnswer(Offered):
    wire = MeasureAnswer


def _is_offered(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Offered)


def _read_offered(kind: type[Offered], raw: Any) -> Offered:
    return kind.read(raw)


# Litestar hands entries of a batch to this pair (predicate, decoder).
OFFERED_DECODER: tuple[Callable[[Any], bool], Callable[[type[Any], Any], Any]] = (
    _is_offered,
    _read_offered,
)


class SyncRequest(Struct, forbid_unknown_fields=True):
    """A batch from one phone. `account_id` is whose entries these are, as the phone knows it.

    `sent_at` is the phone's clock at sending, which tells a wrong clock from a late entry; the first
    phones did not send it, nor `messages`, nor `measure_answers`.
    """

    account_id: UUID
    check_ins: Annotated[list[OfferedCheckIn], Meta(max_length=100)]
    exercise_sessions: Annotated[list[OfferedExerciseSession], Meta(max_length=100)]
    sent_at: Moment | None = None
    messages: Annotated[list[OfferedMessage], Meta(max_length=100)] = []
    measure_answers: Annotated[list[OfferedAnswer], Meta(max_length=100)] = []


class Refusal(Struct):
    code: str
    message: Text


class EntryResult(Struct):
    """`stored` and `known` may leave the phone's queue; `refused` stays there, with its reason."""

    id: str
    kind: Kind | Literal["message", "measure_answer"]
    status: Literal["stored", "known", "refused"]
    reason: Refusal | None


class SyncAnswer(Struct):
    results: list[EntryResult]
    as_of: datetime


class DiaryPage(Struct):
    """A patient's entries, oldest first: every revision for their own phone."""

    check_ins: list[CheckIn]
    exercise_sessions: list[ExerciseSession]
