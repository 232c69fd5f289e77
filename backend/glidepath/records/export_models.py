"""Tables of exports: what was asked for stays, the files go after a day."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.database.base import Base, ClinicOwned, one_of, within_clinic
from glidepath.database.encryption import Sealed

# A patient's whole record, or records of the clinic in FHIR.
KINDS: Final = ("record", "fhir")
# "gone": its files are, by time or because nobody wants them any more.
STATES: Final = ("waiting", "making", "ready", "gone")


class Export(ClinicOwned, Base):
    """Somebody wants files; the worker makes them."""

    __tablename__ = "exports"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    # None: of all the clinic's patients.
    patient_id: Mapped[UUID | None]
    kind: Mapped[str]
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    # An `exports.Wanted`.
    wanted: Mapped[dict[str, Any]]
    state: Mapped[str]
    # When a worker was last heard of.
    beat_at: Mapped[datetime]
    # Patients.
    done: Mapped[int] = mapped_column(Integer)
    total: Mapped[int | None] = mapped_column(Integer)
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    # Opens the files, and is sealed itself, so that a new key of the installation need not touch them.
    key: Mapped[str | None] = mapped_column(Sealed("exports.key"))

    __table_args__ = (
        within_clinic("patients", "patient_id"),
        within_clinic("accounts", "asked_by"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(
            "(kind = 'record') = (patient_id is not null)", name="record_is_of_a_patient"
        ),
        CheckConstraint("(state <> 'ready') or (key is not null)", name="ready_opens"),
        CheckConstraint("(state <> 'gone') or (key is null)", name="gone_opens_nothing"),
        CheckConstraint(
            "(state <> 'ready') or (finished_at is not null and expires_at is not null)",
            name="ready_ends",
        ),
        Index("ix_exports_patient_id", "clinic_id", "patient_id", "asked_at"),
        # Whoever asks again while theirs is under way gets that one.
        Index(
            "uq_exports_under_way",
            "clinic_id",
            "patient_id",
            "asked_by",
            unique=True,
            postgresql_where=text("state in ('waiting', 'making')"),
            postgresql_nulls_not_distinct=True,
        ),
    )


class ExportFile(ClinicOwned, Base):
    """A file under its export's key."""

    __tablename__ = "export_files"

    export_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-20)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, sort_order=-10)
    # "zip", or the kind of the resources in it.
    kind: Mapped[str]
    # Resources, or files in the archive.
    count: Mapped[int] = mapped_column(Integer)
    # Bytes, as whoever fetches it gets them.
    size: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (within_clinic("exports", "export_id"),)
