"""All SQL of notify."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.notify.choices import Choice
from glidepath.notify.models import (
    Delivery,
    KeptMail,
    PatientReminder,
    PushSubscription,
    StaffNotice,
    Webhook,
)


async def reminder(session: AsyncSession, patient_id: UUID) -> PatientReminder | None:
    found = await session.execute(
        select(PatientReminder).where(PatientReminder.patient_id == patient_id)
    )
    return found.scalar_one_or_none()


async def put_reminder(session: AsyncSession, row: dict[str, Any]) -> None:
    offered = insert(PatientReminder).values(row)
    keys = ("clinic_id", "patient_id")
    changes = {name: offered.excluded[name] for name in row if name not in keys}
    await session.execute(offered.on_conflict_do_update(index_elements=keys, set_=changes))


async def choices(session: AsyncSession, account_ids: set[UUID]) -> dict[UUID, Choice]:
    """What each of them chose; who never did is left out."""
    found = await session.execute(
        select(StaffNotice).where(StaffNotice.account_id.in_(account_ids))
    )
    return {
        one.account_id: Choice(
            push=one.push,
            email=one.email,
            digest_at=one.digest_at,
            quiet_from=one.quiet_from,
            quiet_until=one.quiet_until,
            at_once=frozenset(one.at_once),
        )
        for one in found.scalars()
    }


async def with_browser(session: AsyncSession, account_ids: set[UUID]) -> set[UUID]:
    """Whose browser takes pushes."""
    found = await session.execute(
        select(PushSubscription.account_id)
        .where(PushSubscription.account_id.in_(account_ids), PushSubscription.gone_at.is_(None))
        .distinct()
    )
    return set(found.scalars())


async def add_delivery(session: AsyncSession, delivery: Delivery) -> bool:
    """Whether it is new."""
    columns = Delivery.__table__.columns.keys()
    row = {name: getattr(delivery, name) for name in columns}
    added = insert(Delivery).on_conflict_do_nothing().returning(Delivery.id)
    return (await session.execute(added, row)).scalar_one_or_none() is not None


async def delivery(
    session: AsyncSession, delivery_id: UUID, *, lock: bool = False
) -> Delivery | None:
    statement = select(Delivery).where(Delivery.id == delivery_id)
    found = await session.execute(statement.with_for_update() if lock else statement)
    return found.scalar_one_or_none()


async def next_step(session: AsyncSession, recipient_id: UUID | None, cause: str) -> int:
    """The number under which the next of its kind for somebody, or the clinic's webhook, is news of its
    own."""
    found = await session.execute(
        select(func.max(Delivery.step)).where(
            Delivery.recipient_id.is_not_distinct_from(recipient_id), Delivery.cause == cause
        )
    )
    return int(found.scalar_one() or 0) + 1


async def is_told_of(session: AsyncSession, device_id: UUID) -> bool:
    found = await session.execute(select(Delivery.id).where(Delivery.device_id == device_id))
    return found.first() is not None


async def digests(
    session: AsyncSession, people: Collection[UUID], days: Collection[date]
) -> set[tuple[UUID | None, date | None]]:
    """Who has the digest of which of these days already, by whatever channel."""
    found = await session.execute(
        select(Delivery.recipient_id, Delivery.day).where(
            Delivery.cause == "digest", Delivery.recipient_id.in_(people), Delivery.day.in_(days)
        )
    )
    return {(row[0], row[1]) for row in found}


async def has_later_digest(session: AsyncSession, person: UUID, day: date) -> bool:
    found = await session.execute(
        select(Delivery.id)
        .where(Delivery.cause == "digest", Delivery.recipient_id == person, Delivery.day > day)
        .limit(1)
    )
    return found.scalar_one_or_none() is not None


async def put_off(session: AsyncSession, channel: str, now: datetime, most: int) -> list[Delivery]:
    """What failed and waits for a later try, held to the end of the transaction, the oldest first."""
    found = await session.execute(
        select(Delivery)
        .where(
            Delivery.state == "waiting",
            Delivery.channel == channel,
            Delivery.tries > 0,
            Delivery.due_at > now,
        )
        .order_by(Delivery.made_at, Delivery.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return list(found.scalars())


async def was_heard_again(session: AsyncSession, channel: str, since: datetime) -> bool:
    """Whether the other side has taken one since then that had failed before, or refused it for good."""
    found = await session.execute(
        select(Delivery.id)
        .where(
            or_(Delivery.state == "sent", Delivery.code.like("smtp\\_5%")),
            Delivery.channel == channel,
            Delivery.tries > 1,
            Delivery.ended_at >= since,
        )
        .limit(1)
    )
    return found.scalar_one_or_none() is not None


async def keep_mail(session: AsyncSession, mail: KeptMail, most: int) -> None:
    """Beside the newest `most`, the others go."""
    session.add(mail)
    await session.flush()
    newest = select(KeptMail.delivery_id).order_by(
        KeptMail.kept_at.desc(), KeptMail.delivery_id.desc()
    )
    await session.execute(delete(KeptMail).where(KeptMail.delivery_id.in_(newest.offset(most))))


async def kept_mails(session: AsyncSession) -> list[tuple[KeptMail, str]]:
    """With what each was about, the newest first."""
    found = await session.execute(
        select(KeptMail, Delivery.cause)
        .join(Delivery, Delivery.id == KeptMail.delivery_id)
        .order_by(KeptMail.kept_at.desc(), KeptMail.delivery_id.desc())
    )
    return [(row[0], row[1]) for row in found]


async def notice(session: AsyncSession, account_id: UUID) -> StaffNotice | None:
    found = await session.execute(select(StaffNotice).where(StaffNotice.account_id == account_id))
    return found.scalar_one_or_none()


async def put_notice(session: AsyncSession, row: dict[str, Any], version: int) -> bool:
    """Writes what somebody chose over the version that they saw, 0 for none; False if another is there."""
    if version == 0:
        added = insert(StaffNotice).on_conflict_do_nothing().returning(StaffNotice.version)
        done = await session.execute(added, {**row, "version": 1})
    else:
        changed = update(StaffNotice).where(
            StaffNotice.account_id == row["account_id"], StaffNotice.version == version
        )
        done = await session.execute(
            changed.values({**row, "version": version + 1})
            .returning(StaffNotice.version)
            .execution_options(synchronize_session=False)
        )
    return done.scalar_one_or_none() is not None


async def browsers(session: AsyncSession, account_id: UUID) -> int:
    """How many of somebody's browsers take pushes."""
    found = await session.execute(
        select(func.count()).where(
            PushSubscription.account_id == account_id, PushSubscription.gone_at.is_(None)
        )
    )
    return int(found.scalar_one())


