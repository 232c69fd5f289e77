"""What is in a record's archive, in the patient's language."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from glidepath.clinical.vocabulary import Text

Language = Literal["en", "es"]

TABLES: Final[dict[str, Text]] = {
    "account_links": Text(
        en="links that were sent to change how you sign in",
        es="enlaces que se enviaron para cambiar cómo entras",
    ),
    "accounts": Text(en="your account", es="tu cuenta"),
    "alert_climbs": Text(
        en="how far each notice to your clinic has gone on", es="hasta dónde ha llegado cada aviso"
    ),
    "alert_events": Text(
        en="what became of each notice", es="qué se hizo con cada aviso a tu clínica"
    ),
    "alert_step_people": Text(
        en="to how many people a notice went on", es="a cuántas personas pasó un aviso"
    ),
    "alert_steps": Text(
        en="when a notice went on to other people", es="cuándo pasó un aviso a otras personas"
    ),
    "alert_views": Text(
        en="when somebody of the clinic saw a notice",
        es="cuándo vio alguien de la clínica un aviso",
    ),
    "alerts": Text(
        en="notices that your diary gave your clinic, with what they stood on",
        es="avisos que tu diario dio a la clínica, con sus motivos",
    ),
    "assessments": Text(
        en="what your therapist found on examination", es="lo que se encontró al explorarte"
    ),
    "audit_events": Text(
        en="who opened or changed your record, and when",
        es="quién abrió o cambió tu expediente, y cuándo",
    ),
    "authenticators": Text(en="apps that you sign in with", es="aplicaciones con las que entras"),
    "care_team": Text(en="your care team", es="tu equipo de atención"),
    "care_team_events": Text(en="changes of your care team", es="cambios de tu equipo de atención"),
    "check_ins": Text(en="your check-ins", es="tus anotaciones del día"),
    "consents": Text(en="what you agreed to, and when", es="lo que aceptaste, y cuándo"),
    "deliveries": Text(
        en="notices and reminders that were sent", es="avisos y recordatorios que se enviaron"
    ),
    "diary_summaries": Text(
        en="the last weeks of your diary in short", es="las últimas semanas de tu diario en breve"
    ),
    "emergency_openings": Text(
        en="when your record was opened in an emergency",
        es="cuándo se abrió tu expediente en una urgencia",
    ),
    "episode_events": Text(
        en="when your care ended or went on", es="cuándo terminó o siguió tu tratamiento"
    ),
    "episode_pauses": Text(en="pauses", es="pausas"),
    "episodes": Text(en="your episodes of care", es="tus episodios de tratamiento"),
    "erased_accounts": Text(en="whether you were erased", es="si se borró tu expediente"),
    "erasure_holds": Text(
        en="when the clinic held your record against being erased, and why",
        es="cuándo impidió la clínica que se borrara tu expediente, y por qué",
    ),
    "erasure_wishes": Text(
        en="when you asked to be erased, and the answer",
        es="cuándo pediste que se borrara tu expediente, y la respuesta",
    ),
    "erasures": Text(
        en="when your record was to be erased, and why",
        es="cuándo se iba a borrar tu expediente, y por qué",
    ),
    "exercise_sessions": Text(en="exercises that you logged", es="ejercicios que anotaste"),
    "exports": Text(
        en="when your record was asked for as a file",
        es="cuándo se pidió tu expediente como archivo",
    ),
    "invitations": Text(
        en="joining codes that were made for you", es="códigos que se hicieron para ti"
    ),
    "known_devices": Text(
        en="devices on which you signed in", es="dispositivos en los que entraste"
    ),
    "measure_answers": Text(
        en="your answers to questionnaires", es="tus respuestas a cuestionarios"
    ),
    "measure_assignments": Text(
        en="questionnaires that you were given", es="cuestionarios que se te pidieron"
    ),
    "message_deeds": Text(
        en="what was done about your messages", es="qué se hizo con tus mensajes"
    ),
    "messages": Text(en="messages, both ways", es="mensajes, de ambos lados"),
    "monitoring_closings": Text(
        en="periods of remote monitoring that were closed for billing",
        es="períodos de seguimiento remoto cerrados para facturar",
    ),
    "monitoring_facts": Text(
        en="records of remote monitoring", es="anotaciones del seguimiento remoto"
    ),
    "monitoring_timers": Text(
        en="a clock of remote monitoring that is running",
        es="un reloj del seguimiento remoto en marcha",
    ),
    "monitoring_work": Text(
        en="minutes that the clinic worked on your record",
        es="minutos que la clínica trabajó en tu expediente",
    ),
    "notifications": Text(
        en="what notices on a screen led to", es="a qué llevaban los avisos en pantalla"
    ),
    "passkeys": Text(en="your passkeys, by name", es="tus claves de acceso, por nombre"),
    "patient_reminders": Text(en="your reminder", es="tu recordatorio"),
    "patients": Text(en="you as a patient", es="tú como paciente"),
    "phrases": Text(en="when you made your six words", es="cuándo hiciste tus seis palabras"),
    "plan_items": Text(en="exercises of your plans", es="ejercicios de tus planes"),
    "plan_proposals": Text(
        en="next steps that your diary proposed", es="siguientes pasos que propuso tu diario"
    ),
    "plan_versions": Text(en="your plans", es="tus planes"),
    "push_subscriptions": Text(
        en="browsers that take reminders for you", es="navegadores que reciben tus recordatorios"
    ),
    "recovery_codes": Text(
        en="recovery codes, without the codes", es="códigos de recuperación, sin los códigos"
    ),
    "screenings": Text(
        en="safety questions that you were asked", es="preguntas de seguridad que se te hicieron"
    ),
    "sessions": Text(en="where you are signed in", es="dónde tienes la sesión abierta"),
    "trend_checkpoints": Text(
        en="what is reckoned from your diary day by day",
        es="lo que se calcula con tu diario día a día",
    ),
}

README: Final = Text(
    en="""Your record at {clinic}
