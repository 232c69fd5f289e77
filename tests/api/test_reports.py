"""Reports on paper: who gets which, and every patient of the demo clinic."""

from collections.abc import Callable
from datetime import date, timedelta
from statistics import median
from time import perf_counter, sleep

import httpx
import pytest

from glidepath.database.engine import Database
from glidepath.reports import typesetting
from tests.api.test_outcomes import answer, begin, send
from tests.clinics import Clinic, check_in, own_day, sync
from tests.databases import seeds_once
from tests.reading_aloud import faults, words_of

pytestmark = pytest.mark.anyio

TITLES = {"en": "Progress report", "es": "Informe de evolución"}
LONG_AGO = {"first": "2001-01-01", "last": "2001-02-01"}
TOO_LONG = {"first": str(own_day() - timedelta(days=400)), "last": str(own_day())}
BACKWARDS = {"first": str(own_day()), "last": str(own_day() - timedelta(days=1))}


async def test_therapist_and_patient_get_what_was_written_as_a_file_that_nothing_keeps(
    clinic: Clinic,
):
    """SE-8 beside it: no name stands in a header."""
    await sync(clinic, check_in(pain_now=7))
    name = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()["patient"][
        "name"
    ]
    asked = (
        (clinic.therapist, f"/api/patients/{clinic.patient_id}/report", "Informe de evolución"),
        (clinic.patient, "/api/report", "Mi evolución"),
    )
    for client, path, title in asked:
        answer = await client.get(path, params={"language": "es"})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["cache-control"] == "no-store"
        assert name not in str(answer.headers)
        assert faults(answer.content, "es", title) == []
        assert name in words_of(answer.content)
        assert "7,0" in words_of(answer.content)


async def test_what_was_answered_to_measures_is_on_both_reports_with_its_change(
    clinic: Clinic, database: Database
):
    await begin(database, clinic, "psfs", 14)
    answers = (
        answer(clinic, "psfs", 4, 4, 5, day=own_day() - timedelta(days=14)),
        answer(clinic, "psfs", 6, 7, 7, occasion="week", week=2),
    )
    assert {one["status"] for one in await send(clinic, answers)} == {"stored"}
    for client, path in (
        (clinic.therapist, f"/api/patients/{clinic.patient_id}/report"),
        (clinic.patient, "/api/report"),
    ):
        pages = words_of((await client.get(path)).content)
        for told in ("4.3", "6.7", "2.3 better: a medium change"):
            assert told in pages, (path, told)
        # What is later than the period is on no page of it.
        before = {"last": str(own_day() - timedelta(days=1))}
        pages = words_of((await client.get(path, params=before)).content)
        assert "4.3" in pages
        assert "6.7" not in pages


async def test_a_report_that_takes_too_long_is_given_up_with_a_sentence(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(typesetting, "SECONDS", 0.05)
    monkeypatch.setattr(typesetting, "typeset_now", lambda *_: sleep(0.3))
    answer = await clinic.patient.get("/api/report")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "choose fewer days" in answer.json()["detail"]
    # Whoever comes next is not turned away for it.
    monkeypatch.undo()
    assert (await clinic.patient.get("/api/report")).status_code == 200


@pytest.mark.parametrize("period", [LONG_AGO, TOO_LONG, BACKWARDS])
async def test_a_period_of_which_nothing_can_be_known_is_refused(
    clinic: Clinic, period: dict[str, str]
):
    answer = await clinic.patient.get("/api/report", params=period)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@seeds_once
@pytest.mark.assurance
async def test_every_report_of_the_demo_clinic_can_be_read_aloud_and_has_two_pages_at_most(
    demo_clinic: tuple[httpx.AsyncClient, Database], report: Callable[[str], None]
):
    admin, _ = demo_clinic
    took, wrong = list[float](), list[str]()
    for row in (await admin.get("/api/triage")).json()["rows"]:
        last = date.fromisoformat(row["today"])
        for days, language in ((28, "en"), (90, "es"), (366, "en")):
            first = last - timedelta(days=days - 1)
            query = {"first": str(first), "last": str(last), "language": language}
            began = perf_counter()
            answer = await admin.get(f"/api/patients/{row['patient_id']}/report", params=query)
            took.append(perf_counter() - began)
            assert row["name"] in words_of(answer.content)
            wrong += faults(answer.content, language, TITLES[language])
    report(
        f"PDF report: {len(took)} of the demo clinic, {len(wrong)} faults, median {median(took) * 1000:.0f} ms,"
        f" longest {max(took) * 1000:.0f} ms"
    )
    assert wrong == []
