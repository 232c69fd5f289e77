"""What a patient agrees to before their entries are taken, and their word on it.

Who never said anything may be on an app that does not ask yet: their entries are taken as before. Who took
their consent back is heard: nothing is taken until they agree again.
"""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.care import episodes as course
from glidepath.identity.actor import PatientActor
from glidepath.privacy import store
from glidepath.privacy.models import Consent
from glidepath.privacy.schemas import ConsentBody, ConsentPage, ConsentText, ConsentView
from glidepath.problems import Conflict

DATA: Final = Path(__file__).with_name("data") / "consent.json"


@cache
def texts() -> list[ConsentText]:
    """Every version, the newest first."""
    return msgspec.json.decode(DATA.read_bytes(), type=list[ConsentText])


def asked() -> int:
    return texts()[0].version


async def stands(session: AsyncSession, patient_id: UUID) -> ConsentView:
    return _view(await store.last_consent(session, patient_id))


async def page(session: AsyncSession, actor: PatientActor) -> ConsentPage:
    return ConsentPage(await stands(session, actor.patient_id), texts())


async def say(
    session: AsyncSession, actor: PatientActor, body: ConsentBody, now: datetime
) -> ConsentView:
    """Keeps a patient's word; said again it is kept once. Conflict where a newer text is asked by now."""
    # As a sync does: what was taken back holds for every entry after it.
    await course.hold(session, actor.patient_id)
    before = _view(await store.last_consent(session, actor.patient_id))
    if body.agrees and body.version != asked():
        raise Conflict("The text was changed. Read it as it is now.", code="consent_outdated")
    if before.state == ("agreed" if body.agrees else "withdrawn"):
        return before
    if not body.agrees and before.version is None:
        raise Conflict("There is nothing to take back.", code="nothing_agreed")
    version = body.version if body.agrees else before.version
    row = {
        "clinic_id": actor.clinic_id,
        "id": uuid7(),
        "patient_id": actor.patient_id,
        "version": version,
        "deed": "agreed" if body.agrees else "withdrawn",
        "at": now,
        "by": actor.account_id,
    }
    await store.add_consent(session, row)
    return await stands(session, actor.patient_id)


async def require_not_withdrawn(session: AsyncSession, patient_id: UUID) -> None:
    """Conflict where the patient took their consent back: their phone keeps what waits."""
    if (await stands(session, patient_id)).state == "withdrawn":
        raise Conflict(
            "You took your consent back. Nothing is taken until you agree again; what you wrote "
            "stays on your phone.",
            code="consent_withdrawn",
        )


def _view(last: Consent | None) -> ConsentView:
    if last is None:
        return ConsentView("never", asked(), None, None)
    if last.deed == "withdrawn":
        return ConsentView("withdrawn", asked(), last.version, last.at)
    if last.version == asked():
        return ConsentView("agreed", asked(), last.version, last.at)
    return ConsentView("outdated", asked(), last.version, last.at)
