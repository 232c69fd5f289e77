"""FHIR's bulk export: the kick-off, how far it is, the files, and calling it off."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Controller, MediaType, Request, Response, delete, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, PathParameter
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.identity.actor import StaffActor
from glidepath.problems import Malformed, NotFound
from glidepath.records import bulk
from glidepath.settings import Settings

NDJSON: Final = "application/fhir+ndjson"
AnyRequest = Request[object, object, State]
Prefer = Annotated[str | None, HeaderParameter(name="Prefer", description="respond-async")]


def _base(state: State) -> str:
    settings: Settings = state.settings
    return settings.base_url.rstrip("/")


async def _begin(
    request: AnyRequest, staff: StaffActor, session: AsyncSession, prefer: str | None
) -> Response[None]:
    # No page of another origin can say it without being asked first, though this is a GET.
    if prefer is None or "respond-async" not in {part.strip() for part in prefer.split(",")}:
        raise Malformed("An export is asked for with Prefer: respond-async.")
    base = _base(request.app.state)
    address = f"{base}{request.url.path}" + (f"?{request.url.query}" if request.url.query else "")
    asked = list(request.query_params.multi_items())
    of_system = not request.url.path.endswith("/Patient/$export")
    export_id = await bulk.ask(
        session, staff, asked, address, datetime.now(UTC), of_system=of_system
    )
    # As text nothing is nothing, as JSON it would be "null".
    return Response(
        None,
        media_type=MediaType.TEXT,
        headers={"Content-Location": f"{base}/{bulk.PATH}/{export_id}"},
    )


class BulkController(Controller):
    path = "/fhir"
    tags = ["fhir"]  # noqa: RUF012 (Litestar's way)

    @get(
        "/$export",
        operation_id="exportSystem",
        audit=Action.FHIR_EXPORT,
        status_code=HTTP_202_ACCEPTED,
        writes=True,
    )
    async def of_system(
        self,
        request: AnyRequest,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        prefer: Prefer = None,
    ) -> Response[None]:
        """Has all that this clinic keeps made into files, by `_type`, `_since` and `_outputFormat`; Content-Location
        says where to look how far it is. For an admin who has shown in the last ten minutes who they are."""
        return await _begin(request, staff, session, prefer)

    @get(
        "/{kind:str}/$export",
        operation_id="exportPatients",
        audit=Action.FHIR_EXPORT,
        status_code=HTTP_202_ACCEPTED,
        writes=True,
    )
    async def of_patients(
        self,
        kind: FromPath[str],
        request: AnyRequest,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        prefer: Prefer = None,
    ) -> Response[None]:
        """The same of `Patient`: the records alone, without what belongs to no patient."""
        # A literal "Patient" in the path would hide the routes of the records for patients.
        if kind != "Patient":
            raise NotFound
        return await _begin(request, staff, session, prefer)

    @get(
        "/exports/{bulk_id:uuid}",
        operation_id="getBulkExport",
        audit=None,
        no_audit="how far it is, and counts",
    )
    async def status(
        self,
        bulk_id: FromPath[UUID],
        state: State,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[bulk.Manifest | None]:
        """202 with X-Progress while it is under way, then the manifest."""
        found = await bulk.status(session, staff, bulk_id, _base(state), datetime.now(UTC))
        if isinstance(found, bulk.Progress):
            headers = {"X-Progress": found.said, "Retry-After": str(bulk.RETRY_AFTER_SECONDS)}
            return Response(
                None, media_type=MediaType.TEXT, status_code=HTTP_202_ACCEPTED, headers=headers
            )
        manifest, until = found
        expires = {"Expires": format_datetime(until.astimezone(UTC), usegmt=True)}
        return Response(manifest, status_code=HTTP_200_OK, headers=expires)

    @get(
        "/exports/{bulk_id:uuid}/{number:int}",
        operation_id="getBulkFile",
        audit=Action.FHIR_FETCH,
        media_type=NDJSON,
    )
    async def file(
        self,
        bulk_id: FromPath[UUID],
        number: Annotated[int, PathParameter(ge=0, le=2**31 - 1)],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[bytes]:
        """Resources of one kind, a line each; for an admin who has shown in the last ten minutes who they are."""
        found = await bulk.file(session, staff, bulk_id, number, datetime.now(UTC))
        return Response(found, media_type=NDJSON)

    @delete(
        "/exports/{bulk_id:uuid}",
        operation_id="deleteBulkExport",
        audit=None,
        no_audit="what was asked for stays written down",
        status_code=HTTP_202_ACCEPTED,
    )
    async def call_off(
        self,
        bulk_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """Calls it off, or throws its files away."""
        await bulk.call_off(session, staff, bulk_id, datetime.now(UTC))
