"""The clinic's own forms: brought as a file, in versions, and retired; never deleted, since answers name them."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.clinical import measure_files
from glidepath.clinical.measures import Measure, shipped
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.identity.staffing import require_admin
from glidepath.outcomes import library, store
from glidepath.outcomes.models import OwnForm
from glidepath.outcomes.schemas import FormFile, FormVersion, LicenceView, OwnFormView
from glidepath.problems import Conflict, Invalid, NotFound
from glidepath.views import view


async def every(session: AsyncSession, actor: StaffActor) -> list[OwnFormView]:
    """The retired ones last."""
    require_admin(actor)
    rows = await store.own_forms(session)
    names = await identity.names(session, {row.by for row in rows})
    by_key: dict[str, list[OwnForm]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    views = [_view(versions, names) for versions in by_key.values()]
    return sorted(views, key=lambda one: (one.retired, one.short.casefold()))


async def add(
    session: AsyncSession, actor: StaffActor, body: FormFile, now: datetime
) -> tuple[OwnFormView, bool]:
    """The form, and whether this version is new; sent again it is the same.

    Invalid with every flaw and its place; Conflict where the version is there with other content.
    """
    require_admin(actor)
    found = measure_files.read(body.file)
    if not isinstance(found, Measure):
        raise Invalid(
            "The file has something that has to be mended first.",
            code="form_flawed",
            errors=msgspec.to_builtins(found),
        )
    if found.key in shipped():
        raise Conflict(
            f"“{found.key}” is the key of a measure that comes with the product.",
            code="form_key_taken",
        )
    rows = [row for row in await store.own_forms(session) if row.key == found.key]
    if rows and found.version > rows[-1].version + 1:
        raise Conflict(
            f"The next version of this form is {rows[-1].version + 1}.", code="form_version_skipped"
        )
    definition = msgspec.to_builtins(found, str_keys=True)
    is_new = await store.add_form(
        session,
        {
            "clinic_id": actor.clinic_id,
            "key": found.key,
            "version": found.version,
            "definition": definition,
            "by": actor.account_id,
            "at": now,
        },
    )
    kept = next(row for row in await _required(session, found.key) if row.version == found.version)
    if library.read(kept) != found:
        raise Conflict(
            "This version is there already with other content. Give the file the next number.",
            code="form_version_exists",
        )
    return await _viewed(session, found.key), is_new


async def retire(
    session: AsyncSession, actor: StaffActor, key: str, now: datetime, *, retired: bool
) -> OwnFormView:
    """Whether it is offered; episodes that use it go on. Again it changes nothing."""
    require_admin(actor)
    newest = (await _required(session, key))[-1]
    newest.retired_at = (newest.retired_at or now) if retired else None
    return await _viewed(session, key)


async def _required(session: AsyncSession, key: str) -> list[OwnForm]:
    rows = [row for row in await store.own_forms(session) if row.key == key]
    if not rows:
        raise NotFound
    return rows


async def _viewed(session: AsyncSession, key: str) -> OwnFormView:
    rows = await _required(session, key)
    return _view(rows, await identity.names(session, {row.by for row in rows}))


def _view(rows: list[OwnForm], names: dict[UUID, str]) -> OwnFormView:
    measure = library.read(rows[-1])
    return view(
        OwnFormView,
        measure,
        licence=view(LicenceView, measure.licence),
        questions=len(measure.item_keys()),
        weeks=list(measure.weeks),
        retired=rows[-1].retired_at is not None,
        versions=[FormVersion(row.version, names[row.by], row.at) for row in reversed(rows)],
    )
