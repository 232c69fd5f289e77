"""What crosses the wire about what comes of alerts."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from glidepath.alerts.schemas import Kind, Outcome, Severity
from glidepath.clinical.burden import FieldFigure, Goals


class Waits(Struct):
    """Hours from opening to `what` happened first, by the clock on the wall, nights and weekends included,
    for the `count` alerts to which it happened. Too few of them have no percentile: null."""

    count: int
    median: float | None
    p95: float | None


class QualityRow(Struct):
    """What came of some of the alerts: `all`, the `urgent` ones, the `others`, or those of one kind and
    severity.

    Who acknowledged, put off or resolved an alert has seen it, even if they took that back; it does not
    count as acknowledged then. `resolved` was by a person, `ended` by itself, `discharged` with the care.
    `acted_on` are those with an outcome other than no action, `useful_or_acted_on` these and those called useful.
    `a_day_old` were opened a day ago or longer, `acknowledged_within_day` are those of them; the same with two days and resolved.
    """

    of: Literal["all", "urgent", "others", "kind"]
    kind: Kind | None
    severity: Severity | None
    alerts: int
    seen: Waits
    acknowledged: Waits
    resolved: int
    ended: int
    discharged: int
    outcomes: dict[Outcome, int]
    acted_on: int
    useful: int
    not_useful: int
    useful_or_acted_on: int
    a_day_old: int
    acknowledged_within_day: int
    two_days_old: int
    closed_within_two_days: int


class Quality(Struct):
    """Alerts that were opened on the clinic's days from `since` to `until`, as they stand at `as_of`.

    A patient counts for each of these days on which an episode ran and they had joined. `reports` are
    check-ins. Below `least` alerts a share or a median says little, below `least_p95` a 95th percentile.
    """

    since: date
    until: date
    as_of: datetime
    days: int
    patients: int
    patient_weeks: float
    reports: int
    least: int
    least_p95: int
    rows: list[QualityRow]
    goals: Goals
    field: list[FieldFigure]
