"""What crosses the wire about consent and retention."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from glidepath.clinical.vocabulary import Text
from glidepath.privacy.models import MOST_YEARS

# For how many years after discharge; null: without an end.
Years = Annotated[int, Meta(ge=1, le=MOST_YEARS)] | None


class ConsentSection(Struct, frozen=True, forbid_unknown_fields=True):
    title: Text
    text: Text


class ConsentText(Struct, frozen=True, forbid_unknown_fields=True):
    """What a patient is asked to agree to. A version that somebody agreed to is never changed."""

    version: int
    published_on: date
    sections: list[ConsentSection]


class ConsentView(Struct):
    """Where a patient stands. `outdated`: they agreed to an earlier version than the one that is `asked`.
    `version` and `at` are of their last word; null where they gave none."""

    state: Literal["never", "agreed", "outdated", "withdrawn"]
    asked: int
    version: int | None
    at: datetime | None


class ConsentPage(Struct):
    """`texts`: every version, the newest first."""

    stands: ConsentView
    texts: list[ConsentText]


class ConsentBody(Struct, forbid_unknown_fields=True):
    """`version` is the one that was read. `agrees` false takes back what was agreed to."""

    version: Annotated[int, Meta(ge=1, le=1000)]
    agrees: bool


class RetentionChangeView(Struct):
    version: int
    at: datetime
    by: str
    before: int | None
    after: int | None


class DuePatient(Struct):
    """Discharged on `ended_on`, their last day of care."""

    id: UUID
    name: str
    ended_on: date


class RetentionView(Struct):
    """`due`: who was discharged for longer than that by now, longest ago first; of `due_count` the first.
    Nothing is erased by it."""

    version: int
    years: int | None
    due_count: int
    due: list[DuePatient]
    changes: list[RetentionChangeView]


class WantedRetention(Struct, forbid_unknown_fields=True):
    years: Years
