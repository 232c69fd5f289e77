"""Remote monitoring for clinics in the United States; elsewhere, and as long as it is off, there is nothing here."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.identity.actor import StaffActor
from glidepath.monitoring import closings, evidence, facts, pages, setting, timers
from glidepath.monitoring.schemas import (
    ClosingBody,
    ClosingView,
    EvidenceBody,
    EvidenceFile,
    FactBody,
    FactView,
    LicenceBody,
    MonitoringPage,
    MonitoringSetting,
    MonitoringSwitch,
    OwnClock,
    StopBody,
    TimerView,
    WorkBody,
    Worklist,
    WorkView,
)
from glidepath.problems import etag
from glidepath.versions import IfMatch, seen


class MonitoringController(Controller):
    path = "/monitoring"
    tags = ["monitoring"]  # noqa: RUF012 (Litestar's way)

    @get(
        operation_id="getMonitoring",
        audit=None,
        no_audit="the clinic's own setting, of nobody's record",
    )
    async def current(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> Response[MonitoringSetting]:
        """Whether the clinic monitors, who switched it when, and as what its staff are licensed. 404 outside the
        United States and, for therapists, as long as it is off."""
        stands = await setting.seen(session, staff)
        return Response(stands, headers={"ETag": etag(stands.version)})

    @put(
        operation_id="putMonitoring",
        audit=None,
        no_audit="the clinic's own setting, of nobody's record",
    )
    async def switch(
        self,
        data: JSONBody[MonitoringSwitch],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        if_match: IfMatch = None,
    ) -> Response[MonitoringSetting]:
        """Switches it on or off. For admins."""
        stands = await setting.change(session, staff, seen(if_match), data.on, datetime.now(UTC))
        return Response(stands, headers={"ETag": etag(stands.version)})

    @put(
        "/licences/{account_id:uuid}",
        operation_id="putLicence",
        audit=None,
        no_audit="a colleague's licence, of nobody's record",
    )
    async def license_staff(
        self,
        account_id: FromPath[UUID],
        data: JSONBody[LicenceBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> MonitoringSetting:
        """Says as what one of the staff is licensed, for the time that counts from now on. For admins."""
        return await setting.license_staff(
            session, staff, account_id, data.licence, datetime.now(UTC)
        )

    @get("/worklist", operation_id="getMonitoringWorklist", audit=Action.CASELOAD_MONITORING)
    async def worklist(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> Worklist:
        """My monitored patients: how the period and the month stand, and what is missing."""
        return await pages.worklist(session, staff, datetime.now(UTC))


class MonitoredController(Controller):
    tags = ["monitoring"]  # noqa: RUF012 (Litestar's way)

    @get(
        "/patients/{patient_id:uuid}/monitoring",
        operation_id="getPatientMonitoring",
        audit=Action.MONITORING_READ,
    )
    async def page(
        self,
        patient_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        episode: FromQuery[UUID | None] = None,
    ) -> MonitoringPage:
        """What was written down of an episode, its periods and months with what may be billed and why not, and
        what was closed. Of the running or the last one; an earlier one by its id."""
        return await pages.of_patient(session, staff, patient_id, datetime.now(UTC), episode)

    @put(
        "/episodes/{episode_id:uuid}/monitoring-records/{record_id:uuid}",
        operation_id="putMonitoringRecord",
        audit=Action.MONITORING_WRITE,
        status_code=HTTP_201_CREATED,
    )
    async def record(
        self,
        episode_id: FromPath[UUID],
        record_id: FromPath[UUID],
        data: JSONBody[FactBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[list[FactView]]:
        """Writes down a plan of care, a consent, what was shown, who bills, the device or a conversation; or a
        correction of it. Answers what stands then; sent again it answers 200."""
        now = datetime.now(UTC)
        stands, is_new = await facts.put(session, staff, episode_id, record_id, data, now)
        return Response(stands, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

    @put(
        "/episodes/{episode_id:uuid}/monitoring-timers/{timer_id:uuid}",
        operation_id="startTimer",
        audit=Action.MINUTES_START,
        status_code=HTTP_201_CREATED,
    )
    async def start(
        self,
        episode_id: FromPath[UUID],
        timer_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[TimerView]:
        """Starts the one clock of who asks. 409 while another runs, and for who is not licensed."""
        running, is_new = await timers.start(
            session, staff, episode_id, timer_id, datetime.now(UTC)
        )
        return Response(running, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

    @get(
        "/monitoring-timer",
        operation_id="getTimer",
        audit=None,
        no_audit="one's own clock: times and an id, and no record",
    )
    async def own_clock(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> OwnClock:
        """The clock that runs for me, on whatever page it was started."""
        return await timers.own(session, staff, datetime.now(UTC))

    @post(
        "/monitoring-timers/{timer_id:uuid}/active",
        operation_id="keepTimer",
        audit=None,
        no_audit="that somebody is at their page: times, and no record",
        status_code=HTTP_200_OK,
    )
    async def active(
        self,
        timer_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> TimerView:
        """Says that something was done on the page. A clock that has stopped stays so."""
        return await timers.active(session, staff, timer_id, datetime.now(UTC))

    @post(
        "/monitoring-timers/{timer_id:uuid}/stop",
        operation_id="stopTimer",
        audit=Action.MINUTES_STOP,
        status_code=HTTP_200_OK,
    )
    async def stop(
        self,
        timer_id: FromPath[UUID],
        data: JSONBody[StopBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> list[WorkView]:
        """Stops it with a note or, without one, throws its time away; what it counted, a part for each day."""
        now = datetime.now(UTC)
        counted = await timers.stop(session, staff, timer_id, data, now)
        return await pages.work_views(session, staff, counted)

    @put(
        "/episodes/{episode_id:uuid}/monitoring-work/{work_id:uuid}",
        operation_id="correctWork",
        audit=Action.MINUTES_CORRECT,
        status_code=HTTP_201_CREATED,
    )
    async def correct(
        self,
        episode_id: FromPath[UUID],
        work_id: FromPath[UUID],
        data: JSONBody[WorkBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[WorkView]:
        """Corrects one's own time, never to more, or takes it back; admins anybody's."""
        made, is_new = await timers.correct(
            session, staff, episode_id, work_id, data, datetime.now(UTC)
        )
        (shown,) = await pages.work_views(session, staff, [made])
        return Response(shown, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

    @put(
        "/episodes/{episode_id:uuid}/monitoring-closings/{closing_id:uuid}",
        operation_id="putClosing",
        audit=Action.MONITORING_CLOSE,
        status_code=HTTP_201_CREATED,
    )
    async def close(
        self,
        episode_id: FromPath[UUID],
        closing_id: FromPath[UUID],
        data: JSONBody[ClosingBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[ClosingView]:
        """Freezes a period or a month that is over, or amends what was closed and has changed since. 409 where
        it goes on, was closed by somebody else, or was not changed."""
        closed, is_new = await closings.close(
            session, staff, episode_id, closing_id, data, datetime.now(UTC)
        )
        return Response(closed, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

    @post(
        "/episodes/{episode_id:uuid}/monitoring-closings/{closing_id:uuid}/evidence",
        operation_id="makeEvidence",
        audit=Action.MONITORING_EXPORT,
        status_code=HTTP_200_OK,
    )
    async def evidence(
        self,
        episode_id: FromPath[UUID],
        closing_id: FromPath[UUID],
        data: JSONBody[EvidenceBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> EvidenceFile:
        """The entries behind each day and the note behind each minute of a closing, in CSV; for somebody who has
        shown in the last ten minutes who they are."""
        now = datetime.now(UTC)
        pack = await evidence.pack(session, staff, episode_id, closing_id, now)
        return evidence.file(pack, notes=data.notes)
