"""Reading, searching and giving whole: who may see a patient sees them here, and nobody else."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit import trail
from glidepath.care import service as care
from glidepath.fhir import giving, people, record, search, store
from glidepath.fhir.capability import OTHERS
from glidepath.fhir.elements import Json, parts_of, without_nothing
from glidepath.fhir.reading import Record
from glidepath.fhir.record import KINDS
from glidepath.identity.actor import StaffActor
from glidepath.problems import Forbidden, Malformed, NotFound

Parameters = Sequence[tuple[str, str]]
PATH = "api/fhir"
# Who looked at whose record is for admins, here as elsewhere.
FOR_ADMINS = ("AuditEvent",)


async def read(
    session: AsyncSession, actor: StaffActor, kind: str, identity: str, now: datetime
) -> Json:
    """NotFound for what there is not, and just so for what is another clinic's."""
    if kind in OTHERS:
        return _only(await _others(session, kind), identity)
    if kind not in KINDS:
        raise NotFound
    owner = await _owner(session, kind, identity)
    if owner is None:
        raise NotFound
    whose = await _record(session, actor, owner, now)
    _require_rank(actor, kind)
    return _only(await record.of(whose, kind), identity)


def _only(resources: Sequence[Json], identity: str) -> Json:
    found = next((one for one in resources if one["id"] == identity), None)
    if found is None:
        raise NotFound
    return found


async def _owner(session: AsyncSession, kind: str, identity: str) -> UUID | None:
    made_of_an_entry = parts_of(identity)
    if made_of_an_entry is not None:
        return made_of_an_entry[0]
    try:
        return await store.owner(session, kind, UUID(identity.partition(".")[0]))
    except ValueError:
        return None


async def find(
    session: AsyncSession,
    actor: StaffActor,
    kind: str,
    parameters: Parameters,
    base: str,
    now: datetime,
) -> Json:
    """A page of a kind: of a patient's record, of the caller's patients, or of what belongs to no patient.

    Malformed where a kind of a record is asked for without saying whose.
    """
    if kind not in KINDS and kind not in OTHERS:
        raise NotFound
    wanted = search.parse(kind, parameters)
    resources = await _found(session, actor, kind, wanted, now)
    matching = search.matching(kind, resources, wanted)
    return search.page(matching, wanted, f"{base}/{PATH}", kind, parameters)


async def _found(
    session: AsyncSession, actor: StaffActor, kind: str, wanted: search.Search, now: datetime
) -> list[Json]:
    if kind in OTHERS:
        return await _others(session, kind)
    if wanted.patient is None and kind == "Patient":
        return await _caseload(session, actor)
    if wanted.patient is None:
        raise Malformed(f"Say whose with patient=..., as {kind} is part of a record.")
    # Provenance goes by when an entry was recorded, which may be long after its day.
    days = wanted.days() if kind == "Observation" else (date.min, date.max)
    whose = await _record(session, actor, wanted.patient, now, *days)
    _require_rank(actor, kind)
    return await record.of(whose, kind)


async def everything(
    session: AsyncSession,
    actor: StaffActor,
    patient_id: UUID,
    parameters: Parameters,
    base: str,
    now: datetime,
) -> Json:
    """The whole record with who is named in it, kind by kind."""
    wanted = search.parse("Patient", parameters)
    whose = await _record(session, actor, patient_id, now)
    resources = await whole(whose, is_admin=actor.is_admin)
    path = f"Patient/{patient_id}/$everything"
    return search.page(resources, wanted, f"{base}/{PATH}", path, parameters)


async def whole(whose: Record, *, is_admin: bool) -> list[Json]:
    found = [one for kind in OTHERS for one in await _others(whose.session, kind)]
    for kind in KINDS:
        if is_admin or kind not in FOR_ADMINS:
            made = await record.of(whose, kind)
            found += search.matching(kind, made, search.Search())
    return found


async def _record(
    session: AsyncSession,
    actor: StaffActor,
    patient_id: UUID,
    now: datetime,
    first: date = date.min,
    last: date = date.max,
) -> Record:
    patient = await care.requires_care_relation(session, actor, patient_id)
    names = await giving.names_of_staff(session)
    names[patient.id] = (await store.account(session, patient.id)).name
    return Record(session, patient, names, now, first, last)


def _require_rank(actor: StaffActor, kind: str) -> None:
    if kind in FOR_ADMINS and not actor.is_admin:
        raise Forbidden("Who looked is for the clinic's admins.", code="admins_only")


async def _others(session: AsyncSession, kind: str) -> list[Json]:
    return [one async for _, some in giving.others(session, (kind,)) for one in some]


async def _caseload(session: AsyncSession, actor: StaffActor) -> list[Json]:
    rows = await store.patients(session, *care.caseload(actor))
    trail.lists(session, [row.id for row, _ in rows])
    names = await giving.names_of_staff(session)
    teams = await store.teams(session, [row.id for row, _ in rows])
    return [
        without_nothing(people.patient(row, account, teams.get(row.id, []), names))
        for row, account in rows
    ]