Made on {at} ({zone}).

This archive holds what Glidepath keeps about {name}.
It is not protected: keep it where only you can open it.

diary.csv             your diary, a row for each day with an entry; opens in any spreadsheet
questionnaires.csv    your answers to questionnaires, and what they score
fhir.json             your record as HL7 FHIR R4, for another clinic's computer
manifest.json         each file with its number of rows and its SHA-256, to check that all is there
tables/*.json         everything, table by table:

{tables}

Where a member of the clinic is not known to you by name, it says "clinic"; what you did yourself
says "patient". Passwords, codes and keys are left out: whoever has them could sign in as you.
What other people wrote about you is here; what is about other people is not.
An empty list means that there is nothing of that kind.
Questions, or something is wrong? Ask your clinic.
""",
    es="""Tu expediente en {clinic}
Hecho el {at} ({zone}).

Este archivo contiene lo que Glidepath guarda sobre {name}.
No está protegido: guárdalo donde solo tú puedas abrirlo.

diary.csv             tu diario, una fila por cada día con anotaciones; se abre en una hoja de cálculo
questionnaires.csv    tus respuestas a cuestionarios y su puntuación
fhir.json             tu expediente en HL7 FHIR R4, para el ordenador de otra clínica
manifest.json         cada archivo con su número de filas y su SHA-256, para comprobar que no falta nada
tables/*.json         todo, tabla por tabla:

{tables}

Donde no conoces por su nombre a quien fue de la clínica, pone "clinic"; lo que hiciste tú pone
"patient". No están las contraseñas, los códigos ni las claves: quien los tenga podría entrar como tú.
Está lo que otras personas escribieron sobre ti; lo que trata de otras personas, no.
Una lista vacía quiere decir que no hay nada de ese tipo.
¿Preguntas, o algo no es correcto? Pregunta en tu clínica.
""",
)


def readme(
    language: Language, name: str, clinic: str, zone: str, at: datetime, tables: Iterable[str]
) -> str:
    listed = [f"{table:<22}{_said(TABLES[table], language)}" for table in tables]
    return _said(README, language).format(
        clinic=clinic,
        at=at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M"),
        zone=zone,
        name=name,
        tables="\n".join(listed),
    )


def _said(text: Text, language: Language) -> str:
    return text.es if language == "es" else text.en
