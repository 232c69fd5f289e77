"""Diaries from a file, in the columns of our own (docs/csv.md): a row for each day of a patient."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.alerts.raising import learn
from glidepath.care import episodes as course
from glidepath.care import service as care
from glidepath.care.models import Episode
from glidepath.clinical.vocabulary import NERVE_SENSATIONS, Condition, Place, Sensation, Side
from glidepath.diary import importing
from glidepath.diary.importing import LONGEST_NOTE, PastDay
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.privacy import consent
from glidepath.problems import Conflict
from glidepath.records import import_reading
from glidepath.records.import_patients import id_of
from glidepath.records.import_reading import Line, Sheet
from glidepath.records.import_schemas import CsvDiary

# With `exercises` and what else there is, the columns of `csv_export`.
COLUMNS: Final = (
    "patient",
    "date",
    "pain",
    "nerve",
    "place",
    "pain_worst",
    "sensations",
    "notes",
    "exercise_sensations",
    "episode",
)
NEEDED: Final = frozenset(("patient", "date", "pain"))
PATIENTS_AT_MOST: Final = 200
# A file of one's own may reach far back, but not into another century by a slip.
YEARS_BACK: Final = 30
_EPISODES: Final = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """A line that says how a day felt. `patient` is a key or a name, `episode` counts from 1."""

    line: Line
    patient: str
    episode: int | None
    said: PastDay


def read(file: bytes) -> tuple[Sheet, list[Row], int]:
    """The good rows, and how many say nothing of how it felt; what is wrong stands in the sheet."""
    sheet = import_reading.read(file, COLUMNS, NEEDED)
    rows, silent = list[Row](), 0
    for line in sheet.lines:
        row = _row(line, sheet.columns)
        if not line.is_good or row is None:
            continue
        if row.said == PastDay(row.said.day, None, None, None, None, ()):
            silent += 1
        else:
            rows.append(row)
    return sheet, rows, silent


def _row(line: Line, columns: frozenset[str]) -> Row | None:
    patient, day = line.needed("patient"), line.date("date")
    pain, worst = line.whole("pain", 0, 10), line.whole("pain_worst", 0, 10)
    place = line.one_of("place", [*Place]) if line.text("place") else None
    felt = _felt(line)
    episode = line.whole("episode", 1, _EPISODES)
    if "episode" in columns and not line.text("episode"):
        line.needed("episode")
    notes = tuple(_notes(line))
    if day is None:
        return None
    return Row(line, patient, episode, PastDay(day, pain, worst, place, felt, notes))


def _felt(line: Line) -> tuple[str, ...] | None:
    """What was named at check-ins; none of them is an answer, and nothing is none."""
    nerve = line.whole("nerve", 0, len(NERVE_SENSATIONS))
    named, exercising = _sensations(line, "sensations"), _sensations(line, "exercise_sensations")
    felt = tuple(one for one in named if one not in exercising)
    counted = sum(one in NERVE_SENSATIONS for one in felt)
    if nerve is not None and nerve != counted and line.is_good:
        line.refuse(
            "nerve",
            f"It says {nerve}, and the sensations name {counted} of tingling, burning, shooting and numbness.",
            f"Dice {nerve}, y las sensaciones nombran {counted} de tingling, burning, shooting y numbness.",
        )
    return felt if felt or nerve is not None else None


def _sensations(line: Line, column: str) -> list[str]:
    words = [one for one in re.split(r"[\s,;]+", line.text(column)) if one]
    known = {one.value for one in Sensation}
    for word in words:
        if word not in known:
            line.refuse(
                column,
                f"Expected these words, with spaces between: {', '.join(Sensation)}.",
                f"Se esperan estas palabras, separadas por espacios: {', '.join(Sensation)}.",
            )
            return []
    return list(dict.fromkeys(words))


def _notes(line: Line) -> Iterable[str]:
    """Several notes of a day stand in one cell; what is too long for one note is parted at its lines."""
    text = line.prose("notes")
    if not text.strip():
        return
    if "\0" in text:
        line.refuse("notes", "There is a NUL in it.", "Contiene un carácter NUL.")
        return
    note = ""
    for part in text.splitlines(keepends=True):
        if len(part) > LONGEST_NOTE:
            line.refuse(
                "notes",
                f"A line of a note holds at most {LONGEST_NOTE} characters.",
                f"Una línea de una nota admite {LONGEST_NOTE} caracteres como máximo.",
            )
            return
        if len(note) + len(part) > LONGEST_NOTE:
            yield note
            note = ""
        note += part
    yield note


async def take(
    session: AsyncSession,
    actor: StaffActor,
    file: bytes,
    sha256: str,
    now: datetime,
    *,
    make: bool,
) -> tuple[Sheet, list[CsvDiary], int]:
    """What of the file is new here; with `make`, and if nothing is wrong with it, it is kept."""
    sheet, rows, silent = read(file)
    theirs = await _patients(session, actor, sheet, rows)
    found = list[_Diary]()
    # In one order, so that two files at once do not wait for each other in a circle.
    for patient_id in sorted(theirs):
        found += await _diaries(session, patient_id, theirs[patient_id], now, hold=make)
    if make and not sheet.problems:
        await _keep(session, actor, found, sha256, now)
    return sheet, [one.view() for one in found if one.days], silent


async def _patients(
    session: AsyncSession, actor: StaffActor, sheet: Sheet, rows: Sequence[Row]
) -> dict[UUID, list[Row]]:
    """Whose the rows are; who is not found, or not alone, is a problem of their first line."""
    called = defaultdict[str, list[Row]](list)
    for row in rows:
        called[row.patient].append(row)
    if len(called) > PATIENTS_AT_MOST:
        sheet.refuse(
            1,
            f"A file holds the diaries of at most {PATIENTS_AT_MOST} patients. Split it.",
            f"Un archivo admite los diarios de {PATIENTS_AT_MOST} pacientes como máximo. Divídelo.",
        )
        return {}
    theirs = defaultdict[UUID, list[Row]](list)
    by_key = {patient: id_of(actor.clinic_id, patient) for patient in called}
    there = await care.zones_of(session, by_key.values())
    for patient, own in called.items():
        line = own[0].line
        patient_id: UUID | None = by_key[patient]
        if patient_id not in there:
            patient_id = await _named(session, patient, line)
        if patient_id is not None and await _may_be_told_of(session, actor, patient_id, line):
            theirs[patient_id] += own
    return theirs


async def _named(session: AsyncSession, name: str, line: Line) -> UUID | None:
    named = await identity.patients_named(session, name, 2)
    if len(named) == 1:
        return next(iter(named))
    if named:
        line.refuse(
            "patient",
            "Several patients here have this name. Write the key with which they were imported.",
            "Aquí varios pacientes se llaman así. Escribe la clave con la que se importaron.",
        )
    else:
        line.refuse(
            "patient",
            "Nobody here has this key or this name.",
            "Aquí nadie tiene esta clave ni este nombre.",
        )
    return None


async def _may_be_told_of(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, line: Line
) -> bool:
    await care.requires_care_relation(session, actor, patient_id)
    try:
        await consent.require_not_withdrawn(session, patient_id)
    except Conflict:
        line.refuse(
            "patient",
            "This patient took their consent back: nothing is taken.",
            "Este paciente retiró su consentimiento: no se acepta nada.",
        )
        return False
    return True


@dataclass(slots=True)
class _Diary:
    """What a file says of an episode, as it stands here."""

    name: str
    episode: Episode
    number: int
    days: list[PastDay]
    new: list[PastDay]

    def view(self) -> CsvDiary:
        return CsvDiary(
            patient_id=self.episode.patient_id,
            name=self.name,
            condition=Condition(self.episode.condition),
            side=Side(self.episode.side),
            episode=self.number,
            first_on=min(one.day for one in self.days),
            last_on=max(one.day for one in self.days),
            new=len(self.new),
            known=len(self.days) - len(self.new),
        )


async def _diaries(
    session: AsyncSession, patient_id: UUID, rows: Sequence[Row], now: datetime, *, hold: bool
) -> list[_Diary]:
    episodes = await (course.hold if hold else care.episodes_of)(session, patient_id)
    zone = (await care.patient(session, patient_id)).timezone
    name = (await identity.patient_account(session, patient_id)).name
    of_each = defaultdict[int, list[Row]](list)
    for row in rows:
        number = _number(row, episodes, zone, care.today_of(zone, now))
        if number is not None:
            of_each[number].append(row)
    found = []
    for number, own in sorted(of_each.items()):
        episode = episodes[number - 1]
        once = _once(own)
        states = await importing.states(session, episode, [one.said for one in once.values()])
        good = [row for day, row in once.items() if _is_free(row.line, states[day])]
        days = [row.said for row in good]
        new = [one for one in days if states[one.day] == "new"]
        found.append(_Diary(name, episode, number, days, new))
    return found


def _number(row: Row, episodes: Sequence[Episode], zone: str, today: date) -> int | None:
    """To which of the patient's episodes, from 1, a row belongs."""
    day, line = row.said.day, row.line
    if not date(today.year - YEARS_BACK, 1, 1) <= day <= today:
        line.refuse(
            "date",
            "This day lies in the future, or far back.",
            "Este día está en el futuro o demasiado atrás.",
        )
        return None
    if row.episode is not None and row.episode > len(episodes):
        line.refuse(
            "episode",
            f"There is no such episode of this patient here; the last one is {len(episodes)}.",
            f"Aquí no existe ese episodio de este paciente; el último es {len(episodes)}.",
        )
        return None
    if row.episode is None:
        episode = course.covering(day, episodes, zone)
    else:
        episode = episodes[row.episode - 1]
        before = episodes[row.episode - 2].ended_on if row.episode > 1 else None
        ended_on = episode.ended_on
        if (before is not None and day < before) or (ended_on is not None and day > ended_on):
            episode = None
    if episode is None:
        line.refuse(
            "date",
            "On this day the patient was not in this episode of care.",
            "Ese día el paciente no estaba en este episodio de atención.",
        )
        return None
    return episodes.index(episode) + 1


def _once(rows: Sequence[Row]) -> dict[date, Row]:
    """A day that stands there again, and says the same, counts once."""
    once = dict[date, Row]()
    for row in rows:
        first = once.setdefault(row.said.day, row)
        if first.said != row.said:
            row.line.refuse(
                "date",
                f"Line {first.line.number} says something else of this day.",
                f"La línea {first.line.number} dice otra cosa de este día.",
            )
    return once


def _is_free(line: Line, state: importing.State) -> bool:
    if state == "written":
        line.refuse(
            "date",
            "The diary has entries on this day already. Take the row out.",
            "El diario ya tiene anotaciones de este día. Quita la fila.",
        )
    elif state == "other":
        line.refuse(
            "date",
            "This day was imported before, and said something else then.",
            "Este día ya se importó y entonces decía otra cosa.",
        )
    return state in ("new", "known")


async def _keep(
    session: AsyncSession, actor: StaffActor, found: Iterable[_Diary], sha256: str, now: datetime
) -> None:
    new = [one for one in found if one.new]
    if not new:
        return
    import_id = uuid7()
    await importing.begin(session, actor, import_id, sha256, now)
    for one in new:
        await importing.keep(session, actor, one.episode, one.new, import_id, now, learn)
