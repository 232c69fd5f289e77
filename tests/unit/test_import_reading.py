"""Files that admins bring in: whatever they hold is read or refused in words, line by line (IN-2)."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from glidepath.records import import_diaries, import_patients
from glidepath.records.import_reading import ROWS_AT_MOST, Line, Sheet
from tests.files import DIARY, PATIENTS, lines, places

TODAY, ZONE = date(2026, 3, 1), "Europe/Madrid"
MANY, FEW = 5_000, 150
PIECES = (
    PATIENTS,
    f"{DIARY},pain_worst,exercise_sensations,episode",
    DIARY.replace(",", ";"),
    "7,Ana Doe,es,sciatic,left,2025-02-01,,",
    "Ana,2025-05-04,3,1,back,tingling,a note",
    'Ana;2025-05-04;"3,0";0;;;',
    *',;"\r\n\0\t ',
    "\r\n",
    "'=",
    "nan",
    "1e9",
    "1_0",
    "٣",
    "²",
    "9" * 5_000,
    "\ufeff",
    "0000-01-01",
    "9999-12-31",
    "20250504",
    "2025-W18-7",
    "tingling numbness",
)
NEARLY = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=14).map("".join)
FILES = NEARLY.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=60)


def read_or_refused(file: bytes) -> None:
    """No line is passed over in silence, and what is read is within its bounds."""
    sheet, patients = import_patients.read(file, TODAY, ZONE)
    account_for(sheet, len(patients))
    for one in patients:
        assert one.key
        assert one.name
        assert one.started_on <= TODAY
    sheet, days, silent = import_diaries.read(file)
    account_for(sheet, len(days) + silent)
    for day in days:
        said = day.said
        assert str(said.day).encode() in file
        assert all(one is None or 0 <= one <= 10 for one in (said.pain_now, said.pain_worst))
        assert all(0 < len(note) <= 2000 and "\0" not in note for note in said.notes)


def account_for(sheet: Sheet, read: int) -> None:
    assert read == sum(line.is_good for line in sheet.lines)
    refused = {problem.line for problem in sheet.problems}
    assert all(line.is_good or line.number in refused for line in sheet.lines)
    assert sheet.lines or sheet.problems
    for problem in sheet.problems:
        assert problem.line >= 1
        assert problem.reason.en.endswith(".")
        assert problem.reason.es.endswith(".")


def fuzz(check: Callable[[bytes], None], examples: int) -> None:
    chosen = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    named = example(b"\xff\xfep\0")(example(f"{DIARY}\nA,2025-W18-7,3,,,,".encode())(check))
    chosen(given(file=FILES)(named))()


def checked(file: bytes) -> None:
    read_or_refused(file)


def test_whatever_is_in_a_file_is_read_or_refused_in_words():
    """IN-2."""
    fuzz(checked, FEW)


@pytest.mark.assurance
def test_five_thousand_files_are_read_or_refused(report: Callable[[str], None]):
    """IN-2."""
    fuzz(checked, MANY)
    report(f"IN-2: {MANY} CSV files to import, 0 unexpected exceptions")


def test_a_reader_that_takes_a_day_at_its_word_is_caught(monkeypatch: pytest.MonkeyPatch):
    """IN-2, its mutant."""
    monkeypatch.setattr(Line, "date", lambda line, column: date.fromisoformat(line.text(column)))
    with pytest.raises(AssertionError, match="2025-05-04"):
        fuzz(checked, FEW)


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (DIARY.encode("utf-16"), "not UTF-8"),
        (b"patient,date,pain\nA\xf1o,2025-01-01,3", "not UTF-8"),
        (b"patient,date\nA,2025-01-01", "column is missing"),
        (b"patient,date,pain,pain\nA,2025-01-01,3,3", "more than once"),
        (b'patient,date,pain\n"A"b,2025-01-01,3', "quotation marks"),
        (b"patient,date,pain\nA,2025-01-01", "Found 2 cells, expected 3"),
        (b"patient,date,pain\n\n", "nothing below the header"),
        (lines("patient,date,pain", *["A,2025-01-01,3"] * (ROWS_AT_MOST + 1)), "Split it"),
        (b"patient,date,pain,notes\nA,2025-01-01,3," + b"x" * 2001, "at most 2000"),
    ],
)
def test_what_is_no_diary_says_why(file: bytes, says: str):
    sheet, *_ = import_diaries.read(file)
    assert [says in one.reason.en for one in sheet.problems] == [True]


def test_of_a_file_without_end_no_more_is_told_than_of_the_longest_one():
    sheet, *_ = import_diaries.read(f"{DIARY}\n".encode() + b"a\n" * 3 * ROWS_AT_MOST)
    assert len(sheet.problems) == ROWS_AT_MOST + 1


def test_a_line_is_counted_from_where_it_begins_and_notes_are_parted_at_their_lines():
    note = "\n".join("x" * 999 for _ in range(5))
    file = f'{DIARY}\nA,2025-01-01,,,,,"{note}"\nA,2025-01-02,11,,,,\n'.encode()
    sheet, (day,), _ = import_diaries.read(file)
    assert "".join(day.said.notes) == note
    assert [len(one) for one in day.said.notes] == [2000, 2000, 999]
    assert places([{"line": one.line, "column": one.column} for one in sheet.problems]) == [
        (7, "pain")
    ]
