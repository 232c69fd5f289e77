"""Words to begin a message with: some for every clinic, and each clinic's own."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.messages import store
from glidepath.messages.models import MessageTemplate
from glidepath.messages.schemas import (
    BuiltInTemplate,
    MessageTemplateBody,
    MessageTemplates,
    MessageTemplateView,
)
from glidepath.problems import Conflict, Invalid, NotFound
from glidepath.views import view

DATA: Final = Path(__file__).with_name("data") / "templates.json"
_WORDS: Final = ("name", "en", "es")


@cache
def built_in() -> list[BuiltInTemplate]:
    return msgspec.json.decode(DATA.read_bytes(), type=list[BuiltInTemplate])


async def offered(session: AsyncSession) -> MessageTemplates:
    rows = await store.templates(session)
    names = await identity.names(session, {row.author_id for row in rows})
    own = [view(MessageTemplateView, row, by=names[row.author_id]) for row in rows]
    return MessageTemplates(sorted(own, key=lambda one: one.name.casefold()), built_in())


async def put(
    session: AsyncSession,
    actor: StaffActor,
    template_id: UUID,
    body: MessageTemplateBody,
    now: datetime,
) -> tuple[MessageTemplateView, bool]:
    """The template, and whether it is new; sent again it is the same.

    Invalid without words; Conflict where somebody changed or retired it since, or another has the name.
    """
    if body.en is None and body.es is None:
        raise Invalid("Write it in one language at least.", code="words_missing")
    await store.hold_templates(session, actor.clinic_id)
    known = await store.template(session, template_id)
    words = {name: getattr(body, name) for name in _WORDS}
    if known is not None and known.retired_at is not None:
        raise Conflict("Somebody retired this template.", code="template_retired")
    if known is not None and all(getattr(known, name) == words[name] for name in _WORDS):
        return await _viewed(session, known), False
    if known is not None and known.version != body.version:
        current = msgspec.to_builtins(await _viewed(session, known))
        raise Conflict(
            "Somebody changed this template meanwhile.", code="template_changed", current=current
        )
    await _require_free(session, template_id, body.name)
    if known is None:
        row = {"clinic_id": actor.clinic_id, "id": template_id, "version": 1, **words}
        await store.add_template(session, row | {"author_id": actor.account_id, "made_at": now})
        return await _viewed(session, await _required(session, template_id)), True
    for name, value in words.items():
        setattr(known, name, value)
    known.version, known.author_id, known.made_at = known.version + 1, actor.account_id, now
    return await _viewed(session, known), False


async def retire(session: AsyncSession, template_id: UUID, now: datetime) -> None:
    """Offered no more; what was sent stays. Again it changes nothing."""
    template = await _required(session, template_id)
    template.retired_at = template.retired_at or now


async def _required(session: AsyncSession, template_id: UUID) -> MessageTemplate:
    template = await store.template(session, template_id)
    if template is None:
        raise NotFound
    return template


async def _require_free(session: AsyncSession, template_id: UUID, name: str) -> None:
    others = [one for one in await store.templates(session) if one.id != template_id]
    if name.casefold() in {one.name.casefold() for one in others}:
        raise Conflict("Another template has this name.", code="template_name_taken")


async def _viewed(session: AsyncSession, row: MessageTemplate) -> MessageTemplateView:
    names = await identity.names(session, {row.author_id})
    return view(MessageTemplateView, row, by=names[row.author_id])
