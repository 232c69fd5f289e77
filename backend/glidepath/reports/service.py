"""Gathering what a report is made of, and having it set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts import service as alerts
from glidepath.assessments import service as assessments
from glidepath.care import pausing, planning
from glidepath.care import service as care
from glidepath.care.models import Episode, Patient
from glidepath.clinical.vocabulary import Text
from glidepath.diary import service as diary
from glidepath.identity import service as identity
from glidepath.identity import ways_in
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.insight import service as insight
from glidepath.outcomes import service as outcomes
from glidepath.outcomes.schemas import Point, UsedMeasure
from glidepath.problems import Malformed
from glidepath.reports import pages, store, words
from glidepath.reports.course import Period, every_day
from glidepath.reports.material import Material, Measured
from glidepath.reports.typesetting import typeset
from glidepath.reports.words import Language

# A leap year. A chart of more days would be a smear.
DAYS_AT_MOST: Final = 366
USUAL_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class Wanted:
    """Both days included. Without a last one up to the last of which something can be known, without a first one
    four weeks of it."""

    first: date | None = None
    last: date | None = None

    def period(self, until: date) -> Period:
        """Malformed where it is none, or longer than a year."""
        last = self.last or until
        first = self.first or last - min(timedelta(days=USUAL_DAYS - 1), last - date.min)
        period = Period(first, last)
        if not 1 <= period.days <= DAYS_AT_MOST:
            raise Malformed("Choose a period from its first day to its last, of a year at most.")
        return period


async def clinical(
    session: AsyncSession,
    actor: StaffActor,
    patient_id: UUID,
    wanted: Wanted,
    language: Language,
    episode_id: UUID | None,
    now: datetime,
) -> bytes:
    """Of the episode that is asked for, else of the running or the last one."""
    patient = await care.requires_care_relation(session, actor, patient_id)
    await ways_in.require_proof(session, actor, now)
    episode = insight.chosen(await care.episodes_of(session, patient_id), episode_id)
    material = await _gathered(session, patient, episode, wanted, now)
    by = (await identity.names(session, {actor.account_id}))[actor.account_id]
    return await typeset(pages.clinical(material, language, by), material.today)


async def own(
    session: AsyncSession, actor: PatientActor, wanted: Wanted, language: Language, now: datetime
) -> bytes:
    await ways_in.require_proof(session, actor, now)
    patient = await care.patient(session, actor.patient_id)
    episode = await care.current_episode(session, actor.patient_id)
    material = await _gathered(session, patient, episode, wanted, now, actor)
    return await typeset(pages.own(material, language), material.today)


async def _gathered(
    session: AsyncSession,
    patient: Patient,
    episode: Episode,
    wanted: Wanted,
    now: datetime,
    own_of: PatientActor | None = None,
) -> Material:
    today = care.today_of(patient.timezone, now)
    until = episode.ended_on or today
    by_date = (await diary.days(session, [episode.id]))[episode.id]
    # Entries may be older than the day of admission, and of days after the last one of care.
    period = _within(
        wanted.period(until), min([episode.started_on, until, *by_date]), max([until, *by_date])
    )
    clinic = await store.clinic(session)
    every_alert = await alerts.of_episode(session, episode, today)
    looked = await alerts.looked(session, own_of) if own_of else []
    return Material(
        patient=(await care.patient_view(session, patient)).name,
        timezone=patient.timezone,
        clinic=clinic.name,
        country=clinic.country,
        episode=care.episode_view(episode),
        period=period,
        today=today,
        until=until,
        summary=await insight.summary(session, episode, now),
        days=every_day(by_date, period),
        plans=await planning.plans_of(session, episode.id),
        pauses=await pausing.of_episode(session, episode, now),
        alerts=sorted(
            (
                one
                for one in every_alert
                if one.raised_on <= period.last and one.last_day >= period.first
            ),
            key=lambda one: (one.raised_on, one.opened_at),
            reverse=True,
        ),
        looked=[one for one in looked if care.today_of(patient.timezone, one.at) in period],
        assessments=[
            one
            for one in await assessments.of_episode(session, episode.id)
            if one.assessed_on in period
        ],
        measures=_measured(await outcomes.of_episode(session, episode, today), period),
        titles={one.key: one.title for one in await planning.exercises(session)},
    )


def _within(period: Period, first: date, last: date) -> Period:
    """The part of which something can be known; Malformed where there is none."""
    found = Period(max(period.first, first), min(period.last, last))
    if found.days < 1:
        raise Malformed("Nothing of that period is part of this episode of care.")
    return found


def _measured(used: Sequence[UsedMeasure], period: Period) -> list[Measured]:
    """What was filled in in the period, each score against the first of the episode."""
    found = []
    for measure in used:
        for score in measure.scores:
            told = [point for point in score.points if point.day <= period.last]
            last = next((one for one in reversed(told) if one.day in period), None)
            if last is not None:
                title = measure.title
                if len(measure.scores) > 1:
                    title = Text(
                        en=f"{measure.title.en}: {score.title.en}",
                        es=f"{measure.title.es}: {score.title.es}",
                    )
                found.append(
                    Measured(
                        title, _value(told[0]), told[0].day, _value(last), last.day, last.change
                    )
                )
    return found


def _value(point: Point) -> Text:
    """Too little answered is no score."""
    return point.said or Text(en=words.NOTHING, es=words.NOTHING)
