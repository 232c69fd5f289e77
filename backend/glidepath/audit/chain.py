"""How links hang together: HMAC-SHA256(key, hash of the one before || the event as canonical JSON)."""

import hmac
from collections.abc import Mapping, Sequence
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
_AT: Final = CHAINED.index("at")
_LISTS: Final = (CHAINED.index("patient_ids"), CHAINED.index("covering_ids"))


def link(key: bytes, previous: bytes, event: Mapping[str, Any]) -> bytes:
    """`event` has every name of CHAINED; what else it has does not count."""
    return _link(key, previous, [event[name] for name in CHAINED])


def link_of_text(key: bytes, previous: bytes, values: Sequence[Any]) -> bytes:
    """The same of the values of CHAINED, with ids and lists of ids as PostgreSQL writes them."""
    said = list(values)
    for place in _LISTS:
        if said[place] is not None:
            listed = said[place][1:-1]
            said[place] = listed.split(",") if listed else []
    return _link(key, previous, said)


def _link(key: bytes, previous: bytes, said: list[Any]) -> bytes:
    at: datetime = said[_AT]
    # The same moment reads alike from every time zone of a connection.
    said[_AT] = at.astimezone(UTC).isoformat(timespec="microseconds")
    return hmac.digest(key, previous + _encode(said), "sha256")
