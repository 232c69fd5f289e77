"""What crosses the wire about alerts."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from glidepath.clinical.vocabulary import Place, RedFlag, Text
from glidepath.trends import Sensitivity

Outcome = Literal["called", "plan_changed", "referred", "advice_given", "appointment", "no_action"]
State = Literal["open", "acknowledged", "snoozed", "resolved"]
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
    """What became of the alert with this version of it.

    `by` null: it came about by itself; so does the outcome `logged_again`, which ends a silence. The
    outcome `discharged` is that of alerts which a discharge ended.
    `because` says why it was reopened: a new fact, another kind of worsening, a higher severity, a
    channel that joined, a worsening that began again, a look that ran out without an outcome, or one whose
    person is not there any more. `undoes` is the event that was taken back.
    """

    id: UUID
    version: int
    at: datetime
    kind: Literal["opened", "extended", "reopened", "acknowledged", "snoozed", "resolved", "undone"]
    by: str | None
    # The absent colleague for whom it was done.
    cover_for: str | None
    snoozed_until: date | None
    outcome: Outcome | Literal["logged_again", "discharged"] | None
    useful: bool | None
    note: str | None
    because: (
        Literal["fact", "kind", "severity", "channel", "again", "look_expired", "look_left"] | None
    )
    undoes: UUID | None


class AlertView(Struct):
    """`version` is what `If-Match` names; `snoozed_until` is the patient's day on which a snoozed
    alert counts as open again."""

    id: UUID
    patient_id: UUID
    version: int
    kind: Kind
    severity: Severity
    state: State
    snoozed_until: date | None
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
    """`useful` null: not said."""

    outcome: Outcome
    useful: bool | None
    note: Annotated[str, Meta(max_length=2000, pattern=r"^[^\x00]*$")] | None


class Snooze(Struct, forbid_unknown_fields=True):
    """`until`: the patient's day, tomorrow to 28 days ahead."""

    until: date


class SeenAlert(Struct, forbid_unknown_fields=True):
    id: UUID
    version: Annotated[int, Meta(ge=1, le=2**31 - 1)]


class SeenAlerts(Struct, forbid_unknown_fields=True):
    alerts: Annotated[list[SeenAlert], Meta(min_length=1, max_length=100)]


class Viewed(Struct, forbid_unknown_fields=True):
    """Alerts whose reason a person has on the screen."""

    alerts: Annotated[list[UUID], Meta(min_length=1, max_length=100)]


class BulkResult(Struct):
    """`changed`: another than was seen, or resolved; `alert` is what it is now. `not_found`: unknown,
    or no patient of the caller's."""

    id: UUID
    status: Literal["done", "changed", "not_found"]
    alert: AlertView | None


class BulkResults(Struct):
    """One for each alert, in the order asked for."""

    results: list[BulkResult]


class BasisDay(Struct):
    """A day that counted, as its entries said when the alert was decided; nulls where nobody said.

    `late`: an entry of it arrived after the next day was over; `edited`: one had been changed by
    then. `since` says what became of its entries after that.
    """

    date: date
    pain: float | None
    pain_highest: int | None
    nerve: int | None
    place: Place | None
    red_flags: list[RedFlag] | None
    entries: int
    late: bool
    edited: bool
    clock_wrong: bool
    since: Literal["changed", "withdrawn", "added"] | None


class BasisView(Struct):
    """What the alert was decided on, and whether deciding it again gives the same.

    `same_again` is null where another version of the detector decided. `raised_on` is the day at
    which a worsening was seen; `otherwise` says what would have had to be different.
    """

    alert_id: UUID
    detector_version: str | None
    sensitivity: str | None
    same_again: bool | None
    raised_on: date
    days: list[BasisDay]
    otherwise: list[Text]
    basis: dict[str, Any]


class LevelView(Struct):
    """What a sensitivity costs and finds, as the benchmark measured it on simulated diaries: alerts of
    patients who do not get worse, and the share of worsenings that are found, 0-1."""

    sensitivity: Sensitivity
    false_per_180_days: float
    found_in_14_days: float
    found_in_28_days: float


class SensitivityChangeView(Struct):
    """`holds_from`: the first day of diaries that is judged by it."""

    version: int
    at: datetime
    by: str
    before: Sensitivity
    after: Sensitivity
    holds_from: date


class SensitivityView(Struct):
    """`version` is what `If-Match` names; `holds_from` is null while nobody ever changed it. Changes:
    the newest first."""

    version: int
    sensitivity: Sensitivity
    holds_from: date | None
    levels: list[LevelView]
    changes: list[SensitivityChangeView]


class WantedSensitivity(Struct, forbid_unknown_fields=True):
    sensitivity: Sensitivity


class Looked(Struct):
    """For the patient: somebody looked at what they wrote. When they look again is their own affair."""

    alert_id: UUID
    at: datetime
    by: str
    state: Literal["acknowledged", "resolved"]
