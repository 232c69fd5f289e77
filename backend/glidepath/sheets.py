"""CSV as spreadsheets read it: no text becomes a formula, and what was done against that can be undone."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

# A spreadsheet would run what begins like this. A text that looks as if it had been guarded is guarded once
# more, so that undoing gives every text back.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n\0]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r\n\0]")


def harmless(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def as_written(cell: str) -> str:
    """The text that `harmless` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell


def delimiter(text: str) -> str:
    """Where a comma is the decimal mark, spreadsheets write semicolons between cells."""
    header = text.partition("\n")[0]
    return ";" if header.count(";") > header.count(",") else ","


def sheet(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A header and its rows (RFC 4180); None is an empty cell."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return file.getvalue()
