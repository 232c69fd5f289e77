"""Tables of assessments. A finding stays as it was written; a correction is a revision beside it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.database.base import Base, ClinicOwned, within_clinic
from glidepath.database.encryption import Sealed


class Assessment(ClinicOwned, Base):
    """One examination, or a revision of one: `revises` is then the first one's id."""

    __tablename__ = "assessments"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    episode_id: Mapped[UUID]
    revises: Mapped[UUID | None]
    withdrawn: Mapped[bool]
    # The patient's day.
    assessed_on: Mapped[date]
    # Each a `schemas.Leg`.
    left: Mapped[dict[str, Any]]
    right: Mapped[dict[str, Any]]
    note: Mapped[str | None] = mapped_column(Sealed("assessments.note"))
    author_id: Mapped[UUID]
    made_at: Mapped[datetime]

    __table_args__ = (
        within_clinic("episodes", "episode_id"),
        within_clinic("accounts", "author_id"),
        within_clinic("assessments", "revises"),
        CheckConstraint("revises <> id", name="revises_another"),
        Index("ix_assessments_episode_id", "clinic_id", "episode_id"),
    )
