"""`glidepath replay`: what another sensitivity would have done on a clinic's own history."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, get_args
from uuid import UUID

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from glidepath.alerts.sensitivity import current
from glidepath.care import service as care
from glidepath.database import encryption
from glidepath.database.engine import Database
from glidepath.identity import service as identity
from glidepath.insight.replay import Burden, Change, Diary, Raised, Replay, Usefulness, read
from glidepath.insight.replay import replay as replay_diaries
from glidepath.settings import load_settings
from glidepath.startup import read_database
from glidepath.trends import Sensitivity

Language = Literal["en", "es"]

# Below this many logged days all is done before a progress bar would be seen.
LONG_HISTORY: Final = 2000

WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "span": "{clinic}: {patients} patients with {days} patient-days since {since}.",
        "burdens": "sensitivity,alerts,patients told of,per patient and 180 days,per patient-week",
        "current": "{} (now)",
        "changes": "patient,change,since,{now},{then},severity,why,what became of it",
        "counts": "Same day: {same}. Earlier: {earlier}. Later: {later}. New: {new}. Gone: {gone}.",
        "earlier": "{} day earlier|{} days earlier",
        "later": "{} day later|{} days later",
        "new": "new",
        "gone": "gone",
        "told": "{change}, told on {day}",
        "outcomes": "What became of the {count} alerts that were raised in that time: {outcomes}.",
        "untold": "What became of the {count} of which nobody would be told: {outcomes}.",
        "caution": "Both are what today's detector makes of the diaries as they are known today; "
        "late entries and other versions may have raised other alerts at the time.",
        "high": "high",
        "moderate": "moderate",
        "none": "no alert at the time",
        "open": "open",
        "acknowledged": "acknowledged",
        "resolved": "resolved",
        "snoozed": "snoozed",
        "called": "called",
        "plan_changed": "plan changed",
        "referred": "referred",
        "advice_given": "advice given",
        "appointment": "appointment",
        "no_action": "no action",
        "yes": "useful",
        "no": "not useful",
        "useful": "Therapists called {yes} of them useful and {no} not useful; of {unsaid} nobody said.",
    },
    "es": {
        "span": "{clinic}: {patients} pacientes con {days} días-paciente desde el {since}.",
        "burdens": "sensibilidad,avisos,pacientes avisados,por paciente y 180 días,"
        "por paciente y semana",
        "current": "{} (ahora)",
        "changes": "paciente,cambio,desde,{now},{then},gravedad,por qué,qué fue de él",
        "counts": "Mismo día: {same}. Antes: {earlier}. Después: {later}. Nuevos: {new}. "
        "Desaparecen: {gone}.",
        "earlier": "{} día antes|{} días antes",
        "later": "{} día después|{} días después",
        "new": "nuevo",
        "gone": "desaparece",
        "told": "{change}, avisado el {day}",
        "outcomes": "Qué fue de los {count} avisos surgidos en ese tiempo: {outcomes}.",
        "untold": "Qué fue de los {count} de los que nadie se enteraría: {outcomes}.",
        "caution": "Ambas son lo que el detector de hoy ve en los diarios tal como se conocen hoy; "
        "con entradas tardías u otras versiones pudo haber otros avisos en su momento.",
        "high": "alta",
        "moderate": "moderada",
        "none": "sin aviso en su momento",
        "open": "abierto",
        "acknowledged": "visto",
        "resolved": "resuelto",
        "snoozed": "pospuesto",
        "called": "llamada",
        "plan_changed": "plan cambiado",
        "referred": "derivación",
        "advice_given": "consejo",
        "appointment": "cita",
        "no_action": "sin medidas",
        "yes": "útil",
        "no": "no útil",
        "useful": "Los terapeutas dieron {yes} por útiles y {no} por no útiles; de {unsaid} nadie lo dijo.",
    },
}


class ReplayError(click.ClickException):
    """One sentence; the status is that of a wrong argument."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class _History:
    """A clinic as far as it is replayed; patients are numbered in the order of their ids."""

    clinic_id: UUID
    clinic: str
    timezone: str
    sensitivity: Sensitivity
    diaries: list[Diary]
    numbers: dict[UUID, int]
    # Empty unless asked for.
    names: dict[UUID, str]

    def label(self, patient_id: UUID) -> str:
        return self.names.get(patient_id) or str(self.numbers[patient_id])


