"""Patients, their care team and their episode; who may see whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.audit import pace, trail
from glidepath.care import (
    emergency_store,
    episode_store,
    pauses,
    screenings,
    store,
    team_store,
)
from glidepath.care.episode_schemas import NextEpisode, ScreeningView
from glidepath.care.models import Episode, Patient
from glidepath.care.schemas import (
    EpisodeBody,
    EpisodeView,
    PatientView,
    ScreeningBody,
)
from glidepath.clinical.vocabulary import ExerciseKind
from glidepath.identity import devices
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.identity.schemas import InvitationView
from glidepath.problems import Forbidden, NotFound
from glidepath.views import view


@dataclass(frozen=True, slots=True)
class References:
    """What an entry of this patient is read by: their zone, and what it may name."""

    timezone: str
    versions: frozenset[UUID]
    items: dict[UUID, ExerciseKind]


@dataclass(frozen=True, slots=True)
class Running:
    """A current patient's running episode."""

    patient_id: UUID
    episode_id: UUID
    timezone: str
    # When it went on again after an end.
    reopened_at: datetime | None = None

    def today(self, now: datetime) -> date:
        return today_of(self.timezone, now)


def today_of(timezone: str, now: datetime) -> date:
    """The patient's own day."""
    return now.astimezone(ZoneInfo(timezone)).date()


async def requires_care_relation(
    session: AsyncSession, actor: StaffActor, patient_id: UUID
) -> Patient:
    """The patient, for who may see them: their care team, who stands in for one of it, the clinic's
    admins, and who opened the record in an emergency.

    NotFound for a patient of another clinic, exactly as for one who does not exist; Forbidden for
    a colleague's patient.
    """
    trail.asks_for(session, patient_id)
    await pace.require_room(session, patient_id)
    patient = await store.patient(session, patient_id)
    if patient is None:
        raise NotFound
    if actor.is_admin:
        trail.opens(session, patient_id)
        return patient
    known_to = await store.in_care_team(session, patient_id, actor.acts_for)
    if not known_to and await _opened_in_emergency(session, actor, patient_id):
        return patient
    if not known_to:
        raise Forbidden("You are not in this patient's care team.", code="no_care_relation")
    own = actor.account_id in known_to
    trail.opens(session, patient_id, covering=() if own else known_to)
    return patient


async def _opened_in_emergency(session: AsyncSession, actor: StaffActor, patient_id: UUID) -> bool:
    """At the moment of the request; what is not written down as one is let in by none."""
    written = trail.of(session)
    if written is None:
        return False
    opening_id = await emergency_store.running(session, actor.account_id, patient_id, written.at)
    if opening_id is not None:
        trail.opens(session, patient_id, emergency_id=opening_id)
    return opening_id is not None


async def requires_episode(
    session: AsyncSession, actor: StaffActor, episode_id: UUID, *, lock: bool = False
) -> Episode:
    """The episode, for who may see its patient."""
    episode = await store.episode(session, episode_id, lock=lock)
    if episode is None:
        raise NotFound
    await requires_care_relation(session, actor, episode.patient_id)
    return episode


async def episodes_of(session: AsyncSession, patient_id: UUID) -> list[Episode]:
    """In the order in which they were opened; the last one is the running one, if any runs."""
    return await episode_store.of_patient(session, patient_id)


async def current_episode(session: AsyncSession, patient_id: UUID) -> Episode:
    """The running one or, of a discharged patient, the last. There always is one."""
    return (await episodes_of(session, patient_id))[-1]


async def lock_patient(session: AsyncSession, patient_id: UUID) -> None:
    """Holds a patient to the end of the transaction. NotFound where there is none, or none any more."""
    await team_store.lock_patients(session, [patient_id])
    if await store.patient(session, patient_id) is None:
        raise NotFound


async def lock_if_running(session: AsyncSession, episode_id: UUID) -> bool:
    """Holds an episode to the end of the transaction; whether it runs still."""
    episode = await store.episode(session, episode_id, lock=True)
    return episode is not None and episode.ended_on is None


async def lock_episodes(session: AsyncSession, episode_ids: Collection[UUID]) -> None:
    """The same of several, ended or not; always in the same order, so that nobody waits in a circle."""
    await store.lock_episodes(session, episode_ids)


async def running_episodes(
    session: AsyncSession, patient_ids: Collection[UUID] | None = None
) -> list[Running]:
    """Of every current patient of the clinic, or of these; those without a running episode are left out."""
    rows = await store.running_episodes(session, patient_ids)
    reopened = await episode_store.reopened(session, [episode_id for _, episode_id, _ in rows])
    return [Running(*row, reopened.get(row[1])) for row in rows]


async def episodes(session: AsyncSession) -> list[Episode]:
    """Every episode of the clinic, ended or not, patient by patient in the order of their ids."""
    return await store.episodes(session)


async def references(session: AsyncSession, patient_id: UUID) -> References:
    timezone, versions, items = await store.references(session, patient_id)
    return References(
        timezone,
        frozenset(versions),
        {item: ExerciseKind(kind) for item, kind in items.items()},
    )


