"""The clinic by which an installation tries itself: one therapist, and a patient a day.

It stands behind the same walls as every clinic, and is in nobody's list, figures or export: what goes
through all clinics asks for those where people are treated.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from glidepath.care import planning
from glidepath.database.engine import Database
from glidepath.escalation.rules import usual_words
from glidepath.identity import service as identity
from glidepath.identity import signing_in

CLINIC: Final = UUID("01980000-5ca1-7000-8000-000000000001")
THERAPIST: Final = UUID(int=CLINIC.int + 1)
NAME: Final = "Glidepath watchdog (no people)"
EMAIL: Final = "watchdog@localhost"


@dataclass(frozen=True, slots=True)
class Way:
    """How the watchdog signs in as its therapist."""

    token: str


async def prepare(database: Database, now: datetime) -> Way:
    """Makes the clinic where it is missing, and opens a session of its therapist."""
    async with database.writing(CLINIC) as session:
        if not await identity.clinic_exists(session):
            await identity.add_clinic(
                session, CLINIC, NAME, "ES", "UTC", usual_words(), now, kind="watchdog"
            )
            await planning.stock_library(session, CLINIC)
            await identity.add_staff(
                session,
                CLINIC,
                THERAPIST,
                role="therapist",
                name=NAME,
                email=EMAIL,
                # Nobody knows it: the only way in is the session below.
                passphrase=secrets.token_urlsafe(32),
                now=now,
            )
    async with database.writing(CLINIC) as session:
        therapist = next(one for one in await identity.staff(session) if one.id == THERAPIST)
        signed_in = await signing_in.open_session(session, therapist, now, aal=2)
    return Way(signed_in.token)
