"""Tables of the diary. Rows are added and never changed; an edit is a row that revises another.

The key leads with the patient: an id made on a phone means something only beside its owner, so
that somebody else's id can be neither taken nor found out.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, func, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from glidepath.care.models import SIDES
from glidepath.clinical.vocabulary import ChangesWith, Place, RedFlag, Sensation
from glidepath.database.base import Base, ClinicOwned, all_of, one_of, within_clinic
from glidepath.database.encryption import Sealed

PLACES = tuple(place.value for place in Place)
SENSATIONS = tuple(sensation.value for sensation in Sensation)
RED_FLAGS = tuple(flag.value for flag in RedFlag)
CHANGES_WITH = tuple(part.value for part in ChangesWith)
STOP_REASONS = ("nerve_symptoms", "worse", "pain", "time", "other")


class Entry(ClinicOwned):
    """What check-ins and exercise sessions share: whose, which revision, and the times."""

    patient_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-20)
    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    episode_id: Mapped[UUID]
    plan_version_id: Mapped[UUID | None]
    # The original entry that this one edits. Every revision points at the original, so that
    # revisions may arrive in any order, even before it.
    revises: Mapped[UUID | None]
    withdrawn: Mapped[bool]
    local_date: Mapped[date]
    happened_at: Mapped[datetime]
    utc_offset_minutes: Mapped[int]
    zone: Mapped[str]
    made_at: Mapped[datetime]
    received_at: Mapped[datetime]
    # How far the phone's clock was ahead, where it was wrong by an hour or more; else zero.
    clock_error: Mapped[timedelta]
    # The day that counts: the local date, unless such a clock wrote the entry under another day.
    day: Mapped[date]
    sensations: Mapped[list[str] | None]
    changes_with: Mapped[list[str] | None]

    @classmethod
    def root(cls) -> ColumnElement[UUID]:
        """The original entry of a row: what all its revisions have in common."""
        return func.coalesce(cls.revises, cls.id)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[object, ...]:  # noqa: N805 (declared_attr hands in the class)
        return (
            within_clinic("episodes", "patient_id", "episode_id", to=("patient_id", "id")),
            within_clinic(
                "plan_versions", "patient_id", "plan_version_id", to=("patient_id", "id")
            ),
            CheckConstraint(all_of("sensations", SENSATIONS), name="sensations"),
            CheckConstraint(all_of("changes_with", CHANGES_WITH), name="changes_with"),
            Index(None, "clinic_id", "episode_id", "day"),
            Index(
                None,
                "clinic_id",
                "patient_id",
                "revises",
                postgresql_where=text("revises is not null"),
            ),
            *cls.own_constraints(),
        )

    @classmethod
    def own_constraints(cls) -> tuple[object, ...]:
        return ()


class DiaryImport(ClinicOwned, Base):
    """That somebody brought days of the past in from a file; append-only."""

    __tablename__ = "diary_imports"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    # Of the file's bytes, in hexadecimal.
    sha256: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]

    __table_args__ = (
        within_clinic("accounts", "by"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    )


class CheckIn(Entry, Base):
    __tablename__ = "check_ins"

    pain_now: Mapped[int | None]
    pain_worst: Mapped[int | None]
    place: Mapped[str | None]
    red_flags: Mapped[list[str] | None]
    note: Mapped[str | None] = mapped_column(Sealed("check_ins.note"))
    # What came from a file instead of the patient's phone.
    import_id: Mapped[UUID | None]

    @classmethod
    def own_constraints(cls) -> tuple[object, ...]:
        return (
            within_clinic("diary_imports", "import_id"),
            CheckConstraint("pain_now between 0 and 10", name="pain_now"),
            CheckConstraint("pain_worst between 0 and 10", name="pain_worst"),
            CheckConstraint(one_of("place", PLACES), name="place"),
            CheckConstraint(all_of("red_flags", RED_FLAGS), name="red_flags"),
            Index("ix_check_ins_received_at", "clinic_id", "received_at"),
            Index(
                "ix_check_ins_day",
                "clinic_id",
                "day",
                postgresql_where=text("revises is null"),
            ),
        )


class Summary(ClinicOwned, Base):
    """The end of an episode's diary in short, for lists: derived from it, in the transaction of each sync.

    `pain`, `nerve` and `place` hold the weeks up to the last day, a character a day, oldest first;
    what they say stands in `weeks.py`.
    """

    __tablename__ = "diary_summaries"

    episode_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    # The last day with an entry of any kind; None where all were withdrawn.
    last_on: Mapped[date | None]
    pain: Mapped[str]
    nerve: Mapped[str]
    place: Mapped[str]

    __table_args__ = (within_clinic("episodes", "episode_id"),)


class ExerciseSession(Entry, Base):
    __tablename__ = "exercise_sessions"

    plan_item_id: Mapped[UUID | None]
    side: Mapped[str]
    sets_done: Mapped[int]
    repetitions_done: Mapped[int | None]
    hold_seconds: Mapped[int | None]
    stopped_early: Mapped[str | None]
    pain_during: Mapped[int | None]

    @classmethod
    def own_constraints(cls) -> tuple[object, ...]:
        return (
            within_clinic("plan_items", "plan_item_id"),
            CheckConstraint(one_of("side", SIDES), name="side"),
            CheckConstraint(one_of("stopped_early", STOP_REASONS), name="stopped_early"),
            CheckConstraint("pain_during between 0 and 10", name="pain_during"),
            CheckConstraint("sets_done between 0 and 100", name="sets_done"),
            CheckConstraint("repetitions_done between 0 and 1000", name="repetitions_done"),
            CheckConstraint("hold_seconds between 0 and 3600", name="hold_seconds"),
        )
