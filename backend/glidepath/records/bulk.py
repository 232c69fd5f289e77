"""All records of a clinic in FHIR, as the Bulk Data Access guide has it: asked for by an admin, and looked at until done."""

import gzip
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.fhir.capability import OTHERS
from glidepath.fhir.elements import instant
from glidepath.fhir.record import KINDS
from glidepath.identity.actor import StaffActor
from glidepath.identity.recent import requires_recent_sign_in
from glidepath.problems import Forbidden, Malformed, NotFound, Problem, TooMany
from glidepath.records import export_store as store
from glidepath.records import exports
from glidepath.records.export_models import Export

PATH: Final = "api/fhir/exports"
FORMATS: Final = ("application/fhir+ndjson", "application/ndjson", "ndjson")
# So many of one admin's are kept at a time, be they under way or to be fetched.
KEPT_AT_MOST: Final = 3
RETRY_AFTER_SECONDS: Final = 5
Parameters = Sequence[tuple[str, str]]


class Wanted(Struct, frozen=True):
    """What is asked for; `request` is the address, which the manifest repeats."""

    request: str
    types: tuple[str, ...]
    since: datetime | None = None


class Failed(Problem):
    status = 500
    code = "export_failed"
    title = "The export could not be made"


class Progress(Struct, frozen=True):
    """While it is under way."""

    said: str


class Output(Struct, frozen=True):
    type: str
    url: str
    count: int


class Manifest(Struct, frozen=True):
    """The names are the guide's."""

    transactionTime: str  # noqa: N815
    request: str
    requiresAccessToken: bool  # noqa: N815
    output: list[Output]
    error: list[Output]


def parse(kinds: Sequence[str], asked: Parameters, request: str) -> Wanted:
    """Malformed, with the parameter, for what cannot be asked; nothing that was asked is passed over in silence."""
    wanted, seen = Wanted(request, ()), set[str]()
    for name, value in asked:
        if name == "_type":
            wanted = replace(wanted, types=(*wanted.types, *_types(kinds, value)))
        elif name in seen or name not in ("_since", "_outputFormat"):
            raise Malformed(f"An export cannot be asked for by {name}, or not twice.")
        elif name == "_since":
            wanted = replace(wanted, since=_instant(value))
        # A plus sign that nobody escaped is a space by now.
        elif value.replace(" ", "+") not in FORMATS:
            raise Malformed("_outputFormat is application/fhir+ndjson.")
        seen.add(name)
    return wanted if wanted.types else replace(wanted, types=tuple(kinds))


def _types(kinds: Sequence[str], value: str) -> list[str]:
    named = value.split(",")
    unknown = [one for one in named if one not in kinds]
    if unknown:
        raise Malformed(f"_type is a list of these: {', '.join(kinds)}.")
    return named


def _instant(value: str) -> datetime:
    try:
        # As above.
        found = datetime.fromisoformat(value.replace(" ", "+"))
    except ValueError:
        found = datetime.min  # noqa: DTZ901 (told below)
    if found.tzinfo is None:
        raise Malformed("_since is a moment with its offset, such as 2026-03-01T08:00:00Z.")
    return found.astimezone(UTC)


async def ask(
    session: AsyncSession,
    actor: StaffActor,
    asked: Parameters,
    request: str,
    now: datetime,
    *,
    of_system: bool,
) -> UUID:
    """Has the worker begin. `of_system`: with what belongs to no patient. TooMany while one of theirs is under way,
    and where they keep too many."""
    _require_admin(actor)
    wanted = parse((*OTHERS, *KINDS) if of_system else tuple(KINDS), asked, request)
    requires_recent_sign_in(actor, now)
    kept = 0
    for before in await store.kept_of_clinic(session, actor.account_id):
        if exports.state_of(before, now) in ("failed", "gone"):
            await store.end(session, before.id)
        else:
            kept += 1
    plain: dict[str, object] = msgspec.to_builtins(wanted)
    export_id = (
        await exports.begin(session, actor, None, "fhir", plain, now)
        if kept < KEPT_AT_MOST
        else None
    )
    if export_id is None:
        refused = TooMany("Wait for your export, or delete one that you have fetched.")
        refused.headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        raise refused
    return export_id


async def status(
    session: AsyncSession, actor: StaffActor, export_id: UUID, base: str, now: datetime
) -> Progress | tuple[Manifest, datetime]:
    """How far it is, or what there is to fetch and until when."""
    export = await _own(session, actor, export_id)
    state = exports.state_of(export, now)
    if state == "gone":
        raise NotFound
    if state == "failed":
        raise Failed("It was not finished. Ask for it again.")
    if state != "ready":
        known = export.total is not None
        return Progress(f"{export.done} of {export.total} patients" if known else "waiting")
    wanted = msgspec.convert(export.wanted, Wanted)
    transaction_time = instant(export.asked_at)
    assert transaction_time is not None
    assert export.expires_at is not None
    files = await store.files(session, export_id)
    output = [
        Output(one.kind, f"{base}/{PATH}/{export_id}/{one.number}", one.resources) for one in files
    ]
    # The session that asked: there is no token that would be another.
    return Manifest(transaction_time, wanted.request, True, output, []), export.expires_at


async def file(
    session: AsyncSession, actor: StaffActor, export_id: UUID, number: int, now: datetime
) -> bytes:
    """Resources of one kind, a line each."""
    export = await _own(session, actor, export_id)
    if exports.state_of(export, now) != "ready":
        raise NotFound
    requires_recent_sign_in(actor, now)
    return gzip.decompress(await exports.opened(session, export, number))


async def call_off(
    session: AsyncSession, actor: StaffActor, export_id: UUID, now: datetime
) -> None:
    """Whatever is there of it goes, and a worker that is at it stops."""
    export = await _own(session, actor, export_id)
    if exports.state_of(export, now) == "gone":
        raise NotFound
    await store.end(session, export_id)


async def _own(session: AsyncSession, actor: StaffActor, export_id: UUID) -> Export:
    """NotFound for a colleague's."""
    _require_admin(actor)
    export = await store.one(session, export_id)
    if export is None or export.kind != "fhir" or export.asked_by != actor.account_id:
        raise NotFound
    return export


def _require_admin(actor: StaffActor) -> None:
    if not actor.is_admin:
        raise Forbidden("All records at once are for the clinic's admins.", code="admins_only")
