"""Web servers that write on one clinic's trail together and are killed at it; what the trail holds then (AD-4)."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import psycopg

from glidepath.audit.verifying import verify
from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.auditing import KEY
from tests.clinics import Clinic
from tests.judged import Ward
from tests.killed_servers import Way, WebServer, web_server

# By the address of each server, what a browser has to it.
Clients = dict[str, httpx.AsyncClient]
SERVERS: Final = 4
PHONES: Final = 8
READERS: Final = 2
# Seconds for which a server is left alone once it did something.
LEFT_ALONE: Final = (0.0, 0.15)
A_MOMENT: Final = 0.05

_STATE: Final = """
    select count(*) - count(distinct seq) as forks, coalesce(max(seq), 0) - count(distinct seq) as gaps
    from audit_events
"""
# The entries of each patient beside the events that say that some were sent.
_SENT: Final = """
    select id, (select count(*) from check_ins where patient_id = accounts.id),
        (select count(*) from audit_events where account_id = accounts.id
            and action = 'own:diary:write' and outcome = 'done')
    from accounts where role = 'patient'
"""
_READ: Final = """
    select count(*) from audit_events
    where account_id = %s and action = 'patient:record:read' and outcome = 'done'
"""
_AT_WORK: Final = """
    select count(*) from pg_stat_activity where datname = current_database()
    and usename = 'glidepath_app' and state <> 'idle'
"""


@dataclass
class History:
    """What those who ask know; whoever gets no answer asks for something else."""

    # Deeds of each patient.
    answered: Counter[UUID] = field(default_factory=Counter)
    lost: Counter[UUID] = field(default_factory=Counter)
    reads_answered: int = 0
    reads_lost: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Kept:
    """What is in the trail in the end, beside what is known of it."""

    events: int
    forks: int
    gaps: int
    # What `audit verify` says is wrong.
    broken: str
    deeds: int
    # Answered, and in no event.
    unwritten: int
    # Entries without their event, or events without what they tell of.
    apart: int
    # Done, though nobody was told.
    unheard: int
    refused: int

    @property
    def is_well(self) -> bool:
        wrong = self.forks, self.gaps, self.broken, self.unwritten, self.apart, self.refused
        return not any(wrong)


@contextmanager
def web_servers(settings: Settings, folder: Path, way: Way | None) -> Iterator[list[WebServer]]:
    with ExitStack() as stack:
        yield [stack.enter_context(web_server(settings, folder, way)) for _ in range(SERVERS)]


class Asking:
    """Phones that send and a therapist who reads, each time by another server, until all is over."""

    def __init__(self, clinic: Clinic, ward: Ward, servers: list[WebServer], seed: int) -> None:
        self._clinic, self._ward, self._servers = clinic, ward, servers
        self._chance = random.Random(seed)
        self.history = History()
        self.heard = {server.url: asyncio.Event() for server in servers}
        self.up = set[str]()
        self.some_up, self.over = asyncio.Event(), asyncio.Event()

    async def phone(self) -> None:
        async with self._somebody() as clients:
            while not self.over.is_set():
                person, token = await self._ward.next()
                for entry in self._ward.diary():
                    body = {
                        "account_id": str(person),
                        "check_ins": [entry],
                        "exercise_sessions": [],
                    }
                    if await self._done(clients, token, "POST", "/api/sync", json=body):
                        self.history.answered[person] += 1
                    else:
                        self.history.lost[person] += 1

    async def reader(self) -> None:
        token = self._clinic.therapist.cookies["__Host-glidepath"]
        page = f"/api/patients/{self._clinic.patient_id}"
        async with self._somebody() as clients:
            while not self.over.is_set():
                if await self._done(clients, token, "GET", page):
                    self.history.reads_answered += 1
                else:
                    self.history.reads_lost += 1

    @asynccontextmanager
    async def _somebody(self) -> AsyncIterator[Clients]:
        here = {"sec-fetch-site": "same-origin"}
        async with AsyncExitStack() as stack:
            yield {
                url: await stack.enter_async_context(
                    httpx.AsyncClient(base_url=url, headers=here, timeout=60)
                )
                for url in self.heard
            }

    async def _done(
        self, clients: Clients, token: str, method: str, path: str, **options: Any
    ) -> bool:
        """False if no answer came."""
        while not self.up:
            await self.some_up.wait()
        # Nobody knocks where nobody is: a port of this machine that is free may be one's own.
        url = self._chance.choice(sorted(self.up))
        cookie = {"cookie": f"__Host-glidepath={token}"}
        try:
            answer = await clients[url].request(method, path, headers=cookie, **options)
        except httpx.TransportError:
            return False
        self.heard[url].set()
        if answer.status_code == 503:
            self.history.refused += 1
            return False
        assert answer.status_code == 200, answer.text
        return True

    def is_up(self, url: str) -> None:
        self.heard[url].clear()
        self.up.add(url)
        self.some_up.set()

    def is_down(self, url: str) -> None:
        self.up.remove(url)
        if not self.up:
            self.some_up.clear()


async def write_and_kill(
    database: Database,
    clinic: Clinic,
    servers: list[WebServer],
    admin_url: str,
    kills: int,
    seed: int,
) -> Kept:
    """Kills each of the servers in turn so often that it makes `kills`, all of them at any time."""
    ward = Ward(database, clinic, random.Random(seed))
    asking = Asking(clinic, ward, servers, seed)

    async def keep_killing(number: int, server: WebServer) -> None:
        chance = random.Random(f"{seed} {number}")
        for _ in range(kills // len(servers) + (number < kills % len(servers))):
            await server.start()
            asking.is_up(server.url)
            await asking.heard[server.url].wait()
            await asyncio.sleep(chance.uniform(*LEFT_ALONE))
            asking.is_down(server.url)
            await server.kill()
        await server.start()
        asking.is_up(server.url)

    async with asyncio.TaskGroup() as everybody:
        for ask in (asking.phone,) * PHONES + (asking.reader,) * READERS:
            everybody.create_task(ask())
        async with asyncio.TaskGroup() as killers:
            for number, server in enumerate(servers):
                killers.create_task(keep_killing(number, server))
        asking.over.set()
    return await _compare(database, clinic, admin_url, asking.history)


async def _compare(database: Database, clinic: Clinic, url: str, history: History) -> Kept:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:

        async def ask(statement: str, *values: object) -> list[Any]:
            return await (await connection.execute(statement.encode(), values)).fetchall()

        # What a killed server had said to the database already is done yet.
        for _ in range(round(30 / A_MOMENT)):
            if (await ask(_AT_WORK))[0][0] == 0:
                break
            await asyncio.sleep(A_MOMENT)
        ((forks, gaps),) = await ask(_STATE)
        sent = {person: (entries, events) for person, entries, events in await ask(_SENT)}
        ((read,),) = await ask(_READ, clinic.therapist_id)
    (verdict,) = await verify(database, KEY, {})
    told = sum(entries for entries, _ in sent.values())
    answered = history.answered.total() + history.reads_answered
    return Kept(
        events=verdict.events,
        forks=forks,
        gaps=gaps,
        broken=f"{verdict.bad} {verdict.reason}" if verdict.bad else "",
        deeds=answered,
        unwritten=sum(max(0, done - sent[who][1]) for who, done in history.answered.items())
        + max(0, history.reads_answered - read),
        apart=sum(abs(entries - events) for entries, events in sent.values())
        + max(0, read - history.reads_answered - history.reads_lost),
        unheard=told + read - answered,
        refused=history.refused,
    )
