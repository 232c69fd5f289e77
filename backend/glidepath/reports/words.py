"""The words of the reports, in both languages."""

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

from glidepath.clinical.vocabulary import Text
from glidepath.trends.words import MONTHS

Language = Literal["en", "es"]


def say(text: Text, language: Language, **values: object) -> str:
    """`values` go where the text names them; what they hold is not read again."""
    words = text.en if language == "en" else text.es
    return words.format(**values) if values else words


def day(on: date, language: Language) -> str:
    month = MONTHS[language][on.month - 1]
    return (
        f"{on.day} de {month} de {on.year}" if language == "es" else f"{on.day} {month} {on.year}"
    )


def short_day(on: date, language: Language) -> str:
    return f"{on.day} {MONTHS[language][on.month - 1][:3]}"


def number(value: float, language: Language) -> str:
    """One digit after the point."""
    written = f"{value:.1f}"
    return written.replace(".", ",") if language == "es" else written


NOTHING: Final = "–"
TITLE: Final = Text(en="Progress report", es="Informe de evolución")
OWN_TITLE: Final = Text(en="My progress", es="Mi evolución")
PERIOD: Final = Text(en="{first} to {last}", es="del {first} al {last}")
CARE: Final = Text(
    en="{condition}, {side}. In care since {since}.",
    es="{condition}, {side}. En tratamiento desde el {since}.",
)
CARE_ENDED: Final = Text(
    en="{condition}, {side}. In care from {since} to {until}.",
    es="{condition}, {side}. En tratamiento del {since} al {until}.",
)
MADE: Final = Text(
    en="Period: {period}. Made on {on} for {by}, {clinic}.",
    es="Período: {period}. Hecho el {on} para {by}, {clinic}.",
)
OWN_MADE: Final = Text(
    en="Period: {period}. Made on {on}, {clinic}.", es="Período: {period}. Hecho el {on}, {clinic}."
)
FOOTER: Final = Text(
    en="From the patient's own diary. A day without an entry is a gap, never a zero.",
    es="A partir del diario del paciente. Un día sin anotaciones es un hueco, nunca un cero.",
)
OWN_FOOTER: Final = Text(
    en="From your own diary. A day on which you wrote nothing is left empty.",
    es="A partir de tu diario. Un día en el que no anotaste nada queda vacío.",
)

FIGURES: Final = Text(en="At a glance", es="En resumen")
COURSE: Final = Text(en="Symptoms", es="Síntomas")
OWN_COURSE: Final = Text(en="How it was, day by day", es="Cómo fue, día a día")
COURSE_NOTE: Final = Text(
    en="Line: highest pain rating of the day, 0 to 10. Bars: how many of tingling, burning, shooting and numbness "
    "(0 to 4). Ticks: furthest place. Shaded: no check-in. Dashed P: new plan. Dotted A: alert.",
    es="Línea: mayor valoración del dolor del día, de 0 a 10. Barras: cuántos de hormigueo, ardor, descargas y "
    "adormecimiento (0 a 4). Marcas: zona más lejana. Sombreado: sin registro. P discontinua: nuevo plan. "
    "A punteada: aviso.",
)
OWN_COURSE_NOTE: Final = Text(
    en="Line: your pain, from 0 (none) to 10. Bars: tingling, burning, shooting pain or numbness; the higher, the more "
    "of them. Small marks: how far down the leg you felt it. Shaded: you wrote nothing. P: a new plan.",
    es="Línea: tu dolor, de 0 (nada) a 10. Barras: hormigueo, ardor, descargas o adormecimiento; cuanto más altas, más "
    "de ellos. Marcas pequeñas: hasta dónde de la pierna lo notaste. Sombreado: no anotaste nada. P: un plan nuevo.",
)
PAIN_AXIS: Final = (
    (10, Text(en="Pain 10", es="Dolor 10")),
    (5, Text(en="5", es="5")),
    (0, Text(en="0", es="0")),
)
NERVE: Final = Text(en="Nerve symptoms 0–4", es="Sínt. nerviosos 0–4")
OWN_NERVE: Final = Text(en="Tingling etc. 0–4", es="Hormigueo, etc. 0–4")
PLACES: Final = (
    Text(en="Back", es="Espalda"),
    Text(en="Buttock", es="Glúteo"),
    Text(en="Thigh", es="Muslo"),
    Text(en="Calf", es="Pantorrilla"),
    Text(en="Foot", es="Pie"),
)
PLAN_MARK: Final = Text(en="P{number}", es="P{number}")
ALERT_MARK: Final = Text(en="A{number}", es="A{number}")
NO_CHECK_IN: Final = Text(
    en="There is no check-in in this period.", es="No hay ningún registro en este período."
)

