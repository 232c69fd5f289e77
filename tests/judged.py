"""Phones that send entries while their server is killed; whether all that was committed was judged (AL-1)."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import UUID

import httpx
import psycopg
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.identity import secrets
from glidepath.settings import Settings
from tests.clinics import Clinic, check_in
from tests.killed_servers import Killable
from tests.killed_workers import Workers, alerts_told, copy_patient, kill, wait_until
from tests.mail_servers import mail_server

PHONES: Final = 6
# Entries of each patient; with one of them somebody has to be told at once.
ENTRIES: Final = 6
# Seconds for which a server is left alone once it took something in.
LEFT_ALONE: Final = (0.02, 0.5)
LOOK_EVERY: Final = 0.25
A_MOMENT: Final = 0.05

_SIGN_IN = text(
    "insert into sessions (clinic_id, id, account_id, role, token_hash, created_at, last_seen_at,"
    " expires_at, aal, authenticated_at) select clinic_id, gen_random_uuid(), person, role, token,"
    " created_at, last_seen_at, expires_at, aal, authenticated_at from sessions,"
    " unnest(cast(:people as uuid[]), cast(:tokens as bytea[])) as new (person, token)"
    " where account_id = :patient"
)
# Entries that are committed and of which nothing came: no alert where they call for one, no step of the
# detector; and alerts of which nobody will be told.
_UNJUDGED: Final = """
    with reached as (
        select episode_id, max(day) as last, max(received_at) as received_at,
            (array_agg(day order by day desc))[2] as through
        from check_ins group by episode_id
    ), unjudged as (
        select received_at from check_ins
        where red_flags <> '{}' and not exists (
            select from alerts where alerts.episode_id = check_ins.episode_id
            and exists (
                select from jsonb_each(basis -> 'facts') fact
                where fact.value ->> 'entry_id' = check_ins.id::text
            )
        )
        union all
        select received_at from reached left join trend_checkpoints using (episode_id)
        where through::text is distinct from state ->> 'through'
        union all
        select at from alert_events where kind = 'opened' and not exists (
            select from procrastinate_jobs where task_name = 'notify:alert_raised'
            and args ->> 'alert_id' = alert_events.alert_id::text
        )
    )
    select count(*), coalesce(extract(epoch from clock_timestamp() - min(received_at)), 0)::float
    from unjudged
