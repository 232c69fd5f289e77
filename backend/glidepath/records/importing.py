"""Files of a clinic's own, brought in by its admins: told first, and then all of it or nothing."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit import trail
from glidepath.identity.actor import StaffActor
from glidepath.identity.recent import requires_recent_sign_in
from glidepath.problems import Conflict, Forbidden, Invalid
from glidepath.records import import_diaries, import_patients
from glidepath.records.import_schemas import CsvDiary, CsvFile, CsvFindings, CsvPatient, CsvProblem


async def take(
    session: AsyncSession, actor: StaffActor, asked: CsvFile, now: datetime
) -> CsvFindings:
    """What a file comes to; where it was `seen`, it is imported.

    Conflict for another file than the one that was seen; Invalid, with each problem, where it has one.
    """
    if not actor.is_admin:
        raise Forbidden("Only the clinic's admins import files.", code="admins_only")
    requires_recent_sign_in(actor, now)
    found = sha256(asked.file).hexdigest()
    if asked.seen not in (None, found):
        raise Conflict("This is another file than the one that was looked at.", code="other_file")
    make = asked.seen is not None
    patients, diaries, silent = list[CsvPatient](), list[CsvDiary](), 0
    if asked.kind == "patients":
        sheet, patients = await import_patients.take(session, actor, asked.file, now, make=make)
    else:
        sheet, diaries, silent = await import_diaries.take(
            session, actor, asked.file, found, now, make=make
        )
    problems = sorted(sheet.problems, key=lambda one: (one.line, one.column or ""))
    if make and problems:
        raise Invalid(
            "Nothing was imported: the file has problems.",
            code="import_problems",
            errors=[{"field": _place(one), "message": one.reason.en} for one in problems],
        )
    ids = {one.id for one in patients} | {one.patient_id for one in diaries}
    trail.lists(session, ids if make else ())
    return CsvFindings(
        sha256=found,
        made=make,
        rows=len(sheet.lines),
        ignored=sheet.ignored,
        silent=silent,
        patients=patients,
        diaries=diaries,
        problems=problems,
    )


def _place(problem: CsvProblem) -> str:
    line = f"line {problem.line}"
    return line if problem.column is None else f"{line}, column {problem.column}"
