"""Tables of notify: what people chose, where their browsers are, and every delivery with its end."""

from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from glidepath.alerts.models import SEVERITIES
from glidepath.database.base import Base, ClinicOwned, all_of, door, one_of, within_clinic

CHANNELS: Final = ("push", "email", "webhook")
# Why something is sent: an alert (again, where something new came after somebody looked), a step up
# because nobody looked, the day's summary, a try, or the day's word to a patient who asked for one; and
# what somebody is told about their own account, and of a sign-in on a device that was not known.
OF_ACCOUNTS: Final = (
    "invitation",
    "reset",
    "new_address",
    "address_changed",
    "passphrase_changed",
    "second_factor_reset",
    "emergency_opened",
    "many_records",
    "second_factor_changed",
    "recovery_code_used",
)
CAUSES: Final = (
    *("raised", "escalated", "digest", "test", "reminder", "new_device"),
    *OF_ACCOUNTS,
)
# "skipped": when its time came there was nothing to tell any more. "failed" is for people to see. "kept" is
# a mail of an installation for trying out, which sends none: it reached nobody.
DELIVERY_STATES: Final = ("waiting", "sent", "skipped", "failed", "kept")


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
    # Which sign-in it belongs to. No foreign key: one that has run out is forgotten, and pushes go on.
    session_id: Mapped[UUID | None]
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
        # One browser tells one account, whatever its clinic: whoever subscribes it next takes it over.
        Index(
            "uq_push_subscriptions_endpoint",
            "endpoint",
            unique=True,
            postgresql_where=text("gone_at is null"),
        ),
        Index("ix_push_subscriptions_account_id", "clinic_id", "account_id"),
        door("push_subscriptions", "'push:' || endpoint"),
    )


class Notification(ClinicOwned, Base):
    """What a push shows to one person, by an id that says nothing: an alert, or their list for none.

    The same news has the same id, so that a browser shows it once.
    """

    __tablename__ = "notifications"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    account_id: Mapped[UUID]
    alert_id: Mapped[UUID | None]
    made_at: Mapped[datetime]

    __table_args__ = (
        within_clinic("accounts", "account_id"),
        within_clinic("alerts", "alert_id"),
        UniqueConstraint(
            "clinic_id",
            "account_id",
            "alert_id",
            name="uq_notifications_once",
            postgresql_nulls_not_distinct=True,
        ),
    )


class Webhook(ClinicOwned, Base):
    """Where the clinic's own pager or chat hears of what is urgent."""

    __tablename__ = "webhooks"

    # Null: switched off.
    url: Mapped[str | None]
    # What signs each message; shown once, when it is made.
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    changed_by: Mapped[UUID]
    changed_at: Mapped[datetime]

    __table_args__ = (within_clinic("accounts", "changed_by"),)


class Delivery(ClinicOwned, Base):
    """Something to be told to one person by one channel, once; how often it was tried, and its end."""

    __tablename__ = "deliveries"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    cause: Mapped[str]
    channel: Mapped[str]
    # Null for the clinic's webhook.
    recipient_id: Mapped[UUID | None]
    # Null for what is about no single alert.
    alert_id: Mapped[UUID | None]
    # The version of the alert that is told of: one that is opened again is told again.
    alert_version: Mapped[int | None] = mapped_column(Integer)
    # Which step up it is; 0 for who is told first. Of tries and of devices: the how manieth.
    step: Mapped[int]
    # The clinic's day of a digest, the patient's of a reminder.
    day: Mapped[date | None]
    # The link that goes with it, or that it tells of; its secret stands nowhere here.
    link_id: Mapped[UUID | None]
    # The device that is told of. No foreign key: it is forgotten while what was told of it stays.
    device_id: Mapped[UUID | None]
    # The delivery that could not be made by another channel.
    instead_of: Mapped[UUID | None]
    state: Mapped[str]
    # Of a push: the browsers that have it already.
    told: Mapped[list[UUID] | None] = mapped_column(ARRAY(PG_UUID(as_uuid=True)))
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
        within_clinic("account_links", "link_id"),
        CheckConstraint(one_of("cause", CAUSES), name="cause"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(one_of("state", DELIVERY_STATES), name="state"),
        CheckConstraint("(state = 'waiting') = (ended_at is null)", name="ended"),
        CheckConstraint("code ~ '^[a-z0-9_]{1,40}$'", name="code"),
        CheckConstraint("(channel = 'webhook') = (recipient_id is null)", name="recipient"),
        CheckConstraint("(alert_id is null) = (alert_version is null)", name="alert_version"),
        CheckConstraint(
            "(cause in ('digest', 'reminder')) = (day is not null)", name="daily_has_a_day"
        ),
        CheckConstraint("(cause = 'new_device') = (device_id is not null)", name="of_a_device"),
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


class KeptMail(ClinicOwned, Base):
    """A mail that was not sent because this installation has no mail server, for its admins to look at."""

    __tablename__ = "kept_mails"

    delivery_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    to: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    kept_at: Mapped[datetime]

    __table_args__ = (within_clinic("deliveries", "delivery_id"),)
