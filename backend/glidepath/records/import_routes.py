"""Files in CSV that a clinic's admins bring in."""

from datetime import UTC, datetime

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.identity.actor import StaffActor
from glidepath.records import importing
from glidepath.records.import_schemas import LARGEST_BODY, CsvFile, CsvFindings


class ImportController(Controller):
    tags = ["records"]  # noqa: RUF012 (Litestar's way)

    @post(
        "/imports",
        operation_id="importCsv",
        audit=Action.CSV_IMPORT,
        status_code=HTTP_200_OK,
        largest_body=LARGEST_BODY,
    )
    async def take(
        self,
        data: JSONBody[CsvFile],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> CsvFindings:
        """Patients or past diaries from a CSV file (`docs/csv.md`), for admins who have shown in the last ten
        minutes who they are: each bad line by its column and reason and what would be made, or with `seen` all
        of it or nothing."""
        return await importing.take(session, staff, data, datetime.now(UTC))
