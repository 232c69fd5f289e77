"""What open pages hear: at once, of their own patients, and of none when nothing is heard."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from uuid_utils.compat import uuid7

from glidepath.care import service as care
from glidepath.database import listening
from glidepath.database.engine import Database
from glidepath.identity import signing_in
from glidepath.identity.actor import StaffActor
from glidepath.notify import live as streams
from glidepath.notify.live import STREAMS_A_PERSON, Live
from glidepath.problems import TooMany
from glidepath.settings import Settings
from tests.asked import transactions
from tests.clinics import Clinic, check_in, join_patient, sync

pytestmark = pytest.mark.anyio
SOON = 20.0
# Seconds (AL-10).
SIGNED_OUT_WITHIN = 5.0


@pytest.fixture
async def live(app: Litestar, settings: Settings) -> AsyncIterator[Live]:
    app.state.live = Live(settings.listening_url)
    running = asyncio.create_task(app.state.live.run())
    yield app.state.live
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


class Page:
    """A browser that holds `/api/live` open."""

    def __init__(self, clinic: Clinic, cookies: Any) -> None:
        self._said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._left = asyncio.Event()
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "https",
            "path": "/api/live",
            "raw_path": b"/api/live",
            "root_path": "",
            "query_string": b"",
            "headers": [(b"host", b"glidepath.example"), (b"cookie", cookie.encode())],
            "server": ("glidepath.example", 443),
            "client": ("203.0.113.1", 1),
        }
        self.open = asyncio.create_task(clinic.app(scope, self._receive, self._said.put))  # type: ignore[arg-type]
        self._asked = False

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def status(self) -> int:
        said = await asyncio.wait_for(self._said.get(), SOON)
        assert said["type"] == "http.response.start"
        self.headers = {name.decode(): value.decode() for name, value in said["headers"]}
        return int(said["status"])

    async def next(self) -> tuple[str, Any]:
        """The next event and its data."""
        while True:
            said = await asyncio.wait_for(self._said.get(), SOON)
            fields = dict(
                line.split(": ", 1) for line in said["body"].decode().splitlines() if ": " in line
            )
            if "event" in fields:
                return fields["event"], json.loads(fields["data"])
            if not said.get("more_body"):
                return "end", None

    async def body(self) -> str:
        """Of an answer that is no stream."""
        said = await asyncio.wait_for(self._said.get(), SOON)
        return str(said["body"].decode())

    async def leave(self) -> None:
        self._left.set()
        await asyncio.wait_for(self.open, SOON)


@asynccontextmanager
async def page(clinic: Clinic) -> AsyncIterator[Page]:
    opened = Page(clinic, clinic.therapist.cookies)
    assert await opened.status() == 200
    assert await opened.next() == ("resync", {})
    yield opened
    await opened.leave()


async def test_an_entry_is_told_of_by_the_patients_id_alone(clinic: Clinic, live: Live):
    async with page(clinic) as one, page(clinic) as another:
        assert one.headers["content-type"].startswith("text/event-stream")
        assert one.headers["cache-control"] == "no-store"
        await sync(clinic, check_in(pain_now=9, red_flags=["both_legs"]))
        told = ("changed", {"patients": [str(clinic.patient_id)]})
        assert await one.next() == told
        assert await another.next() == told


async def test_a_reading_of_a_message_is_told_of_and_a_look_at_the_list_is_not(
    clinic: Clinic, live: Live
):
    message = f"/api/patients/{clinic.patient_id}/messages/{uuid7()}"
    async with page(clinic) as open_page:
        await clinic.therapist.get("/api/triage")
        await clinic.therapist.put(message, json={"text": "How are you?"})
        assert await open_page.next() == ("changed", {"patients": [str(clinic.patient_id)]})
        reading = {"id": message.rpartition("/")[2], "read_at": "2026-01-01T00:00:00Z"}
        body = {"account_id": str(clinic.patient_id), "read": [reading]}
        await clinic.patient.post("/api/messages/read", json=body)
        assert await open_page.next() == ("changed", {"patients": [str(clinic.patient_id)]})


async def test_what_is_rolled_back_is_not_told_of(clinic: Clinic, live: Live, database: Database):
    async def write_and_fail() -> None:
        async with database.writing(clinic.id) as session:
            await session.execute(text("update alerts set count = count"))
            raise RuntimeError

    await sync(clinic, check_in(red_flags=["both_legs"]))
    async with page(clinic) as open_page:
        with pytest.raises(RuntimeError):
            await write_and_fail()
        await sync(clinic, check_in())
        assert (await open_page.next())[0] == "changed"
        assert open_page._said.empty()


async def test_another_clinic_does_not_hear_of_it(clinic: Clinic, other_clinic: Clinic, live: Live):
    async with page(other_clinic) as other, page(clinic) as own:
        await sync(other_clinic, check_in())
        assert await other.next() == ("changed", {"patients": [str(other_clinic.patient_id)]})
        await sync(clinic, check_in())
        assert await own.next() == ("changed", {"patients": [str(clinic.patient_id)]})


async def test_a_colleagues_patient_is_not_told_of(clinic: Clinic, live: Live, database: Database):
    async with page(clinic) as open_page:
        # Joined after the page was opened, so that nobody told it of them yet.
        patient_id, phone = await join_patient(clinic)
        body = {"account_id": patient_id, "check_ins": [check_in()], "exercise_sessions": []}
        await phone.post("/api/sync", json=body)
        await phone.aclose()
        await sync(clinic, check_in())
        assert await open_page.next() == ("changed", {"patients": [str(clinic.patient_id)]})
    colleague = StaffActor(clinic.id, uuid7(), "therapist", uuid7())
    async with database.reading(clinic.id) as session:
        assert await care.visible_patients(session, colleague) == frozenset()


async def _always() -> bool:
    return True


async def test_who_signed_out_hears_no_more_from_the_next_question_on(
    clinic: Clinic, live: Live, monkeypatch: pytest.MonkeyPatch
):
    assert streams.ASK <= SIGNED_OUT_WITHIN
    monkeypatch.setattr(streams, "ASK", 0.2)
    async with page(clinic) as open_page:
        await clinic.therapist.post("/api/sign-out", json={})
        # Long before the first beat.
        assert await open_page.next() == ("end", None)


@pytest.mark.parametrize("taken", ["accounts set disabled_at = now()", "care"])
async def test_who_may_not_see_a_patient_any_more_hears_no_more_of_them(
    clinic: Clinic, live: Live, database: Database, monkeypatch: pytest.MonkeyPatch, taken: str
):
    """AC-9."""
    monkeypatch.setattr(streams, "ASK", 0.2)
    change = "delete from care_team" if taken == "care" else f"update {taken}"
    async with page(clinic) as open_page:
        async with database.writing(clinic.id) as session:
            await session.execute(text(change))
        heard = await open_page.next()
        # That the team changed is the last that they hear.
        assert heard in [("end", None), ("changed", {"patients": [str(clinic.patient_id)]})]
        assert heard[0] == "end" or await open_page.next() == ("end", None)


async def test_a_stream_whose_reader_cannot_be_looked_up_ends_without_a_fault(
    clinic: Clinic, live: Live, monkeypatch: pytest.MonkeyPatch
):
    async def no_room(*_: object) -> bool:
        raise PoolTimeoutError

    monkeypatch.setattr(streams, "ASK", 0.2)
    async with page(clinic) as open_page:
        monkeypatch.setattr(signing_in, "is_signed_in", no_room)
        assert await open_page.next() == ("end", None)


async def test_a_stream_whose_question_is_at_fault_does_not_end_quietly(
    clinic: Clinic, live: Live, monkeypatch: pytest.MonkeyPatch
):
    async def wrong() -> bool:
        raise LookupError

    monkeypatch.setattr(streams, "ASK", 0.0)
    told = live.stream(StaffActor(clinic.id, uuid7(), "therapist", uuid7()), None, wrong)
    await anext(told)
    with pytest.raises(LookupError):
        _ = [heard async for heard in told]


async def test_a_stream_asks_for_all_that_it_needs_in_one_transaction(
    clinic: Clinic, live: Live, database: Database, monkeypatch: pytest.MonkeyPatch
):
    """A thousand of them ask every few seconds."""
    is_signed_in = signing_in.is_signed_in
    begun_until: asyncio.Queue[int] = asyncio.Queue()

    with transactions(database) as begun:

        async def note(*given: Any) -> bool:
            begun_until.put_nowait(len(begun))
            return await is_signed_in(*given)

        monkeypatch.setattr(streams, "ASK", 0.2)
        async with page(clinic):
            monkeypatch.setattr(signing_in, "is_signed_in", note)
            counts = [await asyncio.wait_for(begun_until.get(), SOON) for _ in range(4)]
    assert [later - earlier for earlier, later in pairwise(counts)] == [1, 1, 1]


async def test_who_signed_out_hears_no_more_while_there_is_always_something_to_hear(
    clinic: Clinic, live: Live, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(streams, "ASK", 0.2)
    async with page(clinic) as open_page:
        await clinic.therapist.post("/api/sign-out", json={})

        async def go_on() -> None:
            while True:
                live._hear(None)
                await asyncio.sleep(0.01)

        going_on = asyncio.create_task(go_on())
        async with asyncio.timeout(SOON):
            while (heard := await open_page.next())[0] == "resync":
                pass
        going_on.cancel()
        assert heard == ("end", None)


async def test_a_stream_ends_by_itself_and_at_a_stop_at_once(
    clinic: Clinic, live: Live, monkeypatch: pytest.MonkeyPatch
):
    async with page(clinic) as open_page:
        live.close()
        assert await open_page.next() == ("end", None)
    live._closing = False
    monkeypatch.setattr(streams, "LIFE", 0.2)
    monkeypatch.setattr(streams, "BEAT", 0.1)
    async with page(clinic) as open_page:
        while (heard := await open_page.next())[0] == "beat":
            pass
        assert heard == ("end", None)


async def test_a_fifth_page_of_one_person_is_refused_until_another_is_closed(
    clinic: Clinic, live: Live
):
    opened = [Page(clinic, clinic.therapist.cookies) for _ in range(STREAMS_A_PERSON)]
    for one in opened:
        assert await one.status() == 200
        await one.next()
    fifth = Page(clinic, clinic.therapist.cookies)
    assert await fifth.status() == 429
    await opened.pop().leave()
    async with page(clinic):
        pass
    for one in opened:
        await one.leave()
    somebody_else = StaffActor(clinic.id, uuid7(), "therapist", uuid7())
    live.stream(somebody_else, None, _always)
    assert not any(live._readers.values())


async def test_while_nothing_is_heard_nothing_beats_and_then_all_is_asked_for_anew(
    clinic: Clinic, live: Live, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(streams, "BEAT", 0.05)
    monkeypatch.setattr(listening, "RETRY_AFTER", 0.5)
    async with page(clinic) as open_page:
        assert (await open_page.next())[0] == "beat"
        async with database.writing() as session:
            cut = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = :it"
            await session.execute(text(cut), {"it": listening.CHANNEL})
        await sync(clinic, check_in())
        while (heard := await open_page.next())[0] == "beat":
            pass
        assert heard == ("resync", {})


async def test_a_patient_hears_nothing(clinic: Clinic, live: Live):
    answer = await clinic.patient.get("/api/live")
    assert (answer.status_code, answer.json()["code"]) == (403, "staff_only")


def test_a_person_has_no_room_for_more_streams_than_that():
    live, actor = (
        Live("postgresql://nowhere/"),
        StaffActor(UUID(int=1), UUID(int=2), "admin", uuid7()),
    )
    for _ in range(STREAMS_A_PERSON):
        reader = streams._Reader(actor.account_id, None)
        live._readers[actor.clinic_id].add(reader)
    with pytest.raises(TooMany):
        live.stream(actor, None, _always)
