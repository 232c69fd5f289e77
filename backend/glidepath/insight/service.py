"""Bringing diary, care and alerts together for a screen."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts import service as alerts
from glidepath.alerts.schemas import AlertView
from glidepath.alerts.service import Waiting
from glidepath.assessments import service as assessments
from glidepath.audit import trail
from glidepath.care import emergencies, pausing, planning
from glidepath.care import episodes as course
from glidepath.care import service as care
from glidepath.care.models import Episode
from glidepath.care.pauses import last_day
from glidepath.care.schemas import PlanMark
from glidepath.clinical.exercises import Exercise
from glidepath.clinical.vocabulary import Text
from glidepath.diary import service as diary
from glidepath.diary.days import DiaryDay, calendar
from glidepath.diary.schemas import DiaryPage
from glidepath.diary.weeks import Weeks
from glidepath.escalation import service as escalation
from glidepath.escalation.service import Mark
from glidepath.identity import service as identity
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.insight import needs, store
from glidepath.insight.last_weeks import last_weeks
from glidepath.insight.pointing import pointing
from glidepath.insight.schemas import (
    CarePage,
    DayView,
    Found,
    FoundPatient,
    PatientName,
    PatientPage,
    Reached,
    RowAlert,
    Search,
    Triage,
    TriageRow,
)
from glidepath.messages import service as messages
from glidepath.notify import service as notify
from glidepath.outcomes import service as outcomes
from glidepath.privacy import consent, erasures, wishes
from glidepath.problems import NotFound
from glidepath.views import view

# How long a patient is told what became of something urgent.
REACHED_SHOWN = timedelta(days=7)
FOUND_AT_MOST = 50


async def triage(session: AsyncSession, actor: StaffActor, now: datetime) -> Triage:
    """Those who need somebody first, and among them who waited longest.

    A constant number of statements, and no work by day: diaries arrive in short.
    """
    listed = await store.listed(session, *care.caseload(actor))
    trail.lists(session, [one.patient_id for one in listed])
    waiting = defaultdict[UUID, list[Waiting]](list)
    for alert in await alerts.unresolved(session, [one.patient_id for one in listed]):
        waiting[alert.patient_id].append(alert)
    worsened = await alerts.last_worsened(session, [one.episode_id for one in listed])
    today = {zone: care.today_of(zone, now) for zone in {one.timezone for one in listed}}
    zones = {alert.id: one.timezone for one in listed for alert in waiting[one.patient_id]}
    marks = await escalation.marks(session, zones, now)
    # Nobody's day is earlier than that.
    pauses = await care.pauses_from(session, min(today.values(), default=now.date()))
    rows = [
        _row(
            one,
            today[one.timezone],
            last_day(pauses.get(one.episode_id, ()), today[one.timezone]),
            waiting[one.patient_id],
            worsened.get(one.episode_id),
            actor,
            marks,
        )
        for one in listed
    ]
    return Triage(as_of=now, rows=sorted(rows, key=_rank))


def _rank(row: TriageRow) -> tuple[int, bool, int, int, int, float, str]:
    """Need, then unseen before seen, then severity and kind, then who waited longest. Who is snoozed
    comes after everybody in need, and before those who are steady."""
    need = needs.NEEDS.index(row.need)
    if row.alert is None:
        waiting_since = row.since.toordinal() if row.since else 0
        return (need, False, 0, 0, 0, waiting_since, row.name)
    snoozed = row.alert.state == "snoozed"
    return (
        needs.NEEDS.index("steady") - 1 if snoozed else need,
        snoozed,
        needs.STATES.index(row.alert.state),
        needs.SEVERITIES.index(row.alert.severity),
        needs.KINDS.index(row.alert.kind),
        row.alert.opened_at.timestamp(),
        row.name,
    )


def _row(
    one: store.Listed,
    today: date,
    paused_until: date | None,
    waiting: Iterable[Waiting],
    worsened_on: date | None,
    actor: StaffActor,
    marks: Mapping[UUID, Mark],
) -> TriageRow:
    kept, worsened = Weeks(one.pain, one.nerve, one.place), needs.worsened(worsened_on, today)
    weeks, alert = (
        last_weeks(kept, one.last_on, today, worsened=worsened),
        needs.worst(waiting, today),
    )
    state = needs.State(
        one.opened_at, one.joined_at, today, weeks, one.last_on, alert, paused_until
    )
    need, reason, since = needs.of(state)
    return TriageRow(
        patient_id=one.patient_id,
        name=one.name,
        mine=one.cared_by is not None,
        cover_for=actor.covering.get(one.cared_by) if one.cared_by else None,
        ended_on=one.ended_on,
        paused_until=paused_until if one.ended_on is None else None,
        need=need,
        reason=reason,
        since=since,
        alert=None
        if alert is None
        else _row_alert(alert, marks.get(alert.id, escalation.UNMARKED)),
        today=today,
        spark=weeks.spark,
        days_logged_7=weeks.logged_7,
        last_entry_on=one.last_on,
        next_step=one.next_step,
        unread=one.unread,
    )


def _row_alert(alert: Waiting, mark: Mark) -> RowAlert:
    return RowAlert(
        alert.id,
        alert.version,
        alert.kind,
        alert.state,
        alert.snoozed_until,
        alert.severity,
        alert.opened_at,
        alert.count,
        mark.look_by,
        mark.climbed,
        list(mark.told),
    )


async def patient_page(
    session: AsyncSession,
    actor: StaffActor,
    patient_id: UUID,
    now: datetime,
    episode_id: UUID | None = None,
) -> PatientPage:
    patient = await care.requires_care_relation(session, actor, patient_id)
    episodes = await care.episodes_of(session, patient_id)
    episode = chosen(episodes, episode_id)
    by_date = (await diary.days(session, [episode.id]))[episode.id]
    today = care.today_of(patient.timezone, now)
    # What has ended is told as it was at its end.
    until = episode.ended_on or today
    shown = await alerts.of_episode(session, episode, today)
    plans = await planning.plans_of(session, episode.id)
    pauses = await pausing.of_episode(session, episode, now)
    return PatientPage(
        patient=await care.patient_view(session, patient),
        today=today,
        episode=care.episode_view(episode),
        episodes=[care.episode_view(one) for one in reversed(episodes)],
        events=await course.events(session, episode.id),
        screening=await care.screening(session, patient_id),
        summary=await _summary(session, episode, until, shown, last_day(pauses, until)),
        days=_day_views(by_date, until),
        pointing=pointing(by_date, until),
        plans=plans,
        alerts=shown,
        climbs=await escalation.of_patient(
            session, [one.id for one in shown], patient.timezone, now
        ),
        assessments=await assessments.of_episode(session, episode.id),
        measures=await outcomes.of_episode(session, episode, today),
        messages=await messages.of_patient(session, patient_id),
        proposals=await planning.proposals_of(session, episode.id, plans),
        pauses=pauses,
        consent=await consent.stands(session, patient_id),
        erased_from=await erasures.due_at(session, patient_id),
        emergency=await emergencies.running_of(session, actor, patient_id, now),
    )


def chosen(episodes: Sequence[Episode], episode_id: UUID | None) -> Episode:
    """The one asked for, or the running or the last one. NotFound for somebody else's."""
    if episode_id is None:
        return episodes[-1]
    found = next((one for one in episodes if one.id == episode_id), None)
    if found is None:
        raise NotFound
    return found


