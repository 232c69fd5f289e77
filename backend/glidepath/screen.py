"""`glidepath screen`: the detector over a file of diaries, as it would have run day by day."""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal, get_args

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from glidepath import diary_csv
from glidepath.sheets import harmless
from glidepath.trends import Day, Screening, Sensitivity, Signal
from glidepath.trends import screen as screen_diary

Language = Literal["en", "es"]

# Below this many logged days all is done before a progress bar would be seen.
LONG_INPUT: Final = 2000

WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "columns": "patient,day,kind,severity,since,why",
        "worsening": "worsening",
        "high": "high",
        "moderate": "moderate",
        "total": "{alerts} in {patients} with {days}.",
        "alert": "{} alert|{} alerts",
        "patient": "{} diary|{} diaries",
        "day": "{} logged day|{} logged days",
    },
    "es": {
        "columns": "paciente,día,tipo,gravedad,desde,por qué",
        "worsening": "empeoramiento",
        "high": "alta",
        "moderate": "moderada",
        "total": "{alerts} en {patients} con {days}.",
        "alert": "{} aviso|{} avisos",
        "patient": "{} diario|{} diarios",
        "day": "{} día registrado|{} días registrados",
    },
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object a line instead of a table."
)
@click.option(
    "--scores",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the score of every logged day to this CSV file (patient,date,score).",
)
@click.option(
    "--sensitivity",
    type=click.Choice(get_args(Sensitivity)),
    default="standard",
    show_default=True,
    help="How little it takes to raise an alert.",
)
@click.option("--lang", type=click.Choice(get_args(Language)), default="en", show_default=True)
def screen(
    file: Path, as_json: bool, scores: Path | None, sensitivity: Sensitivity, lang: Language
) -> None:
    """Find worsenings in the diaries of FILE, a CSV (or .csv.gz) of daily entries.

    Columns, in any order: patient, date (2025-05-04), pain (0-10), nerve (0-4, how many of tingling,
    burning, shooting and numbness), place (back, buttock, thigh, calf or foot). An empty cell or an
    absent day is missing. Other columns are ignored. Every day is judged from the days up to it alone.
    """
    try:
        diaries = diary_csv.read(file, lambda repeat: click.echo(f"Note: {repeat}", err=True))
    except diary_csv.DiaryFileError as error:
        click.echo(f"Error: {error}", err=True)
        raise SystemExit(2) from error
    screenings = dict(_screen_all(diaries, sensitivity))
    if scores is not None:
        _write_scores(scores, screenings)
    if as_json:
        for patient, signal in _alerts(screenings):
            click.echo(json.dumps(_as_object(patient, signal, lang), ensure_ascii=False))
    else:
        _print_table(screenings, lang)


def _screen_all(
    diaries: dict[str, list[Day]], sensitivity: Sensitivity
) -> Iterator[tuple[str, Screening]]:
    total = sum(map(len, diaries.values()))
    console = Console(stderr=True)
    quiet = not console.is_terminal or total < LONG_INPUT
    with Progress(console=console, transient=True, disable=quiet) as progress:
        task = progress.add_task("", total=total)
        for patient, days in diaries.items():
            yield patient, screen_diary(days, sensitivity)
            progress.advance(task, len(days))


def _alerts(screenings: dict[str, Screening]) -> Iterator[tuple[str, Signal]]:
    for patient, screening in screenings.items():
        for signal in screening.signals:
            yield patient, signal


def _as_object(patient: str, signal: Signal, lang: Language) -> dict[str, str | float]:
    return {
        "patient": patient,
        "date": signal.raised_on.isoformat(),
        "kind": signal.kind,
        "severity": signal.severity,
        "onset": signal.onset.isoformat(),
        "score": signal.score,
        "reason": signal.verdict.sentence[lang],
    }


def _write_scores(path: Path, screenings: dict[str, Screening]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("patient", "date", "score"))
            for patient, screening in screenings.items():
                writer.writerows((harmless(patient), v.date, v.score) for v in screening.verdicts)
    except OSError as error:
        click.echo(f"Error: {path}: cannot be written ({error})", err=True)
        raise SystemExit(2) from error


def _print_table(screenings: dict[str, Screening], lang: Language) -> None:
    words = WORDS[lang]
    # Written to a file or a pipe, a reason stays on its line, whole.
    console = Console(width=None if sys.stdout.isatty() else 200)
    table = Table(*words["columns"].split(","))
    for patient, signal in _alerts(screenings):
        table.add_row(
            escape(patient),
            signal.raised_on.isoformat(),
            words[signal.kind],
            words[signal.severity],
            signal.onset.isoformat(),
            signal.verdict.sentence[lang],
        )
    if table.row_count:
        console.print(table)
    console.print(
        words["total"].format(
            alerts=_count(words["alert"], table.row_count),
            patients=_count(words["patient"], len(screenings)),
            days=_count(words["day"], sum(len(s.verdicts) for s in screenings.values())),
        )
    )


def _count(forms: str, number: int) -> str:
    one, many = forms.split("|")
    return (one if number == 1 else many).format(f"{number:,}".replace(",", "\u202f"))
