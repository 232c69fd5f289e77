"""The command `glidepath screen`."""

import csv
import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from glidepath.screen import screen
from glidepath.trends import screen as screen_days
from tests.unit.trends.diaries import climb, diary, wobbling

HEADER = "patient,date,pain,nerve,place\n"
CLIMB = diary(climb(2, 9, 14))
CALM = diary(wobbling(3, 60, 4))
RISE = diary(wobbling(3, 50, 2) + wobbling(7, 30, 11))


def written(path: Path, **diaries) -> Path:
    """A file with the diaries, named by patient."""
    rows = [
        ",".join(
            "" if cell is None else str(cell)
            for cell in (patient, day.date, day.pain, day.nerve, day.place)
        )
        for patient, days in diaries.items()
        for day in days
    ]
    path.write_text(HEADER + "\n".join(rows) + "\n")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(screen, [str(argument) for argument in arguments])


def refused(path: Path, content: str) -> str:
    """What the command says to a file that it refuses."""
    path.write_text(content)
    result = run(path)
    assert result.exit_code == 2
    assert result.stdout == ""
    return result.stderr


def test_every_alert_is_a_json_line_with_its_reason(tmp_path):
    result = run(written(tmp_path / "d.csv", ann=CLIMB, bob=CALM), "--json")
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    alert = json.loads(line)
    (signal,) = screen_days(CLIMB).signals
    assert alert == {
        "patient": "ann",
        "date": signal.raised_on.isoformat(),
        "kind": "worsening",
        "severity": signal.severity,
        "onset": signal.onset.isoformat(),
        "score": signal.score,
        "reason": signal.verdict.sentence["en"],
    }


def test_the_table_says_who_when_and_why(tmp_path):
    output = run(written(tmp_path / "d.csv", ann=CLIMB, bob=CALM)).stdout
    assert "ann" in output
    assert screen_days(CLIMB).signals[0].raised_on.isoformat() in output
    assert screen_days(CLIMB).signals[0].verdict.sentence["en"] in output
    assert "1 alert in 2 diaries with 74 logged days." in output


def test_spanish_is_spoken_throughout(tmp_path):
    output = run(written(tmp_path / "d.csv", ann=CLIMB), "--lang", "es").stdout
    assert "empeoramiento" in output
    assert screen_days(CLIMB).signals[0].verdict.sentence["es"] in output
    assert "1 aviso en 1 diario con 14 días registrados." in output


def test_a_name_that_looks_like_markup_is_printed_as_it_is(tmp_path):
    output = run(written(tmp_path / "d.csv", **{"[red]ann[/]": CLIMB})).stdout
    assert "[red]ann[/]" in output


def test_scores_are_written_for_every_logged_day(tmp_path):
    scores = tmp_path / "scores.csv"
    path = written(tmp_path / "d.csv", ann=CLIMB, bob=CALM)
    assert run(path, "--scores", scores).exit_code == 0
    with scores.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["patient", "date", "score"]
    expected = [
        [patient, verdict.date.isoformat(), str(verdict.score)]
        for patient, days in (("ann", CLIMB), ("bob", CALM))
        for verdict in screen_days(days).verdicts
    ]
    assert rows[1:] == expected


def test_a_higher_sensitivity_scores_alike_and_alerts_at_least_as_often(tmp_path):
    path = written(tmp_path / "d.csv", ann=RISE, bob=CALM, cat=diary(wobbling(4, 120, 7, 1.6)))
    counts = [
        len(run(path, "--json", "--sensitivity", level).stdout.splitlines())
        for level in ("calm", "standard", "early")
    ]
    assert counts == sorted(counts)
    assert counts[0] >= 1


def test_form_does_not_matter_order_columns_mark_line_ends_compression(tmp_path):
    plain = run(written(tmp_path / "d.csv", ann=CLIMB), "--json").stdout
    rows = [f"x,{d.pain},,ann,{d.date},\r\n" for d in reversed(CLIMB)]
    content = "\ufeffmood,pain,place,patient,date,nerve\r\n" + "".join(rows)
    other = tmp_path / "other.csv.gz"
    other.write_bytes(gzip.compress(content.encode()))
    assert plain
    assert run(other, "--json").stdout == plain


