"""The clinic's alert policy: read, saved, and told to patients in words. Saved ones are never changed."""

from datetime import date, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.clinical.vocabulary import Text
from glidepath.escalation import store
from glidepath.escalation.hours import MIDNIGHT, Hours, Span
from glidepath.escalation.models import AlertPolicy
from glidepath.escalation.policy import Others, Policy, Urgent, usual
from glidepath.escalation.schemas import OthersBody, PolicyBody, PolicyView, SpanBody, UrgentBody
from glidepath.escalation.words import in_words
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.problems import Forbidden, Invalid, Outdated


async def present(session: AsyncSession) -> Policy:
    """What holds now; the usual one while the clinic has none of its own."""
    timezone, began = await identity.clinic_clock(session)
    zone, saved = ZoneInfo(timezone), await store.policy(session)
    return usual(zone, began) if saved is None else _read(saved, zone, began)


async def view(session: AsyncSession) -> PolicyView:
    timezone, saved = await identity.clinic_timezone(session), await store.policy(session)
    hours = await identity.clinic_hours(session)
    if saved is None:
        return PolicyView(0, _written(usual(ZoneInfo(timezone))), hours, timezone, None, None)
    names = await identity.names(session, {saved.saved_by})
    body = msgspec.convert(saved.rules, PolicyBody)
    return PolicyView(saved.version, body, hours, timezone, names[saved.saved_by], saved.saved_at)


async def save(
    session: AsyncSession, actor: StaffActor, seen: int, body: PolicyBody, now: datetime
) -> PolicyView:
    """The next version, and what patients are told of it. Outdated if another was saved meanwhile; sent
    again after a lost answer it is the same."""
    if not actor.is_admin:
        raise Forbidden("Only an admin changes the clinic's rules for alerts.", code="admins_only")
    _check(body)
    rules = msgspec.to_builtins(body)
    row = {
        "clinic_id": actor.clinic_id,
        "version": seen + 1,
        "rules": rules,
        "saved_by": actor.account_id,
        "saved_at": now,
    }
    known = await store.policy(session)
    if (known.version if known else 0) != seen or not await store.add_policy(session, row):
        current = await view(session)
        saved = await store.policy(session)
        if saved is None or not _is_this(saved, actor.account_id, seen, rules):
            raise Outdated(
                "Somebody saved other rules meanwhile.", current.version, current=current
            )
        return current
    await keep_words(session, now)
    return await view(session)


def usual_words() -> Text:
    """What the patients of a new clinic are told, until it saves hours of its own."""
    week = usual(ZoneInfo("UTC")).hours
    return in_words(week, date.min)


async def keep_words(session: AsyncSession, now: datetime) -> None:
    """Patients are told the hours of the policy that holds, with the closed days that are near."""
    hours = (await present(session)).hours
    words = in_words(hours, hours.day_of(now))
    if words != await identity.clinic_hours(session):
        await identity.set_clinic_hours(session, words)


def _is_this(saved: AlertPolicy, by: UUID, seen: int, rules: dict[str, Any]) -> bool:
    return (saved.version, saved.saved_by, saved.rules) == (seen + 1, by, rules)


def _check(body: PolicyBody) -> None:
    if not any(body.week):
        raise Invalid("Enter the hours of one day at least.", code="never_open")
    for spans in body.week:
        minutes = [minute for one in spans for minute in (_minute(one.opens), _minute(one.closes))]
        if any(earlier >= later for earlier, later in pairwise(minutes)):
            raise Invalid(
                "Times of a day have to be in order. Hours over midnight are entered on both days.",
                code="times_out_of_order",
            )


def _read(saved: AlertPolicy, zone: ZoneInfo, began: datetime | None) -> Policy:
    body = msgspec.convert(saved.rules, PolicyBody)
    week = tuple(
        tuple(Span(_minute(one.opens), _minute(one.closes)) for one in spans) for spans in body.week
    )
    return Policy(
        hours=Hours(zone, week, frozenset(body.closed_on)),
        urgent=Urgent(**msgspec.structs.asdict(body.urgent)),
        others=Others(**msgspec.structs.asdict(body.others)),
        repeats=body.repeats,
        version=saved.version,
        began=began,
    )


def _written(policy: Policy) -> PolicyBody:
    return PolicyBody(
        week=[
            [SpanBody(_wall(one.opens), _wall(one.closes)) for one in spans]
            for spans in policy.hours.week
        ],
        closed_on=sorted(policy.hours.closed_on),
        urgent=msgspec.convert(policy.urgent, UrgentBody, from_attributes=True),
        others=msgspec.convert(policy.others, OthersBody, from_attributes=True),
        repeats=policy.repeats,
    )


def _minute(wall: str) -> int:
    hours, minutes = wall.split(":")
    return int(hours) * 60 + int(minutes)


def _wall(minute: int) -> str:
    assert minute <= MIDNIGHT
    return f"{minute // 60:02}:{minute % 60:02}"
