"""Who is told of an alert, by which ways and when. No health data leaves the clinic's pages."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.alerts import service as alerts
from glidepath.alerts.service import Notice
from glidepath.care import presence
from glidepath.identity import known_devices
from glidepath.identity import service as identity
from glidepath.notify import choices, delivering, mail, store
from glidepath.notify.models import Delivery
from glidepath.settings import Settings

BY_PUSH_TOO: Final = frozenset({"emergency_opened"})


async def spread(session: AsyncSession, clinic_id: UUID, alert_id: UUID, now: datetime) -> int:
    """Tells who looks after the patient and is there, at once or as they chose; how many people.

    What can wait for the day's digest makes no delivery. Spread again it makes none twice.
    """
    notice = await alerts.notice(session, alert_id)
    people = await presence.to_be_told(session, {notice.patient_id}, now)
    told = people.get(notice.patient_id, frozenset())
    return len(await tell(session, clinic_id, notice, set(told), now))


async def tell(
    session: AsyncSession,
    clinic_id: UUID,
    notice: Notice,
    people: set[UUID],
    now: datetime,
    *,
    cause: str = "raised",
    step: int = 0,
) -> set[UUID]:
    """Makes what each of these people is told by at once; who is told anything."""
    zone = ZoneInfo(await identity.clinic_timezone(session))
    chosen = await store.choices(session, people)
    browsers = await store.with_browser(session, people)
    told = set[UUID]()
    for person in sorted(people):
        choice = chosen.get(person, choices.DEFAULT)
        # A step up is for who has to act now, whatever the alert is.
        severity = "urgent" if cause == "escalated" else notice.severity
        if not choices.is_at_once(choice, severity):
            continue
        urgent = severity == "urgent"
        ways = choices.channels(choice, has_browser=person in browsers, urgent=urgent)
        for channel in ways:
            delivery = Delivery(
                clinic_id=clinic_id,
                id=uuid7(),
                cause=cause,
                channel=channel,
                recipient_id=person,
                alert_id=notice.alert_id,
                alert_version=notice.version,
                step=step,
                state="waiting",
                tries=0,
                made_at=now,
                due_at=choices.due(choice, severity, zone, now),
            )
            await delivering.make(session, delivery, urgent=urgent)
        told.add(person)
    if notice.severity == "urgent" or cause == "escalated":
        await _tell_clinic(session, clinic_id, notice, now, cause=cause, step=step)
    return told


async def _tell_clinic(
    session: AsyncSession,
    clinic_id: UUID,
    notice: Notice,
    now: datetime,
    *,
    cause: str,
    step: int,
) -> None:
    """By the clinic's own pager or chat, if it has one."""
    webhook = await store.webhook(session)
    if webhook is None or webhook.url is None:
        return
    delivery = Delivery(
        clinic_id=clinic_id,
        id=uuid7(),
        cause=cause,
        channel="webhook",
        alert_id=notice.alert_id,
        alert_version=notice.version,
        step=step,
        state="waiting",
        tries=0,
        made_at=now,
        due_at=now,
    )
    await delivering.make(session, delivery, urgent=True)


async def tell_of_account(
    session: AsyncSession,
    clinic_id: UUID,
    delivery_id: UUID,
    account_id: UUID,
    cause: str,
    link_id: UUID | None,
    now: datetime,
) -> None:
    """By mail alone, since a browser that takes pushes may be the one that was lost; but of what a colleague does in
    an emergency by push as well, to who takes them. Told again it is the same."""
    step = await store.next_step(session, account_id, cause)
    ways: dict[choices.Channel, UUID] = {"email": delivery_id}
    if cause in BY_PUSH_TOO and await _takes_pushes(session, account_id):
        ways["push"] = uuid5(delivery_id, "push")
    for channel, known in ways.items():
        delivery = Delivery(
            clinic_id=clinic_id,
            id=known,
            cause=cause,
            channel=channel,
            recipient_id=account_id,
            link_id=link_id,
            # One for both: a push that cannot be told makes no second mail.
            step=step,
            state="waiting",
            tries=0,
            made_at=now,
            due_at=now,
        )
        await delivering.make(session, delivery, urgent=True)


async def _takes_pushes(session: AsyncSession, account_id: UUID) -> bool:
    chosen = await store.choices(session, {account_id})
    browsers = await store.with_browser(session, {account_id})
    choice = chosen.get(account_id, choices.DEFAULT)
    return "push" in choices.channels(choice, has_browser=account_id in browsers, urgent=True)


async def try_out(
    session: AsyncSession,
    clinic_id: UUID,
    channel: choices.Channel,
    recipient_id: UUID | None,
    now: datetime,
) -> UUID:
    """A message that says no more than that it arrives; its delivery's id."""
    delivery = Delivery(
        clinic_id=clinic_id,
        id=uuid7(),
        cause="test",
        channel=channel,
        recipient_id=recipient_id,
        step=await store.next_step(session, recipient_id, "test"),
        state="waiting",
        tries=0,
        made_at=now,
        due_at=now,
    )
    await delivering.make(session, delivery, urgent=True)
    return delivery.id


async def tell_of_device(
    session: AsyncSession, clinic_id: UUID, device_id: UUID, settings: Settings, now: datetime
) -> bool:
    """Mails the owner that somebody signed in on a device that was not known, if they can be mailed. Told again
    it makes no second mail."""
    device = await known_devices.device(session, device_id)
    if device is None or mail.way(settings) == "off":
        return False
    if await identity.mail_recipient(session, device.account_id) is None:
        return False
    if await store.is_told_of(session, device_id):
        return False
    delivery = Delivery(
        clinic_id=clinic_id,
        id=uuid7(),
        cause="new_device",
        channel="email",
        recipient_id=device.account_id,
        device_id=device_id,
        step=await store.next_step(session, device.account_id, "new_device"),
        state="waiting",
        tries=0,
        made_at=now,
        due_at=now,
    )
    return await delivering.make(session, delivery, urgent=True)


async def sent(session: AsyncSession, alert_ids: Collection[UUID]) -> dict[UUID, list[datetime]]:
    """When news of each alert really went out to somebody, earliest first; what nobody was told of is
    left out."""
    found = defaultdict[UUID, list[datetime]](list)
    for alert_id, at in await store.sent(session, alert_ids):
        found[alert_id].append(at)
    return dict(found)
