"""Plans to begin from: kept by name for the whole clinic. What one holds never changes; its name may."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import plans, store
from glidepath.care.models import PlanTemplate
from glidepath.care.schemas import CriterionBody, PlanItemBody, Renaming, TemplateBody, TemplateView
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.problems import Conflict, NotFound


async def offered(session: AsyncSession) -> list[TemplateView]:
    """By name; the retired ones are left out."""
    rows = [row for row in await store.templates(session) if row.retired_at is None]
    who = await identity.names(session, {row.author_id for row in rows})
    found = [_view(row, who[row.author_id]) for row in rows]
    return sorted(found, key=lambda one: one.name.casefold())


async def put(
    session: AsyncSession, actor: StaffActor, template_id: UUID, body: TemplateBody, now: datetime
) -> tuple[TemplateView, bool]:
    """The template, and whether it is new; sent again it is the same.

    Invalid where no plan could be like it; Conflict where another has the name.
    """
    plans.check({one.key: one for one in await store.exercises(session)}, body)
    await store.hold_id(session, actor.clinic_id)
    known = await store.template(session, template_id)
    if known is not None:
        view = await _viewed(session, known)
        if (view.name, view.items, view.criteria, view.note) != (
            body.name,
            body.items,
            body.criteria,
            body.note,
        ):
            raise Conflict("There is another template under this id.", code="template_exists")
        return view, False
    await _require_free(session, body.name)
    row = {
        "clinic_id": actor.clinic_id,
        "id": template_id,
        "name": body.name,
        "items": msgspec.to_builtins(body.items),
        "criteria": msgspec.to_builtins(body.criteria),
        "note": body.note,
        "author_id": actor.account_id,
        "made_at": now,
    }
    await store.add(session, PlanTemplate, [row])
    return await _viewed(session, await _required(session, template_id)), True


async def rename(
    session: AsyncSession, actor: StaffActor, template_id: UUID, body: Renaming
) -> None:
    """Conflict where somebody renamed it meanwhile, or another has the name."""
    await store.hold_id(session, actor.clinic_id)
    template = await _required(session, template_id)
    if template.name == body.name:
        return
    if template.name != body.was:
        raise Conflict("Somebody renamed it meanwhile.", code="template_renamed")
    await _require_free(session, body.name)
    template.name = body.name


async def retire(session: AsyncSession, template_id: UUID, now: datetime) -> None:
    """Offered no more; what was begun from it stays. Again it changes nothing."""
    template = await _required(session, template_id)
    template.retired_at = template.retired_at or now


async def _required(session: AsyncSession, template_id: UUID) -> PlanTemplate:
    template = await store.template(session, template_id)
    if template is None:
        raise NotFound
    return template


async def _require_free(session: AsyncSession, name: str) -> None:
    taken = {one.name.casefold() for one in await store.templates(session) if not one.retired_at}
    if name.casefold() in taken:
        raise Conflict("Another template has this name.", code="template_name_taken")


async def _viewed(session: AsyncSession, row: PlanTemplate) -> TemplateView:
    return _view(row, (await identity.names(session, {row.author_id}))[row.author_id])


def _view(row: PlanTemplate, by: str) -> TemplateView:
    return TemplateView(
        id=row.id,
        name=row.name,
        note=row.note,
        items=msgspec.convert(row.items, list[PlanItemBody]),
        criteria=msgspec.convert(row.criteria, list[CriterionBody]),
        by=by,
        made_at=row.made_at,
    )
