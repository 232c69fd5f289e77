"""Whether the chains hold together, and end no earlier than where they were anchored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit import store
from glidepath.audit.anchors import End
from glidepath.audit.chain import ORIGIN, link_of_text
from glidepath.database.engine import Database, enter_as_worker, enter_clinic
from glidepath.identity import service as identity

# Events and head as they were at one moment, while more are added.
_AT_ONE_MOMENT = text("set transaction isolation level repeatable read")


@dataclass(frozen=True, slots=True)
class Verdict:
    clinic_id: UUID
    events: int
    anchors: int
    # The first event that is not as it was written, and what is wrong with it.
    bad: int | None = None
    reason: str = ""


class _Link(NamedTuple):
    seq: int
    hash: bytes


async def verify(
    database: Database, key: bytes, anchored: Mapping[UUID, Mapping[int, bytes]]
) -> list[Verdict]:
    """Of each clinic that has a chain or should have one."""
    async with database.reading() as session:
        known = set(await identity.clinic_ids(session))
    known |= {one.clinic_id for one in await ends(database)}
    return [
        await _verify_one(database, key, clinic_id, anchored.get(clinic_id, {}))
        for clinic_id in sorted(known | anchored.keys())
    ]


async def ends(database: Database) -> list[End]:
    """Of every clinic's chain."""
    async with database.reading() as session:
        await enter_as_worker(session)
        return await store.ends(session)


async def is_sealed_with(database: Database, key: bytes, clinic_id: UUID) -> bool:
    """Whether this is the key of the clinic's chain, as its first event tells."""
    async with database.reading(clinic_id) as session:
        async for row in store.chain(session):
            return bool(row.hash == link_of_text(key, ORIGIN, row[:-1]))
    return True


async def _verify_one(
    database: Database, key: bytes, clinic_id: UUID, anchors: Mapping[int, bytes]
) -> Verdict:
    async with database.reading() as session:
        await session.execute(_AT_ONE_MOMENT)
        await enter_clinic(session, clinic_id)
        end = next(iter(await store.ends(session)), End(clinic_id, 0, ORIGIN))
        count, bad, reason = 0, None, ""
        try:
            last = await _walk(session, key, anchors)
            count = last.seq
            _compare_ends(last, end, max(anchors, default=0))
        except _Broken as broken:
            bad, reason = broken.seq, broken.reason
            count = count or bad - 1
    return Verdict(clinic_id, count, len(anchors), bad, reason)


class _Broken(Exception):
    def __init__(self, seq: int, reason: str) -> None:
        super().__init__(reason)
        self.seq, self.reason = seq, reason


async def _walk(session: AsyncSession, key: bytes, anchors: Mapping[int, bytes]) -> _Link:
    """The last event, if each hangs on the one before and is the one that was anchored."""
    seq, previous = 0, ORIGIN
    async for row in store.chain(session):
        seq += 1
        if row.seq != seq:
            raise _Broken(seq, "is missing" if row.seq > seq else "is preceded by another")
        expected = link_of_text(key, previous, row[:-1])
        if row.hash != expected:
            raise _Broken(seq, "is not as it was written, or not in its place")
        if anchors.get(seq, expected) != expected:
            raise _Broken(seq, "is not the one that was anchored")
        previous = expected
    return _Link(seq, previous)


def _compare_ends(last: _Link, head: End, anchored: int) -> None:
    for furthest, named in ((anchored, "the anchored"), (head.seq, "the head,")):
        if last.seq < furthest:
            raise _Broken(last.seq + 1, f"is missing, with all up to {named} {furthest}")
    if last != (head.seq, head.hash):
        raise _Broken(last.seq, "is not the head of its chain")
