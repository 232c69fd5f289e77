"""Tables of alerts. An alert says what is; its events say, append-only, how it came to be so."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.database.base import Base, ClinicOwned, one_of, within_clinic

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
STATES = ("open", "acknowledged", "resolved")
EVENTS = ("opened", "extended", "acknowledged", "resolved")
# The last one is nobody's choice: a silence ends by itself.
OUTCOMES = (
    "contacted",
    "appointment",
    "plan_changed",
    "no_action_needed",
    "not_useful",
    "logged_again",
)


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
    # What a trend's evidence amounts to; a rule is as sure as the answer it stands on.
    certainty: Mapped[dict[str, Any] | None]
    basis: Mapped[dict[str, Any]]
    detector_version: Mapped[str | None]

    __table_args__ = (
        within_clinic("episodes", "patient_id", "episode_id", to=("patient_id", "id")),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("severity", SEVERITIES), name="severity"),
        CheckConstraint(one_of("state", STATES), name="state"),
        Index(
            "uq_alerts_unresolved_cause",
            "clinic_id",
            "episode_id",
            "kind",
            unique=True,
            postgresql_where=text("state <> 'resolved'"),
        ),
        Index("ix_alerts_patient_id", "clinic_id", "patient_id"),
    )


class AlertEvent(ClinicOwned, Base):
    __tablename__ = "alert_events"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    alert_id: Mapped[UUID]
    at: Mapped[datetime]
    kind: Mapped[str]
    by: Mapped[UUID | None]
    outcome: Mapped[str | None]
    note: Mapped[str | None]
    # The basis of an opening or an extension, so that each step can be computed again.
    basis: Mapped[dict[str, Any] | None]

    __table_args__ = (
        within_clinic("alerts", "alert_id"),
        within_clinic("accounts", "by"),
        CheckConstraint(one_of("kind", EVENTS), name="kind"),
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint("(kind = 'resolved') = (outcome is not null)", name="resolved_has_outcome"),
        Index("ix_alert_events_alert_id", "clinic_id", "alert_id", "at"),
    )
