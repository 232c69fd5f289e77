"""The mail channel. Its words are constant: whoever reads over a shoulder, or runs the mail server,
learns nothing of anyone."""

import ssl
from email.message import EmailMessage
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib

from glidepath.notify.outcomes import Later, Outcome, Refused, Sent

TIMEOUT: Final = 20
HERE: Final = frozenset({"127.0.0.1", "::1", "localhost"})
# Subject and sentence by cause and language.
WORDS: Final = {
    "raised": {
        "en": ("A patient may need you", "There is a new alert in Glidepath. Sign in to see it:"),
        "es": (
            "Un paciente puede necesitarle",
            "Hay un aviso nuevo en Glidepath. Entre para verlo:",
        ),
    },
    "escalated": {
        "en": (
            "An alert waits for somebody",
            "Nobody has looked at an alert yet. Sign in to see it:",
        ),
        "es": ("Un aviso espera a alguien", "Nadie ha visto aún un aviso. Entre para verlo:"),
    },
    "digest": {
        "en": (
            "Your patients today",
            "Alerts wait in your list in Glidepath. Sign in to see them:",
        ),
        "es": ("Sus pacientes hoy", "Hay avisos en su lista de Glidepath. Entre para verlos:"),
    },
    "test": {
        "en": ("A try of Glidepath", "Mail from Glidepath arrives. There is nothing to do."),
        "es": ("Una prueba de Glidepath", "El correo de Glidepath llega. No hay nada que hacer."),
    },
}


def compose(
    *, cause: str, locale: str, sender: str, to: str, message_id: str, link: str
) -> EmailMessage:
    """`message_id` is the same at every try, so that the reader's program shows it once."""
    subject, sentence = WORDS[cause][locale]
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = f"<{message_id}@glidepath>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{sentence}\n\n{link}\n")
    return message


async def send(
    message: EmailMessage, smtp_url: str, context: ssl.SSLContext | None = None
) -> Outcome:
    """Hands a mail to the clinic's server.

    `smtps://` speaks TLS from the first byte. `smtp://` must go over to TLS before anything is said,
    except with a server on this machine.
    """
    url = urlsplit(smtp_url)
    try:
        await aiosmtplib.send(
            message,
            hostname=url.hostname,
            port=url.port,
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            use_tls=url.scheme == "smtps",
            start_tls=url.scheme == "smtp" and url.hostname not in HERE,
            timeout=TIMEOUT,
            tls_context=context,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        return _by_status(max(one.code for one in error.recipients))
    except aiosmtplib.SMTPResponseException as error:
        return _by_status(error.code)
    except aiosmtplib.SMTPTimeoutError:
        return Later("smtp_timeout")
    except (aiosmtplib.SMTPException, OSError):
        return Later("smtp_unreachable")
    return Sent()


def _by_status(status: int) -> Outcome:
    """A 5xx of the server is for good, except that it does not know us: that is ours to mend."""
    if 500 <= status < 600 and status not in {530, 534, 535}:
        return Refused(f"smtp_{status}")
    return Later(f"smtp_{status}")
