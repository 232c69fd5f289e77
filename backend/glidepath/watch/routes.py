"""Health and figures for machines; deliveries and the watchdog for the clinic's admins."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT, HTTP_503_SERVICE_UNAVAILABLE
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.database.engine import Database
from glidepath.identity.actor import StaffActor
from glidepath.problems import NotFound
from glidepath.settings import Settings
from glidepath.watch import metrics, readiness, service, standing
from glidepath.watch.insiders import may_see_detail
from glidepath.watch.schemas import AdminPage, Degraded, Part, Ready, RedView, Retried

NO_STORE = {"cache-control": "no-store"}
AnyRequest = Request[Any, Any, Any]


@get(
    "/livez",
    operation_id="livez",
    audit=None,
    no_audit="of the process",
    tags=["operations"],
    public=True,
)
async def livez() -> Response[dict[str, str]]:
    """Answers as long as the process does."""
    return Response({"status": "ok"}, headers=NO_STORE)


@get(
    "/readyz",
    operation_id="readyz",
    audit=None,
    no_audit="of the installation",
    tags=["operations"],
    public=True,
)
async def readyz(request: AnyRequest, state: State) -> Response[Ready]:
    """200 while entries can be taken in, 503 while not; in detail for this machine or with the token."""
    settings: Settings = state.settings
    found = await _parts(state)
    is_ready = readiness.is_ready(found)
    answer = Ready("ready" if is_ready else "not_ready")
    if may_see_detail(request.scope, settings.operations_token):
        answer.parts = [Part(name, part.is_well, part.says) for name, part in found.items()]
        if is_ready:
            answer.standing = await _standing(state.database, _promise(state), datetime.now(UTC))
    status = HTTP_200_OK if is_ready else HTTP_503_SERVICE_UNAVAILABLE
    return Response(answer, status_code=status, headers=NO_STORE)


async def _parts(state: State) -> readiness.Readiness:
    settings: Settings = state.settings
    assert settings.database_url is not None
    found = await readiness.check(
        settings.database_url, settings.data_dir, state.stay_away, was_full=state.was_full
    )
    if found["database"].is_well:
        state.was_full = False
    return found


def _promise(state: State) -> standing.Promise:
    return service.promise(state.settings, state.started_at)


async def _standing(database: Database, promise: standing.Promise, now: datetime) -> Degraded:
    found = await standing.find(database, promise, now)
    queue = found.queue
    return Degraded(
        red=list(standing.all_red(found, now)),
        queue_lag_seconds=standing.lag(queue, now).total_seconds() if queue else None,
        worker_heard_at=queue and queue.heartbeat,
        dead_letters=found.dead_letters,
        unowned_alerts=found.late_alerts["unowned"],
        spent_alerts=found.late_alerts["spent"],
        overdue_alerts=found.late_alerts["overdue"],
        evaluation_behind=found.behind,
        oldest_undelivered_at=found.oldest,
        watchdog_arrived_at=found.watchdog.arrived_at,
        watchdog=found.watchdog.state,
        watchdog_failure=found.watchdog.failure,
    )


@get(
    "/metrics",
    operation_id="metrics",
    audit=None,
    no_audit="numbers of the installation",
    tags=["operations"],
    public=True,
)
async def get_metrics(request: AnyRequest, state: State) -> Response[bytes]:
    """Prometheus; for this machine or with the token, and for others not there."""
    settings: Settings = state.settings
    if not may_see_detail(request.scope, settings.operations_token):
        raise NotFound
    now = datetime.now(UTC)
    text: bytes = state.requests.text() + metrics.text_of_parts(await _parts(state))
    try:
        found = await standing.find(state.database, _promise(state), now)
    except (OSError, DBAPIError):
        pass  # What this process counted itself is told all the same.
    else:
        text += metrics.text_of(found, state.live.open_streams(), now)
    return Response(text, media_type=CONTENT_TYPE_LATEST, headers=NO_STORE)


class AdminController(Controller):
    path = "/admin"
    tags = ["admin"]  # noqa: RUF012 (Litestar's way)

    @get("/deliveries", operation_id="getAdminPage", audit=Action.DELIVERIES_READ)
    async def deliveries(
        self,
        state: State,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> AdminPage:
        """What became of the clinic's deliveries, whom none reaches, and how the installation does; for
        admins."""
        now = datetime.now(UTC)
        return await service.page(session, staff, state.settings, _promise(state), now)

    @get(
        "/red",
        operation_id="getRed",
        audit=None,
        no_audit="that there is something to look at, and not of whom",
    )
    async def red(
        self,
        state: State,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> RedView:
        """What an admin should look at now."""
        now = datetime.now(UTC)
        return RedView(await service.red(session, staff, state.settings, _promise(state), now))

    @post(
        "/deliveries/{delivery_id:uuid}/retry",
        operation_id="retryDelivery",
        audit=Action.DELIVERIES_RETRY,
        status_code=HTTP_204_NO_CONTENT,
    )
    async def retry(
        self,
        delivery_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """Tries a delivery again that was given up; for admins."""
        await service.retry(session, staff, delivery_id, datetime.now(UTC))

    @post(
        "/deliveries/retry",
        operation_id="retryDeliveries",
        audit=Action.DELIVERIES_RETRY,
        status_code=HTTP_200_OK,
    )
    async def retry_all(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> Retried:
        """Tries all of them again."""
        return Retried(await service.retry_all(session, staff, datetime.now(UTC)))
