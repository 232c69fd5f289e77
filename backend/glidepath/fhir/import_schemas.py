"""What crosses the wire about a bundle from elsewhere."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from glidepath.clinical.vocabulary import Condition, Side


class Bundle(Struct, forbid_unknown_fields=True):
    """A FHIR R4 Bundle. `admit` false: nobody is admitted, and the answer says what would be."""

    bundle: Annotated[dict[str, Any], Meta(max_length=50)]
    admit: bool


class ImportedPatient(Struct):
    """`known`: they are here already, under this id and as they were sent."""

    id: UUID
    name: str
    locale: Literal["en", "es"]
    condition: Condition
    side: Side
    started_on: date
    known: bool


class ImportProblem(Struct):
    """`entry`: the place in the bundle, from 0."""

    entry: int
    reason: str


class Imported(Struct):
    """`left`: how many resources of each other kind were not looked at."""

    admitted: bool
    patients: list[ImportedPatient]
    problems: list[ImportProblem]
    left: dict[str, int]
