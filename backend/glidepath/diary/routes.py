"""The phone's two doors: entries in, history out."""

from datetime import UTC, date, datetime

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.diary import service
from glidepath.diary.schemas import DiaryPage, SyncAnswer, SyncRequest
from glidepath.identity.actor import PatientActor


class DiaryController(Controller):
    tags = ["diary"]  # noqa: RUF012 (Litestar's way)

    @post(
        "/sync",
        operation_id="sync",
        audit=Action.OWN_DIARY_WRITE,
        status_code=HTTP_200_OK,
        entry_by_entry=True,
    )
    async def sync(
        self,
        data: JSONBody[SyncRequest],
        patient: NamedDependency[PatientActor],
        session: NamedDependency[AsyncSession],
        evaluate: NamedDependency[service.Evaluate],
    ) -> SyncAnswer:
        """Stores a batch of entries, each once, and says of each what became of it."""
        return await service.sync(session, patient, data, datetime.now(UTC), evaluate)

    @get("/diary", operation_id="getDiary", audit=Action.OWN_DIARY_READ)
    async def diary(
        self,
        patient: NamedDependency[PatientActor],
        session: NamedDependency[AsyncSession],
        since: FromQuery[date | None] = None,
    ) -> DiaryPage:
        """The patient's own entries, to restore a phone that lost them."""
        return await service.page(session, patient, since)
