"""Patients from a Bundle of another system: read as a whole, and admitted all or not at all.

Taken are Patient (name, language) and one Condition of each (what it is, which leg, since when). What else a bundle
holds is counted and left. The same patient sent again is the same: their id here is made of their identifier there.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit import trail
from glidepath.care import admitting
from glidepath.care.schemas import PatientBody
from glidepath.clinical.vocabulary import Condition
from glidepath.fhir.codes import has_code
from glidepath.fhir.course import SIDES
from glidepath.fhir.elements import Json
from glidepath.fhir.import_schemas import Imported, ImportedPatient, ImportProblem
from glidepath.fhir.people import LANGUAGES
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.problems import Invalid, Problem

PATIENTS_AT_MOST: Final = 100
TAKEN: Final = ("Patient", "Condition")


class Row(Struct):
    """`entry` is the place of the Patient in the bundle, from 0."""

    entry: int
    id: UUID
    body: PatientBody


class _Unfit(Exception):
    """Why a resource cannot be taken, in a sentence."""


async def take(
    session: AsyncSession, actor: StaffActor, bundle: Json, now: datetime, *, admit: bool
) -> Imported:
    """What the bundle comes to; with `admit` the patients are admitted, the caller as their therapist.

    Invalid, with each problem, where `admit` is asked of a bundle that has one: nobody is admitted then.
    """
    rows, problems = read(bundle, actor.clinic_id, await identity.clinic_timezone(session))
    new: dict[UUID, bool] = {}
    for row in rows:
        try:
            new[row.id] = await _try(session, actor, row, now, keep=admit)
        except Problem as problem:
            problems.append(ImportProblem(row.entry, str(problem)))
    if admit and problems:
        raise Invalid(
            "Nobody was admitted: the bundle has problems.",
            code="import_problems",
            errors=[{"field": f"entry[{one.entry}]", "message": one.reason} for one in problems],
        )
    trail.lists(session, list(new) if admit else [])
    kinds = Counter(str(one.get("resourceType")) for _, one in _resources(bundle))
    return Imported(
        admitted=admit,
        patients=[_view(row, known=not new[row.id]) for row in rows if row.id in new],
        problems=sorted(problems, key=lambda one: one.entry),
        left={kind: count for kind, count in sorted(kinds.items()) if kind not in TAKEN},
    )


async def _try(
    session: AsyncSession, actor: StaffActor, row: Row, now: datetime, *, keep: bool
) -> bool:
    """Whether the patient is new. All rules of admitting hold, also where nothing of it is to stay."""
    async with session.begin_nested() as tried:
        is_new = await admitting.put_patient(session, actor, row.id, row.body, now)
        if not keep:
            await tried.rollback()
    return is_new


def _view(row: Row, *, known: bool) -> ImportedPatient:
    return ImportedPatient(
        id=row.id,
        name=row.body.name,
        locale=row.body.locale,
        condition=row.body.episode.condition,
        side=row.body.episode.side,
        started_on=row.body.episode.started_on,
        known=known,
    )


def read(bundle: Json, clinic_id: UUID, zone: str) -> tuple[list[Row], list[ImportProblem]]:
    """The patients of a bundle, and what is wrong with each that cannot be taken.

    Raises Invalid for what is no Bundle, and for one with more patients than are taken at once.
    """
    found = list(_resources(bundle))
    patients = [(place, one) for place, one in found if one.get("resourceType") == "Patient"]
    if bundle.get("resourceType") != "Bundle" or not patients:
        raise Invalid("This is no FHIR Bundle with patients.", code="no_bundle")
    if len(patients) > PATIENTS_AT_MOST:
        raise Invalid(f"At most {PATIENTS_AT_MOST} patients at once.", code="too_many_patients")
    rows, problems, seen = list[Row](), list[ImportProblem](), set[UUID]()
    for place, patient in patients:
        try:
            row = _row(place, patient, _conditions(found, patient), clinic_id, zone)
        except (_Unfit, msgspec.ValidationError) as unfit:
            problems.append(ImportProblem(place, str(unfit)))
            continue
        if row.id in seen:
            problems.append(ImportProblem(place, "This patient stands in the bundle twice."))
        else:
            rows.append(row)
        seen.add(row.id)
    return rows, problems


def _resources(bundle: Json) -> Iterator[tuple[int, Json]]:
    """With the address by which others name it, as `fullUrl`."""
    for place, entry in enumerate(_list(bundle.get("entry"))):
        resource = _dict(_dict(entry).get("resource"))
        if resource:
            yield place, {**resource, "fullUrl": _dict(entry).get("fullUrl")}


def _conditions(found: list[tuple[int, Json]], patient: Json) -> list[Json]:
    names = {f"Patient/{patient.get('id')}", patient.get("fullUrl")} - {None, "Patient/None"}
    return [
        one
        for _, one in found
        if one.get("resourceType") == "Condition"
        and _dict(one.get("subject")).get("reference") in names
    ]


def _row(place: int, patient: Json, conditions: list[Json], clinic_id: UUID, zone: str) -> Row:
    if len(conditions) != 1:
        raise _Unfit(f"There are {len(conditions)} conditions of this patient; one is needed.")
    patient_id = uuid5(clinic_id, _identifier(patient))
    (condition,) = conditions
    body = {
        "name": _name(patient),
        "timezone": zone,
        "locale": _locale(patient),
        "episode": {
            "id": str(uuid5(patient_id, "first episode")),
            "condition": _condition(condition),
            "side": _side(condition),
            "started_on": _started_on(condition),
        },
        "plan": None,
    }
    return Row(place, patient_id, msgspec.convert(body, PatientBody))


def _identifier(patient: Json) -> str:
    for one in map(_dict, _list(patient.get("identifier"))):
        if one.get("value"):
            return f"{one.get('system')}|{one['value']}"
    raise _Unfit("There is no identifier, by which the patient would be known the next time.")


def _name(patient: Json) -> str:
    for one in map(_dict, _list(patient.get("name"))):
        parts = [*_list(one.get("given")), one.get("family")]
        name = one.get("text") or " ".join(str(part) for part in parts if part)
        if name:
            return str(name)
    raise _Unfit("There is no name.")


def _locale(patient: Json) -> str:
    """The first language that is spoken here, else English."""
    for one in map(_dict, _list(patient.get("communication"))):
        for coding in map(_dict, _list(_dict(one.get("language")).get("coding"))):
            language = str(coding.get("code")).partition("-")[0].lower()
            if language in LANGUAGES:
                return language
    return "en"


def _condition(condition: Json) -> str:
    """ "Unclear" for what has none of our codes: the therapist finds out."""
    return next((one for one in Condition if _is_coded(condition.get("code"), one)), "unclear")


def _side(condition: Json) -> str:
    sites = _list(condition.get("bodySite"))
    for side, word in SIDES.items():
        if any(_is_coded(site, word) for site in sites):
            return side
    raise _Unfit("The condition's bodySite does not say which leg: left, right or both.")


def _started_on(condition: Json) -> str:
    said = condition.get("onsetDateTime") or condition.get("recordedDate")
    if not said:
        raise _Unfit("The condition does not say since when (onsetDateTime).")
    return str(said)[:10]


def _is_coded(concept: object, word: str) -> bool:
    codings = map(_dict, _list(_dict(concept).get("coding")))
    return any(has_code(word, one.get("system"), str(one.get("code"))) for one in codings)


def _dict(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
