"""Who of the staff cannot be told of an alert by any way."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.identity import service as identity
from glidepath.notify import choices, mail, overview_store, push, store
from glidepath.settings import Settings

LOOKS_BACK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Unreachable:
    account_id: UUID
    name: str
    # Why mail, the last way there is, does not reach them: a code as deliveries have.
    code: str


async def unreachable(
    session: AsyncSession, settings: Settings, now: datetime
) -> list[Unreachable]:
    """Therapists whom neither a browser nor mail reaches, by name: no browser takes pushes for them, or
    they want none, and mail is off, has nowhere to go, or failed at the last try."""
    staff = [one for one in await identity.staff(session) if one.role == "therapist"]
    ids = [one.id for one in staff]
    chosen = await store.choices(session, set(ids))
    browsers = set[UUID]()
    if push.sender(settings) is not None:
        browsers = await store.with_browser(session, set(ids))
    tried = await overview_store.last_tries(session, ids, now - LOOKS_BACK)
    found = []
    for one in staff:
        choice = chosen.get(one.id, choices.DEFAULT)
        if "push" in choices.channels(choice, has_browser=one.id in browsers):
            continue
        last = tried.get((one.id, "email"))
        code = None
        if mail.way(settings) == "off":
            code = "mail_is_off"
        elif one.email is None:
            code = "no_address"
        elif last is not None and last.state != "sent":
            code = last.code
        if code is not None:
            found.append(Unreachable(one.id, one.name, code))
    return found
