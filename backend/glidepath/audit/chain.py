"""How links hang together: HMAC-SHA256(key, hash of the one before || the event as canonical JSON)."""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from glidepath.audit.models import HASH_BYTES

# Before the first.
ORIGIN: Final = bytes(HASH_BYTES)
CHAINED: Final = (
    "clinic_id",
    "seq",
    "at",
    "request_id",
    "action",
    "outcome",
    "role",
    "account_id",
    "session_id",
    "patient_ids",
    "scope",
    "purpose",
    "covering_ids",
    "emergency_id",
)
_encode = msgspec.json.Encoder(order="deterministic").encode


def link(key: bytes, previous: bytes, event: Mapping[str, Any]) -> bytes:
    """`event` has every name of CHAINED; what else it has does not count."""
    at: datetime = event["at"]
    said = [event[name] for name in CHAINED]
    # The same moment reads alike from every time zone of a connection.
    said[2] = at.astimezone(UTC).isoformat(timespec="microseconds")
    return hmac.digest(key, previous + _encode(said), "sha256")
