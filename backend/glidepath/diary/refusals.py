"""Why an entry is refused, in words for the person whose phone keeps it."""

from datetime import date

from glidepath.clinical.vocabulary import Text
from glidepath.diary.schemas import Refusal
from glidepath.trends.words import day_month

REFUSALS = {
    "malformed": Text(
        en="This entry could not be read.",
        es="No se ha podido leer esta anotación.",
    ),
    "day_mismatch": Text(
        en="The day and the time of this entry do not match. Check the phone's clock.",
        es="El día y la hora de esta anotación no coinciden. Revisa el reloj del teléfono.",
    ),
    "day_out_of_range": Text(
        en="This day is too far back or in the future. Check the phone's date.",
        es="Este día queda demasiado atrás o en el futuro. Revisa la fecha del teléfono.",
    ),
    "clock_wrong": Text(
        en="The phone's clock was wrong when this was written. Set it and save the entry again.",
        es="El reloj del teléfono estaba mal al escribir esto. Ajústalo y guarda otra vez la anotación.",
    ),
    "day_full": Text(
        en="This day is full: a day holds 200 entries.",
        es="Este día está completo: un día admite 200 anotaciones.",
    ),
    "messages_full": Text(
        en="A day holds 20 messages. Send this one tomorrow. For what cannot wait, call your clinic.",
        es="Un día admite 20 mensajes. Envía este mañana. Si no puede esperar, llama a tu clínica.",
    ),
    "unknown_measure": Text(
        en="These questions are not asked of you. Your answers stay here.",
        es="Estas preguntas no se te hacen a ti. Tus respuestas se quedan aquí.",
    ),
    "ratings_wrong": Text(
        en="An answer does not fit its question. Answer the questions again.",
        es="Una respuesta no encaja con su pregunta. Responde otra vez a las preguntas.",
    ),
    "answers_full": Text(
        en="These questions were answered ten times already.",
        es="Estas preguntas ya se han respondido diez veces.",
    ),
    "too_many_edits": Text(
        en="This entry was changed 20 times today. Send it again tomorrow.",
        es="Esta anotación se ha cambiado 20 veces hoy. Envíala otra vez mañana.",
    ),
    "revises_revision": Text(
        en="This entry changes a change. It must name the first entry.",
        es="Esta anotación cambia un cambio. Debe nombrar la primera anotación.",
    ),
    "unknown_zone": Text(
        en="The phone's time zone is unknown here.",
        es="Aquí no se conoce la zona horaria del teléfono.",
    ),
    "unknown_plan": Text(
        en="This entry names a plan that your clinic does not have for you.",
        es="Esta anotación nombra un plan que tu clínica no tiene para ti.",
    ),
    "id_reused": Text(
        en="Another entry already has this number, with other content.",
        es="Otra anotación ya tiene este número, con otro contenido.",
    ),
}


def refuse(code: str, detail: str | None = None) -> Refusal:
    message = REFUSALS[code]
    if detail:
        message = Text(en=f"{message.en} ({detail})", es=f"{message.es} ({detail})")
    return Refusal(code=code, message=message)


def refuse_after(ended_on: date | None) -> Refusal:
    """Of an entry from a day after the end of care."""
    assert ended_on is not None, "a running episode takes every day"
    en = f"Your care ended on {day_month(ended_on, 'en')}. This entry is of a later day: it stays here."
    es = (
        f"Tu tratamiento terminó el {day_month(ended_on, 'es')}. "
        "Esta anotación es de un día posterior: se queda aquí."
    )
    return Refusal(code="care_ended", message=Text(en=en, es=es))
