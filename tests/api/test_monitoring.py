"""Remote monitoring where there is some: what is written down, counted, closed and shown, and nothing elsewhere."""

import csv
import io
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from litestar import Litestar
from uuid_utils.compat import uuid7

from glidepath.clinical.vocabulary import Condition, Side
from glidepath.database.embedded import APP
from glidepath.database.engine import Database
from glidepath.demo import abroad, seed
from glidepath.demo.cast import ABROAD
from glidepath.identity.actor import StaffActor
from glidepath.monitoring import closings, pages, timers
from glidepath.monitoring.schemas import ClosingBody, MonitoringPage, StopBody, WorkBody
from glidepath.problems import Conflict, Forbidden, Invalid, NotFound, Problem
from tests.clinics import Clinic, check_in, colleague, open_clinic, own_day, sync
from tests.reading_aloud import faults_of_any, words_of
from tests.security.requests import CONSENTED

pytestmark = pytest.mark.anyio
NOW = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


@dataclass
class Monitoring:
    """A clinic in the United States that has switched it on; its patient's episode began 70 days ago."""

    clinic: Clinic
    database: Database
    admin: httpx.AsyncClient
    actor: StaffActor

    @property
    def episode(self) -> str:
        return f"/api/episodes/{self.clinic.episode_id}"

    async def record(self, kind: str, first_on: date | None, **said: Any) -> str:
        record_id = str(uuid7())
        body = CONSENTED | {"given_by": None, "kind": kind, **said}
        body["first_on"] = None if first_on is None else str(first_on)
        path = f"{self.episode}/monitoring-records/{record_id}"
        answer = await self.clinic.therapist.put(path, json=body)
        assert answer.status_code == 201, answer.text
        return record_id

    async def all_in_order(self, since: date) -> None:
        await self.record("consent", since, given_by="patient")
        await self.record("plan_of_care", since)
        await self.record("education", since, understood=True, text="The app, on their phone.")
        await self.record("biller", since, person=str(self.clinic.therapist_id))
        await self.record("device", since, text="Glidepath")

    async def page(self, now: datetime = NOW) -> MonitoringPage:
        async with self.database.reading(self.clinic.id) as session:
            return await pages.of_patient(session, self.actor, self.clinic.patient_id, now)

    async def work(self, begun: datetime, ended: datetime, note: str = "Looked at it.") -> UUID:
        timer_id = uuid7()
        async with self.database.writing(self.clinic.id) as session:
            await timers.start(session, self.actor, self.clinic.episode_id, timer_id, begun)
            moment = begun
            while moment < ended:
                await timers.active(session, self.actor, timer_id, moment)
                moment += timedelta(minutes=4)
            await timers.stop(session, self.actor, timer_id, StopBody(note), ended)
        return timer_id

    async def close(self, kind: Any, first_on: date, amends: UUID | None = None) -> UUID:
        closing_id = uuid7()
        async with self.database.writing(self.clinic.id) as session:
            body = ClosingBody(kind, first_on, amends)
            await closings.close(session, self.actor, self.clinic.episode_id, closing_id, body, NOW)
        return closing_id

    async def refused(self, kind: type[Problem], work: Any) -> str:
        with pytest.raises(kind) as caught:
            async with self.database.writing(self.clinic.id) as session:
                await work(session)
        return caught.value.code


def days_ago(*numbers: int) -> list[date]:
    return [own_day() - timedelta(days=number) for number in numbers]


async def log(us: Monitoring, *numbers: int) -> None:
    results = await sync(us.clinic, *(check_in(day) for day in days_ago(*numbers)))
    assert {one["status"] for one in results} == {"stored"}


@pytest.fixture
async def us(app: Litestar, database: Database, admin_url: str) -> AsyncIterator[Monitoring]:
    async with AsyncExitStack() as stack:
        clinic = await open_clinic(app, database, stack, "North", "US")
        admin = (
            await stack.enter_async_context(colleague(clinic, database, "Boss", "admin"))
        ).browser
        answer = await admin.put("/api/monitoring", json={"on": True}, headers={"if-match": '"0"'})
        assert answer.is_success, answer.text
        path = f"/api/monitoring/licences/{clinic.therapist_id}"
        assert (await admin.put(path, json={"licence": "PT"})).is_success
        with psycopg.connect(admin_url) as connection:
            connection.execute("update episodes set opened_at = now() - interval '70 days'")
        actor = StaffActor(clinic.id, clinic.therapist_id, "therapist", uuid7())
        yield Monitoring(clinic, database, admin, actor)


