"""The two drawings: their numbers, and in words what they show."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from glidepath.clinical.labels import labels
from glidepath.clinical.vocabulary import Place
from glidepath.reports import words
from glidepath.reports.course import PLACES, Period, figures, ticks
from glidepath.reports.material import Material
from glidepath.reports.words import Language, say, short_day

Block = dict[str, Any]


def place_name(place: str, language: Language) -> str:
    return say(labels().places[Place(place)], language)


def symptoms(
    material: Material, language: Language, alerts: Sequence[tuple[str, date]], *, own: bool
) -> Block:
    """`alerts`: what each is called, and its day."""
    period, days = material.period, material.days
    begun = _plans_begun(material)
    marks = [
        {
            "kind": "plan",
            "i": _place(period, on),
            "label": say(words.PLAN_MARK, language, number=number),
        }
        for number, on in begun
    ]
    on_day = dict[date, list[str]]()
    for name, on in reversed(alerts):
        on_day.setdefault(on, []).append(name)
    marks += [
        {"kind": "alert", "i": _place(period, on), "label": ", ".join(names)}
        for on, names in on_day.items()
        if on in period
    ]
    return {
        "kind": "symptoms",
        "pain": [day.pain for day in days],
        "nerve": [day.nerve for day in days],
        "place": [None if day.place is None else PLACES.index(day.place) for day in days],
        "unwritten": [number for number, day in enumerate(days) if not day.logged],
        "pain_axis": [[value, say(text, language)] for value, text in words.PAIN_AXIS],
        "nerve_label": say(words.OWN_NERVE if own else words.NERVE, language),
        "places": [say(text, language) for text in words.PLACES],
        "marks": sorted(marks, key=lambda mark: mark["i"]),
        "ticks": _ticks(period, language),
        "alt": _symptoms_alt(material, language, begun, alerts),
    }


def _plans_begun(material: Material) -> list[tuple[int, date]]:
    """The first plan of all changes nothing, and is no mark."""
    return [
        (plan.number, plan.starts_on)
        for plan in material.plans
        if plan.number > 1 and plan.starts_on in material.period
    ]


def _place(period: Period, on: date) -> int:
    return (on - period.first).days


def _ticks(period: Period, language: Language) -> list[Block]:
    return [{"i": number, "label": short_day(on, language)} for number, on in ticks(period)]


def _symptoms_alt(
    material: Material,
    language: Language,
    begun: Sequence[tuple[int, date]],
    alerts: Sequence[tuple[str, date]],
) -> str:
    found = figures(material.days)
    told = ""
    if found.least is not None and found.most is not None:
        told = say(
            words.FIGURES_ALT,
            language,
            least=round(found.least),
            most=round(found.most),
            nerve=found.nerve_days,
            place=words.NOTHING if found.place is None else place_name(found.place, language),
        )
    marks = ""
    for text, named in (
        (words.PLANS_ALT, [(f"P{number}", on) for number, on in begun]),
        (words.ALERTS_ALT, [one for one in alerts if one[1] in material.period]),
    ):
        if named:
            days = ", ".join(f"{name} {short_day(on, language)}" for name, on in named)
            marks += say(text, language, days=days)
    return say(
        words.CHART_ALT,
        language,
        first=words.day(material.period.first, language),
        last=words.day(material.period.last, language),
        logged=found.logged,
        days=found.days,
        figures=told,
        marks=marks,
    )


def paused_days(material: Material) -> set[date]:
    return {
        pause.first_on + timedelta(days=number)
        for pause in material.pauses
        for number in range((pause.last_on - pause.first_on).days + 1)
    }


def strip(material: Material, language: Language) -> Block:
    paused = paused_days(material)

    def cell(on: date, *, done: bool) -> str:
        return "done" if done else "pause" if on in paused else "none"

    period = material.period
    return {
        "kind": "strip",
        "rows": [
            {
                "label": say(words.CHECK_INS, language),
                "days": [cell(day.date, done=day.logged) for day in material.days],
            },
            {
                "label": say(words.EXERCISED, language),
                "days": [cell(day.date, done=day.sessions > 0) for day in material.days],
            },
        ],
        "ticks": _ticks(period, language),
        "alt": say(
            words.STRIP_ALT,
            language,
            first=words.day(period.first, language),
            last=words.day(period.last, language),
            logged=sum(day.logged for day in material.days),
            exercised=sum(1 for day in material.days if day.sessions),
            days=period.days,
        ),
    }
