"""Facts that need no statistics: the safety table judges each entry, one answer is enough."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from glidepath.clinical.labels import labels
from glidepath.clinical.safety import AlertKind, DaySensations, Situation, decide, loss_is_new
from glidepath.clinical.vocabulary import NERVE_LOSS, ExerciseKind, RedFlag, Sensation, Text
from glidepath.diary.days import DiaryDay, Report


@dataclass(frozen=True, slots=True)
class Fact:
    kind: AlertKind
    date: date
    entry_id: UUID
    # What the safety table was asked, and the rule that held.
    situation: Situation
    rule: str
    reason: Text


def facts(
    days: Iterable[DiaryDay], touched: frozenset[date], kinds: Mapping[UUID, ExerciseKind]
) -> list[Fact]:
    """What the entries on the touched days alone give reason to tell the therapist at once.

    `days` in order, from the first on, since what is known decides what is new; `kinds` says what
    kind of exercise a plan's item is.
    """
    found: list[Fact] = []
    earlier: list[DaySensations] = []
    for day in days:
        if day.date in touched:
            found += [
                fact for report in day.reports if (fact := _fact(day.date, report, earlier, kinds))
            ]
        earlier += [(day.date, _sensations(report)) for report in day.reports]
    return found


def _fact(
    on: date,
    report: Report,
    earlier: Iterable[DaySensations],
    kinds: Mapping[UUID, ExerciseKind],
) -> Fact | None:
    felt = _sensations(report)
    flags = report.red_flags
    situation = Situation(
        exercise=kinds.get(report.plan_item_id) if report.plan_item_id else None,
        sensations=felt,
        worse=report.worse,
        loss_is_new=loss_is_new(felt, on, earlier),
        red_flags=None if flags is None else [RedFlag(flag) for flag in flags],
    )
    decision = decide(situation)
    if decision.alert is None:
        return None
    named = report.red_flags if decision.alert is AlertKind.RED_FLAG else felt
    reason = _reason(decision.alert, [str(name) for name in named or ()], worse=bool(report.worse))
    return Fact(decision.alert, on, report.entry_id, situation, decision.rule, reason)


def _sensations(report: Report) -> list[Sensation] | None:
    if report.sensations is None:
        return None
    return [Sensation(sensation) for sensation in report.sensations]


def _reason(kind: AlertKind, named: Iterable[str], *, worse: bool) -> Text:
    if kind is AlertKind.RED_FLAG:
        words = [labels().red_flags[RedFlag(name)] for name in named]
        lead = Text("Emergency answer", "Respuesta de urgencia")
    else:
        lost = [Sensation(name) for name in named if name in NERVE_LOSS]
        words = [labels().sensations[sensation] for sensation in lost]
        lead = Text("Growing", "Va a más") if worse else Text("New", "Novedad")
    return Text(
        en=f"{lead.en}: {', '.join(text.en.lower() for text in words)}.",
        es=f"{lead.es}: {', '.join(text.es.lower() for text in words)}.",
    )