async def summary(session: AsyncSession, episode: Episode, now: datetime) -> Text:
    """The sentence of a patient's page: as of today or, of an episode that has ended, of its end."""
    patient = await care.patient(session, episode.patient_id)
    today = care.today_of(patient.timezone, now)
    until = episode.ended_on or today
    shown = await alerts.of_episode(session, episode, today)
    pauses = await pausing.of_episode(session, episode, now)
    return await _summary(session, episode, until, shown, last_day(pauses, until))


async def _summary(
    session: AsyncSession,
    episode: Episode,
    until: date,
    shown: Sequence[AlertView],
    paused_until: date | None,
) -> Text:
    account = await identity.patient_account(session, episode.patient_id)
    short = await diary.summary(session, episode.id)
    unresolved = {one.id for one in shown if one.state != "resolved"}
    waiting = await alerts.unresolved(session, [episode.patient_id])
    worsened_on = (await alerts.last_worsened(session, [episode.id])).get(episode.id)
    last_on = None if short is None else short.last_on
    kept = Weeks.unwritten(0) if short is None else Weeks(short.pain, short.nerve, short.place)
    state = needs.State(
        episode.opened_at,
        account.joined_at,
        until,
        last_weeks(kept, last_on, until, worsened=needs.worsened(worsened_on, until)),
        last_on,
        needs.worst((one for one in waiting if one.id in unresolved), until),
        paused_until,
    )
    return needs.of(state)[1]


