"""What comes of the alerts: counted as one would by hand, seen once, and nobody's names in it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from uuid_utils.compat import uuid7

from glidepath.alerts.models import Alert, AlertEvent, Viewing
from glidepath.clinical.burden import burden
from glidepath.database.engine import Database
from tests.asked import statements
from tests.clinics import Clinic, check_in, colleague, handle, join_patient, own_day, sync

pytestmark = pytest.mark.anyio
NOW = datetime.now(UTC)
# Somebody did something: hours after the opening, kind, outcome, useful.
Step = tuple[float, str, str | None, bool | None]
OUTCOME_OF_NOBODY = "logged_again"


async def raise_alert(
    clinic: Clinic,
    database: Database,
    *steps: Step,
    days_ago: float = 10,
    kind: str = "worsening",
    severity: str = "moderate",
    seen_after: float | None = None,
) -> UUID:
    """An alert, and what became of it, as the rows say it."""
    opened = NOW - timedelta(days=days_ago)
    last = steps[-1][1] if steps else "open"
    own = {"clinic_id": clinic.id, "alert_id": uuid7()}
    alert = Alert(
        clinic_id=clinic.id,
        id=own["alert_id"],
        patient_id=clinic.patient_id,
        episode_id=clinic.episode_id,
        kind=kind,
        severity=severity,
        state="open" if last == "undone" else last,
        version=len(steps) + 1,
        opened_at=opened,
        raised_on=opened.date(),
        last_day=opened.date(),
        count=1,
        late=False,
        reason={"en": "Pain", "es": "Dolor"},
        evidence=[],
        channels=[],
        basis={},
    )
    events = [AlertEvent(**own, id=uuid7(), version=1, at=opened, kind="opened", state="open")]
    for version, (hours, deed, outcome, useful) in enumerate(steps, start=2):
        events.append(
            AlertEvent(
                **own,
                id=uuid7(),
                version=version,
                at=opened + timedelta(hours=hours),
                kind=deed,
                state="open" if deed == "undone" else deed,
                by=None if outcome == OUTCOME_OF_NOBODY else clinic.therapist_id,
                outcome=outcome,
                useful=useful,
                undoes=events[-1].id if deed == "undone" else None,
            )
        )
    async with database.writing(clinic.id) as session:
        session.add(alert)
        await session.flush()
        session.add_all(events)
        if seen_after is not None:
            at = opened + timedelta(hours=seen_after)
            session.add(Viewing(**own, account_id=clinic.therapist_id, at=at))
    return own["alert_id"]


async def quality(clinic: Clinic, days: int = 28) -> dict[str, Any]:
    answer = await clinic.therapist.get(f"/api/quality?days={days}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def row(found: dict[str, Any], of: str = "all", **cell: str) -> dict[str, Any]:
    (one,) = (
        one
        for one in found["rows"]
        if one["of"] == of and all(one[name] == value for name, value in cell.items())
    )
    return one  # type: ignore[no-any-return]


async def viewings(clinic: Clinic, database: Database) -> list[tuple[UUID, UUID, datetime]]:
    async with database.reading(clinic.id) as session:
        found = await session.execute(select(Viewing.alert_id, Viewing.account_id, Viewing.at))
        return [(one[0], one[1], one[2]) for one in found]


async def test_the_figures_are_those_that_one_counts_by_hand(clinic: Clinic, database: Database):
    async with database.writing(clinic.id) as session:
        await session.execute(text("update accounts set joined_at = now() - interval '200 days'"))
    for hours in range(1, 11):
        # Seen after 1 to 10 hours and acknowledged an hour later; closed after 20 hours, or 50.
        await raise_alert(
            clinic,
            database,
            (hours + 1, "acknowledged", None, None),
            (
                20 if hours <= 7 else 50,
                "resolved",
                "called" if hours <= 4 else "no_action",
                hours > 8,
            ),
            seen_after=hours,
        )
    # Seen for the first time when somebody acknowledged it in the list, and taken back at once.
    await raise_alert(
        clinic, database, (3, "acknowledged", None, None), (3.01, "undone", None, None)
    )
    await raise_alert(clinic, database, kind="red_flag", severity="urgent", days_ago=0.5)
    await raise_alert(
        clinic,
        database,
        (30, "resolved", OUTCOME_OF_NOBODY, None),
        kind="quiet",
        severity="low",
        days_ago=20,
    )
    await raise_alert(clinic, database, kind="not_improving", severity="low", days_ago=29)

    found = await quality(clinic)
    assert (found["patients"], found["patient_weeks"], found["reports"]) == (1, 4.0, 0)
    everything = row(found)
    assert everything["alerts"] == 13
    assert everything["seen"] == {"count": 11, "median": 5.0, "p95": None}
    assert everything["acknowledged"] == {"count": 10, "median": 6.5, "p95": None}
    assert (everything["resolved"], everything["ended"]) == (10, 1)
    assert (everything["acted_on"], everything["useful_or_acted_on"]) == (4, 6)
    assert (everything["useful"], everything["not_useful"]) == (2, 8)
    assert (everything["a_day_old"], everything["acknowledged_within_day"]) == (12, 10)
    assert (everything["two_days_old"], everything["closed_within_two_days"]) == (12, 8)
    assert {name: n for name, n in everything["outcomes"].items() if n} == {
        "called": 4,
        "no_action": 6,
    }
    urgent = row(found, "urgent")
    assert (urgent["alerts"], urgent["resolved"], urgent["a_day_old"]) == (1, 0, 0)
    # What nobody has done yet is not done in no time.
    assert urgent["seen"] == {"count": 0, "median": None, "p95": None}
    assert row(found, "others")["alerts"] == 12
    kinds = [(one["kind"], one["severity"], one["alerts"]) for one in found["rows"][3:]]
    assert kinds == [
        ("red_flag", "urgent", 1),
        ("worsening", "moderate", 11),
        ("quiet", "low", 1),
    ]
    # Thirty days ago the episode began.
    assert (await quality(clinic, 90))["patient_weeks"] == pytest.approx(31 / 7)
    assert row(await quality(clinic, 90))["alerts"] == 14


async def test_the_fields_figures_stand_beside_with_their_sources(clinic: Clinic):
    found = await quality(clinic)
    beside = {(one["programme"], one["measure"]): one for one in found["field"]}
    assert beside["PRO-TECT", "per_patient_week"]["value"] == 0.31
    assert beside["PROMPT-Care", "acted_on"]["value"] == 0.437
    assert all(one["source"] and one["about"]["es"] for one in found["field"])
    assert (
        found["goals"]["not_urgent_per_patient_week"] == burden().goals.not_urgent_per_patient_week
    )
    assert row(found)["alerts"] == 0


async def test_who_has_a_reason_on_the_screen_says_so_once(
    clinic: Clinic, database: Database, other_clinic: Clinic
):
    await sync(clinic, check_in(own_day(), red_flags=["both_legs"]))
    await sync(other_clinic, check_in(own_day(), red_flags=["both_legs"]))
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    (theirs,) = (
        await other_clinic.therapist.get(f"/api/patients/{other_clinic.patient_id}")
    ).json()["alerts"]
    alert_id = page["alerts"][0]["id"]
    # To open a page is to see it for a person alone: the server was only asked for data.
    assert await viewings(clinic, database) == []
    seen = {"alerts": [alert_id, theirs["id"], str(uuid7())]}
    assert (await clinic.therapist.post("/api/alerts/viewed", json=seen)).status_code == 204
    first = await viewings(clinic, database)
    assert [one[:2] for one in first] == [(UUID(alert_id), clinic.therapist_id)]
    assert (await clinic.therapist.post("/api/alerts/viewed", json=seen)).status_code == 204
    assert await viewings(clinic, database) == first
    assert await viewings(other_clinic, database) == []
    async with (
        colleague(clinic, database) as other,
        colleague(clinic, database, "Admin", role="admin") as admin,
    ):
        # A colleague's patient is not theirs to see, so they have not seen it.
        await other.browser.post("/api/alerts/viewed", json=seen)
        assert await viewings(clinic, database) == first
        await admin.browser.post("/api/alerts/viewed", json=seen)
        assert {one[1] for one in await viewings(clinic, database)} == {
            clinic.therapist_id,
            admin.id,
        }
        theirs_too = (await other.browser.get("/api/quality")).json()
        assert row(theirs_too)["seen"]["count"] == 1
    assert "Pat Doe" not in str(theirs_too)


async def test_a_patient_has_no_part_in_it_and_another_clinic_counts_its_own(
    clinic: Clinic, other_clinic: Clinic
):
    await sync(clinic, check_in(own_day(), red_flags=["both_legs"]))
    assert row(await quality(clinic))["alerts"] == 1
    assert row(await quality(other_clinic))["alerts"] == 0
    assert (await clinic.patient.get("/api/quality")).json()["code"] == "staff_only"
    seen = {"alerts": [str(uuid7())]}
    refused = await clinic.patient.post("/api/alerts/viewed", json=seen)
    assert refused.json()["code"] == "staff_only"
    assert (await clinic.therapist.get("/api/quality?days=29")).status_code == 400


async def test_the_number_of_statements_does_not_grow_with_the_alerts(
    clinic: Clinic, database: Database
):
    with statements(database) as few:
        await quality(clinic)
    patient_id, _ = await join_patient(clinic)
    for _ in range(12):
        await raise_alert(clinic, database, (1, "resolved", "called", None))
    with statements(database) as many:
        found = await quality(clinic)
    assert len(many) == len(few)
    assert (row(found)["alerts"], found["patients"]) == (12, 2)
    assert patient_id not in str(found)


async def test_a_deed_is_a_look(clinic: Clinic, database: Database):
    await sync(clinic, check_in(own_day(), red_flags=["both_legs"]))
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    await handle(clinic.therapist, page["alerts"][0], "acknowledge")
    found = row(await quality(clinic))
    assert (found["seen"]["count"], found["acknowledged"]["count"]) == (1, 1)
    assert await viewings(clinic, database) == []
