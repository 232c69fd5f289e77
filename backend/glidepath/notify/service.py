"""Who is told of an alert, and how the telling reads. No health data leaves the clinic's pages."""

from datetime import datetime
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts import service as alerts
from glidepath.care import covers
from glidepath.database import jobs
from glidepath.identity import service as identity

MAIL = "notify:mail"

# Constant words: whoever reads over a shoulder, or runs the mail server, learns nothing of anyone.
WORDS = {
    "en": ("A patient may need you", "There is a new alert in Glidepath. Sign in to see it:"),
    "es": ("Un paciente puede necesitarte", "Hay un aviso nuevo en Glidepath. Entra para verlo:"),
}


async def spread(session: AsyncSession, clinic_id: UUID, alert_id: UUID, now: datetime) -> int:
    """Puts one mail on the queue for each who looks after the patient; how many.

    One job a person, so that a retry for one never writes to another again. What can wait is in
    the list and interrupts nobody.
    """
    notice = await alerts.notice(session, alert_id)
    if notice.severity == "low":
        return 0
    told = await covers.looking_after(session, notice.patient_id, now)
    for account_id in told:
        await jobs.defer(session, MAIL, clinic_id=clinic_id, alert_id=alert_id, to=account_id)
    return len(told)


async def compose(
    session: AsyncSession, account_id: UUID, alert_id: UUID, sender: str, base_url: str
) -> EmailMessage | None:
    """The mail to one person; None if their account was closed meanwhile."""
    recipient = await identity.mail_recipient(session, account_id)
    if recipient is None:
        return None
    subject, sentence = WORDS[recipient.locale]
    message = EmailMessage()
    message["From"] = sender
    message["To"] = recipient.email
    message["Subject"] = subject
    # The same alert to the same person is the same message, however often it is tried.
    message["Message-ID"] = f"<{alert_id}.{account_id}@glidepath>"
    message.set_content(f"{sentence}\n\n{base_url}/therapist\n")
    return message


async def send(message: EmailMessage, smtp_url: str) -> None:
    """Hands a mail to the clinic's server. Raises aiosmtplib.SMTPException when that fails."""
    url = urlsplit(smtp_url)
    await aiosmtplib.send(
        message,
        hostname=url.hostname,
        port=url.port,
        username=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
        use_tls=url.scheme == "smtps",
        timeout=20,
    )
