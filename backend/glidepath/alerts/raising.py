"""Raising alerts: once per cause, in the transaction that stored their reason, with their basis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec
from anyio import to_thread
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath import progression, trends
from glidepath.alerts import store
from glidepath.alerts.facts import SIGNS, Fact, facts, is_same_event, looks_back, reach
from glidepath.alerts.models import Alert
from glidepath.alerts.sensitivity import levels_of
from glidepath.alerts.trend import TO_BE_MADE_ANEW, Followed, follow, series, usable
from glidepath.alerts.writing import channels, extend_alert, graver, open_alert
from glidepath.clinical.safety import AlertKind
from glidepath.diary import service as diary
from glidepath.diary.days import DiaryDay

# What is raised within this many days of an alert of the same kind is the same event, found
# again after late entries moved its day; the detector itself never raises twice so soon.
SAME_EVENT = timedelta(days=14)
# How far back entries can matter once a checkpoint stands: the detector's window, or what the safety
# table remembers.
LOOKBACK = max(timedelta(days=trends.Settings().window), reach())

# Days that are judged where they are: a tenth of a millisecond each, which is less than a thread's turn takes.
AT_ONCE = 10


async def evaluate(session: AsyncSession, intake: diary.Intake) -> None:
    """Judges an episode after new entries; opens or extends alerts, and proposes the next step or
    withdraws it, in the same transaction.

    The caller holds the episode's lock, so that two syncs at once do not both raise.
    """
    if intake.ended:
        await _judge_late(session, intake)
        return
    running = await store.running(session, intake.episode_id)
    read = await _follow(session, intake, running)
    days = await read.whole() if looks_back(read.days, intake.days) else read.days
    await _take_facts(session, intake, facts(days, intake.days, intake.kinds))
    await _end_silence(session, intake, running)
    await progression.evaluate(session, intake.patient_id, intake.episode_id, intake.now)


async def learn(session: AsyncSession, intake: diary.Intake) -> None:
    """Days of a file: from them the detector knows the patient, and they raise nothing by themselves. What
    the patient wrote is judged by them, too. The caller holds the episode's lock."""
    if intake.ended:
        await _forget_trend(session, intake)
    else:
        await _follow(session, intake, await store.running(session, intake.episode_id))


@dataclass(slots=True)
class _Diary:
    """An episode's days: those that may be new, and on request what they are to be seen before."""

    session: AsyncSession
    intake: diary.Intake
    # What a checkpoint has behind it.
    through: date | None
    # Those after it, or all.
    days: Sequence[DiaryDay]
    _whole: Sequence[DiaryDay] | None = None

    async def whole(self) -> Sequence[DiaryDay]:
        """As far back as anything decides; read once."""
        if self.through is None:
            return self.days
        if self._whole is None:
            since = self.through - LOOKBACK
            self._whole = await _days(self.session, self.intake, since)
        return self._whole


async def _follow(session: AsyncSession, intake: diary.Intake, running: Sequence[Alert]) -> _Diary:
    """The days that were read."""
    kept, changes = await store.standpoint(session, intake.episode_id)
    checkpoint = usable(kept, min(intake.days))
    through = date.fromisoformat(checkpoint["through"]) if checkpoint else None
    # What lies before is in the checkpoint, and only few days are so that more has to be read.
    since = through + timedelta(days=1) if through else None
    read = _Diary(session, intake, through, await _days(session, intake, since))
    worsening = next((alert for alert in running if alert.kind == "worsening"), None)
    await _take_trend(read, checkpoint, levels_of(changes), worsening)
    return read


async def _forget_trend(session: AsyncSession, intake: diary.Intake) -> None:
    """Should care go on after its end, the detector reads these days, too."""
    checkpoint, _ = await store.standpoint(session, intake.episode_id)
    if checkpoint is not None and usable(checkpoint, min(intake.days)) is None:
        await store.keep_checkpoint(session, intake.clinic_id, intake.episode_id, TO_BE_MADE_ANEW)


async def _judge_late(session: AsyncSession, intake: diary.Intake) -> None:
    """After the end of care no trend is followed, but an emergency that a phone had kept is told."""
    await _forget_trend(session, intake)
    days = await _days(session, intake)
    await _take_facts(session, intake, facts(days, intake.days, intake.kinds))


