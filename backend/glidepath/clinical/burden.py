"""How often others' systems alert and what comes of it, read from `data/alert_burden.json`, and the goals
that are set above it."""

from functools import cache
from typing import Literal

from msgspec import Struct

from glidepath.clinical.tables import read
from glidepath.clinical.vocabulary import Text

Measure = Literal[
    "per_patient_week", "per_100_reports", "acted_on", "hours_to_view", "closed_within_two_days"
]


class FieldFigure(Struct, frozen=True, forbid_unknown_fields=True):
    """`value`: a rate, hours, or a share from 0 to 1, as its measure says; `source` is where it was
    seen."""

    measure: Measure
    value: float
    programme: str
    about: Text
    source: str


class Goals(Struct, frozen=True, forbid_unknown_fields=True):
    """At most so many alerts that are not urgent, and at least these shares."""

    not_urgent_per_patient_week: float
    useful_or_acted_on: float
    acknowledged_within_day: float


class Burden(Struct, frozen=True, forbid_unknown_fields=True):
    goals: Goals
    figures: tuple[FieldFigure, ...]


@cache
def burden() -> Burden:
    return read("alert_burden.json", Burden)
