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
    earlier = f"{before[0]} of {before[1]}", f"{before[0]} de {before[1]}"
    return {
        "en": f"Tingling or other nerve symptoms on {_days_en(*after)}, "
        f"{earlier[0]} before {day_month(since, 'en')}",
        "es": f"Hormigueo u otros síntomas nerviosos en {_days_es(*after)}, "
        f"frente a {earlier[1]} antes del {day_month(since, 'es')}",
    }


def place(before: str, after: str, reached: tuple[int, int], since: date) -> Text:
    """`reached` is (days on which symptoms reached `after`, logged days)."""
    days, logged = reached
    return {
        "en": f"Symptoms reached the {PLACE_WORDS[after]['en']} on {_days_en(days, logged)}, "
        f"usually the {PLACE_WORDS[before]['en']} before {day_month(since, 'en')}",
        "es": f"Los síntomas llegaron hasta {PLACE_WORDS[after]['es']} en {_days_es(days, logged)}; "
        f"antes del {day_month(since, 'es')} solían llegar hasta {PLACE_WORDS[before]['es']}",
    }


def _days_en(days: int, logged: int) -> str:
    return "the last logged day" if logged == 1 else f"{days} of the last {logged} logged days"


def _days_es(days: int, logged: int) -> str:
    if logged == 1:
        return "el último día registrado"
    return f"{days} de los últimos {logged} días registrados"


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