async def _end_silence(
    session: AsyncSession, intake: diary.Intake, running: Sequence[Alert]
) -> None:
    """Who was said to have gone quiet has written again, or had been writing all the while on a
    phone without a network: nobody has to look any more, and the alert says so itself."""
    for alert in running:
        if alert.kind != "quiet" or alert.onset is None or alert.onset >= max(intake.days):
            continue
        alert.state, alert.snoozed_until = "resolved", None
        alert.version += 1
        await store.add_event(session, alert, "resolved", intake.now, outcome="logged_again")


async def _days(
    session: AsyncSession, intake: diary.Intake, since: date | None = None
) -> list[DiaryDay]:
    """The episode's days that carry an entry, in order."""
    by_episode = await diary.days(session, [intake.episode_id], since)
    return list(by_episode[intake.episode_id].values())


async def _take_facts(session: AsyncSession, intake: diary.Intake, found: Sequence[Fact]) -> None:
    """Told once each, whatever became of the alert; a sign that belongs to a worsening, with it."""
    told = await store.told_facts(session, intake.episode_id) if found else {}
    for fact in found:
        if is_same_event(fact, told):
            continue
        told[fact.key] = fact.basis
        running = _running(await store.of_episode(session, intake.episode_id, fact.kind))
        worsening = await _worsening_of(session, intake, fact)
        if running is not None:
            await _extend_fact(session, intake, running, fact)
        elif worsening is not None:
            await _join_worsening(session, intake, worsening, fact)
        else:
            await _open_fact(session, intake, fact)


async def _open_fact(session: AsyncSession, intake: diary.Intake, fact: Fact) -> None:
    await open_alert(
        session,
        intake,
        kind=fact.kind.value,
        severity="urgent",
        raised_on=fact.date,
        last_day=fact.date,
        reason=msgspec.to_builtins(fact.reason),
        evidence=[],
        basis={"facts": {fact.key: fact.basis}},
    )


async def _extend_fact(
    session: AsyncSession, intake: diary.Intake, running: Alert, fact: Fact
) -> None:
    running.raised_on = min(running.raised_on, fact.date)
    basis = {"facts": {**running.basis["facts"], fact.key: fact.basis}}
    reason = msgspec.to_builtins(fact.reason)
    await extend_alert(session, intake, running, fact.date, basis, news="fact", reason=reason)


async def _worsening_of(session: AsyncSession, intake: diary.Intake, fact: Fact) -> Alert | None:
    """The unresolved worsening that a sign belongs to: one that shows in the sign's own channel."""
    if fact.kind not in SIGNS:
        return None
    running = _running(await store.of_episode(session, intake.episode_id, "worsening"))
    if running is None or running.onset is None or fact.date < running.onset:
        return None
    return running if SIGNS[fact.kind] & channels(running.evidence) else None


async def _join_worsening(
    session: AsyncSession, intake: diary.Intake, worsening: Alert, fact: Fact
) -> None:
    """Severe pain at the top of a rise that was told is no second cause; told again it has to be
    where somebody looked before it came. A symptom below the knee stays as urgent as it is alone."""
    told = msgspec.to_builtins(fact.reason)
    reason = {language: f"{text} {worsening.reason[language]}" for language, text in told.items()}
    await extend_alert(
        session,
        intake,
        worsening,
        fact.date,
        {"facts": {fact.key: fact.basis}},
        news="fact" if fact.date >= worsening.raised_on else None,
        reason=reason,
        severity=graver(
            worsening.severity, "high" if fact.kind is AlertKind.SEVERE_PAIN else "urgent"
        ),
    )


def _running(alerts: Sequence[Alert]) -> Alert | None:
    return next((alert for alert in alerts if alert.state != "resolved"), None)


