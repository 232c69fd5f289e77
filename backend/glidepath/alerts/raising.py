"""Raising alerts: once per cause, in the transaction that stored their reason, with their basis."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from anyio import to_thread
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath import trends
from glidepath.alerts import store
from glidepath.alerts.facts import Fact, facts
from glidepath.alerts.models import Alert
from glidepath.alerts.trend import Followed, follow, usable
from glidepath.database import jobs
from glidepath.diary import service as diary
from glidepath.diary.days import DiaryDay

# An alert about days this far back is marked late: its entries waited on a phone.
LATE = timedelta(days=14)
# What is raised within this many days of an alert of the same kind is the same event, found
# again after late entries moved its day; the detector itself never raises twice so soon.
SAME_EVENT = timedelta(days=14)
# How far back entries can matter once a checkpoint stands: the detector's window, which is longer
# than what the safety table remembers.
LOOKBACK = timedelta(days=trends.Settings().window)
RAISED = "notify:alert_raised"


async def evaluate(session: AsyncSession, intake: diary.Intake) -> None:
    """Judges an episode after new entries; opens or extends alerts in the same transaction.

    The caller holds the episode's lock, so that two syncs at once do not both raise.
    """
    checkpoint = usable(await store.checkpoint(session, intake.episode_id), min(intake.days))
    # With a checkpoint, what lies before the detector's window decides nothing any more.
    since = date.fromisoformat(checkpoint["through"]) - LOOKBACK if checkpoint else None
    days = await _days(session, intake, since)
    for fact in facts(days, intake.days, intake.kinds):
        await _take_fact(session, intake, fact)
    await _take_trend(session, intake, days, checkpoint)


async def _days(
    session: AsyncSession, intake: diary.Intake, since: date | None = None
) -> list[DiaryDay]:
    """The episode's days that carry an entry, in order."""
    by_episode = await diary.days(session, [intake.episode_id], since)
    return list(by_episode[intake.episode_id].values())


async def _take_fact(session: AsyncSession, intake: diary.Intake, fact: Fact) -> None:
    known = await store.of_episode(session, intake.episode_id, fact.kind)
    if any(fact.key in alert.basis["facts"] for alert in known):
        return
    this = {
        fact.key: {
            "date": fact.date.isoformat(),
            "entry_id": str(fact.entry_id),
            "situation": msgspec.to_builtins(fact.situation),
            "rule": fact.rule,
        }
    }
    reason = msgspec.to_builtins(fact.reason)
    running = _running(known)
    if running is not None:
        basis = {"facts": {**running.basis["facts"], **this}}
        running.raised_on = min(running.raised_on, fact.date)
        await _extend(session, intake, running, fact.date, basis, is_new=True, reason=reason)
        return
    await _open(
        session,
        intake,
        kind=fact.kind.value,
        severity="urgent",
        raised_on=fact.date,
        last_day=fact.date,
        reason=reason,
        evidence=[],
        basis={"facts": this},
    )


def _running(alerts: Sequence[Alert]) -> Alert | None:
    return next((alert for alert in alerts if alert.state != "resolved"), None)


async def _take_trend(
    session: AsyncSession,
    intake: diary.Intake,
    days: Sequence[DiaryDay],
    checkpoint: dict[str, Any] | None,
) -> None:
    followed = await to_thread.run_sync(follow, _series(days), checkpoint)
    if followed.checkpoint is not None:
        await store.keep_checkpoint(
            session, intake.clinic_id, intake.episode_id, followed.checkpoint
        )
    known = await store.of_episode(session, intake.episode_id, "worsening")
    running = _running(known)
    if running is not None:
        await _extend_worsening(session, intake, running, followed)
    elif followed.signal is not None and not _same_event(followed.signal, known):
        await _open_worsening(session, intake, followed.signal)


def _same_event(signal: trends.Signal, known: Sequence[Alert]) -> bool:
    return any(
        signal.raised_on < max(alert.raised_on + SAME_EVENT, alert.last_day + timedelta(days=1))
        for alert in known
    )


