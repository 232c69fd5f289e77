"""The words of the evidence of remote monitoring, in both languages."""

from collections.abc import Mapping
from typing import Final

from glidepath.clinical.vocabulary import Text

TITLE: Final = Text(en="Evidence of remote monitoring", es="Pruebas del seguimiento a distancia")
SPAN: Final[Mapping[str, Text]] = {
    "period": Text(
        en="Period of 30 days, from {first} to {last}.",
        es="Período de 30 días, del {first} al {last}.",
    ),
    "month": Text(
        en="Calendar month, from {first} to {last}.", es="Mes natural, del {first} al {last}."
    ),
}
CLOSED: Final = Text(
    en="Closed by {by} on {on}.",
    es="Cerrado por {by} el {on}.",
)
MADE: Final = Text(
    en="Made on {on} for {by}, {clinic}. Closing {id}, counted by version {rules} of the rules in {program}.",
    es="Hecho el {on} para {by}, {clinic}. Cierre {id}, contado con la versión {rules} de las reglas en {program}.",
)
AMENDS: Final = Text(
    en="It amends the closing {id}, which stays as it was.",
    es="Modifica el cierre {id}, que sigue como estaba.",
)
FOOTER: Final = Text(
    en="When each entry was written, and nothing of what it says. Not billing advice.",
    es="Cuándo se escribió cada anotación, y nada de lo que dice. No es asesoramiento de facturación.",
)
CLAIMED: Final = Text(en="What can be billed: {claims}", es="Se puede facturar: {claims}")
UNCLAIMED: Final = Text(en="Nothing can be billed.", es="No se puede facturar nada.")
BUT: Final = Text(en="Not billed: {why}.", es="No se factura: {why}.")
ZONES: Final = Text(
    en="Times of the diary are those of {patient}, all others those of {clinic}.",
    es="Las horas del diario son las de {patient}; las demás, las de {clinic}.",
)
ZONE: Final = Text(en="All times are those of {clinic}.", es="Todas las horas son las de {clinic}.")

DAYS: Final = Text(en="Days of data", es="Días con datos")
DAYS_SUM: Final = Text(
    en="{days} days, on which the patient made {entries} entries.",
    es="{days} días, en los que el paciente hizo {entries} anotaciones.",
)
DAY: Final = Text(en="Day", es="Día")
WHAT: Final = Text(en="What", es="Qué")
WRITTEN: Final = Text(en="Written", es="Escrito")
ARRIVED: Final = Text(en="Arrived here", es="Llegó aquí")
ID: Final = Text(en="Number", es="Número")
ENTRIES: Final[Mapping[str, Text]] = {
    "check_in": Text(en="Check-in", es="Registro"),
    "exercise_session": Text(en="Exercise", es="Ejercicio"),
}
ERASED: Final = Text(en="Erased since", es="Borrado después")

MINUTES: Final = Text(en="Counted time", es="Tiempo contado")
MINUTES_SUM: Final = Text(
    en="{minutes} min in all, {assistants} min of them by assistants (PTA).",
    es="{minutes} min en total, {assistants} min de ellos de asistentes (PTA).",
)
WHO: Final = Text(en="Who", es="Quién")
WHEN: Final = Text(en="From – to", es="De – a")
TIME: Final = Text(en="Min:s", es="Min:s")
NOTE: Final = Text(en="Note", es="Nota")
IDLE: Final = Text(en="stopped by itself", es="se paró solo")

CONTACTS: Final = Text(en="Live conversations", es="Conversaciones en directo")
RECORDS: Final = Text(en="Records", es="Anotaciones de la clínica")
HELD: Final = Text(en="When", es="Cuándo")
SAID: Final = Text(en="What it says", es="Qué dice")
SINCE: Final = Text(en="since {first}", es="desde el {first}")
NONE: Final = Text(en="None.", es="Nada.")
KINDS: Final[Mapping[str, Text]] = {
    "plan_of_care": Text(en="Plan of care", es="Plan de atención"),
    "consent": Text(en="Consent to monitoring", es="Consentimiento para el seguimiento"),
    "education": Text(en="What the patient was shown", es="Qué se le enseñó al paciente"),
    "biller": Text(en="Who bills", es="Quién factura"),
    "contact": Text(en="Live conversation", es="Conversación en directo"),
    "device": Text(en="Device", es="Dispositivo"),
    "physiologic": Text(
        en="Physiologic monitoring elsewhere", es="Seguimiento fisiológico en otro lugar"
    ),
}
DETAILS: Final[Mapping[str, Text]] = {
    "phone": Text(en="by phone", es="por teléfono"),
    "video": Text(en="by video", es="por vídeo"),
    "in_person": Text(en="in person", es="en persona"),
    "patient": Text(en="by the patient", es="del paciente"),
    "caregiver": Text(en="by a caregiver", es="de quien lo cuida"),
    "understood": Text(en="said that they understood", es="dijo que lo entendió"),
    "not_understood": Text(en="did not say that they understood", es="no dijo que lo entendió"),
}
WHYS: Final[Mapping[str, Text]] = {
    "before_rules": Text(en="before the rules of 2026", es="antes de las reglas de 2026"),
    "outside_episode": Text(en="outside the episode of care", es="fuera del episodio de atención"),
    "before_first_period": Text(
        en="before the first period, which was closed",
        es="antes del primer período, que se cerró",
    ),
    "no_consent": Text(en="no consent", es="sin consentimiento"),
    "no_plan_of_care": Text(en="no plan of care", es="sin plan de atención"),
    "too_few_days": Text(en="fewer than 2 days of data", es="menos de 2 días con datos"),
    "too_little_time": Text(en="less than 10 minutes", es="menos de 10 minutos"),
    "no_contact": Text(en="no live conversation", es="ninguna conversación en directo"),
    "no_education": Text(en="the patient was not shown how", es="no se le enseñó cómo al paciente"),
    "no_biller": Text(en="nobody is named who bills", es="no consta quién factura"),
    "more_than_one_biller": Text(
        en="more than one is named who bills", es="consta más de una persona que factura"
    ),
    "physiologic_monitoring": Text(
        en="physiologic monitoring is billed elsewhere",
        es="en otro lugar se factura seguimiento fisiológico",
    ),
}