@pytest.fixture
def admin_url(postgres: Any, database_name: str) -> str:
    url: str = postgres.url("postgres", database_name)
    return url


async def test_elsewhere_and_while_it_is_off_there_is_nothing(us: Monitoring, admin_url: str):
    spec = us.clinic.app.openapi_schema.to_schema()
    for_admins = {"getMonitoring", "putMonitoring"}
    ids = {
        "patient_id": us.clinic.patient_id,
        "episode_id": us.clinic.episode_id,
        "account_id": us.clinic.therapist_id,
    }

    async def found() -> set[str]:
        open_ones = set()
        for path, methods in spec["paths"].items():
            for method, one in methods.items():
                if one.get("tags") != ["monitoring"]:
                    continue
                for name in ("record_id", "timer_id", "work_id", "closing_id"):
                    ids[name] = uuid7()
                url = path.format(**ids)
                body = BODIES.get(one["operationId"], {})
                headers = {"if-match": '"9"'}
                options = {} if method == "get" else {"json": body}
                answer = await us.admin.request(method, url, headers=headers, **options)
                assert answer.status_code != 400, answer.text
                if answer.status_code != 404:
                    open_ones.add(one["operationId"])
        return open_ones

    assert len(await found()) > 5
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("update clinics set country = 'CA' where id = %s", [us.clinic.id])
        assert await found() == set()
        connection.execute("update clinics set country = 'US' where id = %s", [us.clinic.id])
    off = await us.admin.put("/api/monitoring", json={"on": False}, headers={"if-match": '"1"'})
    assert [one["on"] for one in off.json()["changes"]] == [False, True]
    assert await found() == for_admins
    assert (await us.clinic.therapist.get("/api/monitoring")).status_code == 404


BODIES: dict[str, Any] = {
    "putMonitoring": {"on": True},
    "putLicence": {"licence": None},
    "putMonitoringRecord": CONSENTED,
    "stopTimer": {"note": "Said."},
    "correctWork": {"revises": str(uuid7()), "withdrawn": False, "seconds": 1, "note": "Less."},
    "putClosing": {"kind": "month", "first_on": "2026-01-01", "amends": None},
    "makeEvidence": {"notes": False},
}


async def test_what_is_closed_stays_and_what_changes_afterwards_is_shown_and_amended(
    us: Monitoring, admin_url: str
):
    await us.all_in_order(days_ago(60)[0])
    await log(us, *range(31, 46))
    first = days_ago(45)[0]
    (period,) = [one for one in (await us.page()).periods if one.number == 1]
    assert (period.first_on, period.over, period.outcome.days) == (first, True, 15)
    assert [claim.code for claim in period.outcome.claims] == ["98975", "98985"]
    closed = await us.close("period", first)

    def rows() -> list[Any]:
        with psycopg.connect(admin_url) as connection:
            return connection.execute(
                "select id, amends, snapshot from monitoring_closings order by at, id"
            ).fetchall()

    before = rows()
    assert len(before[0][2]["entries"]) == 15
    again = ClosingBody("period", first, closed)
    assert await us.refused(Conflict, closing(us, again)) == "nothing_changed"
    # Of a sixteenth day, from a phone that was offline.
    await log(us, 20)
    shown = (await us.page()).periods[-1].closing
    assert shown is not None
    assert shown.after is not None
    assert (shown.before.days, shown.after.days, shown.claims_differ) == (15, 16, True)
    assert [claim.code for claim in shown.after.claims] == ["98975", "98977"]
    assert rows() == before
    assert await us.refused(Conflict, closing(us, ClosingBody("period", first, None))) == (
        "closed_already"
    )
    amended = await us.close("period", first, closed)
    stands = (await us.page()).periods[-1].closing
    assert stands is not None
    assert (stands.id, stands.amended, stands.after) == (amended, [closed], None)
    assert rows()[0] == before[0]
    # What comes in from before the first period moves none that was closed.
    await log(us, 46)
    period = (await us.page()).periods[-1]
    assert (period.first_on, period.closing and period.closing.after) == (first, None)
    assert {one.day: one.uncounted for one in period.days}[days_ago(46)[0]] == (
        "before_first_period"
    )
    running = (await us.page()).periods[0]
    early = ClosingBody("period", running.first_on, None)
    assert await us.refused(Conflict, closing(us, early)) == "not_over"


