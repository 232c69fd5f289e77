"""The mail channel. Its words are constant: whoever reads over a shoulder, or runs the mail server,
learns nothing of anyone."""

import asyncio
import re
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

import aiosmtplib

from glidepath.notify import account_words
from glidepath.notify.outcomes import Later, Outcome, Refused, Sent
from glidepath.settings import Settings

Way = Literal["on", "kept", "off"]
# Seconds: for each answer of the server, and for all of them, since one may drip.
TIMEOUT: Final = 20
PATIENCE: Final = 60
LONGEST_ADDRESS: Final = 254
# What our accounts have: neither quoted nor with a comment, which are the ways to say two things at once.
ADDRESS: Final = re.compile(
    r"""[^\x00-\x20\x7f-\xa0()<>@,;:\\"\[\]]+@[^\x00-\x20\x7f-\xa0()<>@,;:\\"\[\]]+"""
)
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
            "Sign in to Glidepath to see what waits in your list:",
        ),
        "es": ("Sus pacientes hoy", "Entre en Glidepath para ver lo que espera en su lista:"),
    },
    **account_words.WORDS,
    "test": {
        "en": ("A try of Glidepath", "Mail from Glidepath arrives. There is nothing to do."),
        "es": ("Una prueba de Glidepath", "El correo de Glidepath llega. No hay nada que hacer."),
    },
    "new_device": {
        "en": (
            "A sign-in on a new device",
            (
                "Somebody signed in to your Glidepath account on a device that was not known before: "
                "{browser}, {at}. If it was you, there is nothing to do. If not, sign in on a device of "
                "yours and say so there:"
            ),
        ),
        "es": (
            "Una entrada desde un dispositivo nuevo",
            (
                "Alguien ha entrado en su cuenta de Glidepath desde un dispositivo que no se conocía: "
                "{browser}, {at}. Si ha sido usted, no hay nada que hacer. Si no, entre desde un "
                "dispositivo suyo y dígalo allí:"
            ),
        ),
    },
}
UNKNOWN_BROWSER: Final = {"en": "unknown browser", "es": "navegador desconocido"}

# What a digest tells of, as far as there is any: that alerts wait, and how many messages.
WAITING: Final = {
    "en": ("Alerts wait for somebody to look.", "Unread messages from patients: {count}."),
    "es": ("Hay avisos que nadie ha visto aún.", "Mensajes de pacientes sin leer: {count}."),
}


def way(settings: Settings) -> Way:
    """What becomes of a mail here. Where nobody but this machine reaches the pages, it is only being tried
    out, and what would have been sent is kept to be looked at; elsewhere no mail is a fault."""
    if settings.sends_mail:
        return "on"
    return "kept" if urlsplit(settings.base_url).hostname in HERE else "off"


@dataclass(frozen=True, slots=True)
class SignIn:
    """When it was, by the clock of the clinic, and the kind of browser, empty where it is not known."""

    at: datetime
    browser: str


def compose(
    *,
    cause: str,
    locale: str,
    sender: str,
    to: str,
    message_id: str,
    link: str,
    at: datetime,
    alerts: bool = False,
    messages: int = 0,
    sign_in: SignIn | None = None,
) -> EmailMessage:
    """`message_id` is the same at every try, so that the reader's program shows it once.

    `alerts` and `messages` are what a digest tells of, `sign_in` what a mail of a new device does.

    ValueError if `to` is no single address; nothing that stands in one becomes another header.
    """
    subject, sentence = WORDS[cause][locale]
    if sign_in is not None:
        sentence = sentence.format(
            browser=sign_in.browser or UNKNOWN_BROWSER[locale],
            at=f"{sign_in.at:%Y-%m-%d %H:%M %Z}",
        )
    message = EmailMessage()
    message["From"] = sender
    message["To"] = _address(to)
    message["Subject"] = subject
    message["Date"] = at
    message["Message-ID"] = f"<{message_id}@glidepath>"
    # Nobody's answering machine is to answer.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    of_alerts, of_messages = WAITING[locale]
    told = [of_alerts] * alerts + [of_messages.format(count=messages)] * (messages > 0)
    message.set_content(f"{' '.join([*told, sentence])}\n\n{link}\n")
    return message


def _address(written: str) -> Address:
    if len(written) > LONGEST_ADDRESS or not ADDRESS.fullmatch(written):
        raise ValueError("no address")
    try:
        return Address(addr_spec=written)
    except MessageError as error:
        raise ValueError("no address") from error


async def send(
    message: EmailMessage, smtp_url: str, context: ssl.SSLContext | None = None
) -> Outcome:
    """Hands a mail to the clinic's server.

    `smtps://` speaks TLS from the first byte. `smtp://` must go over to TLS before anything is said,
    except with a server on this machine. Its certificate has to be good.
    """
    try:
        async with asyncio.timeout(PATIENCE), _connected(smtp_url, context) as server:
            await server.send_message(message, recipients=[message["To"].addresses[0].addr_spec])
    except (aiosmtplib.SMTPException, OSError) as error:
        return _outcome(error)
    return Sent()


async def greet(smtp_url: str) -> Outcome:
    """As far as it goes without a mail: whether the server takes us for who we are."""
    try:
        async with asyncio.timeout(TIMEOUT), _connected(smtp_url, None):
            return Sent()
    except (aiosmtplib.SMTPException, OSError) as error:
        return _outcome(error)


def _connected(smtp_url: str, context: ssl.SSLContext | None) -> aiosmtplib.SMTP:
    url = urlsplit(smtp_url)
    return aiosmtplib.SMTP(
        hostname=url.hostname,
        port=url.port,
        username=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
        use_tls=url.scheme == "smtps",
        start_tls=url.scheme == "smtp" and url.hostname not in HERE,
        timeout=TIMEOUT,
        tls_context=context,
    )


def _outcome(error: Exception) -> Outcome:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return _by_status(max(one.code for one in error.recipients))
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _by_status(error.code)
    if isinstance(error, aiosmtplib.SMTPNotSupported):
        return Refused("smtp_no_utf8")
    if isinstance(error, TimeoutError):
        return Later("smtp_timeout")
    if isinstance(error, aiosmtplib.SMTPServerDisconnected):
        return Later("smtp_dropped")
    return Later("smtp_tls" if _is_of_tls(error) else "smtp_unreachable")


def _is_of_tls(error: BaseException) -> bool:
    """A certificate that is not good, or a server that does not go over to TLS."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return "STARTTLS" in str(error)


def _by_status(status: int) -> Outcome:
    """A 5xx of the server is for good, except that it does not know us: that is ours to mend."""
    if 500 <= status < 600 and status not in {530, 534, 535}:
        return Refused(f"smtp_{status}")
    return Later(f"smtp_{status}")
