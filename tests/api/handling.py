"""Deeds on alerts, for the tests of what comes of them."""

from datetime import timedelta
from typing import Any

import httpx

from tests.api.test_alerts import ago, alerts
from tests.clinics import Clinic, check_in, handle, own_day, sync

TODAY = own_day()
TOMORROW = str(TODAY + timedelta(days=1))
DEEDS: dict[str, dict[str, Any]] = {
    "acknowledge": {},
    "snooze": {"until": TOMORROW},
    "resolve": {"outcome": "called"},
}


async def raised(clinic: Clinic) -> dict[str, Any]:
    """An alert that nobody has seen."""
    await sync(clinic, check_in(red_flags=["both_legs"]))
    (alert,) = await alerts(clinic)
    return alert


async def done(client: httpx.AsyncClient, alert: dict[str, Any], deed: str, **body: Any) -> Any:
    """The alert afterwards."""
    answer = await handle(client, alert, deed, **body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    return answer.json()


def last(alert: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(alert["events"][-1][name] for name in names)


async def row(clinic: Clinic) -> dict[str, Any]:
    (only,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    found: dict[str, Any] = only
    return found


async def looked(clinic: Clinic) -> list[tuple[str, str]]:
    care = (await clinic.patient.get("/api/care")).json()
    return [(look["by"], look["state"]) for look in care["looked"]]


def risen(*days: int, **changes: Any) -> list[dict[str, Any]]:
    return [check_in(ago(day), pain_now=6, **changes) for day in days]


async def worsening(clinic: Clinic) -> dict[str, Any]:
    """Of pain alone."""
    await sync(clinic, *(check_in(ago(day), pain_now=2) for day in range(20, 40)))
    await sync(clinic, *risen(*range(8, 20)))
    (alert,) = await alerts(clinic)
    assert [part["channel"] for part in alert["evidence"] if part["weight"] >= 0.2] == ["pain"]
    return alert
