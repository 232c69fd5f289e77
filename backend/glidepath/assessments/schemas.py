"""What crosses the wire about assessments."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

# A note as in messages, and not blank. PostgreSQL text holds no NUL.
Note = Annotated[str, Meta(max_length=2000, pattern=r"^\s*[^\s\x00][^\x00]*$")]
# Hip flexion; nobody's straight leg goes further.
Degrees = Annotated[int, Meta(ge=0, le=120)]


class StraightLegRaise(Struct, forbid_unknown_fields=True):
    """Hip flexion in degrees at the first symptom; with `symptom` false, as far as it was raised
    without one (tests.slr)."""

    angle: Degrees
    symptom: bool


class Slump(Struct, forbid_unknown_fields=True):
    """`eased_by_neck`: releasing the neck eased the symptom; null where it was not tried, or where
    there was no symptom to ease (tests.slump)."""

    positive: bool
    eased_by_neck: bool | None


class Leg(Struct, forbid_unknown_fields=True):
    """Null is "not tested"."""

    slr: StraightLegRaise | None
    slump: Slump | None


class AssessmentBody(Struct, forbid_unknown_fields=True):
    """`revises` is the id of the assessment that this one corrects or, if `withdrawn`, takes back."""

    revises: UUID | None
    withdrawn: bool
    assessed_on: date
    left: Leg
    right: Leg
    note: Note | None


class AssessmentView(Struct):
    """As it stands after its last revision. `id` is the first one's; `by` and `made_at` are the last
    one's; `corrected` says that there is more than one."""

    id: UUID
    assessed_on: date
    left: Leg
    right: Leg
    note: str | None
    by: str
    made_at: datetime
    corrected: bool
