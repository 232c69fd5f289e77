"""Standing in for an absent colleague: for some days one sees and does what the other does.

Whose patients somebody may see is decided once a request, when it is known who asks; so a cover begins
and ends by itself, with the clinic's days.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import service
from glidepath.care import team_store as store
from glidepath.care.team_models import Cover
from glidepath.care.team_schemas import CoverBody, CoverState, CoverView
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.problems import Conflict, Forbidden, Invalid, NotFound
from glidepath.views import view

# Who is away for longer hands over.
AT_MOST: Final = timedelta(days=366)
# How long what is over stays in the list.
SHOWN_AFTER: Final = timedelta(days=90)
_DAY: Final = timedelta(days=1)


async def with_covers(session: AsyncSession, actor: StaffActor, now: datetime) -> StaffActor:
    """The actor, and for whom they stand in at this moment. One statement as long as that is nobody."""
    # The clinic's day differs from that of Greenwich by one at most.
    near = await store.covered_by(session, actor.account_id, now.date() - _DAY, now.date() + _DAY)
    if not near:
        return actor
    today = await _today(session, now)
    absent = {one.absent_id for one in near if one.starts_on <= today <= one.ends_on}
    return replace(actor, covering=await identity.names(session, absent))


async def looking_after_each(
    session: AsyncSession, patient_ids: Collection[UUID], now: datetime
) -> dict[UUID, set[UUID]]:
    """Of each patient the care team, absent or not, and who stands in for one of it today. Two statements,
    however many they are."""
    found = defaultdict[UUID, set[UUID]](set)
    for patient_id, account_id in await store.teams(session, patient_ids):
        found[patient_id].add(account_id)
    today = await _today(session, now)
    standing_in = [
        one
        for one in await store.covers_of(session, set().union(*found.values()), today)
        if one.starts_on <= today
    ]
    for team in found.values():
        team |= {one.cover_id for one in standing_in if one.absent_id in team}
    return dict(found)


async def of_absent(
    session: AsyncSession, absent_ids: Collection[UUID], now: datetime
) -> list[CoverView]:
    """Running and coming ones."""
    today = await _today(session, now)
    return await _views(session, await store.covers_of(session, absent_ids, today), today)


async def visible(session: AsyncSession, actor: StaffActor, now: datetime) -> list[CoverView]:
    """Those of the actor, absent or covering; an admin sees the clinic's."""
    today = await _today(session, now)
    whose = None if actor.is_admin else actor.account_id
    return await _views(session, await store.covers(session, whose, today - SHOWN_AFTER), today)


async def put(
    session: AsyncSession, actor: StaffActor, cover_id: UUID, body: CoverBody, now: datetime
) -> tuple[CoverView, bool]:
    """The cover, and whether it is new; sent again after a lost answer it is the same."""
    _require_own(actor, body.absent_id)
    known = await store.cover(session, cover_id)
    if known is None:
        await _require_sense(session, body, await _today(session, now))
        row = {
            "clinic_id": actor.clinic_id,
            "id": cover_id,
            "absent_id": body.absent_id,
            "cover_id": body.cover_id,
            "starts_on": body.starts_on,
            "ends_on": body.ends_on,
            "made_by": actor.account_id,
            "made_at": now,
        }
        is_new = await store.add_cover(session, row)
        known = await store.cover(session, cover_id)
        assert known is not None
    else:
        is_new = False
    if any(getattr(known, name) != getattr(body, name) for name in body.__struct_fields__):
        raise Conflict("A cover is never changed. End it and enter a new one.", code="cover_exists")
    return (await _views(session, [known], await _today(session, now)))[0], is_new


async def end(session: AsyncSession, actor: StaffActor, cover_id: UUID, now: datetime) -> CoverView:
    """From now on it counts no more; ended again it stays ended as it was."""
    cover = await store.cover(session, cover_id, lock=True)
    if cover is None:
        raise NotFound
    _require_own(actor, cover.absent_id)
    if cover.ended_at is None:
        cover.ended_at, cover.ended_by = now, actor.account_id
    return (await _views(session, [cover], await _today(session, now)))[0]


def _require_own(actor: StaffActor, absent_id: UUID) -> None:
    if not actor.is_admin and actor.account_id != absent_id:
        raise Forbidden("Only an admin enters a colleague's absence.", code="not_yours")


async def _require_sense(session: AsyncSession, body: CoverBody, today: date) -> None:
    if body.absent_id == body.cover_id:
        raise Invalid("Choose another colleague.", code="same_person")
    for account_id in (body.absent_id, body.cover_id):
        await identity.require_staff(session, account_id)
    if not body.starts_on <= body.ends_on <= body.starts_on + AT_MOST or body.ends_on < today:
        raise Invalid(
            "The last day is before the first, has passed, or is more than a year later.",
            code="days_out_of_range",
        )


async def _today(session: AsyncSession, now: datetime) -> date:
    return service.today_of(await identity.clinic_timezone(session), now)


def _state(cover: Cover, today: date) -> CoverState:
    if cover.ended_at is not None:
        return "ended"
    if today < cover.starts_on:
        return "coming"
    return "running" if today <= cover.ends_on else "over"


async def _views(session: AsyncSession, covers: Collection[Cover], today: date) -> list[CoverView]:
    people = {
        person
        for one in covers
        for person in (one.absent_id, one.cover_id, one.made_by, one.ended_by)
        if person is not None
    }
    names = await identity.names(session, people)
    return [
        view(
            CoverView,
            one,
            absent=names[one.absent_id],
            cover=names[one.cover_id],
            state=_state(one, today),
            made_by=names[one.made_by],
            ended_by=names.get(one.ended_by) if one.ended_by else None,
        )
        for one in covers
    ]
