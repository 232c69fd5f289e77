"""What may be asked of a list of resources, and its pages."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final, Literal, get_args
from urllib.parse import urlencode
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from glidepath.fhir.elements import Json, without_nothing
from glidepath.problems import Malformed

Prefix = Literal["eq", "ge", "le", "gt", "lt"]
PAGE: Final = 100
PAGE_AT_MOST: Final = 1000
# Where a kind says when it was. What is not here cannot be asked by its date.
DATES: Final = {
    "EpisodeOfCare": ("period", "start"),
    "Condition": ("onsetDateTime",),
    "CarePlan": ("period", "start"),
    "ServiceRequest": ("authoredOn",),
    "Observation": ("effectiveDateTime",),
    "QuestionnaireResponse": ("authored",),
    "Goal": ("startDate",),
    "DetectedIssue": ("identifiedPeriod", "start"),
    "Task": ("authoredOn",),
    "Communication": ("sent",),
    "Consent": ("dateTime",),
    "Provenance": ("recorded",),
    "AuditEvent": ("recorded",),
}
CODED: Final = ("Condition", "ServiceRequest", "Observation", "DetectedIssue", "Task")


class Search(Struct, frozen=True, kw_only=True):
    """`code`: a system, or None for any, and a code. `after` is the last resource of the page before."""

    patient: UUID | None = None
    ids: tuple[str, ...] = ()
    dates: tuple[tuple[Prefix, date], ...] = ()
    code: tuple[str | None, str] | None = None
    count: int = PAGE
    after: str | None = None

    def days(self) -> tuple[date, date]:
        """The widest span of days in which anything can be found."""
        first, last = date.min, date.max
        for prefix, day in self.dates:
            first = max(first, day) if prefix in ("eq", "ge", "gt") else first
            last = min(last, day) if prefix in ("eq", "le", "lt") else last
        return first, last


def parse(kind: str, asked: Sequence[tuple[str, str]]) -> Search:
    """Malformed, with the parameter, for what cannot be asked; nothing that was asked is passed over in silence."""
    found, seen = Search(), set[str]()
    for name, value in asked:
        known = name in _READ and (name != "code" or kind in CODED)
        if name == "date" and kind in DATES:
            found = replace(found, dates=(*found.dates, _date(value)))
        elif name in seen or not known:
            raise Malformed(f"{kind} cannot be searched by {name}, or not twice.")
        else:
            found = _READ[name](found, value)
        seen.add(name)
    return found


def _date(value: str) -> tuple[Prefix, date]:
    prefix: Prefix = "eq"
    for known in get_args(Prefix):
        if value.startswith(known):
            prefix, value = known, value[2:]
            break
    try:
        return prefix, date.fromisoformat(value)
    except ValueError:
        raise Malformed("date is a day, such as ge2026-03-01.") from None


def _patient(search: Search, value: str) -> Search:
    try:
        return replace(search, patient=UUID(value.removeprefix("Patient/")))
    except ValueError:
        raise Malformed("patient is a patient's id.") from None


def _ids(search: Search, value: str) -> Search:
    return replace(search, ids=tuple(value.split(",")))


def _code(search: Search, value: str) -> Search:
    system, bar, code = value.rpartition("|")
    return replace(search, code=((system if bar and system else None), code))


def _count(search: Search, value: str) -> Search:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= PAGE_AT_MOST:
        raise Malformed(f"_count is a number from 1 to {PAGE_AT_MOST}.")
    return replace(search, count=int(value))


def _after(search: Search, value: str) -> Search:
    return replace(search, after=value)


# What may be asked once, and what it changes of a search.
_READ: Final[Mapping[str, Callable[[Search, str], Search]]] = {
    "patient": _patient,
    "_id": _ids,
    "code": _code,
    "_count": _count,
    "_after": _after,
}


def matching(kind: str, resources: Sequence[Json], search: Search) -> list[Json]:
    """In the order of their dates, then of their ids."""
    found = [one for one in resources if _matches(kind, one, search)]
    return sorted(found, key=lambda one: (when(kind, one), one["id"]))


def _matches(kind: str, resource: Json, search: Search) -> bool:
    if search.ids and resource["id"] not in search.ids:
        return False
    if search.code is not None and not _has(resource, *search.code):
        return False
    on = when(kind, resource)[:10]
    return all(_holds(prefix, on, day.isoformat()) for prefix, day in search.dates)


def _has(resource: Json, system: str | None, code: str) -> bool:
    codings = resource.get("code", {}).get("coding", [])
    return any(one["code"] == code and system in (None, one["system"]) for one in codings)


def _holds(prefix: Prefix, on: str, day: str) -> bool:
    match prefix:
        case "eq":
            return on == day
        case "ge":
            return on >= day
        case "gt":
            return on > day
        case "le":
            return on <= day
        case "lt":
            return on < day


def when(kind: str, resource: Json) -> str:
    """As the resource says it; empty for a kind without a date."""
    found: object = resource
    for name in DATES.get(kind, ("",)):
        found = found.get(name, "") if isinstance(found, Mapping) else ""
    return str(found)


def page(
    resources: Sequence[Json],
    search: Search,
    base: str,
    path: str,
    asked: Sequence[tuple[str, str]],
) -> Json:
    """A Bundle of a page with the address of the next. Malformed where the last one of the page before is gone."""
    names = [f"{one['resourceType']}/{one['id']}" for one in resources]
    start = 0
    if search.after is not None:
        if search.after not in names:
            raise Malformed("The list has changed. Begin again with its first page.")
        start = names.index(search.after) + 1
    shown = resources[start : start + search.count]
    kept = [(name, value) for name, value in asked if name != "_after"]
    links = [{"relation": "self", "url": f"{base}/{path}?{urlencode(asked)}"}]
    if start + search.count < len(resources):
        last = names[start + search.count - 1]
        following = urlencode([*kept, ("_after", last)])
        links.append({"relation": "next", "url": f"{base}/{path}?{following}"})
    bundle = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(resources),
        "link": links,
        "entry": [
            {
                "fullUrl": f"{base}/{one['resourceType']}/{one['id']}",
                "resource": one,
                "search": {"mode": "match"},
            }
            for one in shown
        ],
    }
    return without_nothing(bundle)
