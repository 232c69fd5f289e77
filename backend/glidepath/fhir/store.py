"""All SQL of FHIR: whoever reads the whole record may join everything. Each function is about one patient who
was opened to the caller."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from glidepath.alerts.models import Alert, AlertEvent
from glidepath.assessments.models import Assessment
from glidepath.audit.models import Event
from glidepath.care.models import (
    Episode,
    Exercise,
    Patient,
    PlanItem,
    PlanVersion,
    Screening,
)
from glidepath.care.team_models import CareTeamMember
from glidepath.diary.models import CheckIn, DiaryImport, ExerciseSession
from glidepath.identity.models import Account, Clinic
from glidepath.messages.models import Message
from glidepath.outcomes.models import Answer
from glidepath.privacy.models import Consent

E = TypeVar("E", CheckIn, ExerciseSession)


class Ordered(NamedTuple):
    item: PlanItem
    plan: PlanVersion
    exercise: Exercise


async def clinic(session: AsyncSession) -> Clinic:
    return (await session.execute(select(Clinic))).scalar_one()


async def staff(session: AsyncSession) -> list[Account]:
    """All that ever were, in the order in which they came."""
    wanted = (
        select(Account).where(Account.role != "patient").order_by(Account.created_at, Account.id)
    )
    return list((await session.execute(wanted)).scalars())


async def patients(
    session: AsyncSession, caseload: Select[Any], parameters: dict[str, Any]
) -> list[tuple[Patient, Account]]:
    """Of a caseload, with their accounts."""
    cared = caseload.subquery()
    wanted = (
        select(Patient, Account)
        .join(cared, cared.c.patient_id == Patient.id)
        .join(Account, and_(Account.clinic_id == Patient.clinic_id, Account.id == Patient.id))
        .order_by(Patient.id)
    )
    return [(row[0], row[1]) for row in await session.execute(wanted, parameters)]


async def teams(
    session: AsyncSession, patient_ids: Sequence[UUID]
) -> dict[UUID, list[CareTeamMember]]:
    wanted = select(CareTeamMember).where(CareTeamMember.patient_id.in_(patient_ids))
    by_patient = defaultdict[UUID, list[CareTeamMember]](list)
    for one in (await session.execute(wanted.order_by(CareTeamMember.added_at))).scalars():
        by_patient[one.patient_id].append(one)
    return by_patient


async def account(session: AsyncSession, account_id: UUID) -> Account:
    return (await session.execute(select(Account).where(Account.id == account_id))).scalar_one()


async def team(session: AsyncSession, patient_id: UUID) -> list[CareTeamMember]:
    wanted = select(CareTeamMember).where(CareTeamMember.patient_id == patient_id)
    return list((await session.execute(wanted.order_by(CareTeamMember.added_at))).scalars())


async def episodes(session: AsyncSession, patient_id: UUID) -> list[Episode]:
    wanted = select(Episode).where(Episode.patient_id == patient_id)
    return list((await session.execute(wanted.order_by(Episode.opened_at, Episode.id))).scalars())


async def plans(session: AsyncSession, patient_id: UUID) -> list[PlanVersion]:
    """Of each episode in the order of their numbers."""
    wanted = select(PlanVersion).where(PlanVersion.patient_id == patient_id)
    in_order = wanted.order_by(PlanVersion.episode_id, PlanVersion.number)
    return list((await session.execute(in_order)).scalars())


async def ordered(session: AsyncSession, patient_id: UUID) -> list[Ordered]:
    found = await session.execute(
        select(PlanItem, PlanVersion, Exercise)
        .join(PlanVersion, PlanVersion.id == PlanItem.plan_version_id)
        .join(Exercise, Exercise.id == PlanItem.exercise_id)
        .where(PlanVersion.patient_id == patient_id)
        .order_by(PlanVersion.created_at, PlanItem.position)
    )
    return [Ordered(*row) for row in found]


async def importers(session: AsyncSession, patient_id: UUID) -> dict[UUID | None, UUID]:
    """Who brought in each file that entries of the patient came from."""
    files = select(CheckIn.import_id).where(CheckIn.patient_id == patient_id)
    found = await session.execute(
        select(DiaryImport.id, DiaryImport.by).where(DiaryImport.id.in_(files))
    )
    return {row.id: row.by for row in found}


async def entries(
    session: AsyncSession, model: type[E], patient_id: UUID, first: date, last: date
) -> list[E]:
    """Of each entry its deciding revision, unless that one withdraws it, of these days as the phone wrote them."""
    latest = aliased(
        model,
        select(model)
        .where(model.patient_id == patient_id)
        .ext(distinct_on(model.root()))
        .order_by(model.root(), model.made_at.desc(), model.id.desc())
        .subquery(),
    )
    wanted = select(latest).where(~latest.withdrawn, latest.local_date.between(first, last))
    in_order = wanted.order_by(latest.day, latest.happened_at, latest.id)
    return list((await session.execute(in_order)).scalars())


async def assessments(session: AsyncSession, patient_id: UUID) -> list[Assessment]:
    """Each as it stands after its last revision, unless that one withdraws it."""
    root = func.coalesce(Assessment.revises, Assessment.id)
    latest = aliased(
        Assessment,
        select(Assessment)
        .join(Episode, Episode.id == Assessment.episode_id)
        .where(Episode.patient_id == patient_id)
        .ext(distinct_on(root))
        .order_by(root, Assessment.made_at.desc(), Assessment.id.desc())
        .subquery(),
    )
    wanted = select(latest).where(~latest.withdrawn).order_by(latest.assessed_on, latest.id)
    return list((await session.execute(wanted)).scalars())


async def alerts(session: AsyncSession, patient_id: UUID) -> list[Alert]:
    wanted = select(Alert).where(Alert.patient_id == patient_id)
    return list((await session.execute(wanted.order_by(Alert.opened_at, Alert.id))).scalars())


async def alert_events(session: AsyncSession, patient_id: UUID) -> dict[UUID, list[AlertEvent]]:
    found = await session.execute(
        select(AlertEvent)
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .where(Alert.patient_id == patient_id)
        .order_by(AlertEvent.alert_id, AlertEvent.version)
    )
    by_alert = defaultdict[UUID, list[AlertEvent]](list)
    for event in found.scalars():
        by_alert[event.alert_id].append(event)
    return by_alert


async def messages(session: AsyncSession, patient_id: UUID) -> list[Message]:
    wanted = select(Message).where(Message.patient_id == patient_id)
    return list((await session.execute(wanted.order_by(Message.sent_at, Message.id))).scalars())


async def consents(session: AsyncSession, patient_id: UUID) -> list[Consent]:
    wanted = select(Consent).where(Consent.patient_id == patient_id)
    return list((await session.execute(wanted.order_by(Consent.at, Consent.id))).scalars())


async def screenings(session: AsyncSession, patient_id: UUID) -> list[Screening]:
    wanted = select(Screening).where(Screening.patient_id == patient_id)
    return list((await session.execute(wanted.order_by(Screening.made_at, Screening.id))).scalars())


async def answers(session: AsyncSession, patient_id: UUID) -> list[Answer]:
    """Of outcome measures, in the order in which they arrived."""
    wanted = select(Answer).where(Answer.patient_id == patient_id)
    in_order = wanted.order_by(Answer.received_at, Answer.id)
    return list((await session.execute(in_order)).scalars())


async def looks(session: AsyncSession, patient_id: UUID) -> list[Event]:
    wanted = select(Event).where(Event.patient_ids.contains([patient_id]))
    return list((await session.execute(wanted.order_by(Event.seq))).scalars())


# The patient whose a resource is, for those whose id does not say so.
_OWNERS: dict[str, type[Any]] = {
    "EpisodeOfCare": Episode,
    "Condition": Episode,
    "CarePlan": PlanVersion,
    "DetectedIssue": Alert,
    "Task": Alert,
    "Communication": Message,
    "Consent": Consent,
    "QuestionnaireResponse": Screening,
}


async def owner(session: AsyncSession, kind: str, identity: UUID) -> UUID | None:
    """Whose record a resource is part of; None where there is none of the kind."""
    if kind == "Patient":
        return identity
    if kind == "ServiceRequest":
        wanted = (
            select(PlanVersion.patient_id)
            .join(PlanItem, PlanItem.plan_version_id == PlanVersion.id)
            .where(PlanItem.id == identity)
        )
    elif kind == "Observation":
        wanted = (
            select(Episode.patient_id)
            .join(Assessment, Assessment.episode_id == Episode.id)
            .where(Assessment.id == identity)
        )
    elif kind in _OWNERS:
        model = _OWNERS[kind]
        wanted = select(model.patient_id).where(model.id == identity)
    else:
        return None
    return (await session.execute(wanted)).scalar_one_or_none()
