"""What the tests of escalation share: a moment, a policy saved, a change behind the product's back."""

from datetime import datetime
from typing import Any

from sqlalchemy import text

from glidepath.database.engine import Database
from tests.clinics import (
    ZONE,
    Clinic,
    Colleague,
    policy_body,
)

# A Wednesday in the middle of opening hours.
WEDNESDAY = datetime(2026, 9, 16, 10, 0, tzinfo=ZONE)


async def save(person: Colleague, version: int = 0, **changes: Any) -> Any:
    headers = {"if-match": f'"{version}"'}
    return await person.browser.put(
        "/api/alert-policy", json=policy_body(**changes), headers=headers
    )


async def change(database: Database, clinic: Clinic, statement: str, **values: Any) -> None:
    async with database.writing(clinic.id) as session:
        await session.execute(text(statement), values)


async def reached(clinic: Clinic) -> Any:
    return (await clinic.patient.get("/api/care")).json()