"""


@dataclass
class History:
    """What the phones know: `again` counts entries whose answer was lost after they were stored."""

    careless: bool = False
    called_for: set[UUID] = field(default_factory=set)
    answered: set[UUID] = field(default_factory=set)
    made: int = 0
    lost_answers: int = 0
    again: int = 0


@dataclass(frozen=True)
class Looks:
    """How many there were at what is committed, how often something was not judged then, and how long it
    had been so at most, in seconds."""

    count: int
    behind: int
    longest: float


@dataclass(frozen=True)
class Judged:
    """`lost` were answered and are not there, `doubled` are there more than once, or once under each id of two."""

    made: int
    lost: int
    doubled: int
    unjudged: int
    # Of what calls for one: without an alert, with more than one, judged more than once.
    missing: int
    more: int
    looks: Looks
    again: int

    @property
    def is_well(self) -> bool:
        wrong = self.lost, self.doubled, self.unjudged, self.missing, self.more, self.looks.behind
        return not any(wrong)


class Ward:
    """Patients without end, signed in, and their entries."""

    def __init__(self, database: Database, clinic: Clinic, chance: random.Random) -> None:
        self._database = database
        self._clinic = clinic
        self._chance = chance
        self._ready: list[tuple[UUID, str]] = []
        self._making = asyncio.Lock()

    async def next(self) -> tuple[UUID, str]:
        async with self._making:
            if not self._ready:
                await self.admit(50)
            return self._ready.pop()

    async def admit(self, number: int) -> None:
        made = [(uuid7(), secrets.new_token()) for _ in range(number)]
        people = [person for person, _ in made]
        async with self._database.writing(self._clinic.id) as session:
            await copy_patient(session, self._clinic, people)
            tokens = [secrets.digest(token) for _, token in made]
            values = {"people": people, "tokens": tokens, "patient": self._clinic.patient_id}
            await session.execute(_SIGN_IN, values)
        self._ready += made

    def diary(self) -> Iterator[dict[str, Any]]:
        """A quiet week, but for one answer."""
        told = self._chance.randrange(ENTRIES)
        today = datetime.now(UTC).date()
        for number in range(ENTRIES):
            flags = ["both_legs"] if number == told else []
            yield check_in(today - timedelta(days=ENTRIES - number), red_flags=flags)


class Load:
    """Phones that send until all is over; what they get no answer to they send again."""

    def __init__(
        self, ward: Ward, url: str, history: History, *, without_database: bool = False
    ) -> None:
        self._ward = ward
        self._url = url
        self.history = history
        # Whether the server may say that it has none.
        self._without_database = without_database
        self.up, self.over, self.heard = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def phone(self) -> None:
        here = {"sec-fetch-site": "same-origin"}
        async with httpx.AsyncClient(base_url=self._url, headers=here, timeout=30) as client:
            while not self.over.is_set():
                person, token = await self._ward.next()
                for entry in self._ward.diary():
                    self.history.made += 1
                    await self._send(client, person, token, entry)

    async def _send(
        self, client: httpx.AsyncClient, person: UUID, token: str, entry: dict[str, Any]
    ) -> None:
        history = self.history
        for tries in count():
            if tries and history.careless:
                entry["id"] = str(uuid7())
            if entry["red_flags"]:
                history.called_for.add(UUID(entry["id"]))
            await self.up.wait()
            body = {"account_id": str(person), "check_ins": [entry], "exercise_sessions": []}
            cookie = {"cookie": f"__Host-glidepath={token}"}
            try:
                answer = await client.post("/api/sync", json=body, headers=cookie)
            except httpx.TransportError:
                history.lost_answers += 1
                continue
            if self._without_database and answer.status_code == 503:
                await asyncio.sleep(A_MOMENT)
                continue
            assert answer.status_code == 200, answer.text
            status = answer.json()["results"][0]["status"]
            assert status in {"stored", "known"}, answer.text
            history.again += status == "known"
            history.answered.add(UUID(entry["id"]))
            self.heard.set()
            return


@asynccontextmanager
async def looking(url: str) -> AsyncIterator[list[tuple[int, float]]]:
    """All along: how much of what is committed is not judged, and for how many seconds at most."""
    seen: list[tuple[int, float]] = []

    async def look() -> None:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            while True:
                found = await (await connection.execute(_UNJUDGED)).fetchone()
                assert found is not None
                seen.append((found[0], found[1]))
                await asyncio.sleep(LOOK_EVERY)

    task = asyncio.create_task(look())
    try:
        yield seen
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def send_and_kill(
    database: Database,
    clinic: Clinic,
    server: Killable,
    admin_url: str,
    kills: int,
    seed: int,
    *,
    careless: bool = False,
) -> Judged:
    """Kills so many servers in the middle of their work, and then lets one be. `admin_url` sees all rows."""
    chance, history = random.Random(seed), History(careless)
    load = Load(Ward(database, clinic, chance), server.url, history)
    async with looking(admin_url) as seen, asyncio.TaskGroup() as phones:
        for _ in range(PHONES):
            phones.create_task(load.phone())
        for _ in range(kills):
            load.heard.clear()
            await server.start()
            load.up.set()
            await load.heard.wait()
            await asyncio.sleep(chance.uniform(*LEFT_ALONE))
            load.up.clear()
            await server.kill()
        await server.start()
        load.over.set()
        load.up.set()
    looks = Looks(len(seen), sum(bool(one) for one, _ in seen), max(age for _, age in seen))
    return await _compare(admin_url, history, looks)


async def deliver_all(settings: Settings, admin_url: str) -> tuple[int, int, int]:
    """Has a worker tell of every alert; how many there are, are told of, and are on a delivery too many or
    too few."""
    with mail_server() as server, psycopg.connect(admin_url, autocommit=True) as connection:
        alerts = {str(row[0]) for row in connection.execute("select id from alerts")}
        process = Workers(settings, server, None).start()
        try:
            await asyncio.to_thread(wait_until, lambda: len(server.ids()) >= len(alerts), 120)
        finally:
            kill(process)
        wrong = connection.execute(
            "select count(*) from (select from alerts left join deliveries"
            " on deliveries.alert_id = alerts.id group by alerts.id"
            " having count(deliveries.id) <> 1) as wrong"
        ).fetchone()
        assert wrong is not None
        return len(alerts), len(alerts & alerts_told(server)), wrong[0]


async def _compare(url: str, history: History, looks: Looks) -> Judged:
    async with await psycopg.AsyncConnection.connect(url) as connection:

        async def ask(statement: str) -> list[Any]:
            return await (await connection.execute(statement.encode())).fetchall()

        rows = [row[0] for row in await ask("select id from check_ins")]
        stored = {*rows}
        ((unjudged, _),) = await ask(_UNJUDGED)
        alerts = await ask(
            "select (fact.value ->> 'entry_id')::uuid, count from alerts,"
            " jsonb_each(basis -> 'facts') fact"
        )
        ((opened, deferred),) = await ask(
            "select (select count(*) from alert_events),"
            " (select count(*) from procrastinate_jobs where task_name = 'notify:alert_raised')"
        )
    told = [entry for entry, _ in alerts]
    called_for = history.called_for & (history.answered | stored)
    return Judged(
        made=history.made,
        lost=len(history.answered - stored),
        doubled=len(stored - history.answered) + len(rows) - len(stored),
        unjudged=unjudged,
        missing=len(called_for - {*told}),
        more=sum(count - 1 for _, count in alerts)
        + (len(told) - len({*told}))
        + (opened - len(alerts))
        + max(0, deferred - opened),
        looks=looks,
        again=history.again,
    )