async def _extend_worsening(
    session: AsyncSession, intake: diary.Intake, running: Alert, followed: Followed
) -> None:
    """It still stands, which counts on quietly, or it began anew, which has to be said anew."""
    signal, verdict = followed.signal, followed.verdict
    if signal is not None and not _same_event(signal, [running]):
        await _extend(
            session,
            intake,
            running,
            signal.raised_on,
            await _basis(session, intake, signal),
            is_new=True,
            severity=signal.severity,
            **_numbers(signal.verdict),
        )
    elif verdict is not None and followed.standing and verdict.date > running.last_day:
        basis = trends.record_verdict(followed.window, verdict)
        await _extend(
            session, intake, running, verdict.date, basis, is_new=False, **_numbers(verdict)
        )


async def _open_worsening(
    session: AsyncSession, intake: diary.Intake, signal: trends.Signal
) -> None:
    await _open(
        session,
        intake,
        kind="worsening",
        severity=signal.severity,
        raised_on=signal.raised_on,
        last_day=signal.raised_on,
        basis=await _basis(session, intake, signal),
        detector_version=trends.VERSION,
        **_numbers(signal.verdict),
    )


async def _basis(
    session: AsyncSession, intake: diary.Intake, signal: trends.Signal
) -> dict[str, Any]:
    days = await _days(session, intake)
    basis = await to_thread.run_sync(trends.record, _series(days), signal)
    window = {values[0] for values in basis["days"]}
    basis["entry_ids"] = [
        str(entry_id)
        for day in days
        if day.date.isoformat() in window
        for entry_id in day.entry_ids
    ]
    return basis


def _numbers(verdict: trends.Verdict) -> dict[str, Any]:
    return {
        "onset": verdict.onset,
        "score": verdict.score,
        "reason": verdict.sentence,
        "evidence": _evidence(verdict),
    }


def _series(days: Sequence[DiaryDay]) -> list[trends.Day]:
    return [trends.Day(day.date, day.pain, day.nerve, day.place) for day in days if day.logged]


async def _open(
    session: AsyncSession,
    intake: diary.Intake,
    *,
    raised_on: date,
    basis: dict[str, Any],
    **facts: Any,
) -> None:
    alert_id = uuid7()
    await store.add_alert(
        session,
        {
            "clinic_id": intake.clinic_id,
            "id": alert_id,
            "patient_id": intake.patient_id,
            "episode_id": intake.episode_id,
            "state": "open",
            "opened_at": intake.now,
            "raised_on": raised_on,
            "count": 1,
            "late": intake.now.date() - raised_on > LATE,
            "basis": basis,
            **facts,
        },
    )
    await store.add_event(session, intake.clinic_id, alert_id, "opened", intake.now, basis=basis)
    await jobs.defer(session, RAISED, clinic_id=intake.clinic_id, alert_id=alert_id)


async def _extend(
    session: AsyncSession,
    intake: diary.Intake,
    alert: Alert,
    last_day: date,
    basis: dict[str, Any],
    *,
    is_new: bool,
    **changes: Any,
) -> None:
    """The cause was seen again: the same alert counts on.

    Nobody is told twice while it waits to be seen. What is new after somebody looked opens it
    again and is told again, or it would pass unseen under an acknowledgement of something else.
    """
    alert.last_day = max(alert.last_day, last_day)
    alert.count += 1
    alert.basis = basis
    for name, value in changes.items():
        setattr(alert, name, value)
    if is_new and alert.state == "acknowledged":
        alert.state = "open"
        await jobs.defer(session, RAISED, clinic_id=intake.clinic_id, alert_id=alert.id)
    await store.add_event(session, intake.clinic_id, alert.id, "extended", intake.now, basis=basis)


def _evidence(verdict: trends.Verdict) -> list[dict[str, Any]]:
    return [
        {
            "channel": evidence.channel,
            "weight": evidence.weight,
            "since": evidence.since.isoformat(),
            "before": evidence.before,
            "after": evidence.after,
            "sentence": evidence.sentence,
        }
        for evidence in verdict.evidence
    ]
