"""docs/asvs.md says of each requirement of the first two levels how it is held, and names nothing that is not there."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
LEVELS: Final[dict[str, int]] = json.loads(
    (ROOT / "tests" / "fixtures" / "asvs_5_0_0.json").read_text(encoding="utf-8")
)
ASKED_FOR: Final = {number: level for number, level in LEVELS.items() if level <= 2}
STATES: Final = ("held", "not applicable", "deviation", "not yet")
# What looks like neither a test nor a file is a name of something else, such as a header.
NAMED: Final = re.compile(r"`([^`\s]+)`")
FILE: Final = re.compile(r"[\w.-]+(/[\w.-]+)+|\.dockerignore|[\w-]+\.(md|toml|lock|json|yml)")
PROMISE: Final = re.compile(r"\b[A-Z]{2}-\d+\b")


class Row(NamedTuple):
    number: str
    level: int
    asks: str
    state: str
    by: str


def rows(page: str) -> Iterator[Row]:
    for line in page.splitlines():
        if re.match(r"\| V\d", line):
            number, level, asks, state, by = (cell.strip() for cell in line[1:-1].split("|"))
            yield Row(number, int(level), asks, state, by)


@cache
def promises() -> frozenset[str]:
    """What the tests say that they hold."""
    found = set[str]()
    for file in (*(ROOT / "tests").rglob("*.py"), *(ROOT / "tests").rglob("*.yaml")):
        if file != Path(__file__):
            said = re.findall(r"\b([A-Z]{2}-\d+)|\btest_([a-z]{2}_\d+)_", file.read_text("utf-8"))
            found.update((one or other).upper().replace("_", "-") for one, other in said)
    return frozenset(found)


def missing_names(row: Row) -> list[str]:
    """Tests, files and promises of a row that do not exist."""
    found = [name for name in PROMISE.findall(row.by) if name not in promises()]
    for name in NAMED.findall(row.by):
        path, _, test = name.partition("::")
        if test or FILE.fullmatch(path):
            file = ROOT / path
            defined = re.compile(rf"^\s*(async )?def {re.escape(test)}\(", re.MULTILINE)
            if not file.exists() or (test and not defined.search(file.read_text("utf-8"))):
                found.append(name)
    return found


def test_each_requirement_has_one_row_and_each_row_its_requirement():
    told = [(row.number, row.level) for row in rows(PAGE)]
    assert len(told) == len(set(told))
    assert dict(told) == ASKED_FOR


def test_every_row_says_what_is_asked_and_how_it_stands():
    for row in rows(PAGE):
        assert row.state in STATES, row.number
        assert len(row.asks) > 3, row.number
        assert len(row.by) > 10, row.number
        if row.state == "held":
            assert "`" in row.by or PROMISE.search(row.by), f"{row.number} is held by nothing"


def test_what_a_row_names_is_there():
    wrong = {row.number: names for row in rows(PAGE) if (names := missing_names(row))}
    assert not wrong


def test_the_counts_at_the_top_are_those_of_the_rows():
    counts = Counter((row.state, row.level) for row in rows(PAGE))
    for state in STATES:
        one, two = counts[state, 1], counts[state, 2]
        assert f"| {state} | {one} | {two} | {one + two} |" in PAGE
    levels = Counter(ASKED_FOR.values())
    assert f"| all | {levels[1]} | {levels[2]} | {levels.total()} |" in PAGE


@pytest.mark.parametrize(
    "by",
    [
        "`tests/unit/test_asvs.py::test_nobody_wrote`",
        "`tests/unit/test_asvs.py::test_what_a_row`",
        "`backend/glidepath/nothing.py`",
        "`docs/nothing.md`",
        "`nothing.toml`",
        "ZZ-99",
    ],
)
def test_a_name_of_nothing_is_found(by: str):
    assert missing_names(Row("V0.0.0", 1, "asks", "held", by))