async def tries(session: AsyncSession, account_id: UUID, since: datetime) -> list[Delivery]:
    """The messages that somebody had sent to themselves to try it, the newest first."""
    found = await session.execute(
        select(Delivery)
        .where(
            Delivery.cause == "test",
            Delivery.recipient_id == account_id,
            Delivery.alert_id.is_(None),
            Delivery.made_at >= since,
        )
        .order_by(Delivery.step.desc(), Delivery.channel.desc())
    )
    return list(found.scalars())


async def sent(session: AsyncSession, alert_ids: Collection[UUID]) -> list[tuple[UUID, datetime]]:
    found = await session.execute(
        select(Delivery.alert_id, Delivery.ended_at)
        .where(
            Delivery.alert_id.in_(alert_ids),
            Delivery.state == "sent",
            Delivery.cause.in_(("raised", "escalated")),
        )
        .order_by(Delivery.ended_at)
    )
    return [(row[0], row[1]) for row in found if row[0] is not None and row[1] is not None]


async def last_of_channel(session: AsyncSession, channel: str) -> Delivery | None:
    """The newest delivery by a channel."""
    found = await session.execute(
        select(Delivery)
        .where(Delivery.channel == channel)
        .order_by(Delivery.made_at.desc(), Delivery.id.desc())
        .limit(1)
    )
    return found.scalar_one_or_none()


async def webhook(session: AsyncSession, *, lock: bool = False) -> Webhook | None:
    statement = select(Webhook).execution_options(populate_existing=True)
    found = await session.execute(statement.with_for_update() if lock else statement)
    return found.scalar_one_or_none()


async def put_webhook(session: AsyncSession, row: dict[str, Any]) -> None:
    offered = insert(Webhook).values(row)
    changes = {name: offered.excluded[name] for name in row if name != "clinic_id"}
    await session.execute(offered.on_conflict_do_update(index_elements=["clinic_id"], set_=changes))
