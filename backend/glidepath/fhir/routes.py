"""The record as FHIR R4, to be read; and patients from elsewhere."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.fhir import capability, importing, service
from glidepath.fhir.elements import Json
from glidepath.fhir.import_schemas import Bundle, Imported
from glidepath.identity.actor import StaffActor
from glidepath.problems import NotFound
from glidepath.settings import Settings

MEDIA_TYPE = "application/fhir+json"
AnyRequest = Request[object, object, State]


def _base(state: State) -> str:
    settings: Settings = state.settings
    return settings.base_url.rstrip("/")


class FhirController(Controller):
    path = "/fhir"
    tags = ["fhir"]  # noqa: RUF012 (Litestar's way)

    @get(
        "/metadata",
        operation_id="getCapabilities",
        audit=None,
        no_audit="nobody's data",
        media_type=MEDIA_TYPE,
        public=True,
    )
    async def metadata(self, state: State) -> Json:
        """What can be read and by what it is found, as a CapabilityStatement."""
        base = f"{_base(state)}/{service.PATH}"
        return capability.statement(base, state.started_at)

    @get(
        "/{kind:str}/{identity:str}",
        operation_id="readResource",
        audit=Action.FHIR_READ,
        media_type=MEDIA_TYPE,
    )
    async def read(
        self,
        kind: FromPath[str],
        identity: FromPath[str],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Json:
        """One resource by its kind and id."""
        return await service.read(session, staff, kind, identity, datetime.now(UTC))

    @get(
        "/{kind:str}",
        operation_id="searchResources",
        audit=Action.FHIR_READ,
        media_type=MEDIA_TYPE,
    )
    async def find(
        self,
        kind: FromPath[str],
        request: AnyRequest,
        state: State,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Json:
        """A Bundle of a kind, by `patient`, `date`, `code` and `_id`, `_count` at a time."""
        asked = list(request.query_params.multi_items())
        now = datetime.now(UTC)
        return await service.find(session, staff, kind, asked, _base(state), now)

    @get(
        "/{kind:str}/{identity:uuid}/$everything",
        operation_id="getEverything",
        audit=Action.FHIR_READ,
        media_type=MEDIA_TYPE,
    )
    async def everything(
        self,
        kind: FromPath[str],
        identity: FromPath[UUID],
        request: AnyRequest,
        state: State,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Json:
        """A patient's whole record, with the staff and the questions that it names, `_count` at a time."""
        # A literal "Patient" in the path would hide the two routes above for patients.
        if kind != "Patient":
            raise NotFound
        asked = list(request.query_params.multi_items())
        now = datetime.now(UTC)
        return await service.everything(session, staff, identity, asked, _base(state), now)

    @post(
        "/imports",
        operation_id="importBundle",
        audit=Action.FHIR_IMPORT,
        status_code=HTTP_200_OK,
    )
    async def take(
        self,
        data: JSONBody[Bundle],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Imported:
        """Patients from another system's bundle, each with one condition: what would be admitted and what is
        wrong with it, or with `admit` all of them or nobody."""
        now = datetime.now(UTC)
        return await importing.take(session, staff, data.bundle, now, admit=data.admit)
