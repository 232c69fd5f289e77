"""A patient's whole record as a file: for their clinic, and for themselves."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_202_ACCEPTED
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.records import exports
from glidepath.records.export_schemas import ExportView, LastExport

MEDIA_TYPE: Final = "application/zip"
# Browsers keep the names of files: this one says nothing of anybody.
_HEADERS: Final = {"content-disposition": 'attachment; filename="glidepath-record.zip"'}


class ExportController(Controller):
    path = "/patients/{patient_id:uuid}/exports"
    tags = ["records"]  # noqa: RUF012 (Litestar's way)

    @post(operation_id="askForExport", audit=Action.EXPORT_ASK, status_code=HTTP_202_ACCEPTED)
    async def ask(
        self,
        patient_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> ExportView:
        """Has everything that is kept about a patient made into one file, unless that is under way; for somebody
        who has shown in the last ten minutes who they are."""
        return await exports.ask(session, staff, patient_id, datetime.now(UTC))

    @get(operation_id="getExport", audit=Action.EXPORT_READ)
    async def last(
        self,
        patient_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> LastExport:
        """How far the last one is that somebody of the clinic asked for."""
        return LastExport(await exports.last(session, staff, patient_id, datetime.now(UTC)))

    @get(
        "/{export_id:uuid}/file",
        operation_id="getExportFile",
        audit=Action.EXPORT_FETCH,
        media_type=MEDIA_TYPE,
    )
    async def file(
        self,
        patient_id: FromPath[UUID],
        export_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[bytes]:
        """The file, for 24 hours; what is in it says `docs/export.md`."""
        now = datetime.now(UTC)
        content = await exports.file(session, staff, patient_id, export_id, now)
        return Response(content, media_type=MEDIA_TYPE, headers=_HEADERS)


class OwnExportController(Controller):
    path = "/export"
    tags = ["records"]  # noqa: RUF012 (Litestar's way)

    @post(
        operation_id="askForOwnExport",
        audit=Action.OWN_EXPORT_ASK,
        status_code=HTTP_202_ACCEPTED,
    )
    async def ask(
        self, patient: NamedDependency[PatientActor], session: NamedDependency[AsyncSession]
    ) -> ExportView:
        """Has everything that is kept about me made into one file, unless that is under way; for somebody who has
        shown in the last ten minutes who they are."""
        return await exports.ask_own(session, patient, datetime.now(UTC))

    @get(
        operation_id="getOwnExport",
        audit=None,
        no_audit="how far a file is, nothing of what is in it",
    )
    async def last(
        self, patient: NamedDependency[PatientActor], session: NamedDependency[AsyncSession]
    ) -> LastExport:
        """How far the last one is that I asked for."""
        return LastExport(await exports.last_own(session, patient, datetime.now(UTC)))

    @get(
        "/{own_export_id:uuid}/file",
        operation_id="getOwnExportFile",
        audit=Action.OWN_EXPORT_FETCH,
        media_type=MEDIA_TYPE,
    )
    async def file(
        self,
        own_export_id: FromPath[UUID],
        patient: NamedDependency[PatientActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[bytes]:
        """The file, for 24 hours; what is in it says `docs/export.md`."""
        content = await exports.own_file(session, patient, own_export_id, datetime.now(UTC))
        return Response(content, media_type=MEDIA_TYPE, headers=_HEADERS)
