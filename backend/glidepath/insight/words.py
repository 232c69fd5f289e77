"""Sentences for the list and the page, in both languages."""

from datetime import date

from glidepath.clinical.labels import labels
from glidepath.clinical.vocabulary import Text
from glidepath.diary.weeks import Weeks
from glidepath.trends.words import day_month


def not_begun(joined: bool) -> Text:
    if joined:
        return Text(
            en="Joined, but has not logged a day yet.",
            es="Se ha unido, pero aún no ha anotado ningún día.",
        )
    return Text(
        en="Has not joined yet; the code is waiting.",
        es="Aún no se ha unido; el código está pendiente.",
    )


# With fewer logged days than this the detector says nothing, and nothing may be concluded.
ENOUGH = 7


def steady(weeks: Weeks, *, worsened: bool) -> Text:
    """How the last four weeks were; `worsened`: an alert was raised in them and dealt with."""
    logged, level = weeks.logged, weeks.typical_pain
    if level is None:
        return Text(
            en=f"{_count_en(logged, 'day')} logged in four weeks, none with a pain rating.",
            es=f"{_count_es(logged, 'día')} en cuatro semanas, sin valorar el dolor.",
        )
    en, es = f"Pain about {level}", f"Dolor en torno a {level}"
    if place := weeks.last_place:
        name = labels().places[place]
        en += f", down to the {name.en.lower()}"
        es += f", hasta: {name.es.lower()}"
    if nerve := weeks.nerve_days:
        en += f"; nerve symptoms on {nerve} of {_count_en(logged, 'day')}"
        es += f"; síntomas nerviosos en {nerve} de {_count_es(logged, 'día')}"
    end = _RESOLVED if worsened else _TOO_FEW if logged < ENOUGH else _NONE_FOUND
    return Text(en=f"{en}. {end.en}", es=f"{es}. {end.es}")


def silent_since(last: date, course: Text) -> Text:
    """A silence that nobody has to be asked about, or about which somebody was, before the course
    that was written until then."""
    return Text(
        en=f"No data received since {day_month(last, 'en')}. {course.en}",
        es=f"Sin datos recibidos desde el {day_month(last, 'es')}. {course.es}",
    )


_RESOLVED = Text(
    en="A worsening in the last four weeks was dealt with.",
    es="Hubo un empeoramiento en las últimas cuatro semanas, ya atendido.",
)
_TOO_FEW = Text(
    en="Too few days so far to tell a trend.",
    es="Aún hay pocos días para ver una tendencia.",
)
_NONE_FOUND = Text(
    en="No worsening found.",
    es="Sin empeoramiento.",
)


def _count_en(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _count_es(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
