"""What crosses the wire about a replay."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from glidepath.clinical.vocabulary import Text
from glidepath.trends import Sensitivity, Severity

Days = Literal[28, 90, 180]


class ReplayRequest(Struct, forbid_unknown_fields=True):
    """How many of the clinic's last days are replayed."""

    days: Days


class BurdenView(Struct):
    """What one sensitivity asks of the therapists; the rate is null without a day to judge."""

    sensitivity: Sensitivity
    alerts: int
    patients: int
    per_180_days: float | None


class ChangeView(Struct):
    """A worsening that another sensitivity would have told of on another day, or by itself not at all.

    `days` later, negative: earlier; null for one that is new or gone. `told_on` is the day of an alert
    that tells of it already. `outcome` is what became of the alert of the time, or its state while
    it has none; null where there was none.
    """

    kind: Literal["earlier", "later", "new", "gone"]
    patient_id: UUID
    name: str
    days: int | None
    now: date | None
    then: date | None
    told_on: date | None
    onset: date
    severity: Severity
    reason: Text
    outcome: str | None
    useful: bool | None


class ComparisonView(Struct):
    """The present sensitivity beside another; `same` alerts would have come on the same day."""

    sensitivity: Sensitivity
    same: int
    changes: list[ChangeView]


class ReplayResult(Struct):
    """`since` and `until` are the clinic's days; `patient_days` run from the first to the last logged
    day of each episode in between. Patients whom the reader may not see are counted all the same."""

    since: date
    until: date
    now: Sensitivity
    patients: int
    patient_days: int
    burdens: list[BurdenView]
    comparisons: list[ComparisonView]


class ReplayView(Struct):
    """The clinic's last replay. `done` of `total` episodes; `lost` is one that no worker finished."""

    id: UUID
    state: Literal["waiting", "running", "done", "lost"]
    days: int
    asked_by: str
    asked_at: datetime
    done: int
    total: int | None
    finished_at: datetime | None
    result: ReplayResult | None
