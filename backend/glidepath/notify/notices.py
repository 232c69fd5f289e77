"""How one of the staff wants to be told: read, changed, and tried out."""

from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.notify import choices, delivering, mail, store
from glidepath.notify.choices import Choice
from glidepath.notify.models import Delivery
from glidepath.notify.schemas import KeptMails, KeptMailView, NoticeBody, Notices, TryView
from glidepath.problems import Forbidden, Invalid, Outdated, TooMany
from glidepath.settings import Settings
from glidepath.views import view

CAN_WAIT: Final = ("high", "moderate", "low")
# Tries out are for people, not for programs.
TRIES_AN_HOUR: Final = 10
_HOUR: Final = timedelta(hours=1)


async def of(session: AsyncSession, actor: StaffActor, settings: Settings) -> Notices:
    kept = await store.notice(session, actor.account_id)
    choice = (await store.choices(session, {actor.account_id})).get(
        actor.account_id, choices.DEFAULT
    )
    me = await identity.mail_recipient(session, actor.account_id)
    assert me is not None
    return Notices(
        version=0 if kept is None else kept.version,
        push=choice.push,
        email=choice.email,
        digest_at=choice.digest_at.isoformat("minutes"),
        quiet_from=_written(choice.quiet_from),
        quiet_until=_written(choice.quiet_until),
        at_once=[one for one in CAN_WAIT if one in choice.at_once],
        browsers=await store.browsers(session, actor.account_id),
        email_to=me.email,
        mail=mail.way(settings),
        timezone=await identity.clinic_timezone(session),
    )


async def put(
    session: AsyncSession,
    actor: StaffActor,
    wanted: NoticeBody,
    version: int,
    settings: Settings,
    now: datetime,
) -> Notices:
    """Outdated if something else than `version` stands, as after another tab saved."""
    await _require_sense(session, actor, wanted)
    row = {
        "clinic_id": actor.clinic_id,
        "account_id": actor.account_id,
        "push": wanted.push,
        "email": wanted.email,
        "digest_at": time.fromisoformat(wanted.digest_at),
        "quiet_from": _read(wanted.quiet_from),
        "quiet_until": _read(wanted.quiet_until),
        "at_once": [one for one in CAN_WAIT if one in wanted.at_once],
        "changed_at": now,
    }
    saved = await store.put_notice(session, row, version)
    stands = await of(session, actor, settings)
    if not saved:
        raise Outdated("You changed this elsewhere meanwhile.", stands.version, current=stands)
    return stands


async def _require_sense(session: AsyncSession, actor: StaffActor, wanted: NoticeBody) -> None:
    if (wanted.quiet_from is None) != (wanted.quiet_until is None):
        raise Invalid("Quiet hours need a beginning and an end.", code="quiet_hours_open")
    if wanted.quiet_from is not None and wanted.quiet_from == wanted.quiet_until:
        raise Invalid("Quiet hours need two different times.", code="quiet_hours_empty")
    if not wanted.email and not (wanted.push and await store.browsers(session, actor.account_id)):
        raise Invalid(
            "E-mail stays on while no browser of yours takes messages: alerts would reach you by no way.",
            code="no_way_left",
        )


async def try_out(session: AsyncSession, actor: StaffActor, now: datetime) -> list[TryView]:
    """Sends the actor a message by each way that they chose, quiet hours or not."""
    lately = await store.tries(session, actor.account_id, now - _HOUR)
    if len({one.step for one in lately}) >= TRIES_AN_HOUR:
        raise TooMany("That was tried often in the last hour. Try again later.")
    number = await store.next_step(session, actor.account_id, "test")
    chosen = await store.choices(session, {actor.account_id})
    choice: Choice = chosen.get(actor.account_id, choices.DEFAULT)
    has_browser = await store.browsers(session, actor.account_id) > 0
    for channel in choices.channels(choice, has_browser=has_browser):
        delivery = Delivery(
            clinic_id=actor.clinic_id,
            id=uuid7(),
            cause="test",
            channel=channel,
            recipient_id=actor.account_id,
            step=number,
            state="waiting",
            tries=0,
            made_at=now,
            due_at=now,
        )
        await delivering.make(session, delivery, urgent=True)
    return await last_tried(session, actor.account_id, now)


async def last_tried(session: AsyncSession, account_id: UUID, now: datetime) -> list[TryView]:
    """What was tried last, if that was within the last hour, with what became of it."""
    lately = await store.tries(session, account_id, now - _HOUR)
    return [view(TryView, one) for one in lately if one.step == lately[0].step]


async def kept_mails(session: AsyncSession, actor: StaffActor, settings: Settings) -> KeptMails:
    if not actor.is_admin:
        raise Forbidden("Only the clinic's admins see these.", code="admins_only")
    return KeptMails(
        mail=mail.way(settings),
        mails=[
            KeptMailView(one.delivery_id, one.to, one.subject, one.text, cause, one.kept_at)  # type: ignore[arg-type]
            for one, cause in await store.kept_mails(session)
        ],
    )


def _read(written: str | None) -> time | None:
    return None if written is None else time.fromisoformat(written)


def _written(at: time | None) -> str | None:
    return None if at is None else at.isoformat("minutes")
