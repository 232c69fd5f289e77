"""What a closing stands on, for whoever asks the clinic to show it: the entries behind each day, the note behind each
minute. No diary text is in it, and no note's but where they are asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import service as care
from glidepath.diary import service as diary
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.identity.recent import requires_recent_sign_in
from glidepath.monitoring import closings, setting, store
from glidepath.monitoring.models import MonitoringClosing, MonitoringFact, MonitoringWork
from glidepath.monitoring.schemas import EvidenceFile, Snapshot
from glidepath.problems import NotFound
from glidepath.sheets import sheet

COLUMNS: Final = (
    "section",
    "day",
    "id",
    "what",
    "person",
    "licence",
    "from",
    "to",
    "seconds",
    "text",
)
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Pack:
    """A closing, and what it stands on. `stamps` lacks entries of a record that was erased since."""

    closing: MonitoringClosing
    kept: Snapshot
    patient_id: UUID
    facts: Sequence[MonitoringFact]
    stamps: Mapping[UUID, diary.Stamp]
    work: Sequence[MonitoringWork]
    names: Mapping[UUID, str]

    def entries(self) -> Iterator[tuple[date, UUID, diary.Stamp | None]]:
        """In the order of their days."""
        for day, ids in sorted(self.kept.entries.items()):
            for entry_id in ids:
                yield day, entry_id, self.stamps.get(entry_id)

    def counts(self, one: MonitoringFact) -> bool:
        """Whether it is a conversation of this very month, and not one that another record stands on."""
        return one.id in self.kept.contacts

    def said_by(self, one: MonitoringFact) -> str:
        return self.names[one.person_id or one.by]


async def pack(
    session: AsyncSession, actor: StaffActor, episode_id: UUID, closing_id: UUID, now: datetime
) -> Pack:
    await setting.require_on(session)
    episode = await care.requires_episode(session, actor, episode_id)
    closing = await store.one(session, MonitoringClosing, closing_id)
    if closing is None or closing.episode_id != episode_id:
        raise NotFound
    requires_recent_sign_in(actor, now)
    kept = closings.kept(closing)
    ids = [one for day in kept.entries.values() for one in day]
    noted = [one for one in await store.facts(session, [episode_id]) if one.id in kept.facts]
    worked = [one for one in await store.work(session, [episode_id]) if one.id in kept.work]
    names = await identity.names(
        session,
        {episode.patient_id, closing.by}
        | {one.by for one in noted}
        | {one.person_id for one in noted if one.person_id}
        | {one.account_id for one in worked},
    )
    stamps = await diary.stamps(session, episode.patient_id, ids)
    return Pack(closing, kept, episode.patient_id, noted, stamps, worked, names)


def file(of: Pack, *, notes: bool) -> EvidenceFile:
    rows = [
        *_about(of),
        *(_of_fact(of, one) for one in of.facts),
        *_entries(of),
        *(_of_work(one, of.names, notes=notes) for one in of.work),
    ]
    return EvidenceFile(
        f"evidence-{of.closing.first_on}-{str(of.closing.id)[-8:]}.csv",
        sheet(COLUMNS, ([row.get(column) for column in COLUMNS] for row in rows)),
    )


def _about(of: Pack) -> Iterator[Row]:
    closing, kept, names = of.closing, of.kept, of.names
    yield {"section": "patient", "id": closing.episode_id, "person": names[of.patient_id]}
    yield {
        "section": "closed",
        "id": closing.id,
        "what": closing.kind,
        "person": names[closing.by],
        "from": closing.first_on,
        "to": closing.last_on,
        "text": f"{_moment(closing.at)}, rules {kept.rules}, {kept.program}",
    }
    if closing.amends:
        yield {"section": "amends", "id": closing.amends}
    for claim in kept.claims:
        yield {
            "section": "claim",
            "what": " ".join((claim.code, *claim.modifiers)),
            "text": f"{claim.units} units" if claim.units > 1 else "1 unit",
        }
    for why in kept.why:
        yield {"section": "not billed", "what": why.value}


def _of_fact(of: Pack, one: MonitoringFact) -> Row:
    said = [one.given_by, one.channel, None if one.understood is None else "understood"]
    if one.understood is False:
        said[-1] = "not understood"
    # A conversation of another month stands there for its own.
    return {
        "section": "conversation" if of.counts(one) else "record",
        "day": one.first_on,
        "id": one.id,
        "what": ", ".join((one.kind, *(word for word in said if word))),
        "person": of.said_by(one),
        "from": _moment(one.happened_at) if one.happened_at else one.first_on,
        "to": one.last_on,
        "text": one.text if one.kind in ("device", "education") else None,
    }


def _entries(of: Pack) -> Iterator[Row]:
    for day, entry_id, stamp in of.entries():
        yield {
            "section": "entry",
            "day": day,
            "id": entry_id,
            "what": stamp and stamp.kind,
            "from": stamp and _moment(stamp.happened_at),
            "to": stamp and _moment(stamp.received_at),
        }


def _of_work(one: MonitoringWork, names: Mapping[UUID, str], *, notes: bool) -> Row:
    return {
        "section": "minutes",
        "day": one.day,
        "id": one.id,
        "what": one.how,
        "person": names[one.account_id],
        "licence": one.licence,
        "from": _moment(one.started_at),
        "to": _moment(one.ended_at),
        "seconds": one.seconds,
        "text": one.note if notes else None,
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