@click.command()
@click.option(
    "--sensitivity",
    type=click.Choice(get_args(Sensitivity)),
    required=True,
    help="The sensitivity to compare with the present one.",
)
@click.option("--clinic", help="Name or id of the clinic; not needed where there is only one.")
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    default=180,
    show_default=True,
    help="How many days back alerts are counted.",
)
@click.option("--names", is_flag=True, help="Show patients' names instead of numbers.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
@click.option("--lang", type=click.Choice(get_args(Language)), default="en", show_default=True)
def replay(
    sensitivity: Sensitivity,
    clinic: str | None,
    days: int,
    names: bool,
    as_json: bool,
    lang: Language,
) -> None:
    """Show what another sensitivity would have done on a clinic's own history.

    Every diary is read from its beginning and judged day by day, at the clinic's sensitivity and at the
    one asked for. Nothing is written or sent.
    """
    history = _read(clinic, names=names)
    # The clinic's own day, wherever this is run.
    since = care.today_of(history.timezone, datetime.now(UTC)) - timedelta(days=days - 1)
    diaries = _with_progress(history.diaries)
    result = replay_diaries(diaries, sensitivity, since, history.sensitivity)
    if as_json:
        click.echo(msgspec.json.encode(_as_object(history, result, lang)).decode())
    else:
        _print(history, result, lang)


def _read(clinic: str | None, *, names: bool) -> _History:
    with ExitStack() as stack:
        # Standard output is for the answer alone.
        with redirect_stdout(sys.stderr):
            settings = load_settings(os.environ)
            encryption.use(settings)
            url = stack.enter_context(read_database(settings))
        return asyncio.run(_history(url, clinic, names=names))


async def _history(url: str, clinic: str | None, *, names: bool) -> _History:
    database = Database(url, pool_size=1)
    try:
        async with database.reading() as session:
            clinics = await identity.clinic_names(session)
        clinic_id = _chosen(clinics, clinic)
        async with database.reading(clinic_id) as session:
            timezone = await identity.clinic_timezone(session)
            chosen = await current(session)
            diaries = await read(session)
            patients = sorted({diary.patient_id for diary in diaries})
            known = await identity.names(session, set(patients)) if names else {}
    finally:
        await database.close()
    numbers = {patient_id: number for number, patient_id in enumerate(patients, start=1)}
    return _History(clinic_id, clinics[clinic_id], timezone, chosen, diaries, numbers, known)


def _chosen(clinics: Mapping[UUID, str], wanted: str | None) -> UUID:
    if not clinics:
        raise ReplayError("There is no clinic in this database.")
    known = "; ".join(f"{name} ({clinic_id})" for clinic_id, name in clinics.items())
    if wanted is None:
        if len(clinics) > 1:
            raise ReplayError(f"There are several clinics; name one with --clinic: {known}.")
        return next(iter(clinics))
    sought = wanted.strip().casefold()
    found = [
        clinic_id
        for clinic_id, name in clinics.items()
        if sought in (name.casefold(), str(clinic_id))
    ]
    if not found:
        raise ReplayError(f"There is no clinic {wanted!r}; there is: {known}.")
    if len(found) > 1:
        raise ReplayError(f"There are several clinics {wanted!r}; name one by its id: {known}.")
    return found[0]


def _with_progress(diaries: list[Diary]) -> Iterator[Diary]:
    total = sum(len(diary.days) for diary in diaries)
    console = Console(stderr=True)
    quiet = not console.is_terminal or total < LONG_HISTORY
    with Progress(console=console, transient=True, disable=quiet) as progress:
        task = progress.add_task("", total=total)
        for diary in diaries:
            yield diary
            progress.advance(task, len(diary.days))


def _as_object(history: _History, result: Replay, lang: Language) -> dict[str, Any]:
    return {
        "clinic": {"id": history.clinic_id, "name": history.clinic},
        "since": result.since,
        "patients": result.patients,
        "patient_days": result.patient_days,
        "now": result.now,
        "then": result.then,
        "outcomes": result.outcomes,
        "useful": result.useful,
        "changes": [_change_as_object(history, change, lang) for change in result.changes],
    }


def _change_as_object(history: _History, change: Change, lang: Language) -> dict[str, Any]:
    named = {"name": history.names[change.patient_id]} if history.names else {}
    return {
        "patient_id": change.patient_id,
        "patient": history.numbers[change.patient_id],
        **named,
        "episode_id": change.episode_id,
        "change": change.kind,
        "days": change.days,
        "now": _raised_as_object(change.now, lang),
        "then": _raised_as_object(change.then, lang),
        "told_on": change.told_on,
        "outcome": change.outcome,
        "useful": change.useful,
    }


def _raised_as_object(raised: Raised | None, lang: Language) -> dict[str, Any] | None:
    if raised is None:
        return None
    return {
        "date": raised.day,
        "onset": raised.onset,
        "severity": raised.severity,
        "reason": raised.reason[lang],
    }


def _print(history: _History, result: Replay, lang: Language) -> None:
    words = WORDS[lang]
    # Written to a file or a pipe, a reason stays on its line, whole.
    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False)
    span = words["span"].format(
        clinic=history.clinic,
        patients=result.patients,
        days=result.patient_days,
        since=result.since,
    )
    console.print(escape(span))
    console.print(_burdens(result, words))
    table = _changes(history, result, lang)
    if table.row_count:
        console.print(table)
    kinds = ("same", "earlier", "later", "new", "gone")
    numbers = {kind: sum(change.kind == kind for change in result.changes) for kind in kinds}
    console.print(words["counts"].format(**numbers))
    if result.outcomes:
        console.print(_outcomes(words, "outcomes", result.outcomes))
        console.print(_useful(words, result.useful, sum(result.outcomes.values())))
    untold = [change for change in result.changes if change.kind == "gone" and not change.told_on]
    if untold:
        counts = Counter(change.outcome or "none" for change in untold)
        console.print(_outcomes(words, "untold", counts))
        useful = Usefulness.of(change.useful for change in untold)
        console.print(_useful(words, useful, len(untold)))
    console.print(words["caution"])


