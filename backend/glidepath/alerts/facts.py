"""Facts that need no statistics: the safety table judges each entry, one answer is enough."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from glidepath.clinical.labels import labels
from glidepath.clinical.safety import (
    AlertKind,
    DaySensations,
    Situation,
    decide,
    loss_is_new,
    safety_table,
)
from glidepath.clinical.vocabulary import NERVE_LOSS, ExerciseKind, RedFlag, Sensation, Text
from glidepath.diary.days import DiaryDay, Report


@dataclass(frozen=True, slots=True)
class Fact:
    kind: AlertKind
    # The same report stays the same however often its entry is revised; what is named anew is new.
    key: str
    date: date
    entry_id: UUID
    # What the safety table was asked, and the rule that held.
    situation: Situation
    rule: str
    reason: Text


def facts(
    days: Iterable[DiaryDay], touched: frozenset[date], kinds: Mapping[UUID, ExerciseKind]
) -> list[Fact]:
    """What the entries on the touched days give reason to tell the therapist at once, and on the
    days after them for which a touched day decides what is new.

    `days` in order, at least from as far back as a loss stays known; `kinds` says what kind of
    exercise a plan's item is.
    """
    remembered = timedelta(days=safety_table().loss_known_days)
    found: list[Fact] = []
    earlier: list[DaySensations] = []
    for day in days:
        if any(on <= day.date <= on + remembered for on in touched):
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
    named = sorted(
        str(name) for name in (flags if decision.alert is AlertKind.RED_FLAG else felt) or ()
    )
    return Fact(
        kind=decision.alert,
        key=f"{report.root_id} {' '.join(named)}",
        date=on,
        entry_id=report.entry_id,
        situation=situation,
        rule=decision.rule,
        reason=_reason(decision.alert, named, worse=bool(report.worse)),
    )


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
