"""What has to be written down of an episode before anything of it may be billed, kept with who and when."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import service as care
from glidepath.care.models import Episode
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.monitoring import setting, store
from glidepath.monitoring.models import MonitoringFact
from glidepath.monitoring.schemas import FactBody, FactView
from glidepath.problems import Conflict, Invalid, NotFound
from glidepath.views import view

# A plan of care may be older than the episode, and reaches ahead.
BEFORE_EPISODE: Final = timedelta(days=366)
AHEAD: Final = timedelta(days=366)
_AHEAD_TOO: Final = ("plan_of_care", "biller", "physiologic")
# What each kind says beside its day, and nothing else.
_SAYS: Final[dict[str, tuple[str, ...]]] = {
    "plan_of_care": (),
    "consent": ("given_by",),
    "education": ("understood", "text"),
    "biller": ("person",),
    "physiologic": (),
    "device": ("text",),
    "contact": ("channel", "happened_at", "person"),
}
_MAY_SAY: Final = ("text",)
_MAY_END: Final = ("plan_of_care", "consent")


async def put(
    session: AsyncSession,
    actor: StaffActor,
    episode_id: UUID,
    fact_id: UUID,
    body: FactBody,
    now: datetime,
) -> tuple[list[FactView], bool]:
    """What stands of the episode then, and whether this is new; sent again after a lost answer it is the same."""
    await setting.require_on(session)
    # As a closing does: it stands on what was written down before it.
    episode = await care.requires_episode(session, actor, episode_id, lock=True)
    zone = await identity.clinic_timezone(session)
    first_on = body.first_on
    _require_said(body)
    if body.happened_at is not None:
        _require_taken_place(episode, body.happened_at, now)
        first_on = care.today_of(zone, body.happened_at)
    if first_on is None:
        raise Invalid("Say on which day it was.", code="day_missing")
    await _require_sense(session, episode, body, first_on, now)
    if body.person is not None:
        await identity.require_staff(session, body.person)
    if body.revises is not None:
        await _require_original(session, episode_id, fact_id, body)
    row = _row(actor, episode_id, fact_id, body, first_on, now)
    is_new = await store.add(session, MonitoringFact, row)
    kept = await store.one(session, MonitoringFact, fact_id)
    if kept is None or any(
        getattr(kept, name) != value for name, value in row.items() if name != "made_at"
    ):
        raise Conflict("Nothing is overwritten. Send a correction of it.", code="fact_exists")
    return await views(session, standing(await store.facts(session, [episode_id]))), is_new


def _require_said(body: FactBody) -> None:
    says = _SAYS[body.kind]
    said = ("given_by", "channel", "happened_at", "understood", "text", "person")
    for name in said:
        is_there = getattr(body, name) is not None
        if is_there != (name in says) and not (name in _MAY_SAY and is_there):
            raise Invalid(
                f"A record of this kind {'needs' if name in says else 'has no'} {name!r}.",
                code="not_of_its_kind",
            )
    if body.last_on is not None and body.kind not in _MAY_END:
        raise Invalid("A record of this kind has no last day.", code="not_of_its_kind")


def _require_taken_place(episode: Episode, at: datetime, now: datetime) -> None:
    """Before its day is looked for: the calendar's first and last moments have no day in every zone."""
    if not episode.opened_at - BEFORE_EPISODE <= at <= now:
        raise Invalid(
            "The conversation lies ahead, or more than a year before the episode.",
            code="day_out_of_range",
        )


async def _require_sense(
    session: AsyncSession, episode: Episode, body: FactBody, first_on: date, now: datetime
) -> None:
    patient = await care.patient(session, episode.patient_id)
    today = care.today_of(patient.timezone, now)
    opened = care.today_of(patient.timezone, episode.opened_at)
    latest = today + AHEAD if body.kind in _AHEAD_TOO else today + timedelta(days=1)
    last_on = body.last_on or first_on
    if not opened - BEFORE_EPISODE <= first_on <= latest or last_on > today + 2 * AHEAD:
        raise Invalid(
            "The day lies ahead, or more than a year before the episode.", code="day_out_of_range"
        )
    if last_on < first_on:
        raise Invalid("The last day is before the first.", code="days_out_of_order")
    if body.kind == "physiologic" and first_on.day != 1:
        raise Invalid("A month is named by its first day.", code="not_a_month")


async def _require_original(
    session: AsyncSession, episode_id: UUID, fact_id: UUID, body: FactBody
) -> None:
    assert body.revises is not None
    original = await store.one(session, MonitoringFact, body.revises)
    if original is None or original.episode_id != episode_id or original.kind != body.kind:
        raise NotFound
    if original.revises is not None or body.revises == fact_id:
        raise Invalid("A correction names the first record.", code="revises_a_revision")


def _row(
    actor: StaffActor,
    episode_id: UUID,
    fact_id: UUID,
    body: FactBody,
    first_on: date,
    now: datetime,
) -> dict[str, Any]:
    return {
        "clinic_id": actor.clinic_id,
        "id": fact_id,
        "episode_id": episode_id,
        "kind": body.kind,
        "revises": body.revises,
        "withdrawn": body.withdrawn,
        "first_on": first_on,
        "last_on": body.last_on,
        "person_id": body.person,
        "given_by": body.given_by,
        "channel": body.channel,
        "happened_at": body.happened_at,
        "understood": body.understood,
        "text": body.text,
        "by": actor.account_id,
        "made_at": now,
    }


def standing(rows: Iterable[MonitoringFact]) -> list[tuple[MonitoringFact, bool]]:
    """Of each record its last revision, unless that one withdraws it, and whether it is a correction; in the order
    of their days. `rows` in the order in which they were made."""
    last = dict[UUID, MonitoringFact]()
    for row in rows:
        last[row.revises or row.id] = row
    found = [(row, row.revises is not None) for row in last.values() if not row.withdrawn]
    return sorted(found, key=lambda one: (one[0].first_on, one[0].made_at))


def by_episode(rows: Sequence[MonitoringFact]) -> dict[UUID, list[MonitoringFact]]:
    """What stands of each; episodes without anything are left out."""
    found = defaultdict[UUID, list[MonitoringFact]](list)
    for row, _ in standing(rows):
        found[row.episode_id].append(row)
    return dict(found)


async def views(
    session: AsyncSession, stands: Sequence[tuple[MonitoringFact, bool]]
) -> list[FactView]:
    """The newest day first."""
    people = {row.by for row, _ in stands} | {row.person_id for row, _ in stands if row.person_id}
    names = await identity.names(session, people)
    return [
        view(
            FactView,
            row,
            id=row.revises or row.id,
            person=row.person_id and names[row.person_id],
            by=names[row.by],
            corrected=corrected,
        )
        for row, corrected in reversed(stands)
    ]
