"""A CSV file of somebody else's, read as a whole: what its lines say, and all that is wrong with them."""

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from glidepath.clinical.vocabulary import Text
from glidepath.records.import_schemas import CsvProblem
from glidepath.sheets import as_written, delimiter

ROWS_AT_MOST: Final = 10_000
# What a sentence about a cell says of it.
_SHOWN: Final = 40
_WHOLE: Final = re.compile(r"\d{1,4}([.,]0+)?", re.ASCII)
_BROKEN: Final = re.compile(r"\d+[.,]\d+", re.ASCII)
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(slots=True)
class Line:
    """A line by its columns; what is wrong with a cell is added to the file's problems."""

    number: int
    _cells: Mapping[str, str]
    _problems: list[CsvProblem]
    is_good: bool = True

    def refuse(self, column: str | None, en: str, es: str) -> None:
        self.is_good = False
        self._problems.append(CsvProblem(self.number, column, Text(en=en, es=es)))

    def text(self, column: str) -> str:
        """Without the spaces around it; empty where the file has no such column."""
        return self.prose(column).strip()

    def prose(self, column: str) -> str:
        return as_written(self._cells.get(column, ""))

    def needed(self, column: str) -> str:
        text = self.text(column)
        if not text:
            self.refuse(column, "Nothing stands here.", "Aquí no hay nada.")
        return text

    def one_of(self, column: str, words: Collection[str], default: str | None = None) -> str | None:
        text = self.text(column)
        if not text and default is not None:
            return default
        if text not in words:
            self._expected(column, text, Text(en="one of", es="uno de"), ", ".join(words))
            return None
        return text

    def date(self, column: str) -> date | None:
        text = self.text(column)
        try:
            found = date.fromisoformat(text)
        except ValueError:
            found = None
        # Python also reads 20250504 and 2025-W18-7, which are slips.
        if found is None or found.isoformat() != text:
            self._expected(column, text, Text(en="a day like", es="un día como"), "2025-05-04")
            return None
        return found

    def whole(self, column: str, least: int, most: int) -> int | None:
        """None for an empty cell, which is no zero; "5,0" is 5."""
        text = self.text(column)
        if not text:
            return None
        number = int(re.split("[.,]", text)[0]) if _WHOLE.fullmatch(text) else None
        if number is not None and least <= number <= most:
            return number
        if _BROKEN.fullmatch(text):
            self.refuse(
                column,
                f"Found {_quoted(text)}: a rating is kept as a whole number, without decimals.",
                f"Pone {_quoted(text)}: una puntuación se guarda como número entero, sin decimales.",
            )
        else:
            words = Text(
                en="nothing or a whole number from", es="nada o un número entero a partir de"
            )
            self._expected(column, text, words, f"{least} – {most}")
        return None

    def _expected(self, column: str, found: str, what: Text, listed: str) -> None:
        shown = Text(
            en=f"Found {_quoted(found)}, expected" if found else "Nothing stands here; expected",
            es=f"Pone {_quoted(found)}; se espera" if found else "Aquí no hay nada; se espera",
        )
        self.refuse(column, f"{shown.en} {what.en} {listed}.", f"{shown.es} {what.es} {listed}.")


@dataclass(slots=True)
class Sheet:
    """The lines whose cells can be told apart; `columns` are those of ours that the file has."""

    columns: frozenset[str] = frozenset()
    ignored: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    problems: list[CsvProblem] = field(default_factory=list)

    def refuse(self, line: int, en: str, es: str, column: str | None = None) -> None:
        self.problems.append(CsvProblem(line, column, Text(en=en, es=es)))


def read(file: bytes, columns: Sequence[str], needed: Collection[str]) -> Sheet:
    """`needed` are the columns without which a file of this kind says nothing."""
    sheet = Sheet()
    text = _text(sheet, file)
    if text is None:
        return sheet
    cells = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=True)
    rows = _numbered(sheet, cells)
    header = [name.strip().lower() for name in next(rows, (1, []))[1]]
    if not _has_columns(sheet, header, columns, needed):
        return sheet
    sheet.columns = frozenset(header).intersection(columns)
    sheet.ignored = [_shown(name) for name in header if name not in sheet.columns]
    for count, (number, row) in enumerate(rows):
        if count == ROWS_AT_MOST:
            sheet.refuse(
                number,
                f"A file holds at most {ROWS_AT_MOST} rows. Split it.",
                f"Un archivo admite {ROWS_AT_MOST} filas como máximo. Divídelo.",
            )
            break
        if len(row) != len(header):
            sheet.refuse(
                number,
                f"Found {len(row)} cells, expected {len(header)} as in the header.",
                f"Hay {len(row)} celdas; se esperan {len(header)}, como en la cabecera.",
            )
        else:
            named = {name: row[at] for at, name in enumerate(header) if name in sheet.columns}
            sheet.lines.append(Line(number, named, sheet.problems))
    if not sheet.lines and not sheet.problems:
        sheet.refuse(1, "There is nothing below the header.", "No hay nada bajo la cabecera.")
    return sheet


def _text(sheet: Sheet, file: bytes) -> str | None:
    try:
        # Composed, as all text that comes in is; spreadsheets put a byte order mark first.
        return unicodedata.normalize("NFC", file.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = 1 if file.startswith(_UTF_16) else file[: error.start].count(b"\n") + 1
        sheet.refuse(
            line,
            "This is not UTF-8 text. Save the file as “CSV UTF-8”.",
            "Esto no es texto UTF-8. Guarda el archivo como «CSV UTF-8».",
        )
        return None


def _numbered(sheet: Sheet, cells: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, with the line on which each begins; up to where the file is no CSV any more."""
    before = 0
    while True:
        try:
            row = next(cells, None)
        except csv.Error:
            sheet.refuse(
                before + 1,
                "From here on this is no CSV: look at the quotation marks.",
                "A partir de aquí no es un CSV: revisa las comillas.",
            )
            return
        if row is None:
            return
        number, before = before + 1, cells.line_num  # type: ignore[attr-defined]
        if any(cell.strip() for cell in row):
            yield number, row


def _has_columns(
    sheet: Sheet, header: Sequence[str], columns: Sequence[str], needed: Collection[str]
) -> bool:
    missing = [name for name in columns if name in needed and name not in header]
    twice = [name for name in columns if header.count(name) > 1]
    for name in missing:
        sheet.refuse(1, "This column is missing.", "Falta esta columna.", name)
    for name in twice:
        sheet.refuse(1, "This column is there more than once.", "Esta columna está repetida.", name)
    return not missing and not twice and not sheet.problems


def _quoted(text: str) -> str:
    return f"“{_shown(text)}”"


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
