"""Puts the web application together."""

import asyncio
import gc
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from anyio import to_thread
from litestar import Litestar, Request, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.middleware import DefineMiddleware
from litestar.middleware.compression import CompressionMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath import __version__, events, trends
from glidepath.alerts.raising import evaluate
from glidepath.alerts.routes import AlertController, SensitivityController
from glidepath.assessments.routes import AssessmentController
from glidepath.assets import web_dir
from glidepath.audit import pace, trail
from glidepath.audit import service as audit
from glidepath.audit.actions import Action
from glidepath.audit.keys import key_of
from glidepath.audit.routes import LooksController
from glidepath.audit.trail import TRAIL, Trail
from glidepath.care import covers
from glidepath.care.emergency_routes import EmergencyController
from glidepath.care.pause_routes import PauseController
from glidepath.care.routes import CareController
from glidepath.care.team_routes import TeamController
from glidepath.database import encryption
from glidepath.database.engine import Database
from glidepath.diary import service as diary
from glidepath.diary.routes import DiaryController
from glidepath.diary.schemas import OFFERED_DECODER
from glidepath.discharge.routes import DischargeController
from glidepath.escalation.routes import PolicyController
from glidepath.fhir.routes import FhirController
from glidepath.identity import signing_in
from glidepath.identity.account_routes import (
    DeviceController,
    LinkController,
    OwnAccountController,
    StaffController,
)
from glidepath.identity.actor import (
    Actor,
    OperatorActor,
    PatientActor,
    ProfessionalActor,
    StaffActor,
    as_operator,
    as_patient,
    as_professional,
    as_staff,
    require_second_factor,
)
from glidepath.identity.asking import asking
from glidepath.identity.confirm_routes import ConfirmController
from glidepath.identity.cookies import session_token
from glidepath.identity.routes import (
    IdentityController,
    NewDeviceController,
    WaysInController,
    send_renewed_cookie,
)
from glidepath.identity.second_factor_routes import SecondFactorController
from glidepath.insight.routes import InsightController
from glidepath.installation.routes import InstallationController
from glidepath.logs import configure
from glidepath.messages.routes import MessageController
from glidepath.monitoring.routes import MonitoredController, MonitoringController
from glidepath.notify.live import Live
from glidepath.notify.notice_routes import NoticeController
from glidepath.notify.routes import (
    IsSignedIn,
    LiveController,
    PushController,
    ReminderController,
    WebhookController,
)
from glidepath.outcomes.routes import FormController, OutcomeController
from glidepath.privacy.erasure_routes import ErasureController
from glidepath.privacy.routes import ConsentController, RetentionController
from glidepath.problems import SignedOut
from glidepath.records.bulk_routes import BulkController
from glidepath.records.csv_routes import CsvController
from glidepath.records.erasure_list import StayAway
from glidepath.records.export_routes import ExportController, OwnExportController
from glidepath.records.import_routes import ImportController
from glidepath.reports.routes import EvidenceController, ReportController
from glidepath.settings import Settings
from glidepath.watch.metrics import Requests
from glidepath.watch.routes import AdminController, get_metrics, livez, readyz
from glidepath.web.bodies import Bodies
from glidepath.web.denials import Denials
from glidepath.web.errors import HANDLERS
from glidepath.web.exact import ExactRequest
from glidepath.web.frontend import front_end
from glidepath.web.headers import add_security_headers
from glidepath.web.openapi import ClosedStructs, OfferedEntries, Refusals
from glidepath.web.origin import SAFE_METHODS, SameOrigin
from glidepath.web.places import Places
from glidepath.web.security_events import SecurityEvents

