"""What the watchdog says to the outside: that it lives, and to the operator that something does not."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Final

import httpx
import structlog

from glidepath.notify import mail
from glidepath.settings import Settings

log = structlog.get_logger()

# While it lasts it is said again, since the first word may have been lost as well.
AGAIN_AFTER: Final = timedelta(hours=1)
WELL: Final = "Alerts of Glidepath arrive again."
WHERE: Final = {
    "database": "the database does not answer",
    "web": "the web server does not answer as it should",
    "sync": "an entry of a phone was not taken in",
    "detector": "an entry raised no alert",
    "live": "open pages are not told of changes",
    "delivery": "the worker did not deliver in time",
}


class Operator:
    """Told once when the way breaks, every hour while it is broken, and once when it is whole again."""

    def __init__(self, settings: Settings, client: httpx.AsyncClient) -> None:
        self._settings = settings
        self._client = client
        self._told_at: datetime | None = None

    async def hear(self, failure: str | None, now: datetime) -> None:
        if failure is None:
            if self._told_at is not None:
                self._told_at = None
                await self._tell(WELL, None)
            await self._beat()
        elif self._told_at is None or now - self._told_at >= AGAIN_AFTER:
            self._told_at = now
            await self._tell(f"Alerts of Glidepath do not arrive: {WHERE[failure]}.", failure)

    async def _beat(self) -> None:
        """Whoever watches from outside notices that it stopped coming: then this process is gone, too."""
        if self._settings.heartbeat_url is not None:
            await self._ask("GET", self._settings.heartbeat_url)

    async def _tell(self, sentence: str, failure: str | None) -> None:
        settings = self._settings
        log.warning("watchdog_tells", failure=failure)
        if settings.operator_hook is not None:
            await self._ask("POST", settings.operator_hook, {"text": sentence, "failure": failure})
        if settings.operator_email and settings.smtp_url and settings.mail_from:
            message = EmailMessage()
            message["From"], message["To"] = settings.mail_from, settings.operator_email
            message["Subject"] = sentence.partition(":")[0].rstrip(".")
            message.set_content(f"{sentence}\n\n{settings.base_url}/therapist/admin\n")
            outcome = await mail.send(message, settings.smtp_url)
            log.info("operator_mailed", outcome=type(outcome).__name__)

    async def _ask(self, method: str, url: str, body: dict[str, str | None] | None = None) -> None:
        try:
            answer = await self._client.request(method, url, json=body)
        except httpx.HTTPError as error:
            log.warning("operator_unreachable", error=type(error).__name__)
        else:
            if answer.is_error:
                log.warning("operator_unreachable", status=answer.status_code)