def _outcomes(words: Mapping[str, str], sentence: str, counts: Mapping[str, int]) -> str:
    listed = ", ".join(f"{words[outcome]} {count}" for outcome, count in sorted(counts.items()))
    return words[sentence].format(count=sum(counts.values()), outcomes=listed)


def _useful(words: Mapping[str, str], useful: Usefulness, count: int) -> str:
    unsaid = count - useful.yes - useful.no
    return words["useful"].format(yes=useful.yes, no=useful.no, unsaid=unsaid)


def _burdens(result: Replay, words: Mapping[str, str]) -> Table:
    table = Table(*words["burdens"].split(","))

    def add(label: str, burden: Burden) -> None:
        table.add_row(
            label,
            str(burden.alerts),
            str(burden.patients),
            _rate(burden.per_180_days, 2),
            _rate(burden.per_week, 3),
        )

    add(words["current"].format(result.now.sensitivity), result.now)
    add(result.then.sensitivity, result.then)
    return table


def _rate(rate: float | None, digits: int) -> str:
    return "" if rate is None else f"{rate:.{digits}f}"


def _changes(history: _History, result: Replay, lang: Language) -> Table:
    words = WORDS[lang]
    columns = words["changes"].format(now=result.now.sensitivity, then=result.then.sensitivity)
    table = Table(*columns.split(","))
    for change in _changed(result.changes):
        table.add_row(
            escape(history.label(change.patient_id)),
            _in_words(change, words),
            change.on.onset.isoformat(),
            change.now.day.isoformat() if change.now else "",
            change.then.day.isoformat() if change.then else "",
            words[change.on.severity],
            change.on.reason[lang],
            _became(change, words),
        )
    return table


def _became(change: Change, words: Mapping[str, str]) -> str:
    outcome = words[change.outcome or "none"]
    return (
        outcome
        if change.useful is None
        else f"{outcome}, {words['yes' if change.useful else 'no']}"
    )


def _changed(changes: Iterable[Change]) -> Iterator[Change]:
    return (change for change in changes if change.kind != "same")


def _in_words(change: Change, words: Mapping[str, str]) -> str:
    days = abs(change.days or 0)
    one, _, many = words[change.kind].partition("|")
    text = (many if many and days > 1 else one).format(days)
    return words["told"].format(change=text, day=change.told_on) if change.told_on else text