WHAT: Final = Text(en="What", es="Qué")
FIRST_DAYS: Final = Text(en="{first} to {last}", es="{first} a {last}")
PAIN: Final = Text(
    en="Pain, mean of the logged days (0–10)", es="Dolor, media de los días registrados (0–10)"
)
OWN_PAIN: Final = Text(en="Your pain, on average (0–10)", es="Tu dolor, de media (0–10)")
NERVE_DAYS: Final = Text(en="Days with nerve symptoms", es="Días con síntomas nerviosos")
OWN_NERVE_DAYS: Final = Text(
    en="Days with tingling, burning, shooting pain or numbness",
    es="Días con hormigueo, ardor, descargas o adormecimiento",
)
PLACE: Final = Text(en="Furthest place", es="Zona más lejana")
OWN_PLACE: Final = Text(en="How far down you felt it", es="Hasta dónde lo notaste")
LOGGED: Final = Text(en="Days with a check-in", es="Días con registro")
OWN_LOGGED: Final = Text(en="Days on which you wrote", es="Días en los que anotaste")
OF: Final = Text(en="{some} of {all}", es="{some} de {all}")

ADHERENCE: Final = Text(en="Adherence", es="Adherencia")
OWN_ADHERENCE: Final = Text(en="Your exercises", es="Tus ejercicios")
CHECK_INS: Final = Text(en="Check-in", es="Registro")
EXERCISED: Final = Text(en="Exercise", es="Ejercicio")
ADHERENCE_SUM: Final = Text(
    en="Check-ins on {logged} of {days} days, exercises on {exercised} of {days}{paused}.",
    es="Registros en {logged} de {days} días, ejercicios en {exercised} de {days}{paused}.",
)
OWN_ADHERENCE_SUM: Final = Text(
    en="You wrote on {logged} of {days} days and did exercises on {exercised}{paused}.",
    es="Anotaste en {logged} de {days} días e hiciste ejercicios en {exercised}{paused}.",
)
PAUSED: Final = Text(en="; {paused} days were a pause", es="; {paused} días fueron de pausa")
STRIP_NOTE: Final = Text(
    en="Dark: done. Light: nothing recorded. Grey: pause.",
    es="Oscuro: hecho. Claro: nada anotado. Gris: pausa.",
)
EXERCISE: Final = Text(en="Exercise", es="Ejercicio")
DOSE: Final = Text(en="Prescribed", es="Indicado")
DAYS_DONE: Final = Text(en="Days done, of those asked for", es="Días hechos, de los pedidos")
DONE_OF: Final = Text(en="{done} of {wanted}", es="{done} de {wanted}")
DAYS_A_WEEK: Final = Text(en="{days} days a week", es="{days} días a la semana")
ONE_DAY_A_WEEK: Final = Text(en="1 day a week", es="1 día a la semana")
NOT_ON_PLAN: Final = Text(en="not on the plan now", es="ya no está en el plan")

MEASURES: Final = Text(en="Outcome measures", es="Medidas de resultado")
OWN_MEASURES: Final = Text(en="Your questionnaires", es="Tus cuestionarios")
MEASURE: Final = Text(en="Measure", es="Medida")
FIRST: Final = Text(en="First", es="Primera")
LAST: Final = Text(en="Latest", es="Última")
CHANGE: Final = Text(en="Change", es="Cambio")

ALERTS: Final = Text(en="Alerts and what was done", es="Avisos y qué se hizo")
NO_ALERT: Final = Text(en="No alert in this period.", es="Ningún aviso en este período.")
ALERT: Final = Text(en="Alert", es="Aviso")
DONE: Final = Text(en="What was done", es="Qué se hizo")
ALERT_OF: Final = Text(en="{kind} ({severity})", es="{kind} ({severity})")
EARLIER: Final = Text(
    en="{count} earlier ones of this period are in the record.",
    es="{count} anteriores de este período están en la historia.",
)
STILL_OPEN: Final = Text(en="Nobody has looked at it yet.", es="Nadie lo ha mirado todavía.")
BY_ON: Final = Text(en="{what}: {by}, {on}", es="{what}: {by}, {on}")
ITSELF: Final = Text(en="{what}, {on}", es="{what}, {on}")
SEEN: Final = Text(en="Seen", es="Visto")
SNOOZED: Final = Text(en="Put off", es="Pospuesto")
UNKNOWN: Final = Text(en="Resolved", es="Resuelto")
OWN_LOOKS: Final = Text(en="Who looked", es="Quién lo miró")
OWN_LOOK: Final = Text(
    en="{on}: {by} looked at what you wrote.", es="{on}: {by} miró lo que anotaste."
)

PLANS: Final = Text(en="Plan changes", es="Cambios del plan")
OWN_PLANS: Final = Text(en="What changed in your plan", es="Qué cambió en tu plan")
NO_PLAN: Final = Text(en="The plan stayed as it was.", es="El plan siguió igual.")
FROM: Final = Text(en="From", es="Desde")
PLAN: Final = Text(en="Plan", es="Plan")
FIRST_PLAN: Final = Text(en="First plan", es="Primer plan")
SAME_PLAN: Final = Text(en="Begun again without a change", es="Empezado de nuevo sin cambios")

