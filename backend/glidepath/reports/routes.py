"""Progress reports as files."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.reports import evidence, service
from glidepath.reports.words import Language

MEDIA_TYPE: Final = "application/pdf"
# Browsers keep the names of files: this one says nothing of anybody.
_HEADERS: Final = {"content-disposition": 'attachment; filename="glidepath-report.pdf"'}
_EVIDENCE_HEADERS: Final = {"content-disposition": 'attachment; filename="glidepath-evidence.pdf"'}


class ReportController(Controller):
    tags = ["reports"]  # noqa: RUF012 (Litestar's way)

    @get(
        "/patients/{patient_id:uuid}/report",
        operation_id="getReport",
        audit=Action.REPORT_MAKE,
        media_type=MEDIA_TYPE,
    )
    async def report(
        self,
        patient_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        first: FromQuery[date | None] = None,
        last: FromQuery[date | None] = None,
        language: FromQuery[Language] = "en",
        episode: FromQuery[UUID | None] = None,
    ) -> Response[bytes]:
        """A patient's course in a period, on one or two pages, as a tagged PDF; without days, of the last four weeks."""
        wanted = service.Wanted(first, last)
        made = await service.clinical(
            session, staff, patient_id, wanted, language, episode, datetime.now(UTC)
        )
        return Response(made, media_type=MEDIA_TYPE, headers=_HEADERS)

    @get(
        "/report",
        operation_id="getOwnReport",
        audit=Action.OWN_REPORT_MAKE,
        media_type=MEDIA_TYPE,
    )
    async def own(
        self,
        patient: NamedDependency[PatientActor],
        session: NamedDependency[AsyncSession],
        first: FromQuery[date | None] = None,
        last: FromQuery[date | None] = None,
        language: FromQuery[Language] = "en",
    ) -> Response[bytes]:
        """My own course in a period, in plain words, as a tagged PDF; without days, of the last four weeks."""
        wanted = service.Wanted(first, last)
        made = await service.own(session, patient, wanted, language, datetime.now(UTC))
        return Response(made, media_type=MEDIA_TYPE, headers=_HEADERS)


class EvidenceController(Controller):
    # With the other routes of monitoring, of which there is nothing outside the United States.
    tags = ["monitoring"]  # noqa: RUF012 (Litestar's way)

    @get(
        "/episodes/{episode_id:uuid}/monitoring-closings/{closing_id:uuid}/evidence",
        operation_id="getEvidence",
        audit=Action.MONITORING_EXPORT,
        media_type=MEDIA_TYPE,
    )
    async def evidence(
        self,
        episode_id: FromPath[UUID],
        closing_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        language: FromQuery[Language] = "en",
        notes: FromQuery[bool] = False,
    ) -> Response[bytes]:
        """What a closing of remote monitoring stands on, as a tagged PDF: the entries behind each day, the minutes with
        or without the text of their notes, conversations and records."""
        made = await evidence.pages_of(
            session, staff, episode_id, closing_id, language, datetime.now(UTC), notes=notes
        )
        return Response(made, media_type=MEDIA_TYPE, headers=_EVIDENCE_HEADERS)
