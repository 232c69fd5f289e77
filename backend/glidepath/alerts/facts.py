"""Facts that need no statistics: the safety table judges each entry and each day, one is enough."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from glidepath.clinical.labels import labels
from glidepath.clinical.safety import (
    AlertKind,
    DaySensations,
    DaySymptoms,
    Situation,
    decide,
    loss_is_new,
    safety_table,
    sign_is_new,
)
from glidepath.clinical.vocabulary import (
    NERVE_LOSS,
    NERVE_SENSATIONS,
    ExerciseKind,
    Place,
    RedFlag,
    Sensation,
    Text,
)
from glidepath.diary.days import DiaryDay, Report

# Read from a whole day, the others from one entry; with the channels of the detector in which a
# worsening would show the same.
SIGNS: Final[dict[AlertKind, frozenset[str]]] = {
    AlertKind.NERVE_BELOW_KNEE: frozenset(("nerve", "place")),
    AlertKind.SEVERE_PAIN: frozenset(("pain",)),
}


@dataclass(frozen=True, slots=True)
class Fact:
    kind: AlertKind
    # The same report stays the same however often its entry is revised, and so does a day; what
    # is named anew is new.
    key: str
    date: date
    # What the safety table was asked, and what held: enough to decide again.
    basis: dict[str, Any]
    reason: Text


def reach() -> timedelta:
    """How far back entries decide what is new on a day."""
    table = safety_table()
    signs = [table.new_signs.of(kind).known_days for kind in SIGNS]
    return timedelta(days=max(table.loss_known_days, *signs))


def looks_back(days: Iterable[DiaryDay], touched: frozenset[date]) -> bool:
    """Whether what is said of the touched days, or of those after them, depends on those before: one shows a
    sign or a loss."""
    signs, first = [safety_table().new_signs.of(kind) for kind in SIGNS], min(touched)
    for day in days:
        if day.date < first:
            continue
        today = _symptoms(day)
        if any(sign.shown(today) for sign in signs):
            return True
        if any(NERVE_LOSS.intersection(_sensations(report) or ()) for report in day.reports):
            return True
    return False


def facts(
    days: Iterable[DiaryDay], touched: frozenset[date], kinds: Mapping[UUID, ExerciseKind]
) -> list[Fact]:
    """What the entries on the touched days give reason to tell the therapist at once, and on the
    days after them for which a touched day decides what is new.

    `days` in order, at least from as far back as the safety table remembers, and one before that
    if there is one; `kinds` says what kind of exercise a plan's item is.
    """
    remembered = reach()
    found: list[Fact] = []
    sensations: list[DaySensations] = []
    symptoms: list[DaySymptoms] = []
    for day in days:
        today = _symptoms(day)
        if any(on <= day.date <= on + remembered for on in touched):
            of_entries = [
                fact
                for report in day.reports
                if (fact := _of_report(day.date, report, sensations, kinds))
            ]
            found += of_entries + _of_day(day, today, symptoms, told=bool(of_entries))
        sensations += [(day.date, _sensations(report)) for report in day.reports]
        symptoms.append(today)
    return found


def is_same_event(fact: Fact, told: Mapping[str, Any]) -> bool:
    """Whether the facts that were told, by key, hold this one already.

    A sign that was told on a later day, which had been new while this day was not known, is the
    same sign: only its first day has moved.
    """
    if fact.key in told:
        return True
    if fact.kind not in SIGNS:
        return False
    known = timedelta(days=safety_table().new_signs.of(fact.kind).known_days)
    return any(
        fact.date <= date.fromisoformat(other["date"]) <= fact.date + known
        for key, other in told.items()
        if key.startswith(fact.kind)
    )


def holds_again(key: str, basis: Mapping[str, Any]) -> bool:
    """Whether the safety table decides again as it did on the fact of this key."""
    if "situation" in basis:
        situation = msgspec.convert(basis["situation"], Situation)
        return decide(situation).rule == str(basis["rule"])
    day = msgspec.convert(basis["day"], DaySymptoms)
    earlier = msgspec.convert(basis["earlier"], list[DaySymptoms])
    return sign_is_new(AlertKind(key.partition(" ")[0]), day, earlier)


def _of_report(
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
        basis={
            "date": on.isoformat(),
            "entry_id": str(report.entry_id),
            "situation": msgspec.to_builtins(situation),
            "rule": decision.rule,
        },
        reason=_reason(decision.alert, named, worse=bool(report.worse)),
    )


def _of_day(
    day: DiaryDay, today: DaySymptoms, earlier: Sequence[DaySymptoms], *, told: bool
) -> list[Fact]:
    """`told`: an entry of the day is an emergency or a new loss, which says more of the same nerve
    than how far down it is felt."""
    return [
        Fact(
            kind=kind,
            key=f"{kind} {day.date}",
            date=day.date,
            basis={
                "date": day.date.isoformat(),
                "entry_ids": [str(entry_id) for entry_id in day.entry_ids],
                "day": msgspec.to_builtins(today),
                "earlier": msgspec.to_builtins(_remembered(earlier, kind, day.date)),
            },
            reason=_REASONS[kind](day, today, earlier),
        )
        for kind in SIGNS
        if not (told and kind is AlertKind.NERVE_BELOW_KNEE) and sign_is_new(kind, today, earlier)
    ]


def _remembered(earlier: Sequence[DaySymptoms], kind: AlertKind, on: date) -> list[DaySymptoms]:
    """The days that decide whether a sign is new on a day: those remembered, and the last before
    them that says it was not there."""
    sign = safety_table().new_signs.of(kind)
    first_known = on - timedelta(days=sign.known_days)
    before = [day for day in earlier if day.date < first_known and sign.shown(day) is False]
    return before[-1:] + [day for day in earlier if day.date >= first_known]


def _sensations(report: Report) -> list[Sensation] | None:
    if report.sensations is None:
        return None
    return [Sensation(sensation) for sensation in report.sensations]


def _felt(day: DiaryDay) -> list[Sensation] | None:
    """The nerve symptoms named on a day, in a check-in or an exercise; None if nobody was asked."""
    answers = [felt for report in day.reports if (felt := _sensations(report)) is not None]
    if not answers:
        return None
    named = {sensation for felt in answers for sensation in felt}
    return [sensation for sensation in Sensation if sensation in named & NERVE_SENSATIONS]


def _symptoms(day: DiaryDay) -> DaySymptoms:
    felt = _felt(day)
    return DaySymptoms(
        date=day.date,
        pain=day.pain_highest,
        nerve=None if felt is None else bool(felt),
        place=None if day.place is None else Place(day.place),
    )


def _reason(kind: AlertKind, named: Iterable[str], *, worse: bool) -> Text:
    if kind is AlertKind.RED_FLAG:
        words = _listed(labels().red_flags[RedFlag(name)] for name in named)
        lead = Text("Emergency answer", "Respuesta de urgencia")
    else:
        lost = [Sensation(name) for name in named if name in NERVE_LOSS]
        words = _listed(labels().sensations[sensation] for sensation in lost)
        lead = Text("Growing", "Va a más") if worse else Text("New", "Novedad")
    return Text(en=f"{lead.en}: {words.en}.", es=f"{lead.es}: {words.es}.")


def _listed(words: Iterable[Text]) -> Text:
    texts = list(words)
    return Text(
        en=", ".join(text.en.lower() for text in texts),
        es=", ".join(text.es.lower() for text in texts),
    )


def _below_knee(day: DiaryDay, today: DaySymptoms, _earlier: Sequence[DaySymptoms]) -> Text:
    assert today.place is not None
    place = _listed([labels().places[today.place]])
    felt = _listed(labels().sensations[sensation] for sensation in _felt(day) or ())
    return Text(
        en=f"New nerve symptom below the knee: {felt.en}, down to the {place.en}.",
        es=f"Síntoma nervioso nuevo por debajo de la rodilla: {felt.es}; hasta: {place.es}.",
    )


def _severe_pain(_day: DiaryDay, today: DaySymptoms, earlier: Sequence[DaySymptoms]) -> Text:
    """The highest rating before is that of the remembered days, or else of the last before them."""
    remembered = _remembered(earlier, AlertKind.SEVERE_PAIN, today.date)
    before = max(day.pain for day in remembered if day.pain is not None)
    return Text(
        en=f"New severe pain: {today.pain} of 10; until then {before} at most.",
        es=f"Dolor intenso nuevo: {today.pain} de 10; hasta entonces, {before} como mucho.",
    )


_REASONS: Final = {
    AlertKind.NERVE_BELOW_KNEE: _below_knee,
    AlertKind.SEVERE_PAIN: _severe_pain,
}
