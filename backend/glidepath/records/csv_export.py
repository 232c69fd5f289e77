"""A patient's diary as CSV: a row for each day with an entry, in the columns of the phone's file and of
`glidepath screen`, as the entries count now."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import service as care
from glidepath.clinical.vocabulary import Sensation
from glidepath.diary import service as diary
from glidepath.diary.days import DiaryDay
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.identity.recent import requires_recent_sign_in
from glidepath.records.csv_schemas import DiaryFile
from glidepath.sheets import sheet

COLUMNS: Final = (
    "patient",
    "date",
    "pain",
    "nerve",
    "place",
    "pain_worst",
    "sensations",
    "exercises",
    "notes",
    "exercise_sensations",
    "episode",
)
# By entry.
Felt = dict[UUID, list[Sensation] | None]


async def diary_file(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, now: datetime
) -> DiaryFile:
    patient = await care.requires_care_relation(session, actor, patient_id)
    requires_recent_sign_in(actor, now)
    account = await identity.patient_account(session, patient_id)
    today = care.today_of(patient.timezone, now)
    return DiaryFile(
        f"diary-{today}-{str(patient_id)[-8:]}.csv",
        await written(session, account.name, patient_id),
    )


async def written(session: AsyncSession, name: str, patient_id: UUID) -> str:
    """Episodes are numbered in their order: the detector begins anew with each."""
    episodes = await care.episodes_of(session, patient_id)
    days = await diary.days(session, [one.id for one in episodes])
    rows = list[list[object]]()
    for number, episode in enumerate(episodes, start=1):
        at_check_ins, exercising = await _felt(session, episode.id)
        rows += [
            [name, *_cells(day, at_check_ins, exercising), number]
            for _, day in sorted(days[episode.id].items())
        ]
    return sheet(COLUMNS, rows)


async def _felt(session: AsyncSession, episode_id: UUID) -> tuple[Felt, Felt]:
    """What each check-in and each exercise itself names; a day adds what a stopped exercise lets one think."""
    page = await diary.settled(session, episode_id)
    return (
        {one.id: one.sensations for one in page.check_ins},
        {one.id: one.sensations for one in page.exercise_sessions},
    )


def _cells(day: DiaryDay, at_check_ins: Felt, exercising: Felt) -> Iterator[object]:
    checked = {one for entry_id in day.entry_ids for one in at_check_ins.get(entry_id) or ()}
    exercised = {one for entry_id in day.entry_ids for one in exercising.get(entry_id) or ()}
    yield day.date.isoformat()
    yield None if day.pain is None else f"{day.pain:g}"
    yield day.nerve
    yield day.place
    yield day.pain_worst
    yield _words(checked | exercised)
    yield day.sessions
    yield "\n".join(day.notes)
    yield _words(exercised - checked)


def _words(named: Collection[Sensation]) -> str:
    return " ".join(one for one in Sensation if one in named)