def closing(us: Monitoring, body: ClosingBody) -> Any:
    async def close(session: Any) -> None:
        await closings.close(session, us.actor, us.clinic.episode_id, uuid7(), body, NOW)

    return close


async def test_nothing_that_was_closed_or_counted_can_be_changed_or_removed(
    us: Monitoring, postgres: Any, database_name: str
):
    await us.record(
        "contact",
        None,
        happened_at=(NOW - timedelta(days=40)).isoformat(),
        channel="video",
        person=str(us.clinic.therapist_id),
    )
    await us.close("month", (NOW - timedelta(days=40)).date().replace(day=1))
    await us.work(NOW - timedelta(minutes=40), NOW - timedelta(minutes=30))
    with psycopg.connect(postgres.url(APP, database_name), autocommit=True) as app:
        for table in ("monitoring_closings", "monitoring_work", "monitoring_facts"):
            for deed in (f"update {table} set by = by", f"delete from {table}"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    app.execute(deed.encode())


async def test_the_pack_names_the_entry_behind_each_day_and_the_note_behind_each_minute(
    us: Monitoring, admin_url: str
):
    await us.all_in_order(days_ago(80)[0])
    await log(us, 40, 41, 42)
    month = (NOW - timedelta(days=40)).replace(day=2)
    await us.record(
        "contact",
        None,
        happened_at=month.isoformat(),
        channel="phone",
        person=str(us.clinic.therapist_id),
    )
    with psycopg.connect(admin_url) as connection:
        connection.execute("update episodes set opened_at = now() - interval '100 days'")
    await us.work(month, month + timedelta(minutes=12), note="=HYPERLINK(1) canary")
    first = (await us.page()).periods[-1].first_on
    made = [await us.close("period", first), await us.close("month", month.date().replace(day=1))]
    packs = []
    for one in made:
        path = f"{us.episode}/monitoring-closings/{one}/evidence"
        for notes in (False, True):
            answer = await us.clinic.therapist.post(path, json={"notes": notes})
            assert answer.is_success, answer.text
            packs.append(answer.json()["csv"])
    rows = [list(csv.DictReader(io.StringIO(pack))) for pack in packs]
    entries = [row for row in rows[0] if row["section"] == "entry"]
    diary = (await us.clinic.patient.get("/api/diary")).json()["check_ins"]
    assert {row["id"] for row in entries} == {one["id"] for one in diary}
    assert [row["day"] for row in entries] == sorted(one["local_date"] for one in diary)
    (work,) = [row for row in rows[3] if row["section"] == "minutes"]
    assert (work["licence"], work["seconds"]) == ("PT", "720")
    # A spreadsheet runs nothing of it.
    assert work["text"] == "'=HYPERLINK(1) canary"
    assert ["canary" in pack for pack in packs] == [False, False, False, True]
    for path, closed, told in (
        (f"{us.episode}/monitoring-closings/{made[0]}/evidence", "period", entries[0]["id"]),
        (f"{us.episode}/monitoring-closings/{made[1]}/evidence", "month", "canary"),
    ):
        pdf = await us.clinic.therapist.get(path, params={"language": "es", "notes": True})
        assert pdf.headers["content-type"] == "application/pdf", (closed, pdf.text)
        assert faults_of_any(pdf.content, "es", "Pruebas del seguimiento a distancia") == []
        assert told in words_of(pdf.content), closed
        assert "canary" not in words_of((await us.clinic.therapist.get(path)).content)
    with psycopg.connect(admin_url) as connection:
        kept = connection.execute("select note from monitoring_work").fetchall()
        assert "canary" not in str(kept)
        connection.execute("update sessions set authenticated_at = now() - interval '11 minutes'")
    for answer in (
        await us.clinic.therapist.post(path, json={"notes": False}),
        await us.clinic.therapist.get(path),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "confirm_it_is_you")


async def test_open_pages_are_told_of_what_a_colleague_writes_down_and_closes(
    us: Monitoring, admin_url: str
):
    month = NOW - timedelta(days=40)
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("listen glidepath_changes")

        def told() -> set[str]:
            return {one.payload for one in connection.notifies(timeout=1, stop_after=1)}

        heard = []
        for deed in (
            us.record("consent", month.date(), given_by="patient"),
            us.work(month, month + timedelta(minutes=12)),
            us.close("month", month.date().replace(day=1)),
        ):
            await deed
            heard.append(told())
    assert heard == [{f"{us.clinic.id} {us.clinic.patient_id}"}] * 3


async def test_minutes_are_counted_by_hand_and_end_where_nothing_was_done(us: Monitoring):
    midnight = datetime.combine(NOW.date(), datetime.min.time(), tzinfo=UTC) - timedelta(hours=1)
    # In Madrid, in winter as in summer, there is one within these two hours.
    begun, ended = midnight - timedelta(minutes=70), midnight + timedelta(minutes=20)
    await us.work(begun, ended)
    work = (await us.page()).work
    assert [one.day for one in work] == sorted({one.day for one in work}, reverse=True)
    assert (len(work), sum(one.seconds for one in work)) == (2, 90 * 60)
    timer_id, at = uuid7(), NOW - timedelta(hours=2)

    async def start(session: Any, known: UUID = timer_id, at: datetime = at) -> None:
        await timers.start(session, us.actor, us.clinic.episode_id, known, at)

    async with us.database.writing(us.clinic.id) as session:
        await start(session)
        await start(session)
        await timers.active(session, us.actor, timer_id, at + timedelta(minutes=3))
    assert await us.refused(Conflict, lambda session: start(session, uuid7())) == "timer_running"
    # Nobody was there from the third minute on.
    late = at + timedelta(minutes=3) + timers.IDLE + timers.ANSWER + timedelta(seconds=1)
    async with us.database.writing(us.clinic.id) as session:
        assert (await timers.active(session, us.actor, timer_id, late)).stopped
        (one,) = await timers.stop(session, us.actor, timer_id, StopBody("Two."), late)
        (same,) = await timers.stop(session, us.actor, timer_id, StopBody("Two."), late)
    assert (one.id, one.seconds, one.how, same.id) == (timer_id, 180, "idle", timer_id)
    thrown = uuid7()
    async with us.database.writing(us.clinic.id) as session:
        await start(session, thrown)
        assert await timers.stop(session, us.actor, thrown, StopBody(None), late) == []
    assert len((await us.page()).work) == 3


async def test_a_correction_names_the_old_row_and_never_adds_time(
    us: Monitoring, database: Database
):
    work_id = await us.work(NOW - timedelta(minutes=30), NOW - timedelta(minutes=20))

    def corrected(seconds: int, withdrawn: bool = False, by: StaffActor = us.actor) -> Any:
        body = WorkBody(work_id, withdrawn, seconds, "Part of it was another's.")
        return lambda session: timers.correct(session, by, us.clinic.episode_id, uuid7(), body, NOW)

    assert await us.refused(Invalid, corrected(601)) == "more_than_clocked"
    async with us.database.writing(us.clinic.id) as session:
        await corrected(300)(session)
    (shown,) = (await us.page()).work
    assert (shown.id, shown.seconds, shown.clocked, shown.corrected) == (work_id, 300, 600, True)
    async with colleague(us.clinic, database) as other:
        added = f"/api/patients/{us.clinic.patient_id}/team/{other.id}"
        assert (await us.clinic.therapist.put(added, json={})).is_success
        theirs = StaffActor(us.clinic.id, other.id, "therapist", uuid7())
        assert await us.refused(Forbidden, corrected(10, by=theirs)) == "not_yours"
        # Who is in no care relation any more throws their clock away, and keeps no time of it.
        licence = f"/api/monitoring/licences/{other.id}"
        assert (await us.admin.put(licence, json={"licence": "PTA"})).is_success
        path = f"{us.episode}/monitoring-timers/{uuid7()}"
        started = await other.browser.put(path, json={})
        assert started.status_code == 201, started.text
        stop = f"/api/monitoring-timers/{started.json()['id']}/stop"
        assert (await us.clinic.therapist.delete(added)).is_success
        assert (await other.browser.post(stop, json={"note": "Kept."})).status_code == 403
        assert (await other.browser.post(stop, json={"note": None})).json() == []
        assert (await us.clinic.therapist.put(added, json={})).is_success
        assert (await us.admin.put(licence, json={"licence": None})).is_success
        # Who is not licensed counts no time.
        begin = lambda session: timers.start(  # noqa: E731
            session, theirs, us.clinic.episode_id, uuid7(), NOW
        )
        assert await us.refused(Conflict, begin) == "no_licence"
    async with us.database.writing(us.clinic.id) as session:
        await corrected(300, withdrawn=True)(session)
    assert (await us.page()).work == []
    missing = WorkBody(uuid7(), False, 1, "x")
    await us.refused(
        NotFound,
        lambda session: timers.correct(
            session, us.actor, us.clinic.episode_id, uuid7(), missing, NOW
        ),
    )


async def test_the_list_says_how_each_will_end_and_what_is_missing(us: Monitoring):
    listed = await us.clinic.therapist.get("/api/monitoring/worklist")
    assert (listed.json()["rows"], listed.json()["others"]) == ([], 1)
    await us.record("device", days_ago(60)[0], text="Glidepath")

    async def row() -> dict[str, Any]:
        (one,) = (await us.clinic.therapist.get("/api/monitoring/worklist")).json()["rows"]
        assert one["name"] == "Pat Doe"
        return one  # type: ignore[no-any-return]

    assert (await row())["lacks"] == [
        "consent",
        "plan_of_care",
        "education",
        "biller",
        "contact",
        "minutes",
    ]
    assert (await row())["prospect"] == "no_activity"
    await us.all_in_order(days_ago(60)[0])
    said = {"channel": "phone", "person": str(us.clinic.therapist_id)}
    now = datetime.now(UTC)
    await us.record("contact", None, happened_at=now.isoformat(), **said)
    assert (await row())["lacks"] == ["minutes"]
    for numbers, prospect in (
        ((9,), "behind"),
        ((8, 7, 6, 0), "one_short"),
        ((5, 4, 3, 2, 1), "on_track"),
    ):
        await log(us, *numbers)
        assert (await row())["prospect"] == prospect
    assert [(await row())[name] for name in ("days", "left", "needs")] == [10, 20, 6]


async def test_days_of_use_are_shown_and_days_of_entries_alone_count(us: Monitoring):
    await us.all_in_order(days_ago(60)[0])
    await log(us, 3, 2)
    # Opened today, and nothing was written.
    assert (await us.clinic.patient.get("/api/care")).is_success
    page = await us.page(datetime.now(UTC))
    (period,) = page.periods
    assert [one.day for one in period.days] == days_ago(3, 2)
    assert period.access == [own_day()]
    assert period.outcome.days == 2


async def test_the_demo_has_a_patient_of_each_state_and_one_who_was_changed_since(
    app: Litestar, database: Database
):
    now = datetime.now(UTC)
    plan = seed._items(Condition.BOTH, Side.LEFT)
    await abroad.open_clinic(database, seed.PASSPHRASE, plan, now)
    async with database.reading(ABROAD) as session:
        rows = (await pages.worklist(session, abroad.ADMIN, now)).rows
    found = {row.name: (row.prospect.value, row.changed) for row in rows}
    assert found == {
        "Wade Larkin": ("ready", 1),
        "June Castell": ("on_track", 0),
        "Omar Field": ("one_short", 0),
        "Tess Monroe": ("behind", 0),
        "Lila Brandt": ("no_activity", 0),
    }
