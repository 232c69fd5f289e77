"""What crosses the wire about the installation."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from glidepath.alerts.schemas import Severity
from glidepath.escalation.lateness import Lateness

Red = Literal[
    "queue",
    "worker",
    "watchdog",
    "late_delivery",
    "dead_letters",
    "unreachable",
    "unowned_alerts",
    "spent_alerts",
    "overdue_alerts",
]


WatchdogState = Literal["well", "lost", "starting", "not_set_up"]


class Part(Struct):
    part: str
    well: bool
    says: str


class Degraded(Struct):
    """In numbers, of all clinics together; `red` names what somebody has to mend. None of it stands in the
    way of patients' entries, so that it is no reason to take a server away."""

    red: list[Red]
    queue_lag_seconds: float | None
    worker_heard_at: datetime | None
    dead_letters: int
    unowned_alerts: int
    spent_alerts: int
    overdue_alerts: int
    evaluation_behind: int
    oldest_undelivered_at: datetime | None
    watchdog_arrived_at: datetime | None
    watchdog: WatchdogState
    watchdog_failure: str | None


class Ready(Struct):
    status: Literal["ready", "not_ready"]
    parts: list[Part] | UnsetType = UNSET
    standing: Degraded | UnsetType = UNSET


class Ends(Struct):
    """How many deliveries of a channel, by how they ended; what was `kept` reached nobody."""

    channel: str
    sent: int
    waiting: int
    skipped: int
    failed: int
    kept: int


class DeadLetter(Struct):
    """`code` is a word of ours for why; `patient_id` only where the reader may see the patient."""

    id: UUID
    cause: str
    channel: str
    recipient: str | None
    code: str | None
    tries: int
    failed_at: datetime
    patient_id: UUID | None


class UnreachablePerson(Struct):
    id: UUID
    name: str
    code: str


class EscalationView(Struct):
    """An alert that nobody looked at in time. `told`: whom its last step told, and when; a patient is named
    only where the reader may see them."""

    alert_id: UUID
    state: Lateness
    severity: Severity
    since: datetime
    look_by: datetime | None
    told: list[str]
    told_at: datetime | None
    patient_id: UUID | None
    patient: str | None


class WatchdogView(Struct):
    """`failure` is told of a state that is "lost" alone."""

    state: WatchdogState
    arrived_at: datetime | None
    took_seconds: float | None
    failure: str | None


class AdminPage(Struct):
    """The clinic's deliveries, and how the installation does."""

    now: datetime
    red: list[Red]
    week: list[Ends]
    month: list[Ends]
    waiting: int
    oldest_waiting_at: datetime | None
    dead_letters: list[DeadLetter]
    unreachable: list[UnreachablePerson]
    escalations: list[EscalationView]
    watchdog: WatchdogView
    worker_heard_at: datetime | None
    queue_waiting: int | None
    queue_lag_seconds: float | None


class RedView(Struct):
    """What an admin should look at now; empty while all is well."""

    red: list[Red]


class Retried(Struct):
    count: int
