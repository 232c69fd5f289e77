"""A patient's reminders."""

from datetime import UTC, datetime

from litestar import Controller, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.identity.actor import PatientActor
from glidepath.notify import reminders
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