def caseload(actor: StaffActor) -> tuple[Select[Any], dict[str, Any]]:
    """Whom the actor may see, for lists to join to: a therapist's own patients and those of absent
    colleagues whom they stand in for, an admin's whole clinic.

    A statement of one row per patient with the running or, of a discharged one, the last episode
    (`clinic_id`, `patient_id`, `episode_id`, `opened_at`, `ended_on`, `timezone`, and `cared_by`: the actor, or the
    colleague for whom they are there; null for an admin who is there as neither), and its parameters.
    """
    parameters = {"account_id": actor.account_id, "acts_for": list(actor.acts_for)}
    return store.caseload(whole_clinic=actor.is_admin), parameters


async def covered(session: AsyncSession, actor: StaffActor) -> dict[UUID, UUID]:
    """Patients whom the actor sees for an absent colleague alone, and for whom."""
    if not actor.covering:
        return {}
    rows = await session.execute(*caseload(actor))
    return {row.patient_id: row.cared_by for row in rows if row.cared_by in actor.covering}


async def zones(session: AsyncSession, actor: StaffActor) -> dict[UUID, str]:
    """The time zone of every patient in the actor's caseload."""
    return {row.patient_id: row.timezone for row in await session.execute(*caseload(actor))}


async def zones_of(session: AsyncSession, patient_ids: Collection[UUID]) -> dict[UUID, str]:
    """The time zone of each of these patients, current or discharged."""
    return await store.zones_of(session, patient_ids)


async def visible_patients(session: AsyncSession, actor: StaffActor) -> frozenset[UUID] | None:
    """Whom the actor may hear of; None for the whole clinic."""
    return None if actor.is_admin else await store.cared_for_by(session, actor.acts_for)


def episode_row(
    actor: StaffActor,
    patient_id: UUID,
    episode_id: UUID,
    body: EpisodeBody | NextEpisode,
    now: datetime,
) -> dict[str, Any]:
    return {
        "clinic_id": actor.clinic_id,
        "id": episode_id,
        "patient_id": patient_id,
        "condition": body.condition.value,
        "side": body.side.value,
        "started_on": body.started_on,
        "opened_at": now,
    }


def event_row(
    actor: StaffActor, patient_id: UUID, episode_id: UUID, now: datetime, **said: Any
) -> dict[str, Any]:
    """What became of an episode, and by whom."""
    return {
        "clinic_id": actor.clinic_id,
        "id": uuid7(),
        "patient_id": patient_id,
        "episode_id": episode_id,
        "by": actor.account_id,
        "at": now,
        **said,
    }


async def screen(
    session: AsyncSession,
    actor: StaffActor,
    episode_id: UUID,
    screening_id: UUID,
    body: ScreeningBody,
    now: datetime,
) -> bool:
    """Keeps what a patient was asked and answered; whether it is new."""
    episode = await requires_episode(session, actor, episode_id, lock=True)
    return await screenings.add(session, episode, screening_id, actor.account_id, body, now)


async def screening(session: AsyncSession, patient_id: UUID) -> ScreeningView:
    return await screenings.of_patient(session, patient_id)


async def is_on_hold(session: AsyncSession, patient_id: UUID) -> bool:
    """Whether an answer leaves no room for exercises at home, whatever the plan says."""
    return await screenings.blocks(session, patient_id)


async def invite(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, base_url: str, now: datetime
) -> InvitationView:
    await requires_care_relation(session, actor, patient_id)
    return await identity.invite(session, actor, patient_id, base_url, now)


async def sign_out_everywhere(session: AsyncSession, actor: StaffActor, patient_id: UUID) -> int:
    """As after a phone was lost; how many devices."""
    await requires_care_relation(session, actor, patient_id)
    return await devices.end_all_of(session, patient_id)


def episode_view(episode: Episode) -> EpisodeView:
    return view(EpisodeView, episode)


async def patient_view(session: AsyncSession, patient: Patient) -> PatientView:
    account = await identity.patient_account(session, patient.id)
    return view(
        PatientView, account, timezone=patient.timezone, joined=account.joined_at is not None
    )


async def patient(session: AsyncSession, patient_id: UUID) -> Patient:
    """The patient behind a patient's own sign-in; there always is one."""
    found = await store.patient(session, patient_id)
    assert found is not None
    return found


async def with_somebody(session: AsyncSession, patient_ids: Collection[UUID]) -> set[UUID]:
    """Those of them in whose team is somebody whose account is open."""
    open_accounts = {account.id for account in await identity.staff(session)}
    return {
        patient_id
        for patient_id, account_id in await team_store.teams(session, patient_ids)
        if account_id in open_accounts
    }


async def paused(session: AsyncSession, episode_ids: Collection[UUID]) -> dict[UUID, set[date]]:
    """Per episode the days on which nobody expects an entry; episodes without one are left out."""
    found = await pauses.of_episodes(session, episode_ids)
    return {
        episode_id: {day for pause in of_one for day in pause.days()}
        for episode_id, of_one in found.items()
    }


async def pauses_from(session: AsyncSession, day: date) -> dict[UUID, list[pauses.Pause]]:
    """Per episode of the clinic the pauses that hold on `day` or later."""
    return await pauses.until(session, day)
