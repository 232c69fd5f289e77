"""One round: an alert of the watchdog's own goes the whole way from a phone to a mailbox."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

import httpx
import structlog
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.watch import synthetic
from glidepath.watch.sink import Sink

log = structlog.get_logger()

COOKIE: Final = "__Host-glidepath"
# How long a page may take to hear of a change that was committed; a request, to be answered.
HEARD_WITHIN: Final = timedelta(seconds=10)
ANSWERED_WITHIN: Final = 20.0
LOOK_EVERY: Final = timedelta(seconds=1)


class Clock(Protocol):
    def now(self) -> datetime: ...

    async def sleep(self, pause: timedelta) -> None: ...


class Lost(Exception):
    """Where the alert got lost, in a word of ours."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


@dataclass(frozen=True, slots=True)
class Patient:
    """Of one day, so that no diary grows without end."""

    id: UUID
    day: date
    token: str


class Rounds:
    """Makes rounds, one at a time."""

    def __init__(
        self, database: Database, client: httpx.AsyncClient, sink: Sink, clock: Clock
    ) -> None:
        """`client` talks to the web server and holds no cookies of its own."""
        self._database = database
        self._client = client
        self._sink = sink
        self._clock = clock
        self._patient: Patient | None = None

    async def make(self, within: timedelta) -> str | None:
        """None if the alert arrived, else where it got lost."""
        deadline = self._clock.now() + within
        self._sink.forget()
        try:
            therapist = await self._sign_in()
            patient = await self._todays_patient(therapist)
            await self._tidy(therapist, patient)
            async with self._listening(therapist, patient) as heard:
                await self._send(patient)
                await self._await(heard.is_set, HEARD_WITHIN, "live")
            alert_id = await self._raised(therapist, patient)
            await self._await(
                lambda: self._sink.has(alert_id), deadline - self._clock.now(), "delivery"
            )
            await self._tidy(therapist, patient)
        except Lost as lost:
            return lost.where
        except httpx.HTTPError:
            return "web"
        return None

    async def _sign_in(self) -> str:
        try:
            async with asyncio.timeout(ANSWERED_WITHIN):
                return (await synthetic.prepare(self._database, self._clock.now())).token
        except (OSError, TimeoutError, SQLAlchemyError, DBAPIError):
            raise Lost("database") from None

    async def _todays_patient(self, therapist: str) -> Patient:
        today = self._clock.now().date()
        if self._patient is None or self._patient.day != today:
            patient_id = uuid7()
            body = {
                "name": synthetic.NAME,
                "timezone": "UTC",
                "locale": "en",
                "episode": {
                    "id": str(uuid7()),
                    "condition": "unclear",
                    "side": "left",
                    "started_on": str(today),
                },
                "plan": None,
            }
            await self._ask(therapist, "PUT", f"/api/patients/{patient_id}", body, "web")
            invited = await self._ask(
                therapist, "POST", f"/api/patients/{patient_id}/invitations", {}, "web"
            )
            code = {"code": invited.json()["code"], "locale": "en"}
            joined = await self._ask(None, "POST", "/api/join", code, "web")
            token = joined.cookies[COOKIE]
            self._client.cookies.clear()
            self._patient = Patient(patient_id, today, token)
        return self._patient

    async def _send(self, patient: Patient) -> None:
        """A check-in with an answer that asks for help at once, as a phone sends it."""
        moment = self._clock.now().isoformat()
        entry = {
            "id": str(uuid7()),
            "revises": None,
            "withdrawn": False,
            "plan_version_id": None,
            "local_date": moment[:10],
            "happened_at": moment,
            "zone": "UTC",
            "made_at": moment,
            "pain_now": 3,
            "pain_worst": None,
            "place": None,
            "sensations": [],
            "changes_with": None,
            "red_flags": ["both_legs"],
            "note": None,
        }
        batch = {"account_id": str(patient.id), "check_ins": [entry], "exercise_sessions": []}
        answer = await self._ask(patient.token, "POST", "/api/sync", batch, "sync")
        if [one["status"] for one in answer.json()["results"]] != ["stored"]:
            raise Lost("sync")

    async def _raised(self, therapist: str, patient: Patient) -> UUID:
        """The alert that the entry must have opened in its own transaction."""
        page = await self._ask(therapist, "GET", f"/api/patients/{patient.id}", None, "web")
        waiting = [one for one in page.json()["alerts"] if one["state"] == "open"]
        if not waiting:
            raise Lost("detector")
        return UUID(waiting[0]["id"])

    async def _tidy(self, therapist: str, patient: Patient) -> None:
        """Resolves what waits, so that the next entry opens an alert anew."""
        page = await self._ask(therapist, "GET", f"/api/patients/{patient.id}", None, "web")
        for alert in page.json()["alerts"]:
            if alert["state"] != "resolved":
                await self._ask(
                    therapist,
                    "POST",
                    f"/api/alerts/{alert['id']}/resolve",
                    {"outcome": "no_action", "useful": None, "note": None},
                    "web",
                    version=alert["version"],
                )

    async def _ask(
        self,
        token: str | None,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        where: str,
        version: int | None = None,
    ) -> httpx.Response:
        headers = {"sec-fetch-site": "same-origin", **_cookie(token)}
        if version is not None:
            headers["if-match"] = f'"{version}"'
        answer = await self._client.request(method, path, json=body, headers=headers)
        if answer.is_error:
            log.warning("watchdog_refused", path=path.split("/")[2], status=answer.status_code)
            raise Lost(where)
        return answer

    @asynccontextmanager
    async def _listening(self, therapist: str, patient: Patient) -> AsyncIterator[asyncio.Event]:
        """Holds a page's live stream open; set once it is told of the patient."""
        ready, heard = asyncio.Event(), asyncio.Event()

        async def listen() -> None:
            async with self._client.stream(
                "GET", "/api/live", headers=_cookie(therapist), timeout=None
            ) as stream:
                async for line in stream.aiter_lines():
                    if line.startswith("event: resync"):
                        ready.set()
                    elif line.startswith("data:") and str(patient.id) in line:
                        heard.set()

        listening = asyncio.create_task(listen())
        try:
            await self._await(ready.is_set, HEARD_WITHIN, "live")
            yield heard
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _await(self, happened: Any, within: timedelta, where: str) -> None:
        """By the clock, so that a test can hold it in its hand."""
        deadline = self._clock.now() + within
        while not happened():
            if self._clock.now() >= deadline:
                raise Lost(where)
            await self._clock.sleep(LOOK_EVERY)


def _cookie(token: str | None) -> dict[str, str]:
    return {} if token is None else {"cookie": f"{COOKIE}={token}"}
