"""Remote monitoring where there is some: what is written down, counted, closed and shown, and nothing elsewhere."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from litestar import Litestar
from uuid_utils.compat import uuid7

from glidepath.clinical.vocabulary import Condition, Side
from glidepath.database.embedded import APP
from glidepath.database.engine import Database
from glidepath.demo import abroad, seed
from glidepath.demo.cast import ABROAD
from glidepath.monitoring import closings, pages
from glidepath.monitoring.schemas import ClosingBody
from glidepath.problems import Conflict
from tests.clinics import own_day
from tests.monitored import NOW, Monitoring, admin_url, days_ago, log, us
from tests.reading_aloud import faults_of_any, words_of
from tests.security.requests import CONSENTED

__all__ = ["admin_url", "us"]

pytestmark = pytest.mark.anyio


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


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("0001-01-01T00:01:06Z", "day_out_of_range"),
        ("9999-12-31T23:59:59Z", "day_out_of_range"),
        ("2026-01-02T03:04:05", "malformed"),
    ],
)
async def test_a_conversation_at_no_time_that_a_calendar_has_is_refused(
    us: Monitoring, at: str, code: str
):
    body = CONSENTED | {"kind": "contact", "first_on": None, "given_by": None, "channel": "phone"}
    body |= {"happened_at": at, "person": str(us.clinic.therapist_id)}
    answer = await us.clinic.therapist.put(f"{us.episode}/monitoring-records/{uuid7()}", json=body)
    assert answer.json()["code"] == code, answer.text


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
