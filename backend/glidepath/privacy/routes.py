"""A patient's consent, and how long the clinic keeps records."""

from datetime import UTC, datetime

from litestar import Controller, Response, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.privacy import consent, retention
from glidepath.privacy.schemas import (
    ConsentBody,
    ConsentPage,
    ConsentView,
    RetentionView,
    WantedRetention,
)
from glidepath.problems import etag
from glidepath.versions import IfMatch, seen


class ConsentController(Controller):
    path = "/consent"
    tags = ["privacy"]  # noqa: RUF012 (Litestar's way)

    @get(operation_id="getConsent", audit=Action.OWN_CONSENT_READ)
    async def page(
        self, patient: NamedDependency[PatientActor], session: NamedDependency[AsyncSession]
    ) -> ConsentPage:
        """What the patient is asked to agree to, and what they said."""
        return await consent.page(session, patient)

    @put(operation_id="putConsent", audit=Action.OWN_CONSENT_WRITE)
    async def say(
        self,
        data: JSONBody[ConsentBody],
        patient: NamedDependency[PatientActor],
        session: NamedDependency[AsyncSession],
    ) -> ConsentView:
        """Agrees to a version of the text, or takes that back; said again it is kept once. 409 where a
        newer text is asked."""
        return await consent.say(session, patient, data, datetime.now(UTC))


class RetentionController(Controller):
    path = "/retention"
    tags = ["privacy"]  # noqa: RUF012 (Litestar's way)

    @get(operation_id="getRetention", audit=Action.RETENTION_READ)
    async def current(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> Response[RetentionView]:
        """For how many years after discharge the clinic keeps records, who changed it when, and whose
        would be due by now. For admins; nothing is erased."""
        stands = await retention.seen(session, staff, datetime.now(UTC))
        return Response(stands, headers={"ETag": etag(stands.version)})

    @put(operation_id="putRetention", audit=Action.RETENTION_WRITE)
    async def change(
        self,
        data: JSONBody[WantedRetention],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        if_match: IfMatch = None,
    ) -> Response[RetentionView]:
        """Chooses another number of years, or none. For admins."""
        stands = await retention.change(
            session, staff, seen(if_match), data.years, datetime.now(UTC)
        )
        return Response(stands, headers={"ETag": etag(stands.version)})
