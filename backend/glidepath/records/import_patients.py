"""Patients from a file: the same key is the same patient, whenever the file comes again."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import available_timezones

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import admitting
from glidepath.care import service as care
from glidepath.care.schemas import PatientBody
from glidepath.clinical.vocabulary import Condition, Side
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.identity.models import Account
from glidepath.problems import Problem
from glidepath.records import import_reading
from glidepath.records.import_reading import Line, Sheet
from glidepath.records.import_schemas import CsvPatient

PATIENTS_AT_MOST: Final = 200
LOCALES: Final = ("en", "es")
COLUMNS: Final = (
    "key",
    "name",
    "language",
    "condition",
    "side",
    "started_on",
    "timezone",
    "therapist",
)
NEEDED: Final = frozenset(COLUMNS) - {"timezone", "therapist"}
EARLIEST: Final = date(1900, 1, 1)
LONGEST_NAME: Final = 120
LONGEST_KEY: Final = 200
ZONES: Final = frozenset(available_timezones())
# By the code with which admitting refuses somebody, in English and Spanish.
_REFUSED: Final = {
    "patient_exists": (
        "Somebody else has this key here, or is called otherwise.",
        "Aquí esta clave es de otra persona, o de alguien con otro nombre.",
    ),
    "record_erased": (
        "The record of this patient was erased, and stays so. Give another key to admit them anew.",
        "El historial de este paciente se borró y así queda. Usa otra clave para admitirlo de nuevo.",
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line that says who somebody is; `therapist` is an e-mail address, or empty."""

    line: Line
    key: str
    name: str
    locale: str
    condition: str
    side: str
    started_on: date
    timezone: str
    therapist: str


def id_of(clinic_id: UUID, key: str) -> UUID:
    return uuid5(clinic_id, f"csv|{key}")


def read(file: bytes, today: date, zone: str) -> tuple[Sheet, list[Row]]:
    """The good rows; what is wrong with the others stands in the sheet."""
    sheet = import_reading.read(file, COLUMNS, NEEDED)
    rows, seen = list[Row](), dict[str, int]()
    for line in sheet.lines:
        row = _row(line, today, zone)
        key = line.text("key")
        if key in seen:
            line.refuse(
                "key",
                f"Line {seen[key]} has this key, too.",
                f"La línea {seen[key]} también tiene esta clave.",
            )
        elif key:
            seen[key] = line.number
        if row is not None and line.is_good:
            rows.append(row)
    if len(sheet.lines) > PATIENTS_AT_MOST:
        sheet.refuse(
            sheet.lines[PATIENTS_AT_MOST].number,
            f"A file holds at most {PATIENTS_AT_MOST} patients. Split it.",
            f"Un archivo admite {PATIENTS_AT_MOST} pacientes como máximo. Divídelo.",
        )
        rows = []
    return sheet, rows


def _row(line: Line, today: date, zone: str) -> Row | None:
    key, name = line.needed("key"), line.needed("name")
    for column, text, longest in (("key", key, LONGEST_KEY), ("name", name, LONGEST_NAME)):
        if len(text) > longest or any(ord(one) < 32 for one in text):
            line.refuse(
                column,
                f"Expected one line of at most {longest} characters.",
                f"Se espera una sola línea de {longest} caracteres como máximo.",
            )
    locale = line.one_of("language", LOCALES)
    condition = line.one_of("condition", [*Condition])
    side = line.one_of("side", [*Side])
    started_on = line.date("started_on")
    if started_on is not None and not EARLIEST <= started_on <= today:
        line.refuse(
            "started_on",
            "This day lies in the future, or far back.",
            "Este día está en el futuro o demasiado atrás.",
        )
    timezone = line.text("timezone") or zone
    if timezone not in ZONES:
        line.refuse(
            "timezone",
            "There is no such time zone. Expected one like Europe/Madrid, or nothing.",
            "No existe esa zona horaria. Se espera una como Europe/Madrid, o nada.",
        )
    if locale is None or condition is None or side is None or started_on is None:
        return None
    therapist = line.text("therapist").lower()
    return Row(line, key, name, locale, condition, side, started_on, timezone, therapist)


async def take(
    session: AsyncSession, actor: StaffActor, file: bytes, now: datetime, *, make: bool
) -> tuple[Sheet, list[CsvPatient]]:
    """Who would be admitted, or with `make` is. All rules of admitting hold either way."""
    zone = await identity.clinic_timezone(session)
    sheet, rows = read(file, care.today_of(zone, now), zone)
    staff = {one.email: one for one in await identity.staff(session) if one.email is not None}
    found = [await _put(session, actor, row, staff, now, make=make) for row in rows]
    patients = [one for one in found if one is not None]
    called = Counter(one.name.lower() for one in patients)
    for one in patients:
        one.namesake = one.namesake or called[one.name.lower()] > 1
    return sheet, patients


async def _put(
    session: AsyncSession,
    actor: StaffActor,
    row: Row,
    staff: Mapping[str, Account],
    now: datetime,
    *,
    make: bool,
) -> CsvPatient | None:
    lead = staff.get(row.therapist)
    if row.therapist and lead is None:
        row.line.refuse(
            "therapist",
            "None of the staff signs in with this address.",
            "Nadie del equipo inicia sesión con esta dirección.",
        )
        return None
    patient_id = id_of(actor.clinic_id, row.key)
    namesakes = await identity.patients_named(session, row.name, 2)
    body = _body(row, patient_id)
    try:
        async with session.begin_nested() as tried:
            is_new = await admitting.put_patient(
                session, actor, patient_id, body, now, lead=lead.id if lead else None
            )
            if not make:
                await tried.rollback()
    except Problem as problem:
        if problem.code not in _REFUSED:
            raise
        row.line.refuse("key", *_REFUSED[problem.code])
        return None
    return CsvPatient(
        line=row.line.number,
        id=patient_id,
        name=row.name,
        locale=body.locale,
        condition=body.episode.condition,
        side=body.episode.side,
        started_on=row.started_on,
        therapist=lead.name if lead else None,
        known=not is_new,
        namesake=bool(namesakes.keys() - {patient_id}),
    )


def _body(row: Row, patient_id: UUID) -> PatientBody:
    return msgspec.convert(
        {
            "name": row.name,
            "timezone": row.timezone,
            "locale": row.locale,
            "episode": {
                "id": str(uuid5(patient_id, "first episode")),
                "condition": row.condition,
                "side": row.side,
                "started_on": row.started_on,
            },
            "plan": None,
        },
        PatientBody,
    )
