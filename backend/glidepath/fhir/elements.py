"""The parts that resources are made of."""

from base64 import b32decode, b32encode
from binascii import Error
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

Json = dict[str, Any]

# A UUID in base 32 without its padding.
_LENGTH = 26


def without_nothing(resource: Mapping[str, Any]) -> Json:
    """FHIR has no null, no empty list and no empty object: what there is not is left out."""
    kept = {}
    for name, value in resource.items():
        inner = without_nothing(value) if isinstance(value, Mapping) else value
        if isinstance(inner, list):
            inner = [without_nothing(one) if isinstance(one, Mapping) else one for one in inner]
        if inner is not None and inner not in ([], {}):
            kept[name] = inner
    return kept


def reference(kind: str, identity: object) -> Json:
    return {"reference": f"{kind}/{identity}"}


def named(kind: str, identity: UUID | None, names: Mapping[UUID, str]) -> Json | None:
    """A reference with the person's name; None for nobody. Who may not be named is one of the staff, and no more."""
    if identity is None:
        return None
    if identity not in names:
        return {"type": kind, "display": "Staff of the clinic"}
    return reference(kind, identity) | {"display": names[identity]}


def person(identity: UUID | None, patient_id: UUID, names: Mapping[UUID, str]) -> Json | None:
    """The patient or one of the staff."""
    return named("Patient" if identity == patient_id else "Practitioner", identity, names)


def instant(at: datetime | None) -> str | None:
    """A moment of the server's clock, in UTC."""
    return None if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def written_at(at: datetime, offset_minutes: int) -> str:
    """A moment as it was where the patient was."""
    there = timezone(timedelta(minutes=offset_minutes))
    return at.astimezone(there).isoformat(timespec="milliseconds")


def day(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def period(start: str | None, end: str | None = None) -> Json:
    return {"start": start, "end": end}


def annotations(*notes: str | None) -> list[Json]:
    return [{"text": note} for note in notes if note]


def latest(moments: Iterable[datetime]) -> str | None:
    return instant(max(moments, default=None))


def entry_id(patient_id: UUID, entry: UUID, part: str) -> str:
    """An id for what is made of an entry: an entry's own id means something only beside its patient's."""
    return f"{_short(patient_id)}{_short(entry)}.{part}"


def parts_of(identity: str) -> tuple[UUID, UUID, str] | None:
    """Patient, entry and part; None for what is no such id."""
    both, _, part = identity.partition(".")
    if len(both) != 2 * _LENGTH or not part:
        return None
    try:
        return _long(both[:_LENGTH]), _long(both[_LENGTH:]), part
    except (Error, ValueError):
        return None


def _short(identity: UUID) -> str:
    return b32encode(identity.bytes).decode().rstrip("=").lower()


def _long(short: str) -> UUID:
    return UUID(bytes=b32decode(short.upper() + "======"))