async def _take_trend(
    read: _Diary,
    checkpoint: dict[str, Any] | None,
    levels: trends.Levels,
    running: Alert | None,
) -> None:
    session, intake = read.session, read.intake
    imported = {day.date for day in read.days if day.imported}
    logged = series(read.days)
    if checkpoint is not None and len(logged) <= AT_ONCE:
        followed = follow(logged, checkpoint, levels, imported)
    else:
        followed = await to_thread.run_sync(follow, logged, checkpoint, levels, imported)
    if followed.checkpoint is not None:
        await store.keep_checkpoint(
            session, intake.clinic_id, intake.episode_id, followed.checkpoint
        )
    if running is not None:
        await _extend_worsening(read, running, followed)
    elif followed.signal is not None:
        known = await store.of_episode(session, intake.episode_id, "worsening")
        if not _same_event(followed.signal, known):
            basis = _with_entries(followed.signal_basis, await read.whole())
            await _begin_worsening(session, intake, followed.signal, basis)


def _same_event(signal: trends.Signal, known: Sequence[Alert]) -> bool:
    return any(
        signal.raised_on < max(alert.raised_on + SAME_EVENT, alert.last_day + timedelta(days=1))
        for alert in known
    )


async def _extend_worsening(read: _Diary, running: Alert, followed: Followed) -> None:
    """It still stands, which counts on quietly, or it began anew, which has to be said anew."""
    session, intake = read.session, read.intake
    signal, verdict = followed.signal, followed.verdict
    if signal is not None and not _same_event(signal, [running]):
        await extend_alert(
            session,
            intake,
            running,
            signal.raised_on,
            _with_entries(followed.signal_basis, await read.whole()),
            news="again",
            severity=signal.severity,
            **_numbers(signal.verdict),
        )
    elif verdict is not None and followed.standing and verdict.date > running.last_day:
        basis = _with_entries(followed.verdict_basis, await read.whole())
        # A day that says less of it, or tells of something else, leaves the words that there are.
        numbers = _numbers(verdict) if followed.speaks_of_it else {}
        await extend_alert(session, intake, running, verdict.date, basis, news=None, **numbers)


async def _begin_worsening(
    session: AsyncSession,
    intake: diary.Intake,
    signal: trends.Signal,
    basis: dict[str, Any],
) -> None:
    """An alert of its own, or what an unresolved sign in the same channel turns out to have been."""
    numbers = _numbers(signal.verdict)
    sign = await _sign_of(session, intake, numbers)
    if sign is None:
        await open_alert(
            session,
            intake,
            kind="worsening",
            severity=signal.severity,
            raised_on=signal.raised_on,
            last_day=signal.raised_on,
            basis=basis,
            detector_version=trends.VERSION,
            **numbers,
        )
        return
    sign.raised_on = min(sign.raised_on, signal.raised_on)
    await extend_alert(
        session,
        intake,
        sign,
        signal.raised_on,
        basis,
        news=None,
        kind="worsening",
        severity=graver(sign.severity, signal.severity),
        detector_version=trends.VERSION,
        **numbers,
    )


async def _sign_of(
    session: AsyncSession, intake: diary.Intake, numbers: dict[str, Any]
) -> Alert | None:
    """The unresolved alert of a sign with which this worsening began."""
    for kind, shown_in in SIGNS.items():
        running = _running(await store.of_episode(session, intake.episode_id, kind))
        if (
            running is not None
            and running.last_day >= numbers["onset"]
            and shown_in & channels(numbers["evidence"])
        ):
            return running
    return None


def _with_entries(basis: dict[str, Any] | None, days: Sequence[DiaryDay]) -> dict[str, Any]:
    assert basis is not None, "whatever was found has a basis"
    window = {values[0] for values in basis["days"]}
    read = [day for day in days if day.date.isoformat() in window]
    return basis | {"entry_ids": [str(entry_id) for day in read for entry_id in day.entry_ids]}


def _numbers(verdict: trends.Verdict) -> dict[str, Any]:
    return {
        "onset": verdict.onset,
        "score": verdict.score,
        "reason": verdict.sentence,
        "evidence": _evidence(verdict),
        "certainty": _certainty(verdict),
    }


def _certainty(verdict: trends.Verdict) -> dict[str, Any]:
    return {
        "probability": verdict.probability,
        "earliest": verdict.earliest and verdict.earliest.isoformat(),
        "latest": verdict.latest and verdict.latest.isoformat(),
        "span": verdict.span,
        "missing": verdict.missing,
    }


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