AnyRequest = Request[Any, Any, Any]
Who = TypeVar("Who", bound=Actor)
# A list of 500 is a twelfth of its size afterwards, in 3 ms; more effort would save next to nothing. Live
# updates are sent on as they come.
COMPRESSION = CompressionConfig(
    backend="gzip", gzip_compress_level=4, minimum_size=1024, exclude=["^/api/live$"]
)
CONTROLLERS: Final = (
    IdentityController,
    NewDeviceController,
    WaysInController,
    ConfirmController,
    SecondFactorController,
    StaffController,
    LinkController,
    OwnAccountController,
    DeviceController,
    CareController,
    TeamController,
    EmergencyController,
    LooksController,
    PauseController,
    DiaryController,
    AlertController,
    SensitivityController,
    DischargeController,
    InsightController,
    FhirController,
    EvidenceController,
    BulkController,
    ReportController,
    CsvController,
    ImportController,
    ExportController,
    OwnExportController,
    ReminderController,
    PushController,
    NoticeController,
    WebhookController,
    MessageController,
    LiveController,
    AssessmentController,
    OutcomeController,
    FormController,
    AdminController,
    PolicyController,
    ConsentController,
    RetentionController,
    ErasureController,
    MonitoringController,
    MonitoredController,
    InstallationController,
)
# With it a page says that nobody has touched it lately.
UNATTENDED = "x-unattended"
COLLECT_AFTER = (10_000, 20, 50)
# Seconds after the start: time enough to answer the first requests.
WARM_UP_AFTER = 1.0


async def provide_session(request: AnyRequest, state: State) -> AsyncGenerator[AsyncSession]:
    """The request's one transaction, committed before the first byte of the answer.

    A reading request gets one in which PostgreSQL refuses every write. Who asks is found out in it, so
    that it ends at once for who is not let in: what a later dependency raises, it would never hear of.
    What touches health data is written down in it.

    Of a route that says `apart`, it is over before the handler begins, which opens its own: it has something to do
    first that takes long, and would keep a connection from others meanwhile.
    """
    database: Database = state.database
    if request.route_handler.opt.get("apart"):
        async with database.reading() as session:
            asking(request.scope).actor = await _let_in(request, session)
        yield session
    else:
        async with _unit(request, state) as session:
            if not request.route_handler.opt.get("public"):
                asking(request.scope).actor = await _let_in(request, session)
            yield session
    renewal = asking(request.scope).renewal
    if renewal is not None:
        # Once the request has given its connection back: two at a time would drain the pool.
        async with database.writing(renewal.actor.clinic_id) as session:
            await signing_in.renew(session, renewal)


def _unit(request: AnyRequest, state: State) -> AbstractAsyncContextManager[AsyncSession]:
    database = cast("Database", state.database)
    # FHIR has a GET that puts something on the queue.
    writes = request.route_handler.opt.get("writes", False)
    reading = request.method in SAFE_METHODS and not writes
    action: Action | None = request.route_handler.opt["audit"]
    if action is None:
        return database.reading() if reading else database.writing()
    begun = Trail(action, datetime.now(UTC), uuid7(), key_of(state.settings))
    events.note(request_id=begun.request_id)
    about = request.path_params.get("patient_id")
    if about is not None:
        begun.patient_ids.add(about)
    request.scope[TRAIL] = begun  # type: ignore[typeddict-unknown-key]
    return audit.audited(database, begun, reading=reading)


async def _let_in(request: AnyRequest, session: AsyncSession) -> Actor:
    """Who asks, if they are whom the handler names."""
    token, now = session_token(request), datetime.now(UTC)
    if token is None:
        raise SignedOut("Sign in first.")
    recognised = await signing_in.recognise(session, token, now)
    if recognised.renewal is not None and not _is_unattended(request):
        asking(request.scope).renewal = recognised.renewal
    trail.begins(session, recognised.actor)
    if not request.route_handler.opt.get("one_factor"):
        require_second_factor(recognised.actor)
    named = request.route_handler.parsed_fn_signature.parameters
    if "patient" in named:
        patient = as_patient(recognised.actor)
        trail.opens(session, patient.patient_id)
        return patient
    if "staff" in named:
        if request.method in SAFE_METHODS:
            await pace.require_slow(session)
        return await covers.with_covers(session, as_staff(recognised.actor), now)
    if "professional" in named:
        return as_professional(recognised.actor)
    if "operator" in named:
        return as_operator(recognised.actor)
    return recognised.actor


