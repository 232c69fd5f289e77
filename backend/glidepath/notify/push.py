"""The push channel. What travels is a kind and an id that says nothing, always of the same length; the
words are the browser's own."""

import asyncio
import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final, Literal
from uuid import UUID

import http_ece
import httpcore
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from glidepath.notify import peers
from glidepath.notify.outcomes import Later, Outcome, Pushed, Refused, Sent
from glidepath.notify.peers import Peers
from glidepath.settings import Settings

Kind = Literal["alert", "list", "test", "reminder", "emergency"]

# Where browsers' makers take pushes in; GLIDEPATH_PUSH_HOSTS adds to them.
SERVICES: Final = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
# A signature is good for twelve hours; push services take none that is good for more than a day.
SIGNED_FOR: Final = timedelta(hours=12)
# All payloads are of this length before they are sealed.
LENGTH: Final = 96
# How long a push service keeps what a browser cannot be told yet.
KEPT: Final = timedelta(hours=24)
REMINDER_KEPT: Final = timedelta(minutes=30)
# The browser is no more. Anything else of the kind 4xx is a fault of ours.
GONE: Final = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Sender:
    """Who we are to push services, and how they are reached."""

    key: ec.EllipticCurvePrivateKey
    contact: str
    hosts: tuple[str, ...]
    outside: Peers

    @property
    def public_key(self) -> str:
        """As a browser wants it."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return _written(point)

    def target(self, endpoint: str) -> peers.Target:
        """Refusal unless a push service of the list answers there."""
        target = peers.read(endpoint, local=self.outside.local)
        if target.scheme == "https" and not peers.is_listed(target.host, self.hosts):
            raise peers.Refusal("push_service_unknown")
        return target

    def authorization(self, origin: str, now: datetime) -> str:
        claims = {"aud": origin, "sub": self.contact, "exp": int((now + SIGNED_FOR).timestamp())}
        # Its own check of the contact knows no ports.
        vapid = Vapid02(conf={"no-strict": True})
        vapid.private_key = self.key
        return str(vapid.sign(claims)["Authorization"])


def sender(settings: Settings) -> Sender | None:
    """None while pushes are not set up."""
    return _sender(settings)


@cache
def _sender(settings: Settings) -> Sender | None:
    if settings.vapid_key is None:
        return None
    return Sender(
        ec.derive_private_key(int(settings.vapid_key, 16), ec.SECP256R1()),
        _contact(settings),
        (*SERVICES, *settings.push_hosts.split()),
        Peers(local=settings.local_peers),
    )


def _contact(settings: Settings) -> str:
    """Where a push service finds who sends too much: the site, or the sender of its mail."""
    if settings.base_url.startswith("https://"):
        return settings.base_url
    address = (settings.mail_from or "").rpartition("<")[2].rstrip(">").strip()
    return f"mailto:{address or 'operator@localhost'}"


@dataclass(frozen=True, slots=True)
class Browser:
    """Where one of the recipient's browsers is told, and its keys."""

    id: UUID
    endpoint: str
    p256dh: bytes
    auth: bytes


@dataclass(frozen=True, slots=True)
class Pushes:
    """One piece of news to all browsers of a person that do not have it yet."""

    sender: Sender
    browsers: tuple[Browser, ...]
    kind: Kind
    notification_id: UUID
    # Whether another browser has it.
    told_before: bool

    async def send(self) -> Pushed:
        now = datetime.now(UTC)
        answers = await asyncio.gather(*(self._send(one, now) for one in self.browsers))
        by_browser = {one.id: answer for one, answer in zip(self.browsers, answers, strict=True)}
        return Pushed(
            ends=_end(answers, told_before=self.told_before),
            told=tuple(key for key, answer in by_browser.items() if isinstance(answer, Sent)),
            gone={
                key: answer.code.replace("push", "http")
                for key, answer in by_browser.items()
                if isinstance(answer, Refused) and answer.code in _GONE_CODES
            },
        )

    async def _send(self, browser: Browser, now: datetime) -> Outcome:
        try:
            target = self.sender.target(browser.endpoint)
            body = seal(payload(self.kind, self.notification_id), browser.p256dh, browser.auth)
        except peers.Refusal as refusal:
            return Refused(refusal.code)
        except (ValueError, UnsupportedAlgorithm, http_ece.ECEException):
            return Refused("push_keys_unusable")
        headers = {
            "content-type": "application/octet-stream",
            "content-encoding": "aes128gcm",
            "authorization": self.sender.authorization(target.origin, now),
            **_manner(self.kind, self.notification_id),
        }
        try:
            answer = await self.sender.outside.post(target, headers, body)
        except peers.Refusal as refusal:
            return Refused(refusal.code)
        except (TimeoutError, httpcore.TimeoutException):
            return Later("push_timeout")
        except (OSError, httpcore.NetworkError, httpcore.ProtocolError):
            return Later("push_unreachable")
        return by_status(answer)


_GONE_CODES: Final = frozenset(f"push_{status}" for status in GONE)


def by_status(answer: peers.Answer) -> Outcome:
    status = answer.status
    if 200 <= status < 300:
        return Sent()
    if status in {408, 429} or status >= 500:
        return Later(f"push_{status}", answer.after)
    if status == 413:
        return Refused("push_too_large")
    return Refused(f"push_{status}")


def _end(answers: list[Outcome], *, told_before: bool) -> Outcome:
    """Somebody is told when all of their browsers are, or some are and the others cannot be."""
    later = [answer for answer in answers if isinstance(answer, Later)]
    if later:
        return max(later, key=lambda one: one.after or timedelta(0))
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    if told_before or len(refused) < len(answers):
        return Sent()
    return refused[0] if refused else Refused("no_browser")


def payload(kind: Kind, notification_id: UUID) -> bytes:
    written = msgspec.json.encode({"t": kind, "id": str(notification_id)})
    return written.ljust(LENGTH)


def seal(content: bytes, p256dh: bytes, auth: bytes) -> bytes:
    """For the browser's eyes alone (RFC 8291)."""
    once = ec.generate_private_key(ec.SECP256R1())
    sealed: bytes = http_ece.encrypt(
        content, private_key=once, dh=p256dh, auth_secret=auth, version="aes128gcm"
    )
    return sealed


def _manner(kind: Kind, notification_id: UUID) -> Mapping[str, str]:
    # What waits at the push service under the same topic is replaced by the newest.
    topic = _written(hashlib.sha256(notification_id.bytes + kind.encode()).digest())[:32]
    kept = REMINDER_KEPT if kind == "reminder" else KEPT
    return {
        "ttl": str(int(kept.total_seconds())),
        "urgency": "normal" if kind == "reminder" else "high",
        "topic": topic,
    }


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
