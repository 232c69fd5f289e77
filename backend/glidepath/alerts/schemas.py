"""What crosses the wire about alerts."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from glidepath.clinical.vocabulary import Text

Outcome = Literal["contacted", "appointment", "plan_changed", "no_action_needed", "not_useful"]
State = Literal["open", "acknowledged", "resolved"]
Severity = Literal["urgent", "high", "moderate", "low"]
Kind = Literal[
    "worsening",
    "red_flag",
    "nerve_loss",
    "nerve_below_knee",
    "severe_pain",
    "quiet",
    "not_improving",
]
Channel = Literal["pain", "nerve", "place"]


class Evidence(Struct):
    """What one channel says; `weight` is its share of the evidence, 0-1."""

    channel: Channel
    weight: float
    since: date
    before: float | str
    after: float | str
    sentence: Text


class Certainty(Struct):
    """How sure the detector is that a lasting worsening began: `probability` 0-1, most likely (four
    chances in five) from `earliest` to `latest`; of `span` days looked at, `missing` have no entry."""

    probability: float
    earliest: date
    latest: date
    span: int
    missing: int


class AlertEventView(Struct):
    """`by` null: it came about by itself; so does the outcome `logged_again`, which ends a silence."""

    id: UUID
    at: datetime
    kind: Literal["opened", "extended", "acknowledged", "resolved"]
    by: str | None
    outcome: Outcome | Literal["logged_again"] | None
    note: str | None


class AlertView(Struct):
    id: UUID
    patient_id: UUID
    kind: Kind
    severity: Severity
    state: State
    opened_at: datetime
    onset: date | None
    raised_on: date
    last_day: date
    count: int
    late: bool
    score: float | None
    reason: Text
    evidence: list[Evidence]
    certainty: Certainty | None
    detector_version: str | None
    events: list[AlertEventView]


class Resolution(Struct, forbid_unknown_fields=True):
    outcome: Outcome
    note: Annotated[str, Meta(max_length=2000, pattern=r"^[^\x00]*$")] | None


class BasisView(Struct):
    """What the alert was decided on, and whether deciding it again gives the same.

    `same_again` is null where another version of the detector decided.
    """

    alert_id: UUID
    detector_version: str | None
    same_again: bool | None
    basis: dict[str, Any]


class Looked(Struct):
    """For the patient: somebody looked at what they wrote."""

    alert_id: UUID
    at: datetime
    by: str
    state: State
