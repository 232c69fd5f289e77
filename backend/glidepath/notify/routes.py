"""A patient's reminders, and what staff are told live."""

from datetime import UTC, datetime

from litestar import Controller, get, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.response import ServerSentEvent
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import service as care
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.notify import reminders
from glidepath.notify.live import IsSignedIn, Live
from glidepath.notify.schemas import Reminder


class ReminderController(Controller):
    tags = ["reminders"]  # noqa: RUF012 (Litestar's way)

    @get("/reminders", operation_id="getReminders")
    async def get_reminders(
        self, patient: NamedDependency[PatientActor], session: NamedDependency[AsyncSession]
    ) -> Reminder:
        """When I am reminded of my diary."""
        return await reminders.of(session, patient)

    @put("/reminders", operation_id="putReminders")
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

    @get("/live", operation_id="getLive", media_type="text/event-stream")
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
        sees = await care.visible_patients(session, staff)
        return ServerSentEvent(live.stream(staff, sees, is_signed_in))