def _is_unattended(request: AnyRequest) -> bool:
    """A page that asks by itself, with nobody there, does not keep its sign-in."""
    by_itself = request.route_handler.opt.get("by_itself")
    return bool(by_itself) or request.headers.get(UNATTENDED) is not None


def _who_asks(kind: type[Who]) -> Provide:
    """As whom the handler names; known once the session is there."""

    async def provide(request: AnyRequest, session: NamedDependency[AsyncSession]) -> Who:  # noqa: ARG001
        actor = asking(request.scope).actor
        assert isinstance(actor, kind)
        return actor

    return Provide(provide)


async def provide_is_signed_in(request: AnyRequest) -> IsSignedIn:
    """Whether the caller still is, to be asked while an answer goes on."""
    token = session_token(request)

    async def is_signed_in(session: AsyncSession) -> bool:
        return await signing_in.is_signed_in(session, token, datetime.now(UTC))

    return is_signed_in


async def provide_evaluate() -> diary.Evaluate:
    return evaluate


async def _warm_up() -> None:
    """Loads the detector once the first pages are out, so that no patient's sync has to wait."""
    await asyncio.sleep(WARM_UP_AFTER)
    await to_thread.run_sync(trends.warm_up)
    # What came with it stays as well, but for what its loading left behind.
    gc.collect()
    gc.freeze()


def _living(
    database: Database, live: Live
) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """What runs beside the requests, from the start to the end."""

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None]:
        # What start-up made stays for good: the collector need not walk it again and again.
        gc.collect()
        gc.freeze()
        # A sync makes thousands of objects and keeps none: looked for cycles every 700, it takes a seventh longer.
        gc.set_threshold(*COLLECT_AFTER)
        beside = [asyncio.create_task(work) for work in (_warm_up(), live.run())]
        try:
            yield
        finally:
            live.close()
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await database.close()

    return lifespan


def create_app(settings: Settings, web: Path | None = None) -> Litestar:
    """The application on `settings.database_url`, which must be set and migrated.

    `web` is the folder of the built front end, the package's own by default.
    """
    assert settings.database_url is not None
    assert settings.erasure_list is not None
    configure(settings.log_level, "web")
    encryption.use(settings)
    database, live = Database(settings.database_url), Live(settings.listening_url)
    requests = Requests()
    return Litestar(
        route_handlers=[
            # One router for all slices, or two of them could not share a path with different methods.
            Router(
                path="/api",
                route_handlers=CONTROLLERS,
                middleware=[DefineMiddleware(CompressionMiddleware, config=COMPRESSION)],
            ),
            livez,
            readyz,
            get_metrics,
            front_end(web or web_dir(), has_worker=settings.service_worker),
        ],
        dependencies={
            "session": Provide(provide_session),
            "actor": _who_asks(Actor),
            "patient": _who_asks(PatientActor),
            "staff": _who_asks(StaffActor),
            "professional": _who_asks(ProfessionalActor),
            "operator": _who_asks(OperatorActor),
            "evaluate": Provide(provide_evaluate),
            "is_signed_in": Provide(provide_is_signed_in),
        },
        state=State(
            {
                "database": database,
                "settings": settings,
                "live": live,
                "requests": requests,
                "stay_away": StayAway(settings.erasure_list),
                "started_at": datetime.now(UTC),
                # Whether the database said so, and was not yet seen to take more.
                "was_full": False,
            }
        ),
        lifespan=[_living(database, live)],
        middleware=[requests, SecurityEvents(), SameOrigin(), Bodies(), Places(), Denials()],
        before_send=[add_security_headers, send_renewed_cookie],
        exception_handlers=HANDLERS,
        type_decoders=[OFFERED_DECODER],
        request_class=ExactRequest,
        # Held by `Bodies`.
        request_max_body_size=None,
        # Otherwise the framework asks its own variables, and tells what a patient wrote.
        debug=False,
        pdb_on_exception=False,
        openapi_config=OpenAPIConfig(
            title="Glidepath",
            version=__version__,
            path="/api/schema",
            render_plugins=[JsonRenderPlugin()],
        ),
        plugins=[OfferedEntries(), ClosedStructs(), Refusals()],
    )