KINDS: Final[Mapping[str, Text]] = {
    "worsening": Text(en="Worsening", es="Empeoramiento"),
    "red_flag": Text(en="Warning sign", es="Señal de alarma"),
    "nerve_loss": Text(en="New weakness or numbness", es="Debilidad o adormecimiento nuevos"),
    "nerve_below_knee": Text(
        en="New nerve symptom below the knee", es="Síntoma nervioso nuevo por debajo de la rodilla"
    ),
    "severe_pain": Text(en="New severe pain", es="Dolor intenso nuevo"),
    "quiet": Text(en="Gone quiet", es="Sin noticias"),
    "not_improving": Text(en="Not improving as expected", es="No mejora como se esperaba"),
}
SEVERITIES: Final[Mapping[str, Text]] = {
    "urgent": Text(en="urgent", es="urgente"),
    "high": Text(en="high", es="alta"),
    "moderate": Text(en="moderate", es="moderada"),
    "low": Text(en="low", es="baja"),
}
OUTCOMES: Final[Mapping[str, Text]] = {
    "called": Text(en="Patient called", es="Se llamó al paciente"),
    "plan_changed": Text(en="Plan changed", es="Se cambió el plan"),
    "referred": Text(en="Referred", es="Se derivó al paciente"),
    "advice_given": Text(en="Advice given", es="Se dio un consejo"),
    "appointment": Text(en="Appointment made", es="Se dio una cita"),
    "no_action": Text(en="No action", es="Sin medidas"),
    "logged_again": Text(en="The patient wrote again", es="El paciente volvió a anotar"),
    "discharged": Text(en="Care ended", es="Fin del tratamiento"),
}

CHART_ALT: Final = Text(
    en="Chart from {first} to {last}, {logged} of {days} days with a check-in. {figures}{marks}",
    es="Gráfico del {first} al {last}, {logged} de {days} días con registro. {figures}{marks}",
)
FIGURES_ALT: Final = Text(
    en="Pain from {least} to {most} of 10, nerve symptoms on {nerve} days, furthest place: {place}.",
    es="Dolor de {least} a {most} de 10, síntomas nerviosos en {nerve} días, zona más lejana: {place}.",
)
PLANS_ALT: Final = Text(en=" New plans: {days}.", es=" Planes nuevos: {days}.")
ALERTS_ALT: Final = Text(en=" Alerts: {days}.", es=" Avisos: {days}.")
STRIP_ALT: Final = Text(
    en="Two rows of days from {first} to {last}: check-ins on {logged}, exercises on {exercised} of {days} days.",
    es="Dos filas de días del {first} al {last}: registros en {logged}, ejercicios en {exercised} de {days} días.",
)

OWN_LEAD: Final = Text(
    en="You wrote on {logged} of {days} days. {course}",
    es="Anotaste en {logged} de {days} días. {course}",
)
OWN_BETTER: Final = Text(
    en="Your pain was about {before} at first and about {after} at the end: less than before.",
    es="Tu dolor era de alrededor de {before} al principio y de alrededor de {after} al final: menos que antes.",
)
OWN_WORSE: Final = Text(
    en="Your pain was about {before} at first and about {after} at the end: more than before.",
    es="Tu dolor era de alrededor de {before} al principio y de alrededor de {after} al final: más que antes.",
)
OWN_SAME: Final = Text(
    en="Your pain stayed at about {after}.", es="Tu dolor siguió en alrededor de {after}."
)
OWN_TOO_FEW: Final = Text(en="That is too little to compare.", es="Es poco para poder comparar.")
OWN_ASK: Final = Text(
    en="Take this with you when you see somebody about your leg. What it means for you, ask your therapist.",
    es="Llévalo contigo cuando te vea alguien por tu pierna. Qué significa para ti, pregúntaselo a tu terapeuta.",
)

FOUND: Final = Text(en="Examination", es="Exploración")
DATE: Final = Text(en="Date", es="Fecha")
LEFT: Final = Text(en="Left leg", es="Pierna izquierda")
RIGHT: Final = Text(en="Right leg", es="Pierna derecha")
SLR: Final = Text(
    en="Straight-leg raise {angle}°, {symptom}",
    es="Elevación de la pierna recta {angle}°, {symptom}",
)
WITH_SYMPTOM: Final = Text(en="with symptoms", es="con síntomas")
WITHOUT_SYMPTOM: Final = Text(en="without symptoms", es="sin síntomas")
SLUMP_POSITIVE: Final = Text(en="Slump positive", es="Slump positivo")
SLUMP_NEGATIVE: Final = Text(en="Slump negative", es="Slump negativo")
EASED: Final = Text(en="eased by the neck", es="se alivia con el cuello")
SETS: Final = Text(en="{sets} × {each}", es="{sets} × {each}")
REPETITIONS: Final = Text(en="{count} repetitions", es="{count} repeticiones")
HOLD: Final = Text(en="{count} s hold", es="{count} s de mantenimiento")
HOLDS: Final = Text(en="{count} × {hold} s hold", es="{count} × {hold} s de mantenimiento")
