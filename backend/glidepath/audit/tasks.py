"""The ends of all chains are written down outside the database, at least every five minutes."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import structlog
from procrastinate import App, JobContext, RetryStrategy

from glidepath.audit import anchors, store
from glidepath.database import jobs
from glidepath.database.engine import Database, enter_as_worker
from glidepath.database.work import tools
from glidepath.settings import Settings

log = structlog.get_logger()

ANCHOR: Final = "audit:anchor"
EVERY_FOUR_MINUTES: Final = "*/4 * * * *"


class Anchoring:
    """Of one process. A chain that did not grow since is not written down again."""

    def __init__(self) -> None:
        self._known: dict[UUID, int] = {}

    async def anchor(self, database: Database, settings: Settings, now: datetime) -> int:
        """How many chains grew."""
        assert settings.audit_anchor is not None
        async with database.reading() as session:
            await enter_as_worker(session)
            ends = await store.ends(session)
        grown = [one for one in ends if self._known.get(one.clinic_id) != one.seq]
        if grown:
            anchors.add(settings.audit_anchor, grown, now)
        for one in grown:
            self._known[one.clinic_id] = one.seq
            log.info("audit_head", clinic_id=str(one.clinic_id), seq=one.seq, hash=one.hash.hex())
        return len(grown)


def register(app: App) -> None:
    anchoring = Anchoring()

    async def anchor(context: JobContext, timestamp: int) -> None:
        database, settings = tools(context).database, tools(context).settings
        grown = await anchoring.anchor(database, settings, datetime.now(UTC))
        log.debug("audit_anchored", chains=grown, due=timestamp)

    again = RetryStrategy(max_attempts=3, wait=10)
    task = app.task(name=ANCHOR, pass_context=True, retry=again, queue=jobs.QUEUE)(anchor)
    app.periodic(cron=EVERY_FOUR_MINUTES)(task)
