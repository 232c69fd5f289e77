"""Tables of remote monitoring. All but a running timer is history: a correction is a row that names the old one."""

from datetime import date, datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.database.base import Base, ClinicOwned, one_of, within_clinic
from glidepath.database.encryption import Sealed

FACTS = (
    "plan_of_care",
    "consent",
    "education",
    "biller",
    "physiologic",
    "device",
    "contact",
)
GIVERS = ("patient", "caregiver")
CHANNELS = ("phone", "video", "in_person")
Licence = Literal["PT", "PTA"]
LICENCES: tuple[Licence, ...] = get_args(Licence)
ENDINGS = ("by_hand", "idle")
CLOCKS = ("period", "month")


class MonitoringChange(ClinicOwned, Base):
    """That the clinic switched remote monitoring on or off, numbered from 1; before the first it is off."""

    __tablename__ = "monitoring_changes"

    version: Mapped[int] = mapped_column(primary_key=True, sort_order=-10)
    at: Mapped[datetime]
    by: Mapped[UUID]
    enabled: Mapped[bool]

    __table_args__ = (within_clinic("accounts", "by"),)


class MonitoringLicence(ClinicOwned, Base):
    """As what one of the staff is licensed, from the moment at which it was told; null: no longer as either."""

    __tablename__ = "monitoring_licences"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    account_id: Mapped[UUID]
    licence: Mapped[Licence | None] = mapped_column(Text)
    by: Mapped[UUID]
    at: Mapped[datetime]

    __table_args__ = (
        within_clinic("accounts", "account_id"),
        within_clinic("accounts", "by"),
        CheckConstraint(one_of("licence", LICENCES), name="licence"),
        Index("ix_monitoring_licences_account_id", "clinic_id", "account_id"),
    )


class MonitoringFact(ClinicOwned, Base):
    """What was written down of an episode, or a revision of it: `revises` is then the first one's id."""

    __tablename__ = "monitoring_facts"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    episode_id: Mapped[UUID]
    kind: Mapped[str]
    revises: Mapped[UUID | None]
    withdrawn: Mapped[bool]
    # Of a month of monitoring elsewhere its first day; of a conversation the clinic's day.
    first_on: Mapped[date]
    # Of a plan of care or a consent the last day on which it held; null: it goes on.
    last_on: Mapped[date | None]
    # Who bills, or spoke with the patient.
    person_id: Mapped[UUID | None]
    given_by: Mapped[str | None]
    channel: Mapped[str | None]
    happened_at: Mapped[datetime | None]
    # That the patient said that they understood what they were shown.
    understood: Mapped[bool | None]
    # What was shown; name and version of the device; a remark.
    text: Mapped[str | None] = mapped_column(Sealed("monitoring_facts.text"))
    by: Mapped[UUID]
    made_at: Mapped[datetime]

    __table_args__ = (
        within_clinic("episodes", "episode_id"),
        within_clinic("accounts", "person_id"),
        within_clinic("accounts", "by"),
        within_clinic("monitoring_facts", "revises"),
        CheckConstraint(one_of("kind", FACTS), name="kind"),
        CheckConstraint(one_of("given_by", GIVERS), name="given_by"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        CheckConstraint("revises <> id", name="revises_another"),
        CheckConstraint("first_on <= last_on", name="in_order"),
        CheckConstraint(
            "(kind in ('biller', 'contact')) = (person_id is not null)"
            " and (kind = 'consent') = (given_by is not null)"
            " and (kind = 'contact') = (channel is not null)"
            " and (kind = 'contact') = (happened_at is not null)"
            " and (kind = 'education') = (understood is not null)"
            " and (kind in ('plan_of_care', 'consent') or last_on is null)"
            " and (kind not in ('education', 'device') or text is not null)"
            " and (kind <> 'physiologic' or extract(day from first_on) = 1)",
            name="says_what_its_kind_needs",
        ),
        Index("ix_monitoring_facts_episode_id", "clinic_id", "episode_id"),
    )


class MonitoringTimer(ClinicOwned, Base):
    """The one clock that runs for somebody, until it is stopped; `active_at`: when they did something last."""

    __tablename__ = "monitoring_timers"

    account_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    id: Mapped[UUID]
    patient_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    licence: Mapped[str]
    started_at: Mapped[datetime]
    active_at: Mapped[datetime]

    __table_args__ = (
        within_clinic("accounts", "account_id"),
        within_clinic("episodes", "patient_id", "episode_id", to=("patient_id", "id")),
        CheckConstraint(one_of("licence", LICENCES), name="licence"),
        CheckConstraint("started_at <= active_at", name="in_order"),
        UniqueConstraint("clinic_id", "id"),
    )


class MonitoringWork(ClinicOwned, Base):
    """Time that somebody gave to a patient's monitoring within one day of the clinic, or a revision of it."""

    __tablename__ = "monitoring_work"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    episode_id: Mapped[UUID]
    # What one timer counted across midnight is several of these.
    timer_id: Mapped[UUID]
    revises: Mapped[UUID | None]
    withdrawn: Mapped[bool]
    account_id: Mapped[UUID]
    licence: Mapped[str]
    day: Mapped[date]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    # As the clock had it or, corrected, less.
    seconds: Mapped[int] = mapped_column(Integer)
    how: Mapped[str]
    note: Mapped[str] = mapped_column(Sealed("monitoring_work.note"))
    by: Mapped[UUID]
    made_at: Mapped[datetime]

    __table_args__ = (
        within_clinic("episodes", "episode_id"),
        within_clinic("monitoring_work", "revises"),
        within_clinic("accounts", "account_id"),
        within_clinic("accounts", "by"),
        CheckConstraint("revises <> id", name="revises_another"),
        CheckConstraint(one_of("licence", LICENCES), name="licence"),
        CheckConstraint(one_of("how", ENDINGS), name="how"),
        CheckConstraint("started_at < ended_at", name="in_order"),
        CheckConstraint(
            "seconds > 0 and seconds <= extract(epoch from ended_at - started_at)",
            name="no_more_than_was_clocked",
        ),
        Index("ix_monitoring_work_episode_id", "clinic_id", "episode_id"),
        Index("ix_monitoring_work_timer_id", "clinic_id", "timer_id"),
    )


class MonitoringClosing(ClinicOwned, Base):
    """What a period or a month came to when somebody closed it; never changed, only amended by another."""

    __tablename__ = "monitoring_closings"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    episode_id: Mapped[UUID]
    kind: Mapped[str]
    first_on: Mapped[date]
    last_on: Mapped[date]
    # Of a period its place, from 1; of a month 0.
    number: Mapped[int]
    amends: Mapped[UUID | None]
    # A `schemas.Snapshot`: ids, days, codes and numbers.
    snapshot: Mapped[dict[str, Any]]
    by: Mapped[UUID]
    at: Mapped[datetime]

    __table_args__ = (
        within_clinic("episodes", "episode_id"),
        within_clinic("monitoring_closings", "amends"),
        within_clinic("accounts", "by"),
        CheckConstraint(one_of("kind", CLOCKS), name="kind"),
        CheckConstraint("first_on <= last_on", name="in_order"),
        CheckConstraint("(kind = 'period') = (number > 0)", name="number"),
        # One closes first, and each is amended by one.
        Index(
            "uq_monitoring_closings_first_on",
            "clinic_id",
            "episode_id",
            "kind",
            "first_on",
            "amends",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )
