"""All SQL of alerts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, func, insert, select, true
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.alerts.models import (
    Alert,
    AlertEvent,
    SensitivityChange,
    TrendCheckpoint,
    Viewing,
)
from glidepath.database.base import table_of


async def standpoint(
    session: AsyncSession, episode_id: UUID
) -> tuple[dict[str, Any] | None, list[tuple[str, str]]]:
    """Where the detector stands in an episode, and the clinic's changes of sensitivity: the first day
    on which each holds, and what. One statement, since every sync asks."""
    kept, changed = (await session.execute(_STANDPOINT, {"episode_id": episode_id})).one()
    return kept, changed or []


_CHANGE = func.jsonb_build_array(SensitivityChange.holds_from, SensitivityChange.after)
_STANDPOINT = select(
    select(TrendCheckpoint.state)
    .where(TrendCheckpoint.episode_id == bindparam("episode_id"))
    .scalar_subquery(),
    select(
        func.jsonb_agg(aggregate_order_by(_CHANGE, SensitivityChange.version))
    ).scalar_subquery(),
)


async def sensitivity_changes(session: AsyncSession) -> list[SensitivityChange]:
    """Oldest first."""
    found = await session.execute(select(SensitivityChange).order_by(SensitivityChange.version))
    return list(found.scalars())


async def add_sensitivity_change(session: AsyncSession, values: dict[str, Any]) -> bool:
    """False where somebody else made the change of this number."""
    statement = upsert(SensitivityChange).on_conflict_do_nothing()
    added = await session.execute(statement.returning(SensitivityChange.version), values)
    return added.scalar_one_or_none() is not None


async def patients_of(session: AsyncSession, alert_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Whose each alert is; those that do not exist are left out."""
    found = await session.execute(select(Alert.id, Alert.patient_id).where(Alert.id.in_(alert_ids)))
    return {row.id: row.patient_id for row in found}


async def add_viewings(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    """The first of each alert and person stays."""
    await session.execute(upsert(Viewing).on_conflict_do_nothing(), rows)


async def keep_checkpoint(
    session: AsyncSession, clinic_id: UUID, episode_id: UUID, state: dict[str, Any]
) -> None:
    row = {"clinic_id": clinic_id, "episode_id": episode_id, "state": state}
    await session.execute(_KEEP_CHECKPOINT, row)


_KEEP = upsert(table_of(TrendCheckpoint))
_KEEP_CHECKPOINT = _KEEP.on_conflict_do_update(
    index_elements=["clinic_id", "episode_id"], set_={"state": _KEEP.excluded.state}
)


async def of_episode(session: AsyncSession, episode_id: UUID, kind: str) -> list[Alert]:
    """Newest first, and held to the end of the transaction: nobody resolves one meanwhile."""
    found = await session.execute(_OF_EPISODE, {"episode_id": episode_id, "kind": kind})
    return list(found.scalars())


_OF_EPISODE = (
    select(Alert)
    .where(Alert.episode_id == bindparam("episode_id"), Alert.kind == bindparam("kind"))
    .order_by(Alert.raised_on.desc())
    .with_for_update()
)


async def running(session: AsyncSession, episode_id: UUID) -> list[Alert]:
    """The unresolved alerts that each new entry may change, held as above."""
    ids = list((await session.execute(_RUNNING, {"episode_id": episode_id})).scalars())
    found = await some(session, ids) if ids else []
    return sorted(found, key=lambda alert: alert.raised_on, reverse=True)


_RUNNING = (
    select(Alert.id)
    .where(
        Alert.episode_id == bindparam("episode_id"),
        Alert.kind.in_(("worsening", "quiet")),
        Alert.state != "resolved",
    )
    .with_for_update()
)


async def of_patient(session: AsyncSession, patient_id: UUID) -> list[Alert]:
    """Newest first."""
    found = await session.execute(
        select(Alert).where(Alert.patient_id == patient_id).order_by(Alert.opened_at.desc())
    )
    return list(found.scalars())


async def unresolved_of_patient(session: AsyncSession, patient_id: UUID) -> list[Alert]:
    """Newest first."""
    found = await session.execute(
        select(Alert)
        .where(Alert.patient_id == patient_id, Alert.state != "resolved")
        .order_by(Alert.opened_at.desc())
    )
    return list(found.scalars())


async def unresolved(session: AsyncSession, patient_ids: Sequence[UUID]) -> list[tuple[Any, ...]]:
    found = await session.execute(_UNRESOLVED, {"patient_ids": list(patient_ids)})
    return [tuple(row) for row in found]


async def last_worsened(session: AsyncSession, episode_ids: Sequence[UUID]) -> dict[UUID, date]:
    found = await session.execute(_LAST_WORSENED, {"episode_ids": list(episode_ids)})
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
    select(Alert.episode_id, func.max(Alert.last_day))
    .where(
        Alert.episode_id == any_(bindparam("episode_ids", type_=ARRAY(Alert.id.type))),
        Alert.kind == "worsening",
    )
    .group_by(Alert.episode_id)
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
    await session.execute(insert(table_of(AlertEvent)), {**event, **more})


# What made an alert what it is; an extension leaves it in its state.
_LAST = (
    select(
        AlertEvent.version,
        AlertEvent.kind,
        AlertEvent.at,
        AlertEvent.by,
        AlertEvent.snoozed_until,
    )
    .where(AlertEvent.alert_id == Alert.id, AlertEvent.kind != "extended")
    .order_by(AlertEvent.version.desc())
    .limit(1)
    .correlate(Alert)
    .lateral("last")
)


async def standing(
    session: AsyncSession, alert_ids: Sequence[UUID] | None
) -> list[tuple[Any, ...]]:
    """Unresolved ones, all of the clinic or some, each with the event since which it is as it is."""
    wanted = (
        select(
            Alert.id,
            Alert.patient_id,
            Alert.episode_id,
            Alert.severity,
            Alert.state,
            _LAST.c.version,
            _LAST.c.kind,
            _LAST.c.at,
            _LAST.c.by,
            _LAST.c.snoozed_until,
        )
        .join(_LAST, true())
        .where(Alert.state != "resolved")
    )
    if alert_ids is not None:
        wanted = wanted.where(Alert.id.in_(alert_ids))
    return [tuple(row) for row in await session.execute(wanted)]


async def opened_version(session: AsyncSession, alert_id: UUID) -> int:
    """With which version the alert was opened last, by its cause or by something new."""
    found = await session.execute(
        select(func.max(AlertEvent.version)).where(
            AlertEvent.alert_id == alert_id, AlertEvent.kind.in_(("opened", "reopened"))
        )
    )
    return int(found.scalar_one())


async def unseen(session: AsyncSession) -> list[tuple[UUID, date | None, datetime]]:
    """Patient, until when it is snoozed, and when it was opened last, of the clinic's alerts that are open
    or snoozed."""
    found = await session.execute(_UNSEEN)
    return [(row[0], row[1], row[2]) for row in found]


_UNSEEN = (
    select(Alert.patient_id, Alert.snoozed_until, func.max(AlertEvent.at))
    .join(AlertEvent, AlertEvent.alert_id == Alert.id)
    .where(Alert.state.in_(("open", "snoozed")), AlertEvent.kind.in_(("opened", "reopened")))
    .group_by(Alert.patient_id, Alert.id, Alert.snoozed_until)
)


async def checkpoints_through(
    session: AsyncSession, episode_ids: Sequence[UUID]
) -> dict[UUID, date]:
    """The last day that each checkpoint has behind it."""
    found = await session.execute(
        select(TrendCheckpoint.episode_id, TrendCheckpoint.state["through"].astext).where(
            TrendCheckpoint.episode_id.in_(episode_ids)
        )
    )
    return {row[0]: date.fromisoformat(row[1]) for row in found}