async def patient_entries(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, episode_id: UUID | None = None
) -> DiaryPage:
    await care.requires_care_relation(session, actor, patient_id)
    episode = chosen(await care.episodes_of(session, patient_id), episode_id)
    return await diary.settled(session, episode.id)


async def search(session: AsyncSession, actor: StaffActor, wanted: Search) -> Found:
    """Patients of the actor's who are not, or not only, in the list of who needs somebody."""
    sought = await store.search(
        session,
        *care.caseload(actor),
        discharged=wanted.state == "discharged",
        name=wanted.name.strip(),
        limit=FOUND_AT_MOST + 1,
    )
    trail.lists(session, [one.id for one in sought[:FOUND_AT_MOST]])
    return Found(
        patients=[
            FoundPatient(
                one.id,
                one.name,
                one.ended_on or care.today_of(one.timezone, one.opened_at),
                one.alert,
            )
            for one in sought[:FOUND_AT_MOST]
        ],
        more=len(sought) > FOUND_AT_MOST,
    )


def _day_views(by_date: dict[date, DiaryDay], today: date) -> list[DayView]:
    """Every calendar day from the first entry to today (or a later entry, from a fast clock)."""
    if not by_date:
        return []
    every = calendar(by_date, min(by_date), max(today, *by_date))
    return [view(DayView, day) for day in every]


async def care_page(session: AsyncSession, actor: PatientActor, now: datetime) -> CarePage:
    account = await identity.patient_account(session, actor.patient_id)
    episode = await care.current_episode(session, actor.patient_id)
    versions = await planning.plans_of(session, episode.id)
    on_hold = await care.is_on_hold(session, actor.patient_id)
    # A plan that starts tomorrow is not today's: the newest that has begun counts.
    patient = await care.patient(session, actor.patient_id)
    begun = [plan for plan in versions if plan.starts_on <= care.today_of(patient.timezone, now)]
    plan = begun[0] if begun and episode.ended_on is None and not on_hold else None
    wanted = {item.exercise_key for item in plan.items} if plan else set()
    return CarePage(
        patient=PatientName(account.id, account.name),
        episode=care.episode_view(episode),
        plan=plan,
        on_hold=on_hold,
        exercises=[
            view(Exercise, one) for one in await planning.exercises(session) if one.key in wanted
        ],
        plan_history=[view(PlanMark, version) for version in versions],
        looked=await alerts.looked(session, actor),
        reached=await _reached(session, actor.patient_id, now),
        opens_at=await escalation.opens_at(session, now),
        messages=await messages.of_patient(session, actor.patient_id),
        pauses=await pausing.of_episode(session, episode, now),
        consent=await consent.stands(session, actor.patient_id),
        erasure=await wishes.own(session, actor.patient_id),
        measures=await outcomes.of_patient(session, episode),
    )


async def _reached(session: AsyncSession, patient_id: UUID, now: datetime) -> list[Reached]:
    """Of the last days, newest first. What was sent before an entry arrived told nobody of it."""
    found = await alerts.reported(session, patient_id, now - REACHED_SHOWN)
    sent = await notify.sent(session, {one.alert_id for one in found})
    return [
        Reached(
            entry_ids=sorted(one.entry_ids),
            received_at=one.at,
            told_at=next((at for at in sent.get(one.alert_id, ()) if at >= one.at), None),
            looked_at=one.looked_at,
            looked_by=one.looked_by,
            as_of=None if one.looked_at else now,
        )
        for one in found
    ]
