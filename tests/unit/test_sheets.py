"""Files for spreadsheets: no formulas, every text comes back, and whatever is given is read or refused (SE-8, IN-2)."""

import csv
import gzip
import io
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from glidepath import diary_csv, sheets
from glidepath.trends import Day

EXAMPLE = Path(__file__).parents[2] / "examples" / "diary.csv"
DANGEROUS = tuple("=+-@\t\r\n\0")
HEADER = "patient,date,pain,nerve,place,episode"
# Of the bytes of a diary, so that many a file is nearly one.
NEARLY = st.lists(
    st.sampled_from(
        [
            HEADER,
            HEADER.replace(",", ";"),
            "Pat,2025-05-04,3,0,back,1",
            "Pat;2025-05-04;3,5;0;back;2",
            *',;"\r\n\0 ',
            "\r\n",
            "'=",
            "nan",
            "1e999",
            "1_0",
            "٣",
            "0" * 5_000,
            "\ufeff",
            "9999-12-31",
            "2025-W18-7",
        ]
    )
    | st.text(max_size=6),
    max_size=14,
).map("".join)


@settings(max_examples=5_000, deadline=None)
@given(st.text(alphabet=st.sampled_from("=+-@\t\r\n\0',\";aé "), max_size=6))
@example("'=1")
def test_no_text_becomes_a_formula_and_every_text_comes_back(text: str):
    """SE-8, and what a reader undoes."""
    written = sheets.sheet(["a", "b"], [[text, None]])
    (_, (cell, empty)) = csv.reader(io.StringIO(written, newline=""))
    assert not cell.startswith(DANGEROUS)
    assert (sheets.as_written(cell), empty) == (text, "")


def read_or_refused(path: Path, content: bytes) -> None:
    """What is read holds diaries, in order."""
    path.write_bytes(content)
    with suppress(diary_csv.DiaryFileError):
        for days in diary_csv.read(path, lambda _: None).values():
            assert [day.date for day in days] == sorted({day.date for day in days})
            assert all(day.pain is None or 0 <= day.pain <= 10 for day in days)


@settings(max_examples=1_000, deadline=None)
@given(
    content=NEARLY.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=60),
    kind=st.sampled_from(["csv", "csv.gz", "packed"]),
)
def test_whatever_is_in_a_file_is_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, kind: str
):
    """IN-2."""
    folder = tmp_path_factory.getbasetemp()
    name = "fuzzed.csv" if kind == "csv" else "fuzzed.csv.gz"
    read_or_refused(folder / name, gzip.compress(content) if kind == "packed" else content)


def test_the_example_is_read_with_its_semicolons_commas_and_episodes():
    assert diary_csv.read(EXAMPLE, lambda _: None) == {
        "=Pat Doe #1": [
            Day(date(2025, 5, 1), 2, 0, "back"),
            Day(date(2025, 5, 2), 2.5, 1, "thigh"),
            Day(date(2025, 5, 4), None, None, None),
        ],
        "=Pat Doe #2": [Day(date(2025, 9, 1), 6, 2, "calf")],
    }


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("Pat,2025-05-04,1_0,0,back,1", "pain"),
        ("Pat,2025-05-04,٣,0,back,1", "pain"),
        ("Pat,2025-05-04,3,0,back,0", "episode"),
        ("Pat,2025-05-04,3,0,back,", "episode"),
    ],
)
def test_a_slip_is_named_with_its_line_and_column(row: str, column: str, tmp_path: Path):
    path = tmp_path / "diary.csv"
    path.write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    with pytest.raises(diary_csv.DiaryFileError, match=f"line 2, column {column}"):
        diary_csv.read(path, lambda _: None)


def test_a_name_that_looks_like_anothers_second_episode_is_refused(tmp_path: Path):
    path = tmp_path / "diary.csv"
    rows = ["A,2025-05-04,3,0,back,1", "A,2025-05-04,3,0,back,2", "A #2,2025-05-04,3,0,back,1"]
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    with pytest.raises(diary_csv.DiaryFileError, match="same name with a number"):
        diary_csv.read(path, lambda _: None)
