"""What stands in the way of each actor, and the application without it."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath import app as application
from glidepath.care import store as care_store
from glidepath.database import engine
from glidepath.identity import confirm_routes, second_factor_routes, signing_in
from glidepath.identity import store as identity_store
from glidepath.identity.actor import (
    Actor,
    OperatorActor,
    PatientActor,
    ProfessionalActor,
    StaffActor,
)
from glidepath.identity.cookies import session_token
from glidepath.identity.models import INSTALLATION, Account, Clinic
from glidepath.installation import store as installation_store
from tests.security.world import COOKIE, World

Remove = Callable[[pytest.MonkeyPatch, World], None]


def _sign_in(patch: pytest.MonkeyPatch, world: World) -> None:
    """Who is not signed in is taken for the patient's therapist."""
    token = world.actors["assigned"].cookies[COOKIE]
    for module in (application, confirm_routes, second_factor_routes):
        patch.setattr(module, "session_token", lambda request: session_token(request) or token)


def _end_of_sign_in(patch: pytest.MonkeyPatch, _: World) -> None:
    found = identity_store.session_by_token

    async def lasting(session: AsyncSession, token_hash: bytes) -> Any:
        one = await found(session, token_hash)
        if one is not None:
            session.expunge(one)
            one.expires_at = one.last_seen_at + signing_in.STAFF_SESSION
        return one

    patch.setattr(identity_store, "session_by_token", lasting)


def _closing(patch: pytest.MonkeyPatch, _: World) -> None:
    async def is_open(*_: object) -> bool:
        return True

    async def whoever(session: AsyncSession, account_id: UUID) -> tuple[Account, Clinic]:
        account = (await identity_store.accounts(session, [account_id]))[account_id]
        return account, await identity_store.clinic(session)

    patch.setattr(identity_store, "is_open", is_open)
    patch.setattr(identity_store, "account_and_clinic", whoever)


def _staff_role(patch: pytest.MonkeyPatch, _: World) -> None:
    def as_staff(actor: Actor) -> StaffActor:
        return StaffActor(
            actor.clinic_id,
            actor.account_id,
            actor.role,
            actor.session_id,
            actor.authenticated_at,
            aal=actor.aal,
        )

    patch.setattr(application, "as_staff", as_staff)


def _professional_role(patch: pytest.MonkeyPatch, _: World) -> None:
    def as_professional(actor: Actor) -> ProfessionalActor:
        at = actor.authenticated_at
        return ProfessionalActor(
            actor.clinic_id, actor.account_id, actor.role, actor.session_id, at, aal=actor.aal
        )

    for module in (application, confirm_routes, second_factor_routes):
        patch.setattr(module, "as_professional", as_professional)


def _operator_role(patch: pytest.MonkeyPatch, _: World) -> None:
    """Staff are let in where operators are; and what they are shown is the database's to refuse."""

    def as_operator(actor: Actor) -> OperatorActor:
        at = actor.authenticated_at
        return OperatorActor(INSTALLATION, actor.account_id, "operator", actor.session_id, at)

    async def clinics(_: AsyncSession) -> list[object]:
        return []

    patch.setattr(application, "as_operator", as_operator)
    patch.setattr(installation_store, "clinics", clinics)


def _patient_role(patch: pytest.MonkeyPatch, world: World) -> None:
    """Staff are taken for the patient of the first clinic."""

    def as_patient(actor: Actor) -> PatientActor:
        own = actor.account_id if actor.role == "patient" else world.clinic.patient_id
        at = actor.authenticated_at
        return PatientActor(actor.clinic_id, own, "patient", actor.session_id, at)

    patch.setattr(application, "as_patient", as_patient)


def _care_relation(patch: pytest.MonkeyPatch, _: World) -> None:
    async def in_care_team(_: object, __: object, account_ids: Collection[UUID]) -> set[UUID]:
        return set(account_ids)

    patch.setattr(care_store, "in_care_team", in_care_team)


def _admin_role(patch: pytest.MonkeyPatch, _: World) -> None:
    patch.setattr(StaffActor, "is_admin", property(lambda _: True))


def _whose_it_is(patch: pytest.MonkeyPatch, world: World) -> None:
    """Each role is taken for the one of it whose the thing is."""
    real = signing_in.recognise
    owners = {"patient": world.clinic.patient_id}

    async def recognise(*arguments: Any) -> Any:
        found = await real(*arguments)
        owner = owners.get(found.actor.role, world.clinic.therapist_id)
        return replace(found, actor=replace(found.actor, account_id=owner))

    patch.setattr(signing_in, "recognise", recognise)


def _clinic_wall(patch: pytest.MonkeyPatch, world: World) -> None:
    """Whoever enters a clinic enters the first one."""
    real = engine.enter_clinic

    async def enter(session: AsyncSession, _: Any) -> None:
        await real(session, world.clinic.id)

    patch.setattr(signing_in, "enter_clinic", enter)


GUARDS: Final[dict[str, Remove]] = {
    "sign-in": _sign_in,
    "end of sign-in": _end_of_sign_in,
    "closing": _closing,
    "staff role": _staff_role,
    "professional role": _professional_role,
    "operator role": _operator_role,
    "patient role": _patient_role,
    "care relation": _care_relation,
    "admin role": _admin_role,
    "whose it is": _whose_it_is,
    "clinic wall": _clinic_wall,
}
_ALL = ("sign-in", "end of sign-in", "closing")
# Which of them each row of answers rests on.
BEHIND: Final[dict[str, tuple[str, ...]]] = {
    "anybody": (),
    "nobody": (),
    "operations": (),
    "signed in": _ALL,
    # Behind a secret, which tests/api/test_confirming.py tries.
    "who has the passphrase": (),
    "who has the phrase": (),
    "the therapist alone": (*_ALL, "whose it is"),
    "patients": (*_ALL, "patient role"),
    "the account alone": (*_ALL, "whose it is"),
    "the patient alone": (*_ALL, "patient role", "whose it is"),
    "professionals": (*_ALL, "professional role"),
    "operators": (*_ALL, "operator role"),
    "staff": (*_ALL, "staff role"),
    "the therapist's own": (*_ALL, "staff role", "whose it is"),
    "staff of the clinic": (*_ALL, "staff role", "clinic wall"),
    "who cares for the patient": (*_ALL, "staff role", "care relation", "clinic wall"),
    "the therapist or an admin": (*_ALL, "staff role", "admin role"),
    "the absent or an admin": (*_ALL, "staff role", "admin role", "clinic wall"),
    "admins": (*_ALL, "staff role", "admin role"),
    "admins of the clinic": (*_ALL, "staff role", "admin role", "clinic wall"),
}
