"""A patient's reminders, pushes, and what staff are told live."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import ServerSentEvent
from litestar.status_codes import HTTP_204_NO_CONTENT
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import service as care
from glidepath.database.engine import Database
from glidepath.identity.actor import Actor, PatientActor, StaffActor
from glidepath.notify import browsers, reminders, service, webhooks
from glidepath.notify.live import Live
from glidepath.notify.schemas import (
    BrowserView,
    PushView,
    Reminder,
    Subscribing,
    WebhookBody,
    WebhookView,
    Where,
)

IsSignedIn = Callable[[AsyncSession], Awaitable[bool]]


class ReminderController(Controller):
    tags = ["reminders"]  # noqa: RUF012 (Litestar's way)

    @get(
        "/reminders", operation_id="getReminders", audit=None, no_audit="when somebody is reminded"
    )
    async def get_reminders(
        self, patient: NamedDependency[PatientActor], session: NamedDependency[AsyncSession]
    ) -> Reminder:
        """When I am reminded of my diary."""
        return await reminders.of(session, patient)

    @put(
        "/reminders", operation_id="putReminders", audit=None, no_audit="when somebody is reminded"
    )
    async def put_reminders(
        self,
        data: JSONBody[Reminder],
        patient: NamedDependency[PatientActor],
        session: NamedDependency[AsyncSession],
    ) -> Reminder:
        """Changes when I am reminded; sent again it changes nothing."""
        return await reminders.put(session, patient, data, datetime.now(UTC))


class LiveController(Controller):
    tags = ["live"]  # noqa: RUF012 (Litestar's way)

    @get(
        "/live",
        operation_id="getLive",
        audit=None,
        no_audit="that something changed, and not what",
        media_type="text/event-stream",
        by_itself=True,
    )
    async def live(
        self,
        state: State,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        is_signed_in: NamedDependency[IsSignedIn],
    ) -> ServerSentEvent:
        """Server-sent events: "changed" names patients to ask for anew, "resync" says to ask for all,
        "beat" that nothing happened. Ends after about a minute, to be opened again."""
        live: Live = state.live
        sees, database = (
            await care.visible_patients(session, staff),
            cast("Database", state.database),
        )

        async def goes_on() -> bool:
            """As long as they are signed in and see the same patients; the next stream hears of others."""
            async with database.reading() as later:
                return (
                    await is_signed_in(later) and await care.visible_patients(later, staff) == sees
                )

        return ServerSentEvent(live.stream(staff, sees, goes_on))


class PushController(Controller):
    """In which browsers somebody is told, and what a notification leads to."""

    tags = ["pushes"]  # noqa: RUF012 (Litestar's way)

    @get("/push", operation_id="getPush", audit=None, no_audit="the caller's own account")
    async def mine(
        self,
        actor: NamedDependency[Actor],
        session: NamedDependency[AsyncSession],
        state: State,
    ) -> PushView:
        """The key that a browser subscribes with, and my browsers that take pushes."""
        return await browsers.mine(session, actor, state.settings)

    @put(
        "/push-subscriptions",
        operation_id="putPushSubscription",
        audit=None,
        no_audit="the caller's own account",
    )
    async def subscribe(
        self,
        data: JSONBody[Subscribing],
        actor: NamedDependency[Actor],
        session: NamedDependency[AsyncSession],
        state: State,
    ) -> BrowserView:
        """This browser tells me from now on, and nobody whom it told before; of my browsers the newest
        five are told. Sent again it changes nothing."""
        return await browsers.subscribe(session, actor, data, state.settings, datetime.now(UTC))

    @delete(
        "/push-subscriptions/{browser_id:uuid}",
        operation_id="dropPushSubscription",
        audit=None,
        no_audit="the caller's own account",
    )
    async def drop(
        self,
        browser_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """One of my browsers is told no more."""
        await browsers.drop(session, actor, browser_id, datetime.now(UTC))

    @get(
        "/notifications/{notification_id:uuid}",
        operation_id="getNotification",
        audit=None,
        no_audit="a path, whose page is a request of its own",
    )
    async def where(
        self,
        notification_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        session: NamedDependency[AsyncSession],
    ) -> Where:
        """Where a notification leads; 404 for everybody but whom it was meant for."""
        return await browsers.where(session, actor, notification_id, datetime.now(UTC))


class WebhookController(Controller):
    """The clinic's own pager or chat; for its admins."""

    path = "/webhook"
    tags = ["webhook"]  # noqa: RUF012 (Litestar's way)

    @get("/", operation_id="getWebhook", audit=None, no_audit="an address of the clinic")
    async def of_clinic(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> WebhookView:
        """Where messages of what is urgent go, and how the last one ended."""
        return await webhooks.of_clinic(session, staff)

    @put("/", operation_id="putWebhook", audit=None, no_audit="an address of the clinic")
    async def put_webhook(
        self,
        data: JSONBody[WebhookBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        state: State,
    ) -> WebhookView:
        """Sets where they go; a secret that is made by it is in this answer and in no other."""
        return await webhooks.put(session, staff, data, state.settings, datetime.now(UTC))

    @delete("/", operation_id="dropWebhook", audit=None, no_audit="an address of the clinic")
    async def drop_webhook(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> None:
        """Nothing goes there any more."""
        await webhooks.drop(session, staff, datetime.now(UTC))

    @post(
        "/test",
        operation_id="testWebhook",
        audit=None,
        no_audit="a message about nothing",
        status_code=HTTP_204_NO_CONTENT,
    )
    async def try_out(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> None:
        """Sends a message that is about nothing."""
        await webhooks.require(session, staff)
        await service.try_out(session, staff.clinic_id, "webhook", None, datetime.now(UTC))
