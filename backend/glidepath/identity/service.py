"""Who there is: clinics, staff, patients' accounts, and how they are invited."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import segno
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.clinical.vocabulary import Text
from glidepath.database.engine import enter_clinic
from glidepath.identity import secrets, store
from glidepath.identity.actor import Actor
from glidepath.identity.models import Account
from glidepath.identity.schemas import InvitationView
from glidepath.problems import Conflict, NotFound

INVITATION_LIFE = timedelta(days=3)


async def drop_open_invitations(session: AsyncSession, account_id: UUID) -> None:
    await store.drop_open_invitations(session, account_id)


async def invite(
    session: AsyncSession, actor: Actor, account_id: UUID, base_url: str, now: datetime
) -> InvitationView:
    """A fresh joining code and link; older ones of the same patient stop working."""
    await store.drop_open_invitations(session, account_id)
    code, secret = secrets.new_code(), secrets.new_token()
    expires_at = now + INVITATION_LIFE
    await store.add_invitation(
        session,
        {
            "clinic_id": actor.clinic_id,
            "id": uuid7(),
            "account_id": account_id,
            "code_hash": secrets.digest(code),
            "link_hash": secrets.digest(secret),
            "created_by": actor.account_id,
            "created_at": now,
            "expires_at": expires_at,
        },
    )
    # Both stand behind '#', where no server, log or referrer sees them. The code is for an iPhone's owner,
    # who has to type it into the app on the home screen.
    join_url = f"{base_url}/join#{secret}.{code}"
    return InvitationView(
        code=code,
        expires_at=expires_at,
        join_url=join_url,
        qr_svg=segno.make(join_url, error="m").svg_data_uri(border=4, omitsize=True, light="#fff"),
    )


async def add_clinic(
    session: AsyncSession,
    clinic_id: UUID,
    name: str,
    country: str,
    timezone: str,
    hours: Text,
    now: datetime,
    *,
    kind: str = "clinic",
) -> None:
    await enter_clinic(session, clinic_id)
    await store.add_clinic(
        session,
        {
            "id": clinic_id,
            "name": name,
            "country": country,
            "timezone": timezone,
            "hours": {"en": hours.en, "es": hours.es},
            "created_at": now,
            "kind": kind,
        },
    )


async def add_staff(
    session: AsyncSession,
    clinic_id: UUID,
    account_id: UUID,
    *,
    role: str,
    name: str,
    email: str,
    passphrase: str,
    now: datetime,
    locale: str = "en",
) -> None:
    await store.add_account(
        session,
        {
            "clinic_id": clinic_id,
            "id": account_id,
            "role": role,
            "name": name,
            "locale": locale,
            "email": email.strip().lower(),
            "passphrase_hash": await secrets.hash_passphrase(passphrase),
            "created_at": now,
        },
    )


async def add_patient_account(
    session: AsyncSession,
    clinic_id: UUID,
    patient_id: UUID,
    *,
    name: str,
    locale: str,
    now: datetime,
) -> None:
    """The account through which a patient will join; it cannot sign in before. Conflict for the id of one who was
    erased: it stays gone."""
    if await store.is_erased(session, patient_id):
        raise Conflict(
            "The record of this patient was erased. Admit them anew on the page for a new patient.",
            code="record_erased",
        )
    await store.add_account(
        session,
        {
            "clinic_id": clinic_id,
            "id": patient_id,
            "role": "patient",
            "name": name,
            "locale": locale,
            "created_at": now,
        },
    )


async def names(session: AsyncSession, account_ids: set[UUID]) -> dict[UUID, str]:
    return await store.names(session, account_ids)


async def patients_named(session: AsyncSession, name: str, limit: int) -> dict[UUID, str]:
    """The clinic's patients with exactly this name, the newest first."""
    return await store.patients_named(session, name, limit)


async def staff(session: AsyncSession) -> list[Account]:
    """The clinic's therapists and admins whose account is open, by name."""
    return await store.open_staff(session)


async def require_staff(session: AsyncSession, account_id: UUID) -> None:
    """NotFound unless it is the open account of one of the clinic's staff."""
    if account_id not in {account.id for account in await store.open_staff(session)}:
        raise NotFound


@dataclass(frozen=True, slots=True)
class Recipient:
    email: str
    locale: str


async def mail_recipient(session: AsyncSession, account_id: UUID) -> Recipient | None:
    """Where mail for this account goes; None if it has no address or was closed."""
    found = await store.account_and_clinic(session, account_id)
    if found is None or found[0].email is None:
        return None
    return Recipient(found[0].email, found[0].locale)


async def patient_account(session: AsyncSession, patient_id: UUID) -> Account:
    """The account that shares the patient's id; there always is one."""
    return (await store.accounts(session, [patient_id]))[patient_id]


async def require_patient(session: AsyncSession, patient_id: UUID) -> Account:
    """NotFound unless there is such a patient of the clinic."""
    account = (await store.accounts(session, [patient_id])).get(patient_id)
    if account is None or account.role != "patient":
        raise NotFound
    return account


async def erased(session: AsyncSession) -> list[UUID]:
    """Who was a patient of the entered clinic and was erased."""
    return await store.erased(session)


async def clinic_ids(session: AsyncSession) -> list[UUID]:
    """Every clinic where people are treated, for the worker, who looks after each in its turn."""
    return await store.clinic_ids(session)


async def clinic_names(session: AsyncSession) -> dict[UUID, str]:
    """Every clinic by its id, in the order of their names, for an operator's command."""
    return await store.clinic_names(session)


async def clinic_name(session: AsyncSession) -> str:
    """Of the clinic that this transaction entered."""
    return (await store.clinic(session)).name


async def clinic_timezone(session: AsyncSession) -> str:
    """Where the clinic that this transaction entered is."""
    return (await store.clinic(session)).timezone


async def clinic_country(session: AsyncSession) -> str:
    """Of the clinic that this transaction entered, as ISO 3166 names it in two letters."""
    return (await store.clinic(session)).country


async def clinic_clock(session: AsyncSession) -> tuple[str, datetime | None]:
    """Its time zone, and since when alerts climb in it, where it is older than that; None where they always
    did."""
    clinic = await store.clinic(session)
    return clinic.timezone, clinic.climbs_since


async def clinic_is_synthetic(session: AsyncSession) -> bool:
    """Whether this transaction entered the clinic by which the installation tries itself."""
    return (await store.clinic(session)).kind == "watchdog"


async def clinic_hours(session: AsyncSession) -> Text:
    """When the clinic reads what patients write, as they are told."""
    return Text(**(await store.clinic(session)).hours)


async def set_clinic_hours(session: AsyncSession, hours: Text) -> None:
    (await store.clinic(session)).hours = {"en": hours.en, "es": hours.es}


async def clinic_exists(session: AsyncSession) -> bool:
    """Whether the clinic that this transaction entered is there."""
    return await store.clinic_or_none(session) is not None
