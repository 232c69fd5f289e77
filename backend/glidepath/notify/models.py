"""Tables of notify: what people chose, where their browsers are, and every delivery with its end."""

from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from glidepath.alerts.models import SEVERITIES
from glidepath.database.base import Base, ClinicOwned, all_of, one_of, within_clinic

CHANNELS: Final = ("push", "email", "webhook")
# Why something is sent: an alert (again, where something new came after somebody looked), a step up
# because nobody looked, the day's summary, or a try.
CAUSES: Final = ("raised", "escalated", "digest", "test")
# "skipped": when its time came there was nothing to tell any more. "failed" is for people to see.
DELIVERY_STATES: Final = ("waiting", "sent", "skipped", "failed")


class PatientReminder(ClinicOwned, Base):
    """When a patient wants to be reminded of the diary. Times are those of the patient's own zone."""

    __tablename__ = "patient_reminders"

    patient_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    at: Mapped[time | None]
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    changed_at: Mapped[datetime]

    __table_args__ = (
        within_clinic("patients", "patient_id"),
        CheckConstraint("(quiet_from is null) = (quiet_until is null)", name="quiet_pair"),
        CheckConstraint("quiet_from <> quiet_until", name="quiet_lasts"),
    )


class StaffNotice(ClinicOwned, Base):
    """How one of the staff wants to be told; who never chose has the defaults of `choices.py`.

    Times are those of the clinic's zone.
    """

    __tablename__ = "staff_notices"

    account_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    push: Mapped[bool]
    email: Mapped[bool]
    digest_at: Mapped[time]
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    # Severities told at once beside the urgent ones.
    at_once: Mapped[list[str]] = mapped_column(ARRAY(Text))
    version: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime]

    __table_args__ = (
        within_clinic("accounts", "account_id"),
        CheckConstraint("(quiet_from is null) = (quiet_until is null)", name="quiet_pair"),
        CheckConstraint("quiet_from <> quiet_until", name="quiet_lasts"),
        CheckConstraint(all_of("at_once", SEVERITIES), name="at_once"),
    )


class PushSubscription(ClinicOwned, Base):
    """A browser that takes pushes for one account. One that is gone stays, with why."""

    __tablename__ = "push_subscriptions"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    account_id: Mapped[UUID]
    endpoint: Mapped[str]
    p256dh: Mapped[bytes] = mapped_column(LargeBinary)
    auth: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]
    # A word of ours such as "http_410" or "signed_out".
    gone_why: Mapped[str | None]

    __table_args__ = (
        within_clinic("accounts", "account_id"),
        CheckConstraint("(gone_at is null) = (gone_why is null)", name="gone_has_a_reason"),
        # One browser tells one account: whoever subscribes it next takes it over.
        Index(
            "uq_push_subscriptions_endpoint",
            "clinic_id",
            "endpoint",
            unique=True,
            postgresql_where=text("gone_at is null"),
        ),
        Index("ix_push_subscriptions_account_id", "clinic_id", "account_id"),
    )


class Delivery(ClinicOwned, Base):
    """Something to be told to one person by one channel, once; how often it was tried, and its end."""

    __tablename__ = "deliveries"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    cause: Mapped[str]
    channel: Mapped[str]
    # Null for the clinic's webhook.
    recipient_id: Mapped[UUID | None]
    # Null for a digest.
    alert_id: Mapped[UUID | None]
    # The version of the alert that is told of: one that is opened again is told again.
    alert_version: Mapped[int | None] = mapped_column(Integer)
    # Which step up it is; 0 for who is told first.
    step: Mapped[int]
    # The clinic's day of a digest.
    day: Mapped[date | None]
    # The delivery that could not be made by another channel.
    instead_of: Mapped[UUID | None]
    state: Mapped[str]
    tries: Mapped[int]
    # A word of ours for the last failure, never what the other side said.
    code: Mapped[str | None]
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        within_clinic("accounts", "recipient_id"),
        within_clinic("alerts", "alert_id"),
        within_clinic("deliveries", "instead_of"),
        CheckConstraint(one_of("cause", CAUSES), name="cause"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(one_of("state", DELIVERY_STATES), name="state"),
        CheckConstraint("(state = 'waiting') = (ended_at is null)", name="ended"),
        CheckConstraint("code ~ '^[a-z0-9_]{1,40}$'", name="code"),
        CheckConstraint("(channel = 'webhook') = (recipient_id is null)", name="recipient"),
        CheckConstraint("(alert_id is null) = (alert_version is null)", name="alert_version"),
        CheckConstraint("(cause = 'digest') = (day is not null)", name="digest_has_a_day"),
        # Spreading the same news twice makes no second delivery.
        UniqueConstraint(
            "clinic_id",
            "recipient_id",
            "alert_id",
            "alert_version",
            "channel",
            "cause",
            "step",
            "day",
            name="uq_deliveries_once",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_deliveries_alert_id", "clinic_id", "alert_id"),
        Index(
            "ix_deliveries_open", "clinic_id", "due_at", postgresql_where=text("state = 'waiting'")
        ),
    )
