"""A patient's record as it stands in the database: each part is read once, however many kinds are made of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts.models import Alert, AlertEvent
from glidepath.assessments.models import Assessment
from glidepath.audit.models import Event
from glidepath.care.models import Episode, Patient, PlanVersion, Screening
from glidepath.care.team_models import CareTeamMember
from glidepath.clinical.measures import Measure
from glidepath.diary.models import CheckIn, ExerciseSession
from glidepath.fhir import store
from glidepath.identity.models import Account
from glidepath.messages.models import Message
from glidepath.outcomes import library
from glidepath.outcomes.models import Answer
from glidepath.privacy.models import Consent


@dataclass(slots=True)
class Record:
    """Whose, and of which days what is logged day by day is wanted, both included and as they were written.

    `names`: of the people who may be named in it; others are referred to without saying who they are. A part
    that was not read yet is an AttributeError.
    """

    session: AsyncSession
    patient: Patient
    names: Mapping[UUID, str]
    now: datetime
    first: date = date.min
    last: date = date.max

    account: Account = field(init=False)
    team: list[CareTeamMember] = field(init=False)
    episodes: list[Episode] = field(init=False)
    plans: list[PlanVersion] = field(init=False)
    ordered: list[store.Ordered] = field(init=False)
    check_ins: list[CheckIn] = field(init=False)
    exercise_sessions: list[ExerciseSession] = field(init=False)
    # Who brought in each file that entries came from.
    importers: Mapping[UUID | None, UUID] = field(init=False)
    assessments: list[Assessment] = field(init=False)
    answers: list[Answer] = field(init=False)
    measures: Mapping[tuple[str, int], Measure] = field(init=False)
    alerts: list[Alert] = field(init=False)
    alert_events: Mapping[UUID, Sequence[AlertEvent]] = field(init=False)
    messages: list[Message] = field(init=False)
    consents: list[Consent] = field(init=False)
    screenings: list[Screening] = field(init=False)
    looks: list[Event] = field(init=False)

    @property
    def patient_id(self) -> UUID:
        return self.patient.id

    async def read(self, *parts: str) -> None:
        """Those that were not read yet. Raises KeyError for what is no part."""
        for part in parts:
            if not hasattr(self, part):
                setattr(self, part, await _READ[part](self))


async def _check_ins(record: Record) -> list[CheckIn]:
    whose = record.patient_id
    return await store.entries(record.session, CheckIn, whose, record.first, record.last)


async def _exercise_sessions(record: Record) -> list[ExerciseSession]:
    whose = record.patient_id
    return await store.entries(record.session, ExerciseSession, whose, record.first, record.last)


async def _measures(record: Record) -> Mapping[tuple[str, int], Measure]:
    return (await library.known(record.session)).versions


def _of_patient(
    read: Callable[[AsyncSession, UUID], Awaitable[Any]],
) -> Callable[[Record], Awaitable[Any]]:
    return lambda record: read(record.session, record.patient_id)


_READ: Final[Mapping[str, Callable[[Record], Awaitable[Any]]]] = {
    "account": _of_patient(store.account),
    "team": _of_patient(store.team),
    "episodes": _of_patient(store.episodes),
    "plans": _of_patient(store.plans),
    "ordered": _of_patient(store.ordered),
    "check_ins": _check_ins,
    "exercise_sessions": _exercise_sessions,
    "importers": _of_patient(store.importers),
    "assessments": _of_patient(store.assessments),
    "answers": _of_patient(store.answers),
    "measures": _measures,
    "alerts": _of_patient(store.alerts),
    "alert_events": _of_patient(store.alert_events),
    "messages": _of_patient(store.messages),
    "consents": _of_patient(store.consents),
    "screenings": _of_patient(store.screenings),
    "looks": _of_patient(store.looks),
}
