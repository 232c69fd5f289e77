"""What crosses the wire about files that come in."""

from datetime import date
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import Meta, Struct

from glidepath.clinical.vocabulary import Condition, Side, Text

# A file of 700,000 bytes in base64 and what is around it: less than what the front lets through.
LARGEST_BODY: Final = 940_000


class CsvFile(Struct, forbid_unknown_fields=True):
    """A file's bytes in base64. `seen` is the sha256 that its findings named: then it is imported, all or
    nothing. Null: nothing is made, and the answer says what would be."""

    kind: Literal["patients", "diaries"]
    file: bytes
    seen: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] | None


class CsvProblem(Struct):
    """`line` counts from 1, the header's; `column` is null where it is the whole line."""

    line: int
    column: str | None
    reason: Text


class CsvPatient(Struct):
    """`known`: they are here already, under this key. `namesake`: somebody else, here or in the file, has the name.
    `therapist`: who leads, null for whoever imports."""

    line: int
    id: UUID
    name: str
    locale: Literal["en", "es"]
    condition: Condition
    side: Side
    started_on: date
    therapist: str | None
    known: bool
    namesake: bool


class CsvDiary(Struct):
    """The days of one episode of a patient: how many are new, and how many were imported before."""

    patient_id: UUID
    name: str
    condition: Condition
    side: Side
    episode: int
    first_on: date
    last_on: date
    new: int
    known: int


class CsvFindings(Struct):
    """`ignored` are columns that nobody reads here, `silent` how many rows say nothing of how it felt."""

    sha256: str
    made: bool
    rows: int
    ignored: list[str]
    silent: int
    patients: list[CsvPatient]
    diaries: list[CsvDiary]
    problems: list[CsvProblem]
