"""All SQL of alerts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.alerts.models import Alert, AlertEvent, TrendCheckpoint


async def checkpoint(session: AsyncSession, episode_id: UUID) -> dict[str, Any] | None:
    found = await session.execute(
        select(TrendCheckpoint.state).where(TrendCheckpoint.episode_id == episode_id)
    )
    return found.scalar_one_or_none()


async def keep_checkpoint(
    session: AsyncSession, clinic_id: UUID, episode_id: UUID, state: dict[str, Any]
) -> None:
    statement = upsert(TrendCheckpoint).on_conflict_do_update(
        index_elements=["clinic_id", "episode_id"], set_={"state": state}
    )
    await session.execute(
        statement, {"clinic_id": clinic_id, "episode_id": episode_id, "state": state}
    )


async def of_episode(session: AsyncSession, episode_id: UUID, kind: str) -> list[Alert]:
    """Newest first, and held to the end of the transaction: nobody resolves one meanwhile."""
    found = await session.execute(
        select(Alert)
        .where(Alert.episode_id == episode_id, Alert.kind == kind)
        .order_by(Alert.raised_on.desc())
        .with_for_update()
    )
    return list(found.scalars())


async def of_patient(session: AsyncSession, patient_id: UUID) -> list[Alert]:
    """Newest first."""
    found = await session.execute(
        select(Alert).where(Alert.patient_id == patient_id).order_by(Alert.opened_at.desc())
    )
    return list(found.scalars())


async def unresolved(session: AsyncSession, patient_ids: Sequence[UUID]) -> list[tuple[Any, ...]]:
    found = await session.execute(_UNRESOLVED, {"patient_ids": list(patient_ids)})
    return [tuple(row) for row in found]


async def last_worsened(session: AsyncSession, patient_ids: Sequence[UUID]) -> dict[UUID, date]:
    found = await session.execute(_LAST_WORSENED, {"patient_ids": list(patient_ids)})
    return {row[0]: row[1] for row in found}


_OF_THESE = Alert.patient_id == any_(bindparam("patient_ids", type_=ARRAY(Alert.id.type)))
# Without the bases, which are long: there are many, and a list shows none.
_UNRESOLVED = select(
    Alert.patient_id,
    Alert.id,
    Alert.version,
    Alert.kind,
    Alert.state,
    Alert.snoozed_until,
    Alert.severity,
    Alert.opened_at,
    Alert.onset,
    Alert.raised_on,
    Alert.count,
    Alert.reason,
).where(_OF_THESE, Alert.state != "resolved")
_LAST_WORSENED = (
    select(Alert.patient_id, func.max(Alert.last_day))
    .where(_OF_THESE, Alert.kind == "worsening")
    .group_by(Alert.patient_id)
)


async def some(
    session: AsyncSession, alert_ids: Sequence[UUID], *, lock: bool = False
) -> list[Alert]:
    """In no order; under a lock as they are then, whatever was read before."""
    wanted = select(Alert).where(Alert.id.in_(alert_ids))
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return list((await session.execute(wanted)).scalars())


async def one(session: AsyncSession, alert_id: UUID) -> Alert | None:
    return next(iter(await some(session, [alert_id])), None)


async def told_facts(session: AsyncSession, episode_id: UUID) -> dict[str, Any]:
    """Every fact that any alert of the episode tells of, by its key."""
    found = await session.execute(
        select(AlertEvent.basis["facts"])
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .where(Alert.episode_id == episode_id, AlertEvent.basis.has_key("facts"))
    )
    return {key: fact for told in found.scalars() for key, fact in told.items()}


async def ended_silences(session: AsyncSession, episode_id: UUID, written_on: date) -> list[Alert]:
    """What says that nothing was written since a day before, held to the end of the transaction."""
    found = await session.execute(
        select(Alert)
        .where(
            Alert.episode_id == episode_id,
            Alert.kind == "quiet",
            Alert.state != "resolved",
            Alert.onset < written_on,
        )
        .with_for_update()
    )
    return list(found.scalars())


async def of_kinds(
    session: AsyncSession, episode_ids: Sequence[UUID], kinds: Sequence[str]
) -> list[Alert]:
    """Resolved or not, in no order."""
    found = await session.execute(
        select(Alert).where(Alert.episode_id.in_(episode_ids), Alert.kind.in_(kinds))
    )
    return list(found.scalars())


async def told_worsenings(
    session: AsyncSession, episode_ids: Sequence[UUID]
) -> list[tuple[UUID, date, date, str, str | None, bool | None]]:
    """Episode, first and last day, state, and the outcome that stands and whether it was useful, by
    first day; without the bases, which are long."""
    last = and_(AlertEvent.alert_id == Alert.id, AlertEvent.version == Alert.version)
    found = await session.execute(
        select(
            Alert.episode_id,
            Alert.raised_on,
            Alert.last_day,
            Alert.state,
            AlertEvent.outcome,
            AlertEvent.useful,
        )
        .join(AlertEvent, last)
        .where(Alert.episode_id.in_(episode_ids), Alert.kind == "worsening")
        .order_by(Alert.raised_on, Alert.id)
    )
    return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in found]


async def events(session: AsyncSession, alert_ids: Sequence[UUID]) -> list[AlertEvent]:
    """Oldest first."""
    found = await session.execute(
        select(AlertEvent).where(AlertEvent.alert_id.in_(alert_ids)).order_by(AlertEvent.version)
    )
    return list(found.scalars())


async def last_events(session: AsyncSession, alert: Alert) -> list[AlertEvent]:
    """The last two, newest first; the opening has none before it."""
    found = await session.execute(
        select(AlertEvent)
        .where(AlertEvent.alert_id == alert.id, AlertEvent.version >= alert.version - 1)
        .order_by(AlertEvent.version.desc())
    )
    return list(found.scalars())


async def add_alert(session: AsyncSession, alert: Alert) -> None:
    session.add(alert)
    await session.flush()


async def add_event(
    session: AsyncSession, alert: Alert, kind: str, at: datetime, **more: Any
) -> None:
    """What the alert is from then on, as its next version."""
    event = {
        "clinic_id": alert.clinic_id,
        "id": uuid7(),
        "alert_id": alert.id,
        "version": alert.version,
        "at": at,
        "kind": kind,
        "state": alert.state,
        "snoozed_until": alert.snoozed_until,
    }
    await session.execute(insert(AlertEvent).values({**event, **more}))


async def opened_version(session: AsyncSession, alert_id: UUID) -> int:
    """With which version the alert was opened last, by its cause or by something new."""
    found = await session.execute(
        select(func.max(AlertEvent.version)).where(
            AlertEvent.alert_id == alert_id, AlertEvent.kind.in_(("opened", "reopened"))
        )
    )
    return int(found.scalar_one())
