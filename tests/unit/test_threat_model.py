"""Each abuse of the threat model has its row, and each test that a row names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = re.findall(
    r"^\| (T\d+) \| (.+?) \| (\d x \d) \| (.+?) \| (.+?) \|$",
    (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


def test_all_sixteen_are_there_in_their_order():
    assert [row[0] for row in ROWS] == [f"T{number}" for number in range(1, 17)]


def test_every_test_that_holds_one_exists():
    for name, *_, held in ROWS:
        named = re.findall(r"`([\w/]+\.py)`", held)
        assert named, name
        folder = Path()
        for one in named:
            # A name alone stands in the folder of the one before it.
            folder = Path(one).parent if "/" in one else folder
            assert (ROOT / "tests" / folder / Path(one).name).is_file(), (name, one)
