"""The evidence of a closing of remote monitoring, as pages that somebody can be shown: what its CSV holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import service as care
from glidepath.clinical.vocabulary import Text
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.monitoring import evidence
from glidepath.monitoring.evidence import Pack
from glidepath.monitoring.models import MonitoringFact, MonitoringWork
from glidepath.reports import evidence_words as words
from glidepath.reports import store
from glidepath.reports.figures import Block
from glidepath.reports.sections import heading, note, table
from glidepath.reports.typesetting import Report, typeset
from glidepath.reports.words import NOTHING, Language, say, short_day
from glidepath.reports.words import day as long_day

Rows = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Reader:
    """In which language, with whose clocks, for whom and when; `notes`: with the text of each."""

    language: Language
    clinic: str
    clinic_zone: str
    patient_zone: str
    by: str
    on: date
    notes: bool


async def pages_of(
    session: AsyncSession,
    actor: StaffActor,
    episode_id: UUID,
    closing_id: UUID,
    language: Language,
    now: datetime,
    *,
    notes: bool,
) -> bytes:
    pack = await evidence.pack(session, actor, episode_id, closing_id, now)
    patient = await care.patient(session, pack.patient_id)
    clinic = await store.clinic(session)
    today = care.today_of(clinic.timezone, now)
    reader = Reader(
        language,
        clinic.name,
        clinic.timezone,
        patient.timezone,
        (await identity.names(session, {actor.account_id}))[actor.account_id],
        today,
        notes,
    )
    return await typeset(pages(pack, reader), today)


def pages(of: Pack, to: Reader) -> Report:
    closing, kept = of.closing, of.kept
    span = say(
        words.SPAN[closing.kind],
        to.language,
        first=long_day(closing.first_on, to.language),
        last=long_day(closing.last_on, to.language),
    )
    closed = say(
        words.CLOSED,
        to.language,
        by=of.names[closing.by],
        on=_moment(closing.at, to.clinic_zone, to.language),
    )
    made = say(
        words.MADE,
        to.language,
        on=long_day(to.on, to.language),
        by=to.by,
        clinic=to.clinic,
        id=closing.id,
        rules=kept.rules,
        program=kept.program,
    )
    return Report(
        lang=to.language,
        # It is a matter of the United States.
        paper="us-letter",
        title=say(words.TITLE, to.language),
        clinic=to.clinic,
        patient=of.names[of.patient_id],
        about=f"{span} {closed}",
        made=made,
        footer=say(words.FOOTER, to.language),
        blocks=[
            *_result(of, to),
            *(_days(of, to) if closing.kind == "period" else _minutes(of, to)),
            *_records(of, to),
        ],
    )


def _result(of: Pack, to: Reader) -> Iterator[Block]:
    claims = ", ".join(
        " ".join((one.code, *one.modifiers, *((f"× {one.units}",) if one.units > 1 else ())))
        for one in of.kept.claims
    )
    told = words.CLAIMED if claims else words.UNCLAIMED
    yield {"kind": "lead", "text": say(told, to.language, claims=claims)}
    if of.kept.why:
        why = "; ".join(say(words.WHYS[one.value], to.language) for one in of.kept.why)
        yield {"kind": "text", "text": say(words.BUT, to.language, why=why)}
    if of.closing.amends:
        amends = say(words.AMENDS, to.language, id=of.closing.amends)
        yield {"kind": "text", "text": amends}
    zones = words.ZONE if to.patient_zone == to.clinic_zone else words.ZONES
    yield note(say(zones, to.language, patient=to.patient_zone, clinic=to.clinic_zone))


def _part(title: Text, widths: list[int], head: list[Text], rows: Rows, to: Reader) -> list[Block]:
    """A table below its heading, or that there is nothing."""
    told = [say(one, to.language) for one in head]
    if not rows:
        return [heading(title, to.language), note(say(words.NONE, to.language))]
    return [heading(title, to.language), table(widths, told, rows)]


def _days(of: Pack, to: Reader) -> list[Block]:
    rows: Rows = [
        [
            _dated(day, to.language),
            say(words.ENTRIES[stamp.kind] if stamp else words.ERASED, to.language),
            _moment(stamp.happened_at, to.patient_zone, to.language) if stamp else NOTHING,
            _moment(stamp.received_at, to.patient_zone, to.language) if stamp else NOTHING,
            _id(entry_id),
        ]
        for day, entry_id, stamp in of.entries()
    ]
    summed = say(words.DAYS_SUM, to.language, days=len(of.kept.entries), entries=len(rows))
    head = [words.DAY, words.WHAT, words.WRITTEN, words.ARRIVED, words.ID]
    title, *below = _part(words.DAYS, [2, 2, 3, 3, 0], head, rows, to)
    return [title, note(summed), *below] if rows else [title, *below]


def _minutes(of: Pack, to: Reader) -> list[Block]:
    rows: Rows = [_worked(one, of.names, to) for one in of.work]
    head = [words.DAY, words.WHO, words.WHEN, words.TIME, words.NOTE if to.notes else words.ID]
    title, *below = _part(words.MINUTES, [2, 3, 2, 1, 4], head, rows, to)
    summed = say(
        words.MINUTES_SUM,
        to.language,
        minutes=of.kept.seconds // 60,
        assistants=of.kept.by_assistants // 60,
    )
    held: Rows = [
        [
            _moment(one.happened_at, to.clinic_zone, to.language) if one.happened_at else NOTHING,
            say(words.DETAILS[one.channel], to.language) if one.channel else NOTHING,
            of.said_by(one),
            _id(one.id),
        ]
        for one in of.facts
        if of.counts(one)
    ]
    talks = [words.HELD, words.WHAT, words.WHO, words.ID]
    return [
        title,
        *([note(summed)] if rows else []),
        *below,
        *_part(words.CONTACTS, [3, 2, 3, 0], talks, held, to),
    ]


def _worked(one: MonitoringWork, names: Mapping[UUID, str], to: Reader) -> list[object]:
    zone = ZoneInfo(to.clinic_zone)
    begun, ended = (f"{at.astimezone(zone):%H:%M}" for at in (one.started_at, one.ended_at))
    idle = [say(words.IDLE, to.language)] if one.how == "idle" else []
    told = [one.note, str(one.id)] if to.notes else _id(one.id)
    return [
        _dated(one.day, to.language),
        f"{names[one.account_id]} ({one.licence})",
        [f"{begun} – {ended}", *idle],
        f"{one.seconds // 60}:{one.seconds % 60:02}",
        told,
    ]


def _records(of: Pack, to: Reader) -> list[Block]:
    rows: Rows = [
        [
            say(words.KINDS[one.kind], to.language),
            _held(one, to.language),
            ["; ".join(_said(one, to.language)) or NOTHING, str(one.id)],
            of.said_by(one),
        ]
        for one in of.facts
        if not of.counts(one)
    ]
    head = [words.WHAT, words.HELD, words.SAID, words.WHO]
    return _part(words.RECORDS, [3, 3, 4, 3], head, rows, to)


def _held(one: MonitoringFact, language: Language) -> str:
    first = _dated(one.first_on, language)
    if one.last_on is not None:
        return f"{first} – {_dated(one.last_on, language)}"
    lasts = one.kind in ("plan_of_care", "consent", "biller")
    return say(words.SINCE, language, first=first) if lasts else first


def _said(one: MonitoringFact, language: Language) -> Iterator[str]:
    """What was written beside a device or what was shown is part of the record; other remarks are none."""
    understood = {True: "understood", False: "not_understood", None: None}[one.understood]
    for word in (one.given_by, one.channel, understood):
        if word:
            yield say(words.DETAILS[word], language)
    if one.text and one.kind in ("device", "education"):
        yield one.text


def _dated(on: date, language: Language) -> str:
    return f"{short_day(on, language)} {on.year}"


def _moment(at: datetime, zone: str, language: Language) -> str:
    there = at.astimezone(ZoneInfo(zone))
    return f"{_dated(there.date(), language)}, {there:%H:%M}"


def _id(one: UUID) -> Block:
    return {"small": str(one)}
