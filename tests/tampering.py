"""A superuser who changes an audit trail, past its triggers, and puts it back afterwards."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from uuid_utils.compat import uuid7

from glidepath.audit import service as audit
from glidepath.audit.actions import Action
from glidepath.audit.anchors import End
from glidepath.audit.chain import CHAINED, ORIGIN, link
from glidepath.audit.trail import Trail
from glidepath.database.engine import Database
from tests.auditing import KEY

# Where events wait while others take their places: no two may have one number.
AWAY = 1_000_000
# Of a column, another value that it may hold.
EDITS = (
    "at = at + interval '1 microsecond'",
    "account_id = gen_random_uuid(), role = 'admin'",
    "action = 'patient:team:read'",
    "outcome = case outcome when 'denied' then 'done' else 'denied' end",
    "patient_ids = array[gen_random_uuid()]",
    "patient_ids = patient_ids || null::uuid",
    "session_id = gen_random_uuid()",
    "request_id = gen_random_uuid()",
    "emergency_id = gen_random_uuid()",
    "covering_ids = array[gen_random_uuid()]",
    "purpose = 'administration'",
    "scope = case scope when 'clinic' then 'self' else 'clinic' end",
    "hash = sha256(hash)",
)


async def fill(database: Database, clinic_id: UUID, count: int) -> End:
    """Adds events of the system; the end of the chain."""
    async with database.writing(clinic_id) as session:
        for _ in range(count):
            trail = Trail(Action.SYSTEM_LOOK, datetime.now(UTC), uuid7(), KEY, clinic_id=clinic_id)
            await audit.write(session, trail)
        return (await audit.ends(session))[0]


class Tamperer:
    """Knows everything but the key, and what was anchored is out of reach."""

    def __init__(
        self, connection: psycopg.Connection[Any], end: End, chance: random.Random
    ) -> None:
        self._connection, self._end, self._chance = connection, end, chance
        self._run("set session_replication_role = replica")
        self._run("create temporary table events as table audit_events")
        self._run("create temporary table heads as table audit_heads")
        self.ways: tuple[Callable[[], int], ...] = (
            self._edit,
            self._delete_middle,
            self._delete_tail,
            self._reorder,
            self._insert,
            self._replay,
            self._rewrite,
        )

    @contextmanager
    def tampered(self, way: Callable[[], int]) -> Iterator[int]:
        """The first event that is not as it was."""
        yield way()
        for table, kept in (("audit_events", "events"), ("audit_heads", "heads")):
            self._run(f"delete from {table}; insert into {table} select * from {kept}")

    def _edit(self) -> int:
        seq = self._some()
        self._run(f"update audit_events set {self._chance.choice(EDITS)} where seq = {seq}")
        return seq

    def _delete_middle(self) -> int:
        seq = self._chance.randint(1, self._end.seq - 1)
        last = self._chance.randint(seq, self._end.seq - 1)
        self._run(f"delete from audit_events where seq between {seq} and {last}")
        if self._chance.random() < 0.5:
            self._run(f"update audit_events set seq = seq + {AWAY} where seq > {last}")
            self._run(
                f"update audit_events set seq = seq - {AWAY + last - seq + 1} where seq > {AWAY}"
            )
        return seq

    def _delete_tail(self) -> int:
        """With a head that fits, as in a backup of then: only an anchor tells."""
        seq = self._some()
        self._run(f"delete from audit_events where seq >= {seq}")
        self._run(
            f"update audit_heads set seq = {seq - 1}, hash = coalesce((select hash from audit_events"
            f" where seq = {seq - 1}), decode(repeat('00', 32), 'hex'))"
        )
        return seq

    def _reorder(self) -> int:
        one, other = sorted(self._chance.sample(range(1, self._end.seq + 1), 2))
        self._run(f"update audit_events set seq = seq + {AWAY} where seq in ({one}, {other})")
        self._run(f"update audit_events set seq = {AWAY + one + other} - seq where seq > {AWAY}")
        return one

    def _insert(self) -> int:
        """An event that was not, behind any, with whatever hash one can make without the key."""
        seq = self._chance.randint(1, self._end.seq + 1)
        self._make_room(seq)
        self._copy(self._some_but(seq), seq, "sha256(hash)")
        return seq

    def _replay(self) -> int:
        """A true event once more, its own hash with it."""
        seq = self._chance.randint(2, self._end.seq + 1)
        self._make_room(seq)
        self._copy(self._some_but(seq), seq, "hash")
        return seq

    def _rewrite(self) -> int:
        """Everything from an event on is chained anew, with another key."""
        seq = self._some()
        before = self._rows(f"select hash from audit_events where seq = {seq - 1}")
        previous = before[0][0] if before else bytes(32)
        columns = ", ".join(CHAINED)
        for row in self._rows(
            f"select {columns} from audit_events where seq >= {seq} order by seq"
        ):
            event = dict(zip(CHAINED, row, strict=True))
            previous = link(b"another", previous, event)
            self._run(
                f"update audit_events set hash = '\\x{previous.hex()}' where seq = {event['seq']}"
            )
        self._run(f"update audit_heads set hash = '\\x{previous.hex()}'")
        return seq

    def _some(self) -> int:
        return self._chance.randint(1, self._end.seq)

    def _some_but(self, seq: int) -> int:
        return self._chance.choice([one for one in range(1, self._end.seq + 1) if one != seq])

    def _make_room(self, seq: int) -> None:
        self._run(f"update audit_events set seq = seq + {AWAY} where seq >= {seq}")
        self._run(f"update audit_events set seq = seq - {AWAY - 1} where seq > {AWAY}")
        self._run("update audit_heads set seq = seq + 1")

    def _copy(self, source: int, seq: int, hashed: str) -> None:
        columns = ", ".join(name for name in CHAINED if name != "seq")
        source += source >= seq
        self._run(
            f"insert into audit_events (seq, hash, {columns}) select {seq}, {hashed}, {columns}"
            f" from audit_events where seq = {source}"
        )

    def _run(self, statement: str) -> None:
        self._connection.execute(statement.encode())

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query.encode()).fetchall()


def fill_fast(url: str, clinic_id: UUID, count: int) -> End:
    """A chain past the application, as a superuser who has the key."""
    now, one, previous = datetime.now(UTC), uuid7(), ORIGIN
    event: dict[str, Any] = {
        "clinic_id": clinic_id,
        "at": now,
        "request_id": one,
        "action": Action.RECORD_READ.value,
        "outcome": "done",
        "role": "therapist",
        "account_id": one,
        "session_id": one,
        "patient_ids": [one],
        "scope": "patient",
        "purpose": "care",
        "covering_ids": [],
        "emergency_id": None,
    }
    with psycopg.connect(url) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("delete from audit_events")
        connection.execute("delete from audit_heads")
        columns = ", ".join((*CHAINED, "hash"))
        with connection.cursor().copy(
            f"copy audit_events ({columns}) from stdin".encode()
        ) as copying:
            for seq in range(1, count + 1):
                event["seq"] = seq
                previous = link(KEY, previous, event)
                copying.write_row([*(event[name] for name in CHAINED), previous])
        connection.execute(
            "insert into audit_heads (clinic_id, seq, at, hash) values (%s, %s, %s, %s)",
            (clinic_id, count, now, previous),
        )
    return End(clinic_id, count, previous)
