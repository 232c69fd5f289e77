"""What can be known without the database: settings, the address that people come to, the mail server."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import httpx

from glidepath import startup
from glidepath.doctor.findings import Finding, note, required, well, wrong
from glidepath.notify import mail
from glidepath.notify.outcomes import Later, Refused
from glidepath.settings import Settings

ANSWER_WITHIN: Final = 5
# A front renews its certificate a month before it ends, or does so no more.
RENEWED_BEFORE: Final = timedelta(days=14)


def look(settings: Settings) -> Iterator[Finding]:
    yield required("front end", startup.require_front_end, "is built")
    yield required("keys", lambda: startup.require_keys(settings), "are set as they must be")
    yield required(
        "settings",
        lambda: startup.require_safe_address(settings),
        f"are safe for {settings.base_url}",
    )
    if settings.is_public and not settings.trusted_proxies:
        yield note(
            "front",
            "GLIDEPATH_TRUSTED_PROXIES names none, so that all who come through one share their guesses; set it to the "
            "front's address.",
        )
    # `glidepath run` makes one of its own.
    if settings.vapid_key is None and not (settings.data_dir / "vapid.key").exists():
        yield note("push", "is off, since GLIDEPATH_VAPID_KEY is not set")


def address(settings: Settings, now: datetime) -> Iterator[Finding]:
    """As people's browsers reach it."""
    url = urlsplit(settings.base_url)
    if url.scheme == "https":
        assert url.hostname is not None
        yield _certificate(url.hostname, url.port or 443, now)
    try:
        answer = httpx.get(f"{settings.base_url}/livez", timeout=ANSWER_WITHIN)
        is_ours = answer.is_success and answer.json() == {"status": "ok"}
    except (httpx.HTTPError, ValueError):
        yield wrong(
            "address",
            f"Nothing answers as it should at {settings.base_url}; start `glidepath serve` and the front before it, or "
            "correct GLIDEPATH_BASE_URL.",
        )
        return
    if is_ours:
        yield well("address", f"{settings.base_url} answers")
    else:
        yield wrong(
            "address",
            f"Something else answers at {settings.base_url} (status {answer.status_code}); correct "
            "GLIDEPATH_BASE_URL, or what the front passes on.",
        )


def _certificate(host: str, port: int, now: datetime) -> Finding:
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, port), ANSWER_WITHIN) as plain,
            context.wrap_socket(plain, server_hostname=host) as sealed,
        ):
            told = sealed.getpeercert()
    except ssl.SSLCertVerificationError as error:
        return wrong(
            "certificate",
            f"That of {host} is not to be trusted ({error.verify_message}); let the front fetch a new one.",
        )
    except OSError as error:
        return wrong(
            "certificate", f"{host} does not answer at port {port} ({type(error).__name__})."
        )
    assert told is not None
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)
    return certificate(host, until, now)


def certificate(host: str, until: datetime, now: datetime) -> Finding:
    left = until - now
    if left < RENEWED_BEFORE:
        return wrong(
            "certificate",
            f"That of {host} ends in {left.days} days and was not renewed; see the log of the front.",
        )
    return well("certificate", f"is good for {left.days} days")


async def mails(settings: Settings) -> Finding:
    if not settings.sends_mail:
        return note(
            "mail",
            "is off, since GLIDEPATH_SMTP_URL is not set: nobody is told of an alert by mail",
        )
    assert settings.smtp_url is not None
    greeted = await mail.greet(settings.smtp_url)
    if isinstance(greeted, Later | Refused):
        return wrong(
            "mail",
            f"The server does not take us ({greeted.code}); correct GLIDEPATH_SMTP_URL, or see the server's log.",
        )
    return well("mail", "the server takes us")
