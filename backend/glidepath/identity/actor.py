"""Who is asking. A route that names an actor lets in nobody else; the others say `public`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from glidepath.problems import Forbidden


@dataclass(frozen=True, slots=True)
class Actor:
    clinic_id: UUID
    account_id: UUID
    role: str
    session_id: UUID
    # When they showed last who they are.
    authenticated_at: datetime | None = None
    # When their session ends, however much it is used.
    ends_at: datetime | None = None
    # How many factors they gave.
    aal: int = 1


@dataclass(frozen=True, slots=True)
class PatientActor(Actor):
    """A patient, who acts on their own record alone."""

    @property
    def patient_id(self) -> UUID:
        return self.account_id


@dataclass(frozen=True, slots=True)
class StaffActor(Actor):
    """A therapist or a clinic's admin."""

    # Absent colleagues for whom they stand in at the moment of asking: name by account.
    covering: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def acts_for(self) -> tuple[UUID, ...]:
        """Whose patients are theirs to see: their own, and those of whom they stand in for."""
        return (self.account_id, *self.covering)

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


@dataclass(frozen=True, slots=True)
class OperatorActor(Actor):
    """Who runs the installation: sees which clinics there are, and nothing of what is in them."""


@dataclass(frozen=True, slots=True)
class ProfessionalActor(Actor):
    """Staff or an operator: signs in with an address and two factors, and looks after these."""


def as_patient(actor: Actor) -> PatientActor:
    if actor.role != "patient":
        raise Forbidden("This is a patient's own page.", code="patients_only")
    return PatientActor(*_who(actor))


def as_staff(actor: Actor) -> StaffActor:
    if actor.role not in ("therapist", "admin"):
        raise Forbidden("This is for the clinic's staff.", code="staff_only")
    return StaffActor(*_who(actor))


def as_operator(actor: Actor) -> OperatorActor:
    if actor.role != "operator":
        raise Forbidden("This is for who runs the installation.", code="operators_only")
    return OperatorActor(*_who(actor))


def as_professional(actor: Actor) -> ProfessionalActor:
    if actor.role == "patient":
        raise Forbidden("This is for the clinic's staff.", code="staff_only")
    return ProfessionalActor(*_who(actor))


def require_second_factor(actor: Actor) -> None:
    """Staff never get further with one factor than to the second."""
    if actor.role != "patient" and actor.aal < 2:
        raise Forbidden("Finish signing in first.", code="second_factor_needed")


def _who(actor: Actor) -> tuple[UUID, UUID, str, UUID, datetime | None, datetime | None, int]:
    return (
        actor.clinic_id,
        actor.account_id,
        actor.role,
        actor.session_id,
        actor.authenticated_at,
        actor.ends_at,
        actor.aal,
    )
