"""What staff do about alerts, and a look at what an alert stands on."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts import handling, sensitivity, why
from glidepath.alerts.schemas import (
    AlertView,
    BasisView,
    BulkResults,
    Resolution,
    SeenAlerts,
    SensitivityView,
    Snooze,
    Viewed,
    WantedSensitivity,
)
from glidepath.audit.actions import Action
from glidepath.identity.actor import StaffActor
from glidepath.problems import etag
from glidepath.versions import IfMatch, seen


class AlertController(Controller):
    path = "/alerts"
    tags = ["alerts"]  # noqa: RUF012 (Litestar's way)

    @post(
        "/acknowledge",
        operation_id="acknowledgeAlerts",
        audit=Action.ALERT_ACKNOWLEDGE,
        status_code=HTTP_200_OK,
    )
    async def acknowledge_all(
        self,
        data: JSONBody[SeenAlerts],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> BulkResults:
        """Says of several alerts that somebody looked, each on its own: one that was changed meanwhile
        keeps no other out."""
        now = datetime.now(UTC)
        return BulkResults(await handling.acknowledge_all(session, staff, data.alerts, now))

    @post(
        "/viewed",
        operation_id="viewAlerts",
        audit=Action.ALERT_VIEW,
        status_code=HTTP_204_NO_CONTENT,
    )
    async def viewed(
        self,
        data: JSONBody[Viewed],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """Says that I have the reasons of these alerts on my screen. The first time counts; of alerts
        that are not mine to see nothing is kept."""
        await handling.viewed(session, staff, data.alerts, datetime.now(UTC))

    @post(
        "/{alert_id:uuid}/acknowledge",
        operation_id="acknowledgeAlert",
        audit=Action.ALERT_ACKNOWLEDGE,
        status_code=HTTP_200_OK,
    )
    async def acknowledge(
        self,
        alert_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        if_match: IfMatch = None,
    ) -> Response[AlertView]:
        """Says that somebody looked; the patient sees it."""
        version, now = seen(if_match), datetime.now(UTC)
        return _tagged(await handling.acknowledge(session, staff, alert_id, version, now))

    @post(
        "/{alert_id:uuid}/snooze",
        operation_id="snoozeAlert",
        audit=Action.ALERT_SNOOZE,
        status_code=HTTP_200_OK,
    )
    async def snooze(
        self,
        alert_id: FromPath[UUID],
        data: JSONBody[Snooze],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        if_match: IfMatch = None,
    ) -> Response[AlertView]:
        """Puts the alert off until a day of the patient's, or until another kind of worsening."""
        version, now = seen(if_match), datetime.now(UTC)
        return _tagged(await handling.snooze(session, staff, alert_id, version, data.until, now))

    @post(
        "/{alert_id:uuid}/resolve",
        operation_id="resolveAlert",
        audit=Action.ALERT_RESOLVE,
        status_code=HTTP_200_OK,
    )
    async def resolve(
        self,
        alert_id: FromPath[UUID],
        data: JSONBody[Resolution],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        if_match: IfMatch = None,
    ) -> Response[AlertView]:
        """Closes the alert with its outcome, and whether it was useful."""
        version, now = seen(if_match), datetime.now(UTC)
        return _tagged(await handling.resolve(session, staff, alert_id, version, data, now))

    @post(
        "/{alert_id:uuid}/undo",
        operation_id="undoAlert",
        audit=Action.ALERT_UNDO,
        status_code=HTTP_200_OK,
    )
    async def undo(
        self,
        alert_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        if_match: IfMatch = None,
    ) -> Response[AlertView]:
        """Takes back my own last step, within a minute."""
        version, now = seen(if_match), datetime.now(UTC)
        return _tagged(await handling.undo(session, staff, alert_id, version, now))

    @get("/{alert_id:uuid}/basis", operation_id="getAlertBasis", audit=Action.ALERT_READ)
    async def basis(
        self,
        alert_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> BasisView:
        """The numbers behind the alert, and whether deciding again from them gives the same."""
        return await why.basis(session, staff, alert_id)


class SensitivityController(Controller):
    path = "/sensitivity"
    tags = ["alerts"]  # noqa: RUF012 (Litestar's way)

    @get(
        operation_id="getSensitivity",
        audit=None,
        no_audit="the clinic's own words, of nobody's record",
    )
    async def current(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> Response[SensitivityView]:
        """The clinic's sensitivity, what each costs and finds, and who changed it when."""
        stands = await sensitivity.seen(session)
        return Response(stands, headers={"ETag": etag(stands.version)})

    @put(
        operation_id="changeSensitivity",
        audit=None,
        no_audit="the clinic's own words, of nobody's record",
    )
    async def change(
        self,
        data: JSONBody[WantedSensitivity],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        if_match: IfMatch = None,
    ) -> Response[SensitivityView]:
        """Chooses another, for the entries of tomorrow on. For admins."""
        version, now = seen(if_match), datetime.now(UTC)
        stands = await sensitivity.change(session, staff, version, data.sensitivity, now)
        return Response(stands, headers={"ETag": etag(stands.version)})


def _tagged(alert: AlertView) -> Response[AlertView]:
    return Response(alert, headers={"ETag": etag(alert.version)})