def test_empty_cells_are_missing_and_decimals_are_pain(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text(HEADER + "ann,2025-05-01,2.5,,\nann,2025-05-02,,,\nann,2025-05-03,,0,calf\n")
    scores = tmp_path / "scores.csv"
    assert run(path, "--scores", scores).exit_code == 0
    assert [line.split(",")[1] for line in scores.read_text().splitlines()[1:]] == [
        "2025-05-01",
        "2025-05-03",
    ]


@pytest.mark.parametrize(
    ("row", "column", "found", "expected"),
    [
        ("ann,2025-05-02,11,0,calf", "pain", "'11'", "a number from 0 to 10"),
        ("ann,2025-05-02,nan,0,calf", "pain", "'nan'", "a number from 0 to 10"),
        ("ann,2025-05-02,bad,0,calf", "pain", "'bad'", "a number from 0 to 10"),
        ("ann,2025-05-02,3,5,calf", "nerve", "'5'", "a whole number from 0 to 4"),
        ("ann,2025-05-02,3,1.5,calf", "nerve", "'1.5'", "a whole number from 0 to 4"),
        ("ann,2025-05-02,3,0,knee", "place", "'knee'", "one of back, buttock, thigh, calf, foot"),
        ("ann,02/05/2025,3,0,calf", "date", "'02/05/2025'", "a date like 2025-05-04"),
        ("ann,2025-02-30,3,0,calf", "date", "'2025-02-30'", "a date like 2025-05-04"),
        ("ann,2025-W18-5,3,0,calf", "date", "'2025-W18-5'", "a date like 2025-05-04"),
        (",2025-05-02,3,0,calf", "patient", "''", "a name"),
    ],
)
def test_a_bad_cell_is_named_with_file_line_column_and_what_was_expected(
    tmp_path, row, column, found, expected
):
    path = tmp_path / "d.csv"
    said = refused(path, f"{HEADER}ann,2025-05-01,3,0,calf\n{row}\nann,2025-05-03,3,0,calf\n")
    assert f"{path}, line 3, column {column}: found {found}, expected {expected}" in said


def test_a_bad_last_row_is_found_before_anything_is_printed(tmp_path):
    path = written(tmp_path / "d.csv", ann=CLIMB)
    said = refused(path, path.read_text() + "bob,2025-05-01,12,,\n")
    assert "line 16, column pain" in said


def test_two_rows_for_one_day_are_refused_with_both_lines(tmp_path):
    said = refused(
        tmp_path / "d.csv", HEADER + "ann,2025-05-01,3,,\nbob,2025-05-01,3,,\nann,2025-05-01,4,,\n"
    )
    assert "line 4" in said
    assert "line 2" in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "column patient is missing"),
        ("patient,date,pain,nerve\nann,2025-05-01,3,0\n", "column place is missing"),
        (
            "patient,date,pain,nerve,place,pain\nann,2025-05-01,3,0,calf,3\n",
            "column pain is there more than once",
        ),
        (HEADER + "ann,2025-05-01,3\n", "line 2: found 3 cells, expected 5"),
        (HEADER + 'ann,2025-05-01,3,,"calf\n', "not a CSV row"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path, content, said):
    assert said in refused(tmp_path / "d.csv", content)


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    assert "cannot be read" in run(tmp_path / "none.csv").stderr
    packed = tmp_path / "d.csv.gz"
    packed.write_bytes(b"plain, not packed")
    assert run(packed).exit_code == 2
    latin = tmp_path / "latin.csv"
    latin.write_bytes(HEADER.encode() + "josé,2025-05-01,3,,\n".encode("latin-1"))
    result = run(latin)
    assert result.exit_code == 2
    assert "line 2: not UTF-8" in result.stderr


def test_a_file_without_rows_is_no_alert(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text(HEADER)
    result = run(path)
    assert result.exit_code == 0
    assert "0 alerts in 0 diaries" in result.stdout


def test_the_command_starts_without_the_web_and_the_database():
    script = (
        "import sys, glidepath.screen;"
        "print([name for name in ('litestar', 'sqlalchemy') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_example_holds_two_worsenings_for_the_early_as_its_page_says():
    example = Path(__file__).parents[2] / "examples" / "chronic-pain-daily.csv"
    assert run(example, "--json").stdout == ""
    lines = run(example, "--json", "--sensitivity", "early").stdout.splitlines()
    alerts = [json.loads(line) for line in lines]
    assert [(alert["patient"], alert["date"][:7]) for alert in alerts] == [
        ("P2-knee-pain", "2019-11"),
        ("P8-leg-pain", "2020-05"),
    ]


def test_a_row_that_repeats_another_counts_once_and_is_named(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text(HEADER + "ann,2025-05-01,2,,\nann,2025-05-02,3,,\nann,2025-05-01,2,,\n")
    result = run(path, "--json")
    assert result.exit_code == 0
    assert f"{path}, line 4 repeats line 2" in result.stderr
