"""What a therapist would say about the evidence, in English and Spanish."""

from datetime import date
from typing import Final

Text = dict[str, str]

MONTHS: Final = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "es": (
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
}
PLACE_WORDS: Final[dict[str, Text]] = {
    "back": {"en": "back", "es": "la espalda"},
    "buttock": {"en": "buttock", "es": "el glúteo"},
    "thigh": {"en": "thigh", "es": "el muslo"},
    "calf": {"en": "calf", "es": "la pantorrilla"},
    "foot": {"en": "foot", "es": "el pie"},
}
STEADY: Final[Text] = {
    "en": "No lasting change from the usual course.",
    "es": "Sin cambios duraderos respecto al curso habitual.",
}


def day_month(day: date, language: str) -> str:
    month = MONTHS[language][day.month - 1]
    return f"{day.day} de {month}" if language == "es" else f"{day.day} {month}"


def pain(before: float, after: float, since: date) -> Text:
    low, high = round(before), round(after)
    if low == high:
        return {
            "en": f"Pain has stayed higher, around {after:.1f} instead of {before:.1f}, "
            f"since {day_month(since, 'en')}",
            "es": f"El dolor se mantiene más alto, en torno a {_comma(after)} en lugar de "
            f"{_comma(before)}, desde el {day_month(since, 'es')}",
        }
    return {
        "en": f"Pain went from about {low} to about {high} since {day_month(since, 'en')}",
        "es": f"El dolor pasó de alrededor de {low} a alrededor de {high} "
        f"desde el {day_month(since, 'es')}",
    }


def nerve(before: tuple[int, int], after: tuple[int, int], since: date) -> Text:
    """`before` and `after` are (days with nerve symptoms, logged days)."""
    (felt_before, logged_before), (felt, logged) = before, after
    return {
        "en": f"Tingling or other nerve symptoms on {felt} of the last {logged} logged "
        f"{'day' if logged == 1 else 'days'}, {felt_before} of {logged_before} before "
        f"{day_month(since, 'en')}",
        "es": f"Hormigueo u otros síntomas nerviosos en {felt} "
        f"{'del último día registrado' if logged == 1 else f'de los últimos {logged} días registrados'}, "
        f"frente a {felt_before} de {logged_before} antes del {day_month(since, 'es')}",
    }


def place(before: str, after: str, since: date) -> Text:
    return {
        "en": f"Symptoms now reach the {PLACE_WORDS[after]['en']}, usually the "
        f"{PLACE_WORDS[before]['en']} before {day_month(since, 'en')}",
        "es": f"Los síntomas llegan ahora hasta {PLACE_WORDS[after]['es']}; antes del "
        f"{day_month(since, 'es')} solían llegar hasta {PLACE_WORDS[before]['es']}",
    }


def together(parts: list[Text]) -> Text:
    """One sentence of the parts, the first one leading."""
    if not parts:
        return STEADY
    return {
        language: "; ".join([parts[0][language], *(_lower(part[language]) for part in parts[1:])])
        + "."
        for language in ("en", "es")
    }


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _comma(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")
