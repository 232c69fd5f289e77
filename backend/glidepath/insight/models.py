"""The one table of insight: all the rest of it is read from the others."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.database.base import Base, ClinicOwned, within_clinic


class ReplayRun(ClinicOwned, Base):
    """The clinic's last replay, waiting, running or done: never two at a time."""

    __tablename__ = "replays"

    # Which one it is: a worker that comes back to an older one leaves this alone.
    id: Mapped[UUID]
    days: Mapped[int]
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    # When a worker was last heard of.
    beat_at: Mapped[datetime]
    done: Mapped[int] = mapped_column(Integer)
    # Episodes; None until they are counted.
    total: Mapped[int | None] = mapped_column(Integer)
    finished_at: Mapped[datetime | None]
    # A `replaying.Kept`.
    result: Mapped[dict[str, Any] | None]

    __table_args__ = (within_clinic("accounts", "asked_by"),)
