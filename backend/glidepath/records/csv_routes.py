"""Files in CSV, made when somebody asks for them."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.identity.actor import StaffActor
from glidepath.records import csv_export
from glidepath.records.csv_schemas import DiaryFile


class CsvController(Controller):
    tags = ["records"]  # noqa: RUF012 (Litestar's way)

    @post(
        "/patients/{patient_id:uuid}/diary-file",
        operation_id="makeDiaryFile",
        audit=Action.DIARY_EXPORT,
        status_code=HTTP_200_OK,
    )
    async def diary_file(
        self,
        patient_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> DiaryFile:
        """A patient's whole diary in CSV, a row for each day with an entry, which `glidepath screen` reads; for
        somebody who has shown in the last ten minutes who they are."""
        return await csv_export.diary_file(session, staff, patient_id, datetime.now(UTC))
