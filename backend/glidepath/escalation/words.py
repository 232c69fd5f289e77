"""Opening hours in the words that patients are told. `therapist/policy/hours.ts` says the same;
one set of cases tests both."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, Literal

from glidepath.clinical.vocabulary import Text
from glidepath.escalation.hours import MIDNIGHT, Hours, Span

Language = Literal["en", "es"]
# Closed days further off than this are not worth a longer sentence yet.
CLOSED_SHOWN: Final = timedelta(days=60)
_AND: Final = {"en": " and ", "es": " y "}
_DAYS: Final = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
_MONTHS: Final = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
}


def in_words(hours: Hours, today: date) -> Text:
    return Text(en=_in(hours, today, "en"), es=_in(hours, today, "es"))


def _in(hours: Hours, today: date, language: Language) -> str:
    days_of: dict[tuple[Span, ...], list[int]] = {}
    for day, spans in enumerate(hours.week):
        if spans:
            days_of.setdefault(spans, []).append(day)
    parts = [
        f"{_listed([_run(run, language) for run in _runs(days)], language)}, {_spans(spans, language)}"
        for spans, days in days_of.items()
    ]
    said = "; ".join(parts)
    closed = [day for day in sorted(hours.closed_on) if today <= day <= today + CLOSED_SHOWN]
    if not closed:
        return said
    listed = _listed([_date(day, language) for day in closed], language)
    return f"{said} ({'closed on' if language == 'en' else 'cerrado'} {listed})"


def _runs(days: Sequence[int]) -> list[list[int]]:
    """Three days in a row or more are a run; others stand alone."""
    rows: list[list[int]] = []
    for day in days:
        if rows and rows[-1][-1] == day - 1:
            rows[-1].append(day)
        else:
            rows.append([day])
    return [run for row in rows for run in ([row] if len(row) > 2 else [[day] for day in row])]


def _run(run: Sequence[int], language: Language) -> str:
    names = _DAYS[language]
    if len(run) == 1:
        name = names[run[0]]
        return name if language == "en" else f"los {name}{'' if name.endswith('s') else 's'}"
    if language == "en":
        return f"{names[run[0]]} to {names[run[-1]]}"
    return f"de {names[run[0]]} a {names[run[-1]]}"


def _spans(spans: Sequence[Span], language: Language) -> str:
    if spans == (Span(0, MIDNIGHT),):
        return "all day" if language == "en" else "todo el día"
    form = "{} to {}" if language == "en" else "de {} a {}"
    return _listed([form.format(_time(one.opens), _time(one.closes)) for one in spans], language)


def _time(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def _date(day: date, language: Language) -> str:
    month = _MONTHS[language].split()[day.month - 1]
    return f"{day.day} {month}" if language == "en" else f"el {day.day} de {month}"


def _listed(words: Sequence[str], language: Language) -> str:
    *most, last = words
    return f"{', '.join(most)}{_AND[language]}{last}" if most else last
