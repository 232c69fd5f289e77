"""Closing a period or a month: what it came to is frozen. What changes afterwards is shown beside it, and amended by
another closing; nothing that was closed is overwritten."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import service as care
from glidepath.care.models import Episode
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.monitoring import cases, clocks, setting, store
from glidepath.monitoring.cases import Cared, Monitored, outcome
from glidepath.monitoring.models import MonitoringClosing
from glidepath.monitoring.rules import rules
from glidepath.monitoring.schemas import ClosingBody, ClosingView, Snapshot
from glidepath.problems import Conflict, NotFound


class Closable(NamedTuple):
    """A period (`number` from 1) or a month (0) as it stands now."""

    kind: str
    first: date
    last: date
    number: int
    over: bool
    now: Snapshot


def closables(of: Monitored) -> list[Closable]:
    """Periods, then months, the earliest first."""
    found = of.periods()
    setup = of.setup(found)
    periods = [
        Closable(
            "period",
            one.first,
            one.last,
            one.number,
            of.is_over(one.last, of.today),
            cases.snapshot_of_period(of, one, setup),
        )
        for one in found
    ]
    months = []
    for month in of.months():
        first, last = clocks.ends(month.month)
        over = of.is_over(last, of.clinic_today)
        months.append(Closable("month", first, last, 0, over, cases.snapshot_of_month(of, month)))
    return [*periods, *months]


def latest(of: Monitored, one: Closable) -> list[MonitoringClosing]:
    """Its closings, the one that stands first."""
    made = [
        closing
        for closing in of.closings
        if (closing.kind, closing.first_on) == (one.kind, one.first)
    ]
    return made[::-1]


def kept(closing: MonitoringClosing) -> Snapshot:
    return msgspec.convert(closing.snapshot, Snapshot, strict=False)


def is_changed(of: Monitored, one: Closable) -> bool:
    made = latest(of, one)
    return bool(made) and outcome(kept(made[0])) != outcome(one.now)


def view(of: Monitored, one: Closable, names: dict[UUID, str]) -> ClosingView | None:
    made = latest(of, one)
    if not made:
        return None
    before, after = outcome(kept(made[0])), outcome(one.now)
    return ClosingView(
        id=made[0].id,
        by=names[made[0].by],
        at=made[0].at,
        before=before,
        after=None if before == after else after,
        claims_differ=before.claims != after.claims,
        amended=[closing.id for closing in made[1:]],
    )


async def close(
    session: AsyncSession,
    actor: StaffActor,
    episode_id: UUID,
    closing_id: UUID,
    body: ClosingBody,
    now: datetime,
) -> tuple[ClosingView, bool]:
    """The closing, and whether it is new; sent again after a lost answer it is the same."""
    await setting.require_on(session)
    # As a sync does: no entry comes in between what is counted here and the commit.
    episode = await care.requires_episode(session, actor, episode_id, lock=True)
    known = await store.one(session, MonitoringClosing, closing_id)
    if known is not None:
        asked = (episode_id, body.kind, body.first_on, body.amends)
        if (known.episode_id, known.kind, known.first_on, known.amends) != asked:
            raise Conflict("There is another closing under this id.", code="closing_exists")
        return await _as_closed(session, known), False
    of = await of_episode(session, episode, now)
    one = _required(closables(of), body)
    _require_next(of, one, body)
    row = {
        "clinic_id": actor.clinic_id,
        "id": closing_id,
        "episode_id": episode_id,
        "kind": one.kind,
        "first_on": one.first,
        "last_on": one.last,
        "number": one.number,
        "amends": body.amends,
        "snapshot": msgspec.to_builtins(one.now),
        "by": actor.account_id,
        "at": now,
    }
    if not await store.add(session, MonitoringClosing, row):
        raise Conflict("Somebody else closed it just now.", code="closed_already")
    made = await store.one(session, MonitoringClosing, closing_id)
    assert made is not None
    return await _as_closed(session, made), True


async def _as_closed(session: AsyncSession, closing: MonitoringClosing) -> ClosingView:
    names = await identity.names(session, {closing.by})
    return ClosingView(
        id=closing.id,
        by=names[closing.by],
        at=closing.at,
        before=outcome(kept(closing)),
        after=None,
        claims_differ=False,
        amended=[closing.amends] if closing.amends else [],
    )


def _required(found: Sequence[Closable], body: ClosingBody) -> Closable:
    for one in found:
        if (one.kind, one.first) == (body.kind, body.first_on):
            return one
    raise NotFound


def _require_next(of: Monitored, one: Closable, body: ClosingBody) -> None:
    made = latest(of, one)
    stands = made[0].id if made else None
    if body.amends != stands:
        raise Conflict(
            "It was closed already. What was changed since is amended.", code="closed_already"
        )
    if not one.over:
        raise Conflict("It is not over yet.", code="not_over")
    if made and not is_changed(of, one):
        raise Conflict("Nothing was changed since it was closed.", code="nothing_changed")


async def of_episode(session: AsyncSession, episode: Episode, now: datetime) -> Monitored:
    patient = await care.patient(session, episode.patient_id)
    cared = Cared(patient.id, episode.id, episode.opened_at, episode.ended_on, patient.timezone)
    zone = await identity.clinic_timezone(session)
    (found,) = await cases.monitored(session, [cared], rules(), zone, now)
    return found
