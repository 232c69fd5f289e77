"""What the watchdog found."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.database.base import Base


class WatchdogRound(Base):
    """One try of the way from a phone to a therapist. Of no clinic; nothing of anybody."""

    __tablename__ = "watchdog_rounds"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    # A word of ours for where the alert got lost; None where it arrived.
    failure: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("failure ~ '^[a-z_]{1,40}$'", name="failure"),
        CheckConstraint("began_at <= ended_at", name="in_order"),
        Index("ix_watchdog_rounds_ended_at", "ended_at"),
    )
