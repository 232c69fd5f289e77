"""Diaries in CSV: `patient,date,pain,nerve,place` in any order, with commas or semicolons, plain or gzipped."""

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from glidepath.sheets import as_written, delimiter
from glidepath.trends import PLACES, Day

COLUMNS: Final = ("patient", "date", "pain", "nerve", "place")
# Where a file has it, a patient's episodes of care are diaries of their own.
EPISODE: Final = "episode"
# With semicolons go decimal commas. Python also reads 1_0 and 1e0, which in a diary are slips.
_NUMBER: Final = re.compile(r"\d+([.,]\d+)?", re.ASCII)
_WHOLE: Final = re.compile(r"[1-9]\d{0,3}", re.ASCII)


class DiaryFileError(Exception):
    """A file that does not hold diaries; the message names file, line, column and what is wrong."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a file, and the errors about its cells."""

    path: Path
    line: int
    cells: dict[str, str]

    def refuse(self, column: str, expected: str) -> DiaryFileError:
        found = self.cells[column]
        return DiaryFileError(
            f"{self.path}, line {self.line}, column {column}: found {found!r}, expected {expected}"
        )

    def patient(self) -> str:
        if not self.cells["patient"]:
            raise self.refuse("patient", "a name for the patient")
        return as_written(self.cells["patient"])

    def episode(self) -> int | None:
        """Its number; None where the file tells none apart."""
        text = self.cells.get(EPISODE)
        if text is None:
            return None
        if not _WHOLE.fullmatch(text):
            raise self.refuse(EPISODE, "the number of the episode, from 1")
        return int(text)

    def date(self) -> date:
        text = self.cells["date"]
        try:
            found = date.fromisoformat(text)
        except ValueError:
            found = None
        # Python also reads 20250504 and 2025-W18-7, which in a diary are slips.
        if found is None or found.isoformat() != text:
            raise self.refuse("date", "a date like 2025-05-04")
        return found

    def pain(self) -> float | None:
        text = self.cells["pain"]
        if not text:
            return None
        pain = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else float("nan")
        if not 0 <= pain <= 10:
            raise self.refuse("pain", "a number from 0 to 10, or nothing")
        return pain

    def nerve(self) -> int | None:
        text = self.cells["nerve"]
        if not text:
            return None
        if text not in ("0", "1", "2", "3", "4"):
            raise self.refuse("nerve", "a whole number from 0 to 4, or nothing")
        return int(text)

    def place(self) -> str | None:
        text = self.cells["place"]
        if text and text not in PLACES:
            raise self.refuse("place", f"one of {', '.join(PLACES)}, or nothing")
        return text or None


def read(path: Path, note: Callable[[str], None]) -> dict[str, list[Day]]:
    """Every patient's days in order of date, patients in order of appearance.

    All rows are checked. Raises DiaryFileError at the first that is no diary day, at a second row
    for the same day of a patient that says something else, and when a column or the whole content
    is missing. A row that only repeats another counts once, and `note` is told. Of a patient with
    several episodes each is a diary, under the name and the episode's number.
    """
    diaries: dict[tuple[str, int | None], dict[date, tuple[int, Day]]] = {}
    for row in _rows(path):
        patient, day = row.patient(), Day(row.date(), row.pain(), row.nerve(), row.place())
        diary = diaries.setdefault((patient, row.episode()), {})
        if day.date not in diary:
            diary[day.date] = (row.line, day)
            continue
        first, known = diary[day.date]
        if known != day:
            raise DiaryFileError(
                f"{path}, line {row.line}: {patient} already has {day.date} "
                f"in line {first}, with other values; expected one row for each day"
            )
        note(f"{path}, line {row.line} repeats line {first}; it counts once.")
    labels = _labels(path, list(diaries))
    return {
        labels[key]: [day for _, (_, day) in sorted(diary.items())]
        for key, diary in diaries.items()
    }


def _labels(path: Path, keys: list[tuple[str, int | None]]) -> dict[tuple[str, int | None], str]:
    episodes = Counter(patient for patient, _ in keys)
    labels = {
        (patient, number): f"{patient} #{number}" if episodes[patient] > 1 else patient
        for patient, number in keys
    }
    if len(set(labels.values())) < len(keys):
        raise DiaryFileError(f"{path}: two patients have the same name with a number")
    return labels


def _rows(path: Path) -> Iterator[_Row]:
    # utf-8-sig: spreadsheets put a byte order mark first.
    text = _text(path)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=True)
    try:
        header = [name.strip() for name in next(lines, [])]
        where = _places(path, header)
        for cells in lines:
            if not cells:
                continue
            if len(cells) != len(header):
                raise DiaryFileError(
                    f"{path}, line {lines.line_num}: found {len(cells)} cells, "
                    f"expected {len(header)} as in the header"
                )
            named = {column: cells[at].strip() for column, at in where.items()}
            yield _Row(path, lines.line_num, named)
    except csv.Error as error:
        raise DiaryFileError(f"{path}, line {lines.line_num}: not a CSV row ({error})") from error


def _places(path: Path, header: list[str]) -> dict[str, int]:
    """Where each of our columns stands in the header."""
    for column in COLUMNS:
        if header.count(column) != 1:
            wrong = "missing" if column not in header else "there more than once"
            raise DiaryFileError(
                f"{path}, line 1: column {column} is {wrong}, "
                f"found {', '.join(header) or 'nothing'}, expected {', '.join(COLUMNS)}"
            )
    known = (*COLUMNS, EPISODE) if header.count(EPISODE) == 1 else COLUMNS
    return {column: header.index(column) for column in known}


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DiaryFileError(f"{path}, line {line}: not UTF-8 text") from error
    except (OSError, EOFError, zlib.error) as error:
        raise DiaryFileError(f"{path}: cannot be read ({error})") from error
