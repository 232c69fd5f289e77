"""Mails about an account itself: put on the queue here, in the deed's own transaction, and sent by notify."""

from typing import Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.database import jobs
from glidepath.identity.models import Account

TELL: Final = "identity:tell"
# Before the digests of a morning.
PRIORITY: Final = 10

Cause = Literal[
    "invitation",
    "reset",
    "new_address",
    "address_changed",
    "passphrase_changed",
    "second_factor_reset",
    "emergency_opened",
    "many_records",
    "second_factor_changed",
    "recovery_code_used",
]


async def tell(
    session: AsyncSession, account: Account, cause: Cause, link_id: UUID | None = None
) -> None:
    """The job carries ids alone; the delivery's is made here, so that a job that runs twice makes one."""
    await jobs.defer(
        session,
        TELL,
        priority=PRIORITY,
        clinic_id=account.clinic_id,
        account_id=account.id,
        cause=cause,
        link_id=link_id,
        delivery_id=uuid7(),
    )
