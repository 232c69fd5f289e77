"""What the audit trail of a clinic says, and whether it holds together."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from glidepath.audit.chain import ORIGIN, link
from glidepath.database.engine import Database

KEY = bytes.fromhex("5e" * 32)


async def events(database: Database, clinic_id: UUID, after: int = 0) -> list[dict[str, Any]]:
    """In their order, once it is shown that each hangs on the one before and the head is the last."""
    async with database.reading(clinic_id) as session:
        rows = await session.execute(text("select * from audit_events order by seq"))
        found = [dict(row._mapping) for row in rows]
        head = (await session.execute(text("select seq, hash from audit_heads"))).one_or_none()
    previous = ORIGIN
    for number, event in enumerate(found, 1):
        assert event["seq"] == number
        previous = link(KEY, previous, event)
        assert event["hash"] == previous
    assert head is None or (head.seq, head.hash) == (len(found), previous)
    return found[after:]


async def last(database: Database, clinic_id: UUID) -> int:
    found = await events(database, clinic_id)
    return len(found)
