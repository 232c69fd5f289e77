"""Tables of alerts. An alert says what is; its events say, append-only, how it came to be so."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.database.base import Base, ClinicOwned, one_of, within_clinic
from glidepath.database.encryption import Sealed

KINDS = (
    "worsening",
    "red_flag",
    "nerve_loss",
    "nerve_below_knee",
    "severe_pain",
    "quiet",
    "not_improving",
)
# "low" interrupts nobody: it waits in the list.
SEVERITIES = ("urgent", "high", "moderate", "low")
STATES = ("open", "acknowledged", "snoozed", "resolved")
# "reopened" is an extension by something new after somebody looked.
EVENTS = (
    "opened",
    "extended",
    "reopened",
    "acknowledged",
    "snoozed",
    "resolved",
    "undone",
)
# What is done to an alert, and the end of one that ends by itself.
DEEDS = ("acknowledged", "snoozed", "resolved", "undone")
# Why what somebody had seen, or put off, has to be looked at again.
REASONS = ("fact", "kind", "severity", "channel", "again", "look_expired", "look_left")
# The last two are nobody's choice: a silence ends by itself, and a discharge ends what waits.
OUTCOMES = (
    "called",
    "plan_changed",
    "referred",
    "advice_given",
    "appointment",
    "no_action",
    "logged_again",
    "discharged",
)


SENSITIVITIES = ("calm", "standard", "early")


def is_over(snoozed_until: date | None, today: date) -> bool:
    """Whether a snooze has ended on the patient's day."""
    return snoozed_until is not None and snoozed_until <= today


class TrendCheckpoint(ClinicOwned, Base):
    """Where the detector stands in an episode: derived from the diary, and made anew at need."""

    __tablename__ = "trend_checkpoints"

    episode_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    state: Mapped[dict[str, Any]]

    __table_args__ = (within_clinic("episodes", "episode_id"),)


class Alert(ClinicOwned, Base):
    __tablename__ = "alerts"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    kind: Mapped[str]
    severity: Mapped[str]
    state: Mapped[str]
    # Every change is one, and has its event of the same number.
    version: Mapped[int] = mapped_column(Integer)
    # The patient's day on which it counts as open again.
    snoozed_until: Mapped[date | None]
    opened_at: Mapped[datetime]
    onset: Mapped[date | None]
    raised_on: Mapped[date]
    last_day: Mapped[date]
    # How many times the cause was seen: one alert with a count, never a row of repeats.
    count: Mapped[int]
    # Found in entries that reached the server long after their day.
    late: Mapped[bool]
    score: Mapped[float | None] = mapped_column(Float)
    reason: Mapped[dict[str, Any]]
    evidence: Mapped[list[dict[str, Any]]]
    # Every channel that has carried the present worsening, also those that fell silent since.
    channels: Mapped[list[str]]
    # What a trend's evidence amounts to; a rule is as sure as the answer it stands on.
    certainty: Mapped[dict[str, Any] | None]
    basis: Mapped[dict[str, Any]]
    detector_version: Mapped[str | None]

    __table_args__ = (
        within_clinic("episodes", "patient_id", "episode_id", to=("patient_id", "id")),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("severity", SEVERITIES), name="severity"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(
            "(state = 'snoozed') = (snoozed_until is not null)", name="snoozed_has_a_day"
        ),
        Index(
            "uq_alerts_unresolved_cause",
            "clinic_id",
            "episode_id",
            "kind",
            unique=True,
            postgresql_where=text("state <> 'resolved'"),
        ),
        Index("ix_alerts_patient_id", "clinic_id", "patient_id"),
        # What `insight/quality_store.py` counts is read from it alone; the rows are long.
        Index(
            "ix_alerts_opened_at",
            "clinic_id",
            "opened_at",
            postgresql_include=["id", "kind", "severity"],
        ),
    )

    def state_on(self, today: date) -> str:
        """What it counts as on the patient's day: nobody has to wake a snoozed alert."""
        return "open" if is_over(self.snoozed_until, today) else self.state

    def snoozed_on(self, today: date) -> date | None:
        return None if is_over(self.snoozed_until, today) else self.snoozed_until


class AlertEvent(ClinicOwned, Base):
    __tablename__ = "alert_events"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    alert_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    kind: Mapped[str]
    # What the alert was from then on. Null before revision 0010, but for each alert's last event.
    state: Mapped[str | None]
    snoozed_until: Mapped[date | None]
    by: Mapped[UUID | None]
    # The absent colleague for whom it was done.
    cover_for: Mapped[UUID | None]
    outcome: Mapped[str | None]
    useful: Mapped[bool | None]
    because: Mapped[str | None]
    # The event that this one takes back.
    undoes: Mapped[UUID | None]
    note: Mapped[str | None] = mapped_column(Sealed("alert_events.note"))
    # The basis of an opening or an extension, so that each step can be computed again.
    basis: Mapped[dict[str, Any] | None]

    __table_args__ = (
        within_clinic("alerts", "alert_id"),
        within_clinic("accounts", "by"),
        within_clinic("accounts", "cover_for"),
        within_clinic("alert_events", "undoes"),
        CheckConstraint(one_of("kind", EVENTS), name="kind"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(
            "(state = 'snoozed') = (snoozed_until is not null)", name="snoozed_has_a_day"
        ),
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint("(kind = 'resolved') = (outcome is not null)", name="resolved_has_outcome"),
        CheckConstraint("kind = 'resolved' or useful is null", name="useful_when_resolved"),
        CheckConstraint(one_of("because", REASONS), name="because"),
        CheckConstraint(
            "(kind = 'reopened') = (because is not null)", name="reopened_has_a_reason"
        ),
        CheckConstraint("(kind = 'undone') = (undoes is not null)", name="undone_names_what"),
        UniqueConstraint("clinic_id", "alert_id", "version"),
        # The same of what was done; openings and extensions carry a basis and are not counted.
        Index(
            "ix_alert_events_deeds",
            "clinic_id",
            "alert_id",
            "version",
            postgresql_include=["id", "at", "kind", "by", "outcome", "useful", "undoes"],
            postgresql_where=text(one_of("kind", DEEDS)),
        ),
    )


class Viewing(ClinicOwned, Base):
    """That a person had an alert's reason on the screen, once for each of both, and never changed."""

    __tablename__ = "alert_views"

    alert_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    account_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    at: Mapped[datetime]

    __table_args__ = (within_clinic("alerts", "alert_id"), within_clinic("accounts", "account_id"))


class SensitivityChange(ClinicOwned, Base):
    """That the clinic chose another sensitivity, numbered from 1; before the first it is "standard"."""

    __tablename__ = "sensitivity_changes"

    version: Mapped[int] = mapped_column(primary_key=True, sort_order=-10)
    at: Mapped[datetime]
    by: Mapped[UUID]
    before: Mapped[str]
    after: Mapped[str]
    # The first day of diaries that is judged by it.
    holds_from: Mapped[date]

    __table_args__ = (
        within_clinic("accounts", "by"),
        CheckConstraint(one_of("before", SENSITIVITIES), name="before"),
        CheckConstraint(one_of("after", SENSITIVITIES), name="after"),
        CheckConstraint("before <> after", name="is_a_change"),
    )
